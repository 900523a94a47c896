package realtime

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"strconv"
	"time"
)

// Close codes a client may see, besides 1007 (not UTF-8) and 1009 (too large), which
// the WebSocket layer sends itself.
const (
	closeUnsupported = 1003 // we speak text
	closeNotUTF8     = 1007
	closeTooMany     = 1008 // more frames or sockets than one tablet needs; come back later
	closeRestart     = 1012 // the box is going down; come back soon
	closeSignedOut   = 4401 // the session was ended
)

const (
	maxClientFrame = 8 << 10          // bytes of one message from a client
	writeDeadline  = 10 * time.Second // after which a stalled socket is cut
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
	b = append(b, 0x81)
	switch {
	case n < 126:
		return append(b, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	}
	return binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
}

// sharedConn lets a connection's own writer send whole frames between melody's, which
// are only pings and closes. Its deadline is its own: melody would set one per ping, and
// a client that pings often would keep cutting a slow write short.
//
// Every frame of the client is counted where it is read, also those melody never shows:
// fragments, pings, pongs.
type sharedConn struct {
	net.Conn
	turn    chan struct{} // holds one while somebody writes
	frames  frameScanner
	counted func() error
}

func share(c net.Conn) *sharedConn { return &sharedConn{Conn: c, turn: make(chan struct{}, 1)} }

func (c *sharedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if tooMany := c.frames.scan(p[:n], func(byte, bool, int64) error { return c.counted() }); tooMany != nil {
		c.farewell(closeTooMany, "too many frames", nil)
		c.linger()
		c.Conn.Close()
		return 0, tooMany
	}
	return n, err
}

func (c *sharedConn) Write(p []byte) (int, error) {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	c.Conn.SetWriteDeadline(time.Now().Add(writeDeadline))
	return c.Conn.Write(p)
}

// SetWriteDeadline does nothing; Write sets its own.
func (c *sharedConn) SetWriteDeadline(time.Time) error { return nil }

// hangUp says a last word and why it closes, and hangs up.
func (c *sharedConn) hangUp(code uint16, reason string, last []byte) {
	c.farewell(code, reason, last)
	c.Conn.Close()
}

// farewell says why it closes, unless somebody is stuck in the middle of a write.
func (c *sharedConn) farewell(code uint16, reason string, last []byte) {
	select {
	case c.turn <- struct{}{}:
		payload := binary.BigEndian.AppendUint16(nil, code)
		payload = append(payload, reason...)
		c.Conn.SetWriteDeadline(time.Now().Add(time.Second))
		c.Conn.Write(append(append(last, 0x88, byte(len(payload))), payload...)) // best effort: the hang-up says the rest
		<-c.turn
	case <-time.After(time.Second):
	}
}

// linger reads for a moment what a client that talks too much has already sent: closing
// over unread bytes resets the connection, and the client might never read why.
func (c *sharedConn) linger() {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
	c.Conn.SetReadDeadline(time.Now().Add(time.Second))
	io.Copy(io.Discard, io.LimitReader(c.Conn, 1<<20))
}
