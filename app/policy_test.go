package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"aarogya/app/care"

	"github.com/gorilla/websocket"
)

const absentCase = "01890000-0000-7000-8000-000000000000"

// TestPolicyMatrix asks every route as everybody, about a case that is theirs to see, one
// that is not, and one that is not there, and holds the answers against the policy table.
func TestPolicyMatrix(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	cases := map[string]string{} // owner -> case
	for _, owner := range []string{"chw", "chw2", "asha", "doctor"} {
		cases[owner] = b.opens(owner)
	}
	sees := func(who, owner string) bool {
		supervisor := b.staff[strings.Replace(owner, "chw", "asha", 1)].ID
		return b.staff[who].Sees(b.staff[owner].ID, supervisor)
	}
	asked := 0
	for _, r := range b.routes() {
		if r.Path == "/ws" || r.Path == "/api/events" { // TestStreamMatrix
			continue
		}
		for _, who := range append([]string{""}, staffNames...) {
			admitted := r.Public || r.Loopback || who != "" && slices.Contains(r.Roles, b.staff[who].Role)
			ofCase := strings.Contains(r.Path, "{id}") && strings.Contains(r.Path, "/cases/") || strings.Contains(r.Path, "update-status")
			ids := map[string]string{"": absentCase}
			if ofCase {
				for owner, id := range cases {
					ids[owner] = id
				}
			}
			var absent reply
			for _, owner := range []string{"", "chw", "chw2", "asha", "doctor"} { // the absent one first
				id, ok := ids[owner]
				if !ok || r.Path == "/api/auth/logout" && who != "" { // would end the token the test uses
					continue
				}
				asked++
				name := fmt.Sprintf("%s %s as %q about %q's", r.Method, r.Path, who, owner)
				got := b.ask(who, r.Method, fill(r.Path, id), bodyFor(r, id))
				switch {
				case who == "" && !admitted:
					if got.status != 401 || got.code(t) != "unauthenticated" {
						t.Errorf("%s: %d %s", name, got.status, got.body)
					}
				case !admitted:
					if got.status != 403 || got.code(t) != "forbidden" {
						t.Errorf("%s: %d %s", name, got.status, got.body)
					}
				case ofCase && (owner == "" || !sees(who, owner)):
					if owner == "" {
						absent = got
					}
					if got.status != 404 || got.body != absent.body || got.header.Get("Content-Type") != absent.header.Get("Content-Type") {
						t.Errorf("%s: %d %s; absent answers %s", name, got.status, got.body, absent.body)
					}
				case ofCase:
					if got.status == 401 || got.status == 404 || got.status >= 500 {
						t.Errorf("%s: %d %s", name, got.status, got.body)
					}
				default:
					if got.status == 401 && r.Path != "/api/auth/login" || got.status >= 500 {
						t.Errorf("%s: %d %s", name, got.status, got.body)
					}
				}
			}
		}
	}
	if asked < 400 {
		t.Errorf("only %d questions asked", asked)
	}
}

// bodyFor is a body that gets as far as asking whether the case is yours.
func bodyFor(r route, id string) any {
	switch {
	case strings.HasSuffix(r.Path, "update-status"):
		return map[string]any{"caseId": id, "action": "forward", "reason": "x"}
	case strings.HasSuffix(r.Path, "clinician-review"):
		return map[string]any{"action": "accept"}
	case strings.HasSuffix(r.Path, "/review"):
		return map[string]any{"action": "approve", "plan": "rest"}
	case strings.HasSuffix(r.Path, "/vitals"):
		return map[string]any{"vitals": map[string]any{"pulse": 80}}
	case strings.HasSuffix(r.Path, "/comments"):
		return map[string]any{"text": "hello"}
	case strings.HasSuffix(r.Path, "/patient"):
		return map[string]any{"village": map[string]any{"from": "Kheda", "to": "Kheda"}}
	case strings.HasSuffix(r.Path, "/seen"):
		return map[string]any{"seq": 1}
	case r.Method == "POST" || r.Method == "PATCH" || r.Method == "PUT":
		return map[string]any{}
	}
	return nil
}

