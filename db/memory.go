package db

import (
	"crypto/sha256"
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
}

const sessionsKnown = 512 // tablets, scripts and some that come back seldom

func newMemory() memory {
	sessions, _ := lru.New[sessionKey, knownSession](sessionsKnown) // fails only for a size below 1
	return memory{sessions: sessions}
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
