package realtime

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
	"github.com/olahol/melody"
)

const (
	pingEvery = 10 * time.Second // of a client that says nothing by itself
	goneAfter = 24 * time.Second // without a word; everybody knows within 25 s
	connKey   = "conn"
)

// newMelody sets melody up for what it does here: upgrade, reading, ping and pong,
// lifecycle. Its own queues drop messages in silence, so nothing of ours goes through them.
func newMelody(h *Hub) *melody.Melody {
	m := melody.New()
	m.Config.MessageBufferSize = 1
	m.Config.MaxMessageSize = maxClientFrame
	m.Config.PingPeriod, m.Config.PongWait = 1<<62, goneAfter // our writer pings: melody's keeps a small stack
	m.Upgrader = &websocket.Upgrader{
		ReadBufferSize: 256, WriteBufferSize: 256, WriteBufferPool: &sync.Pool{},
		CheckOrigin: func(*http.Request) bool { return true }, // app has checked it before it came here
	}
	connOf := func(s *melody.Session) *conn { return s.MustGet(connKey).(*conn) }
	m.HandleConnect(func(s *melody.Session) {
		s.Request.Header = nil // melody keeps the request, and it kept the whole of its text
		connOf(s).connected()
	})
	m.HandleDisconnect(func(s *melody.Session) { connOf(s).gone() })
	m.HandleMessage(func(s *melody.Session, text []byte) { connOf(s).said(text) })
	m.HandleMessageBinary(func(s *melody.Session, _ []byte) { connOf(s).hangUp(closeUnsupported, "text only") })
	m.HandleClose(func(s *melody.Session, code int, reason string) error { connOf(s).closed(code, reason); return nil })
	m.HandleError(func(s *melody.Session, err error) {
		if errors.Is(err, websocket.ErrReadLimit) { // gorilla is silent about a length of 2⁶³ or more
			connOf(s).hangUp(closeTooLarge, "")
		}
	})
	return m
}

// conn is one socket: its place in the log, and the writer that runs while there is
// something to write. An idle tablet costs no goroutine of ours.
type conn struct {
	hub    *Hub
	member *membership
	net    *sharedConn

	heard atomic.Int64 // when it last said anything, Unix nanoseconds
	acked atomic.Int64 // the newest position it says it has

	mu      sync.Mutex
	looking *topic
	greet   bool // tell it how what it looks at stands now
	running bool // a writer is at work
	again   bool // there was news while it was
	first   bool // hello is still to come
	pong    bool // a ping waits for its answer
	ping    bool // it is to be asked whether it is there
	pinged  time.Time
	resync  bool
	place   place // the writer's own while running
	noted   int64 // the newest note it was told; the writer's own
	head    int64 // what hello says
}

// Serve takes over a request that was checked and authenticated, upgrades it, and serves
// it until it ends. after nil = from now on. It returns at once.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, who Who, epoch string, after *int64) error {
	if err := checkHandshake(r); err != nil {
		return err
	}
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return errors.New("this connection cannot be upgraded")
	}
	c := &conn{hub: h, member: newMembership(who), first: true, running: true} // nothing is written before it is settled
	c.heard.Store(time.Now().UnixNano())
	longSilent, err := h.limits.admit(c)
	if err != nil {
		return err
	}
	if longSilent != nil {
		go longSilent.hangUp(closeTooMany, "more sockets than a tablet needs")
	}
	raw, rw, err := hijacker.Hijack()
	if err == nil && rw.Reader.Buffered() > 0 {
		raw.Close()
		err = errors.New("data before the handshake")
	}
	if err != nil {
		h.limits.release(c)
		return err
	}
	c.net = share(raw)
	c.net.counted = c.count
	c.place, c.head, c.resync = h.start(epoch, after)
	c.acked.Store(c.place.cursor)
	// From here on neither net/http's buffers nor gin's context are held: only what the
	// upgrade reads is copied.
	slim := &http.Request{Method: r.Method, Host: r.Host, Proto: r.Proto, ProtoMajor: r.ProtoMajor, ProtoMinor: r.ProtoMinor, Header: http.Header{}}
	for _, name := range []string{"Connection", "Upgrade", "Sec-Websocket-Version", "Sec-Websocket-Key"} {
		slim.Header[name] = r.Header[name]
	}
	go func() {
		if err := h.melody.HandleRequestWithKeys(&hijacked{conn: c.net, header: http.Header{}}, slim, map[string]any{connKey: c}); err != nil {
			raw.Close()
			h.limits.release(c)
		}
	}()
	return nil
}