// TestEveryStepAsksTheRuleBook takes every step as everybody on a case that is not theirs
// and on one that is: 403 where the role never may, 404 where the case is not theirs.
func TestEveryStepAsksTheRuleBook(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	for _, rule := range care.Steps {
		own, foreign := b.opens("chw"), b.opens("chw2")
		for _, who := range []string{"chw", "asha", "doctor", "admin"} {
			role := b.staff[who].Role
			for _, id := range []string{foreign, own} {
				got := b.ask(who, "PATCH", "/api/cases/update-status", map[string]any{"caseId": id, "action": rule.Step})
				foreigner := id == foreign && (role == care.CHW || role == care.ASHA)
				switch {
				case foreigner && got.status != 404:
					t.Errorf("%s as %s on a foreign case: %d", rule.Step, who, got.status)
				case !foreigner && rule.Who[role] == nil && got.status != 403:
					t.Errorf("%s as %s: %d, the role never may", rule.Step, who, got.status)
				case !foreigner && rule.Who[role] != nil && got.status != 200 && got.status != 409 && got.status != 422:
					t.Errorf("%s as %s: %d %s", rule.Step, who, got.status, got.body)
				}
				b.ask(who, "DELETE", "/api/cases/"+id+"/lock", nil)
			}
		}
	}
}

// TestStreamMatrix: over the socket and over the poll, live and in replay, everybody hears
// of exactly the cases the policy lets them see.
func TestStreamMatrix(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	for _, path := range []string{"/api/events", "/ws"} {
		if got := b.ask("", "GET", path, nil); got.status != 401 && got.status != 403 {
			t.Errorf("nobody asks %s: %d", path, got.status)
		}
	}
	start := b.db.Head()
	live := map[string]*websocket.Conn{}
	for _, who := range staffNames {
		live[who] = b.listen(who, "")
		if f := b.hear(live[who]); f.Type != "hello" || f.Head != start {
			t.Fatalf("%s: first frame %+v", who, f)
		}
	}
	owners := map[string]string{}
	for _, owner := range []string{"chw", "chw2", "asha", "asha2", "doctor"} {
		owners[b.opens(owner)] = owner
	}
	for id := range owners {
		b.want(201, b.ask("doctor", "POST", "/api/cases/"+id+"/comments", map[string]any{"text": "seen"}))
	}
	query := fmt.Sprintf("?epoch=%s&after=%d", b.db.Epoch(), start)
	for _, who := range staffNames {
		want := map[string]int{}
		for id, owner := range owners {
			if b.staff[who].Sees(b.staff[owner].ID, b.staff[strings.Replace(owner, "chw", "asha", 1)].ID) {
				want[id] = 2
			}
		}
		heardLive, head := b.hearUpTo(live[who])
		replayed, replayHead := b.hearUpTo(b.listen(who, query))
		polled, _ := b.poll(who, query)
		if head != b.db.Head() || replayHead != head {
			t.Errorf("%s: heads %d and %d, log %d", who, head, replayHead, b.db.Head())
		}
		for name, frames := range map[string][]frame{"live": heardLive, "replay": replayed, "poll": polled} {
			got := map[string]int{}
			prev := start
			for _, f := range frames {
				var about struct{ CaseID, ID string }
				if err := json.Unmarshal(f.Data, &about); err != nil {
					t.Fatal(err)
				}
				if f.Type == "newCase" {
					about.CaseID = about.ID
				}
				got[about.CaseID]++
				if f.Prev != prev || f.Seq <= prev {
					t.Errorf("%s %s: seq %d prev %d after %d", who, name, f.Seq, f.Prev, prev)
				}
				prev = f.Seq
			}
			if sprint(got) != sprint(want) {
				t.Errorf("%s %s hears %v, may hear %v", who, name, got, want)
			}
		}
		if a, z := sprint(heardLive), sprint(polled); a != z || a != sprint(replayed) {
			t.Errorf("%s: socket, replay and poll differ", who)
		}
	}
}

func TestRoutesPublishThePolicy(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	var published struct{ Routes []route }
	if err := json.Unmarshal([]byte(b.want(200, b.ask("", "GET", "/api/routes", nil)).body), &published); err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, r := range published.Routes {
		listed[r.Method+" "+strings.NewReplacer("{", ":", "}", "").Replace(r.Path)] = true
		if !r.Public && len(r.Roles) == 0 {
			t.Errorf("%s %s admits nobody", r.Method, r.Path)
		}
	}
	for _, r := range b.gin.Routes() {
		if !listed[r.Method+" "+r.Path] {
			t.Errorf("%s %s is served but not published", r.Method, r.Path)
		}
	}
	if got := b.ask("", "GET", "/api/nothing", nil); got.status != http.StatusNotFound || got.code(t) != "not_found" {
		t.Errorf("an unknown route: %d %s", got.status, got.body)
	}
}
