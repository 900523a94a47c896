package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"aarogya/db"
)

// epochOf is the epoch a listener's hello named.
func epochOf(l *listener) string {
	var hello struct{ Epoch string }
	json.Unmarshal([]byte(l.greeting), &hello)
	return hello.Epoch
}

// resume: target 6. Tablets that were away come back with ?epoch&after and are owed 1,000
// events: one of them, then 200 at once; from the frames kept in memory, and from the
// table when those are gone because the box was restarted.
func resume(b *bench) error {
	for _, secure := range []bool{false, true} {
		if err := b.resumeOver(secure); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) resumeOver(secure bool) error {
	const missed, tablets = 1000, 200
	s, err := b.start("product", secure, false)
	if err != nil {
		return err
	}
	defer s.stop()
	for made := int64(0); made < missed; {
		n, err := s.load(writersFor(0), 500*time.Millisecond)
		if err != nil {
			return err
		}
		made += n
	}
	first, err := dial(s, s.socketToken(), "")
	if err != nil {
		return err
	}
	epoch := epochOf(first)
	first.hangUp()
	for _, from := range []string{"memory", "the table"} {
		if from == "the table" {
			s.end()
			if err := b.startProduct(s, false); err != nil {
				return err
			}
		}
		back := func(n int) (float64, error) {
			begin := time.Now()
			a, err := listen(s, n, s.head-missed, epoch)
			if err != nil {
				return 0, err
			}
			defer a.close()
			if complete := a.wait(int64(n*missed), 20*time.Second); !complete || a.any() {
				return 0, fmt.Errorf("resume of %d: %d of %d events, %s", n, a.heard.Load(), n*missed, &a.faults)
			}
			return time.Since(begin).Seconds() * 1e3, nil
		}
		var alone, together []float64
		for range 9 {
			ms, err := back(1)
			if err != nil {
				return err
			}
			alone = append(alone, ms)
		}
		for range 3 {
			ms, err := back(tablets)
			if err != nil {
				return err
			}
			together = append(together, ms)
		}
		what := "resume of 1,000 events from " + from
		over := ""
		if secure {
			over = ", TLS"
		}
		b.progress("%s%s: %.1f ms alone, %.0f ms for 200", what, over, median(alone), median(together))
		b.add(row{target: 6, what: what + over, ours: fmt.Sprintf("%.1f ms", median(alone)), peer: "1 round trip, connecting included", figure: fmt.Sprintf("%.1f ms", median(alone)), bound: "≤ 50 ms", met: median(alone) <= 50})
		b.add(row{target: 6, what: what + ", 200 tablets at once" + over, ours: fmt.Sprintf("%.0f ms", median(together)), figure: fmt.Sprintf("%.2f s", median(together)/1e3), bound: "≤ 1 s", met: median(together) <= 1000})
	}
	return nil
}

// saved is a command a tablet kept while it was offline, and how it is sent by itself.
type saved struct {
	ID     string          `json:"id"`
	Kind   string          `json:"kind"`
	CaseID string          `json:"caseId"`
	Body   json.RawMessage `json:"body"`
}

const (
	outboxCommands = 200
	syncAtOnce     = 50 // what one request may carry
)

// dayOff is what one tablet brings back: 20 patients, each with a case, four sets of
// readings and five comments.
func dayOff() []saved {
	var all []saved
	for len(all) < outboxCommands {
		id := db.NewID()
		add := func(kind, body string) {
			all = append(all, saved{db.NewID(), kind, id, json.RawMessage(body)})
		}
		add("case.create", `{"patient":{"name":"Sunita Devi","sex":"F","age":{"value":26,"unit":"years"},"village":"Kheda","consent":true,"allergies":["none_known"]},"complaint":"fever for three days","signs":["fever"]}`)
		for range 4 {
			add("vitals.add", `{"vitals":{"tempC":37.9,"pulse":92,"respRate":18,"spo2":97,"systolic":118,"diastolic":76,"avpu":"A","onOxygen":false}}`)
		}
		for range 5 {
			add("comment.add", `{"text":"better today, drinks and eats"}`)
		}
	}
	return all
}

// outbox: target 7. 50 tablets come back with 200 commands each and send them 50 at a
// time, against one request and one commit for each command: by gin+melody, whose
// commands are the same small update as everywhere here, and by ourselves, whose requests
// still share commits. Then the same on a disk whose commits take 10 ms, as an SD card's
// do: there a commit saved is worth the most.
func outbox(b *bench) error {
	if err := b.outboxOn("", 5); err != nil {
		return err
	}
	os.Setenv(commitTakes, "10ms")
	defer os.Unsetenv(commitTakes)
	return b.outboxOn(", commits of 10 ms", 20)
}

// outboxOn a disk; part of the commands are enough to tell the speed one by one.
func (b *bench) outboxOn(disk string, part int) error {
	s, err := b.start("product", false, true)
	if err != nil {
		return err
	}
	defer s.stop()
	naive, err := b.start("naive", false, false)
	if err != nil {
		return err
	}
	defer naive.stop()
	few := outboxCommands / part
	var synced, naively, singly []float64
	resent := int64(0)
	for range b.rounds {
		outboxes := make([][]saved, outboxTablets)
		for i := range outboxes {
			outboxes[i] = dayOff()
		}
		speed, err := s.tabletsSend(outboxCommands, func(c *caller, i int) error { return c.sync(b.chw[i], outboxes[i]) })
		if err != nil {
			return err
		}
		synced = append(synced, speed)
		before, err := s.rows()
		if err != nil {
			return err
		}
		if _, err := s.tabletsSend(outboxCommands, func(c *caller, i int) error { return c.sync(b.chw[i], outboxes[i]) }); err != nil {
			return err
		}
		after, err := s.rows()
		if err != nil {
			return err
		}
		resent += after - before
		if speed, err = naive.tabletsSend(few, func(c *caller, i int) error {
			for range few {
				if err := c.step(naive.cases[i]); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
		naively = append(naively, speed)
		if speed, err = s.tabletsSend(few, func(c *caller, i int) error { return c.sendSingly(b.chw[i], dayOff()[:few]) }); err != nil {
			return err
		}
		singly = append(singly, speed)
		b.progress("outbox%s: %.0f commands/s in batches, %.0f one by one, gin+melody %.0f; %d rows after sending again", disk, synced[len(synced)-1], speed, naively[len(naively)-1], resent)
	}
	same := func(v float64) float64 { return v }
	for _, one := range []struct {
		name   string
		speeds []float64
	}{{"gin+melody one by one", naively}, {"our own POSTs one by one", singly}} {
		ratio := medianRatio(synced, one.speeds, same)
		row := row{target: 7, what: "50 tablets × 200 offline commands/s" + disk, ours: count(median(synced)), peer: fmt.Sprintf("%s %s", one.name, count(median(one.speeds))), figure: fmt.Sprintf("%.1f×", ratio)}
		if one.name == peerNames["naive"]+" one by one" {
			row.bound, row.met = "≥ 20×", ratio >= 20
		}
		b.add(row)
	}
	b.add(row{target: 7, what: "rows after sending all of it again" + disk, ours: fmt.Sprint(resent), peer: fmt.Sprintf("%d rounds of 10,000 commands", b.rounds), figure: fmt.Sprintf("%d rows", resent), bound: "0", met: resent == 0})
	return nil
}

// tabletsSend has each tablet send its commands over a connection of its own, and tells
// the commands a second of all together.
func (s *system) tabletsSend(each int, send func(c *caller, tablet int) error) (float64, error) {
	begin := time.Now()
	err := inParallel(outboxTablets, outboxTablets, func(i int) error {
		c, err := s.call()
		if err != nil {
			return err
		}
		defer c.conn.Close()
		return send(c, i)
	})
	return float64(outboxTablets*each) / time.Since(begin).Seconds(), err
}

// sync sends an outbox in batches; a command that was not applied is an error.
func (c *caller) sync(token string, outbox []saved) error {
	for batch := range slices.Chunk(outbox, syncAtOnce) {
		body, err := json.Marshal(map[string]any{"commands": batch})
		if err != nil {
			return err
		}
		var text bytes.Buffer
		if err := c.ask("POST", "/api/sync", token, string(body), &text); err != nil {
			return err
		}
		var answer struct {
			Results []struct {
				Outcome string
				Problem json.RawMessage
			}
		}
		if err := json.Unmarshal(text.Bytes(), &answer); err != nil {
			return err
		}
		for i, r := range answer.Results {
			if r.Outcome != "applied" {
				return fmt.Errorf("%s: %s %s", batch[i].Kind, r.Outcome, r.Problem)
			}
		}
		if len(answer.Results) != len(batch) {
			return fmt.Errorf("%d results for %d commands", len(answer.Results), len(batch))
		}
	}
	return nil
}

// sendSingly sends each command as the request it would have been online.
func (c *caller) sendSingly(token string, outbox []saved) error {
	cases := map[string]string{} // the box gives a case its id here
	for _, cmd := range outbox {
		path := map[string]string{"case.create": "/api/cases", "vitals.add": "/api/cases/" + cases[cmd.CaseID] + "/vitals", "comment.add": "/api/cases/" + cases[cmd.CaseID] + "/comments"}[cmd.Kind]
		var text bytes.Buffer
		if err := c.ask("POST", path, token, string(cmd.Body), &text); err != nil {
			return err
		}
		if cmd.Kind == "case.create" {
			var answer struct{ Case struct{ ID string } }
			if err := json.Unmarshal(text.Bytes(), &answer); err != nil {
				return err
			}
			cases[cmd.CaseID] = answer.Case.ID
		}
	}
	return nil
}

// rows counts what commands add to the product's database.
func (s *system) rows() (n int64, err error) {
	d, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "aarogya.db")+"?mode=ro")
	if err != nil {
		return 0, err
	}
	defer d.Close()
	err = d.QueryRow(`SELECT (SELECT COUNT(*) FROM cases) + (SELECT COUNT(*) FROM patients) + (SELECT COUNT(*) FROM vitals) + (SELECT COUNT(*) FROM comments) + (SELECT COUNT(*) FROM events) + (SELECT COUNT(*) FROM answers)`).Scan(&n)
	return n, err
}