var (
	// ErrHandshake: the request is not what opens a WebSocket.
	ErrHandshake = errors.New("not a WebSocket handshake")
	// ErrVersion: it opens one of another version than 13.
	ErrVersion = errors.New("not version 13 of WebSocket")
)

// checkHandshake asks for what RFC 6455, section 4.2.1 does, while a refusal can still be an
// HTTP answer. Gorilla would find the same, but only after the connection was taken over.
func checkHandshake(r *http.Request) error {
	keys := r.Header["Sec-Websocket-Key"]
	if !r.ProtoAtLeast(1, 1) || !websocket.IsWebSocketUpgrade(r) || len(keys) != 1 {
		return ErrHandshake
	}
	if key, err := base64.StdEncoding.DecodeString(keys[0]); err != nil || len(key) != 16 {
		return ErrHandshake
	}
	if r.Header.Get("Sec-Websocket-Version") != "13" {
		return ErrVersion
	}
	return nil
}

// hijacked is the least a ResponseWriter can be for an upgrade to take it over.
type hijacked struct {
	conn   net.Conn
	header http.Header
}

func (w *hijacked) Header() http.Header         { return w.header }
func (w *hijacked) Write(p []byte) (int, error) { return w.conn.Write(p) }
func (w *hijacked) WriteHeader(status int) {
	w.conn.Write([]byte("HTTP/1.1 " + http.StatusText(status) + "\r\n")) // an upgrade that fails is hung up on
}
func (w *hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return w.conn, bufio.NewReadWriter(bufio.NewReaderSize(w.conn, 16), bufio.NewWriterSize(w.conn, 16)), nil
}

func (c *conn) connected() {
	c.hub.sockets.Add(1)
	c.hub.presence.connected(c.member.who)
	if !c.hub.join(c) {
		c.hangUp(closeRestart, "restart")
		return
	}
	go func() { // asking the database takes a large stack; the reader keeps a small one
		if !c.hub.settle(c) {
			c.leave(closeSignedOut)
			return
		}
		c.hub.lookAway(c.member.who.User, c.member) // said before it was settled
		c.mu.Lock()
		c.running = false
		c.mu.Unlock()
		c.wake()
	}()
}

func (c *conn) gone() {
	c.hub.sockets.Add(-1)
	c.hub.quit(c)
	c.hub.disconnected(c)
	c.hub.limits.release(c)
}

// count is called for every frame of the client.
func (c *conn) count() error {
	if !c.hub.limits.mayTalk(c.member.who, 1) {
		return ErrTooMany
	}
	now := time.Now()
	c.heard.Store(now.UnixNano())
	c.net.SetReadDeadline(now.Add(goneAfter))
	return nil
}

// askAfter pings a client that has been silent for a while.
func (c *conn) askAfter(now time.Time) {
	if now.UnixNano()-c.heard.Load() < int64(pingEvery) {
		return
	}
	c.mu.Lock()
	due := now.Sub(c.pinged) >= pingEvery
	if due {
		c.ping, c.pinged = true, now
	}
	c.mu.Unlock()
	if due {
		c.wake()
	}
}

// lookAt notes what the socket looks at now and returns what it looked at.
func (c *conn) lookAt(t *topic) (before *topic) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before, c.looking, c.greet = c.looking, t, t != nil
	return before
}

func (c *conn) whoami() *membership { return c.member }

func (c *conn) hangUp(code uint16, reason string) {
	c.net.hangUp(code, reason, nil)
}

func (c *conn) leave(code uint16) {
	if code == closeRestart {
		c.net.hangUp(code, "restart", appendMessage(nil, control{Type: "bye"}.encode()))
		return
	}
	c.hangUp(code, "signed out")
}

// closed answers the client's close with its own code and reason.
func (c *conn) closed(code int, reason string) {
	if c.net.closeBody == 1 { // gorilla takes half a code for none
		code, reason = closeProtocol, "half a close code"
	}
	c.hangUp(uint16(code), reason)
}

