package realtime

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// Close codes a client may see.
const (
	closeProtocol    = 1002 // not what RFC 6455 allows; gorilla sends most of them
	closeUnsupported = 1003 // we speak text
	closeNotUTF8     = 1007
	closeTooMany     = 1008 // more frames or sockets than one tablet needs; come back later
	closeTooLarge    = 1009 // gorilla sends most of them
	closeRestart     = 1012 // the box is going down; come back soon
	closeSignedOut   = 4401 // the session was ended
)

// First bytes of frames: fin and opcode.
const (
	finText  = 0x81
	finClose = 0x88
	finPing  = 0x89
)

const (
	maxClientFrame = 8 << 10          // bytes of one message from a client
	writeDeadline  = 10 * time.Second // after which a stalled socket is cut
	closePatience  = time.Second / 2  // for a client to hang up after a close
	batchBytes     = 32 << 10         // most bytes of one write
)

// tail is a logged frame without what differs from listener to listener: it follows
// {"seq":…,"prev":… and is encoded once for everybody.
func tail(kind string, data []byte) []byte {
	b := make([]byte, 0, len(kind)+len(data)+20)
	b = append(b, `,"type":`...)
	b = strconv.AppendQuote(b, kind)
	b = append(b, `,"data":`...)
	b = append(b, data...)
	return append(b, '}')
}

func appendFrame(b []byte, seq, prev int64, tail []byte) []byte {
	b = append(b, `{"seq":`...)
	b = strconv.AppendInt(b, seq, 10)
	b = append(b, `,"prev":`...)
	b = strconv.AppendInt(b, prev, 10)
	return append(b, tail...)
}

// control is a frame without a place in the log.
type control struct {
	Type       string          `json:"type"`
	Epoch      string          `json:"epoch,omitempty"`
	Head       *int64          `json:"head,omitempty"`
	You        json.RawMessage `json:"you,omitempty"`
	ServerTime string          `json:"serverTime,omitempty"`
}

func (c control) encode() []byte {
	b, _ := json.Marshal(c) // strings, a number and JSON we made: always encodes
	return b
}

// appendMessage adds a whole text message in a server's WebSocket framing (RFC 6455,
// section 5.2: unmasked, one fragment).
func appendMessage(b, payload []byte) []byte {
	return append(appendHeader(b, len(payload)), payload...)
}

func appendHeader(b []byte, n int) []byte {
	b = append(b, finText)
	switch {
	case n < 126:
		return append(b, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	}
	return binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
}

// sharedConn lets a connection's own writer send whole frames between melody's, which
// are only pings, pongs and closes. Its deadline is its own: melody would set one per ping,
// and a client that pings often would keep cutting a slow write short.
type sharedConn struct {
	net.Conn
	turn   chan struct{} // holds one while somebody writes
	closed bool          // a close was said: nothing may follow it. Who has the turn may look
	over   atomic.Bool   // what the client still says is not heard any more

	counted   func() error // called for every frame of the client's; an error is one too many
	frames    frameScanner // the reader's own, like what it finds
	closeBody int64        // bytes in the client's close frame; -1 before there is one
}

func share(c net.Conn) *sharedConn {
	return &sharedConn{Conn: c, turn: make(chan struct{}, 1), closeBody: -1}
}

// notUTF8 is what gorilla answers to a close whose reason is not UTF-8.
var notUTF8 = websocket.FormatCloseMessage(closeProtocol, "invalid utf8 payload in close frame")

func (c *sharedConn) Write(p []byte) (int, error) {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	if c.closed {
		return 0, net.ErrClosed
	}
	if p[0] == finClose && bytes.Equal(p[2:], notUTF8) {
		p = bytes.Clone(p) // for everything else that is not UTF-8 we say 1007
		binary.BigEndian.PutUint16(p[2:], closeNotUTF8)
	}
	c.Conn.SetWriteDeadline(time.Now().Add(writeDeadline))
	n, err := c.Conn.Write(p)
	c.closed = err != nil || p[0] == finClose // what was cut in the middle cannot be followed either
	return n, err
}

func (c *sharedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.over.Load() {
		return 0, net.ErrClosed
	}
	if err := c.frames.scan(p[:n], c.begins); err != nil {
		c.hangUp(closeTooMany, "too many frames", nil)
		return 0, err
	}
	return n, err
}

// begins is told of each frame of the client's, a little before gorilla reads it, also of
// those melody never shows: fragments, pings, pongs.
func (c *sharedConn) begins(opcode byte, _ bool, length int64) error {
	if opcode == websocket.CloseMessage && c.closeBody < 0 {
		c.closeBody = length
	}
	return c.counted()
}

// SetWriteDeadline does nothing; Write sets its own.
func (c *sharedConn) SetWriteDeadline(time.Time) error { return nil }

// hangUp says a last word and why it closes, unless that was said or somebody is stuck in
// the middle of a write, and hangs up.
func (c *sharedConn) hangUp(code uint16, reason string, last []byte) {
	select {
	case c.turn <- struct{}{}:
		if !c.closed {
			c.closed = true
			payload := websocket.FormatCloseMessage(int(code), reason)
			c.Conn.SetWriteDeadline(time.Now().Add(time.Second))
			c.Conn.Write(append(append(last, finClose, byte(len(payload))), payload...)) // best effort: the hang-up says the rest
		}
		<-c.turn
		c.Close()
	case <-time.After(time.Second):
		c.Conn.Close()
	}
}

// Close hangs up. After a close frame it first waits a moment for the client to do so: to
// hang up on what a client is still sending resets the connection, and a reset can take
// the close frame with it on its way.
func (c *sharedConn) Close() error {
	c.over.Store(true)
	select {
	case c.turn <- struct{}{}:
		said := c.closed
		<-c.turn
		if half, ok := c.Conn.(interface{ CloseWrite() error }); said && ok && half.CloseWrite() == nil {
			patience := time.AfterFunc(closePatience, func() { c.Conn.Close() })
			io.Copy(io.Discard, c.Conn)
			patience.Stop()
		}
	case <-time.After(closePatience): // somebody is stuck in the middle of a write
	}
	return c.Conn.Close()
}
