package db

import (
	"crypto/sha256"
	"encoding/json"
	"reflect"
	"slices"
	"sync/atomic"

	"aarogya/app/care"

	lru "github.com/hashicorp/golang-lru/v2"
)

// memory is what was read before and need not be read for every request. What it holds
// can be old only if it is asked the wrong way; each part says how it is kept from that.
type memory struct {
	sessions *lru.Cache[sessionKey, knownSession]
	// people grows with each commit that wrote accounts or sessions, before its callers are
	// answered; a session read under an earlier number is read again.
	people atomic.Int64
	// cases as they were parsed, by uid, each beside the texts it was parsed from: only the
	// same texts give it back. Nobody writes into one: care works on copies.
	cases *lru.Cache[string, parsedCase]
	facts *lru.Cache[string, any] // care.VitalsSet and care.Comment, by the text they were parsed from
	// lists are the facts of a case, by its uid, and how many they were: they are read only
	// after the commit and only ever added to, so as many facts are the same facts.
	lists *lru.Cache[string, factLists]
}

const (
	sessionsKnown = 512 // tablets, scripts and some that come back seldom
	casesParsed   = 1024
	factsParsed   = 2048
	longestCase   = 16 << 10 // bytes of JSON; longer ones are parsed each time
	longestFact   = 2 << 10
	mostFacts     = 32 // of a case; longer lists are read each time
)

func newMemory() memory {
	sessions, _ := lru.New[sessionKey, knownSession](sessionsKnown) // fails only for a size below 1
	cases, _ := lru.New[string, parsedCase](casesParsed)
	facts, _ := lru.New[string, any](factsParsed)
	lists, _ := lru.New[string, factLists](casesParsed)
	return memory{sessions: sessions, cases: cases, facts: facts, lists: lists}
}

type parsedCase struct {
	doc, patient string
	it           care.Case
}

// caseOf parses a case, unless that was done before.
func (m *memory) caseOf(uid, doc, patient string) (care.Case, error) {
	if known, ok := m.cases.Get(uid); ok && known.doc == doc && known.patient == patient {
		return known.it, nil
	}
	var c care.Case
	if err := json.Unmarshal([]byte(doc), &c); err != nil {
		return c, err
	}
	if err := json.Unmarshal([]byte(patient), &c.Patient); err != nil {
		return c, err
	}
	if len(doc)+len(patient) <= longestCase {
		m.cases.Add(uid, parsedCase{doc, patient, c})
	}
	return c, nil
}

// keep remembers a case as it was just written, so that the next command need not parse
// it. A patient who is not the one known goes with other words of hers, which are not here.
func (m *memory) keep(c care.Case, doc string) {
	known, ok := m.cases.Get(c.ID)
	if ok && len(doc)+len(known.patient) <= longestCase && reflect.DeepEqual(c.Patient, known.it.Patient) {
		c.Lease = care.Lease{} // has columns of its own
		m.cases.Add(c.ID, parsedCase{doc, known.patient, c})
	}
}

// factOf parses one set of vitals or one comment, unless that was done before.
func factOf[T any](m *memory, doc string) (T, error) {
	if known, ok := m.facts.Get(doc); ok {
		if it, ok := known.(T); ok {
			return it, nil
		}
	}
	var it T
	if err := json.Unmarshal([]byte(doc), &it); err != nil {
		return it, err
	}
	if len(doc) <= longestFact {
		m.facts.Add(doc, it)
	}
	return it, nil
}

type sessionKey struct {
	hash [sha256.Size]byte
	kind string
}

type knownSession struct {
	user    care.User
	session Session
	version int64 // of people when it was read
}

// account is a user and her row.
type account struct {
	row  int64
	user care.User
}

// actor is who asks, as the transaction sees her.
func (t *tx) actor(uid string) (int64, care.User, error) {
	if a, ok := t.w.staff[uid]; ok {
		return a.row, a.user, nil
	}
	row, u, err := userRow(t.ctx, t, uid)
	if err == nil {
		t.w.staff[uid] = account{row, u}
	}
	return row, u, err
}

// forgetPeople: accounts or sessions are not what they were.
func (w *writer) forgetPeople() {
	clear(w.staff)
	w.d.people.Add(1)
}

type factLists struct {
	vitals   []care.VitalsSet
	comments []care.Comment
}

// factsOf completes a view with its facts, if they are known.
func (m *memory) factsOf(view *care.View) bool {
	known, ok := m.lists.Get(view.ID)
	if !ok || len(known.vitals) != view.VitalsSets || len(known.comments) != view.CommentCount {
		return false
	}
	view.Vitals, view.Comments = known.vitals, known.comments
	return true
}

func (m *memory) keepFacts(view *care.View) {
	if len(view.Vitals)+len(view.Comments) <= mostFacts {
		m.lists.Add(view.ID, factLists{slices.Clip(view.Vitals), slices.Clip(view.Comments)})
	}
}