// said is a message from the client.
func (c *conn) said(text []byte) {
	if !utf8.Valid(text) {
		c.hangUp(closeNotUTF8, "not UTF-8")
		return
	}
	var f Frame
	if json.Unmarshal(text, &f) != nil {
		return // a tablet that says nonsense is still listening
	}
	switch f.Type {
	case "ping":
		c.mu.Lock()
		c.pong = true
		c.mu.Unlock()
		c.wake()
	case "ack":
		c.acked.Store(max(c.acked.Load(), min(f.Seq, c.hub.log.Head())))
	case "viewing":
		c.views(f.topic())
	case "clock":
		f.tellClock(c.member.who)
	case "typing":
		c.types(f.topic())
	}
}

// views: the person has opened something, or closed it.
func (c *conn) views(name string) {
	rooms, ok := c.hub.mayLook(context.Background(), c.member, name)
	p := &c.hub.presence
	p.mu.Lock()
	defer p.mu.Unlock()
	var to *topic
	if ok {
		to = p.topic(name, rooms)
	}
	c.hub.look(c, p.tablets[c.member.who.Session], to, c.lookAt(to))
	c.wake()
}

func (c *conn) types(name string) {
	p := &c.hub.presence
	p.mu.Lock()
	defer p.mu.Unlock()
	c.mu.Lock()
	looking := c.looking
	c.mu.Unlock()
	if looking != nil {
		c.hub.types(looking, c.member.who, name == looking.name)
	}
}

// wake starts the writer, or tells the one at work to look again.
func (c *conn) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running {
		c.again = true
		return
	}
	c.running = true
	go c.write()
}

// buffers for the writers at work; an idle tablet holds none.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, batchBytes+8<<10); return &b }}

// write brings the socket up to date, as much as possible in each write, and ends.
func (c *conn) write() {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	for {
		c.mu.Lock()
		c.again = false
		first, pong, ping, resync, looking, greet := c.first, c.pong, c.ping, c.resync, c.looking, c.greet
		c.first, c.pong, c.ping, c.resync, c.greet = false, false, false, false, false
		c.mu.Unlock()

		b := (*buffer)[:0]
		if first {
			c.noted = c.hub.notes.newest()
			b = appendMessage(b, control{Type: "hello", Epoch: c.hub.log.Epoch(), Head: &c.head, You: c.member.who.You, ServerTime: timestamp(c.hub.hooks.Now())}.encode())
		}
		caughtUp, fresh, err := c.hub.read(context.Background(), c.member, &c.place, func(e *entry, prev int64) bool {
			b = e.appendTo(b, prev)
			return len(b) > batchBytes
		})
		if err != nil {
			c.hub.logger.Warn("replay failed", "err", err)
			c.hangUp(closeRestart, "restart")
			return
		}
		if resync || fresh {
			b = appendMessage(b, control{Type: "resync", Epoch: c.hub.log.Epoch(), Head: &c.place.cursor}.encode())
			c.place.prev = c.place.cursor
		}
		if pong && caughtUp { // everything up to here was sent before it
			b = appendMessage(b, control{Type: "pong", Head: &c.place.cursor}.encode())
			c.place.prev = c.place.cursor
		}
		if first {
			b = appendMessage(b, c.hub.presence.all())
		}
		inTime := true
		c.noted, inTime = c.hub.notes.after(c.noted, c.member, looking, func(frame []byte) { b = appendMessage(b, frame) })
		if !inTime { // it has not been reading: it comes back, and is told how everything stands
			c.hangUp(closeRestart, "restart")
			return
		}
		if greet && c.member.hears(looking.rooms) {
			for _, frame := range c.hub.states(context.Background(), looking) {
				b = appendMessage(b, frame)
			}
		}
		if ping {
			b = append(b, finPing, 0)
		}
		if len(b) > 0 {
			if _, err := c.net.Write(b); err != nil {
				c.hangUp(closeRestart, "")
				return
			}
		}
		if cap(b) <= 2*cap(*buffer) { // one that grew much is not kept
			*buffer = b[:0]
		}

		c.mu.Lock()
		if pong && !caughtUp {
			c.pong = true
		}
		if caughtUp && !c.again {
			c.running = false
			c.mu.Unlock()
			return
		}
		c.mu.Unlock()
	}
}
