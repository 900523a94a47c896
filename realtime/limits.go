package realtime

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// What a client may cost. A portal sends a frame every few seconds and a burst when a
// case is opened; nobody needs more than this.
const (
	framesPerSecond  = 10
	framesAtOnce     = 80
	socketCost       = 4 // frames a new socket counts for
	socketsPerDevice = 6
	pollsPerDevice   = 6
	// enrolledReserve is the part of the sockets that only enrolled devices may use: one in…
	enrolledReserve = 10
)

// ErrFull: no more sockets; what is open stays open.
var ErrFull = errors.New("too many connections")

// limits are the buckets of every session and device that was here lately.
type limits struct {
	most    int        // sockets
	talk    rate.Limit // frames per second
	mu      sync.Mutex
	clients map[string]*client // by session and by device
	sockets int
}

// client is what a session or a device has used.
type client struct {
	bucket  *rate.Limiter
	sockets []*conn // a device's; the one that was longest silent goes first
	polls   int     // of a device, that wait
}

func (l *limits) client(key string) *client {
	c := l.clients[key]
	if c == nil {
		c = &client{bucket: rate.NewLimiter(l.talk, framesAtOnce)}
		l.clients[key] = c
	}
	return c
}

// keys under which a listener is counted; a device that is not enrolled is its session.
func (w Who) keys() []string {
	if w.Device == "" || w.Device == w.Session {
		return []string{w.Session}
	}
	return []string{w.Session, w.Device}
}

// device is what the device of a listener has used.
func (l *limits) device(w Who) *client {
	keys := w.keys()
	return l.client(keys[len(keys)-1])
}

// mayTalk takes n frames out of every bucket; false if one of them is empty.
func (l *limits) mayTalk(w Who, n int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	for _, key := range w.keys() {
		if !l.client(key).bucket.AllowN(now, n) {
			return false
		}
	}
	return true
}

// MayTalk takes a frame from what a session may say; ErrTooMany if there is none left.
func (h *Hub) MayTalk(w Who) error {
	if !h.limits.mayTalk(w, 1) {
		return ErrTooMany
	}
	return nil
}

// admit counts a new socket. Of more than six of a device the one longest silent is sent
// away: a tablet whose network comes and goes leaves dead ones behind.
func (l *limits) admit(c *conn) (sendAway *conn, err error) {
	if !l.mayTalk(c.member.who, socketCost) {
		return nil, ErrTooMany
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if room := l.most - l.sockets; room <= 0 || !c.member.who.Enrolled && room <= l.most/enrolledReserve {
		return nil, ErrFull
	}
	device := l.device(c.member.who)
	if len(device.sockets) >= socketsPerDevice {
		sendAway = slices.MinFunc(device.sockets, func(a, b *conn) int { return cmp.Compare(a.heard.Load(), b.heard.Load()) })
		device.sockets = slices.DeleteFunc(device.sockets, func(o *conn) bool { return o == sendAway })
	}
	device.sockets = append(device.sockets, c)
	l.sockets++
	return sendAway, nil
}

// release counts a socket out.
func (l *limits) release(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sockets--
	device := l.device(c.member.who)
	device.sockets = slices.DeleteFunc(device.sockets, func(o *conn) bool { return o == c })
}

// poll counts a waiting poll of a device in (1) or out (-1); false if it has enough.
func (l *limits) poll(w Who, n int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	device := l.device(w)
	if device.polls+n > pollsPerDevice {
		return false
	}
	device.polls += n
	return true
}

// forget drops what has recovered: a full bucket and no socket is a client nobody knows.
func (l *limits) forget(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, c := range l.clients {
		if len(c.sockets)+c.polls == 0 && c.bucket.TokensAt(now) >= framesAtOnce {
			delete(l.clients, key)
		}
	}
}
