package app

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"aarogya/db"
)

// First bytes of a client's frames: fin and opcode.
const (
	wholeText, firstText     = "\x81", "\x01"
	wholeBinary, firstBinary = "\x82", "\x02"
	middle, last             = "\x00", "\x80"
	closeFrame               = "\x88"
	pingFrame, pongFrame     = "\x89", "\x8a"
)

const appPing = `{"type":"ping"}`

// masked is a client's frame: its first byte, then its payload.
func masked(first, payload string) string {
	header := []byte(first)
	switch n := len(payload); {
	case n < 126:
		header = append(header, 0x80|byte(n))
	case n < 1<<16:
		header = binary.BigEndian.AppendUint16(append(header, 0x80|126), uint16(n))
	default:
		header = binary.BigEndian.AppendUint64(append(header, 0x80|127), uint64(n))
	}
	return string(header) + payloadOf(payload)
}

// payloadOf is a mask and a payload under it.
func payloadOf(payload string) string {
	mask := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	b := append(mask[:], payload...)
	for i := range len(payload) {
		b[4+i] ^= mask[i%4]
	}
	return string(b)
}

// fragments is a text in pieces of n bytes.
func fragments(n int, whole string) string {
	var b strings.Builder
	first := firstText
	for len(whole) > n {
		b.WriteString(masked(first, whole[:n]))
		first, whole = middle, whole[n:]
	}
	return b.String() + masked(string([]byte{first[0] | 0x80}), whole)
}

func closing(code uint16, reason string) string {
	return masked(closeFrame, string(binary.BigEndian.AppendUint16(nil, code))+reason)
}

// padded is an app-level ping of n bytes.
func padded(n int) string { return appPing + strings.Repeat(" ", n-len(appPing)) }

// rawSocket is a client that chooses every byte it sends, and checks every byte it gets.
type rawSocket struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

// request is a handshake; a header set to "" is left out.
func (b *box) request(method, proto string, set map[string]string) string {
	headers := map[string]string{"Host": strings.TrimPrefix(b.url, "http://"), "Connection": "Upgrade", "Upgrade": "websocket",
		"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
	for name, value := range set {
		headers[name] = value
	}
	lines := method + " /ws " + proto + "\r\n"
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if headers[name] != "" {
			lines += name + ": " + headers[name] + "\r\n"
		}
	}
	return lines + "\r\n"
}

func (b *box) rawDial(t *testing.T) *rawSocket {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(b.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	return &rawSocket{t, conn, bufio.NewReader(conn)}
}

// freshToken is a session of its own, so that what is counted per session is not shared.
func (b *box) freshToken(t *testing.T, kind string) string {
	t.Helper()
	secret, _, err := b.db.SignIn(context.Background(), b.staff["doctor"].ID, kind, "test")
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// send writes bytes, step at a time; 0 = all at once. A box that has hung up may refuse them.
func (s *rawSocket) send(bytes string, step int) {
	if step == 0 {
		step = len(bytes)
	}
	for len(bytes) > 0 {
		n := min(step, len(bytes))
		if _, err := io.WriteString(s.conn, bytes[:n]); err != nil {
			return
		}
		bytes = bytes[n:]
	}
}

// handshake reads the answer to a request.
func (s *rawSocket) handshake(method string) (*http.Response, error) {
	return http.ReadResponse(s.in, &http.Request{Method: method})
}

// next reads one frame; opcode 0 is the end of the connection.
func (s *rawSocket) next() (opcode byte, payload string) {
	s.t.Helper()
	first, err := s.in.ReadByte()
	if err != nil {
		if !errors.Is(err, io.EOF) {
			s.t.Errorf("cut without an end: %v", err)
		}
		return 0, ""
	}
	if first&0xf0 != 0x80 {
		s.t.Errorf("the box sends a fragment or reserved bits: %#x", first)
	}
	second, _ := s.in.ReadByte()
	n, least := uint64(second), uint64(0)
	switch second {
	case 126:
		var size uint16
		binary.Read(s.in, binary.BigEndian, &size)
		n, least = uint64(size), 126
	case 127:
		binary.Read(s.in, binary.BigEndian, &n)
		least = 1 << 16
	}
	if second > 127 || n < least || first&0x08 != 0 && n > 125 {
		s.t.Errorf("the box sends a frame %#x %#x of %d bytes", first, second, n)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(s.in, body); err != nil {
		s.t.Errorf("a frame ends early: %v", err)
	}
	return first & 0x0f, string(body)
}

// awaits reads up to the next answer to something: the box's own pings, and the news it
// tells everybody, are none.
func (s *rawSocket) awaits() (opcode byte, payload string) {
	s.t.Helper()
	for {
		opcode, payload = s.next()
		news := opcode == 1 && !strings.HasPrefix(payload, `{"type":"hello"`) && !strings.HasPrefix(payload, `{"type":"pong"`)
		if !news && (opcode != 9 || payload != "") {
			return opcode, payload
		}
	}
}

func (s *rawSocket) wantPong() {
	s.t.Helper()
	if opcode, payload := s.awaits(); opcode != 1 || !strings.HasPrefix(payload, `{"type":"pong","head":`) {
		s.t.Fatalf("no pong but %d %q", opcode, payload)
	}
}

// wantClose expects a close of one of these codes (1005 = without a code) and then the
// connection's orderly end: a reset could take the close with it on its way.
func (s *rawSocket) wantClose(codes []int, reason string) {
	s.t.Helper()
	opcode, payload := s.awaits()
	for opcode == 1 && strings.HasPrefix(payload, `{"type":"pong"`) { // the answer to one ping more, on its way
		opcode, payload = s.awaits()
	}
	if opcode != 8 {
		s.t.Fatalf("no close but %d %q", opcode, payload)
	}
	code := 1005
	if len(payload) >= 2 {
		code, payload = int(binary.BigEndian.Uint16([]byte(payload))), payload[2:]
	}
	if !slices.Contains(codes, code) {
		s.t.Errorf("closed with %d %q, want %v", code, payload, codes)
	}
	if reason != "" && payload != reason {
		s.t.Errorf("closed because %q, want %q", payload, reason)
	}
	s.send(closing(1000, ""), 0) // as a browser does; the box may have stopped listening
	if opcode, payload := s.next(); opcode != 0 {
		s.t.Errorf("after the close came %d %q", opcode, payload)
	}
}

// TestWebSocketConformance says to /ws, byte by byte, what a client may and may not say
// (RFC 6455, in the order of the Autobahn suite) and expects what must be answered.
func TestWebSocketConformance(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	x := func(n int) string { return strings.Repeat("x", n) }
	euro, clef := "\xe2\x82\xac", "\xf0\x9d\x84\x9e"
	var (
		protocolError = []int{1002}
		notUTF8       = []int{1007}
		tooLarge      = []int{1009}
		textOnly      = []int{1003}
	)
	type talk struct {
		name   string
		send   string
		step   int      // bytes per write; 0 = all at once
		pongs  []string // what control pongs must carry
		heard  bool     // the messages held an app-level ping, to be answered
		close  []int    // codes that are right; nil = the connection goes on
		reason string
	}
	tests := []talk{
		// Messages of all sizes (Autobahn 1, 9).
		{name: "text", send: masked(wholeText, appPing), heard: true},
		{name: "text, 1 byte per write", send: masked(wholeText, appPing), step: 1, heard: true},
		{name: "empty text", send: masked(wholeText, "")},
		{name: "nonsense is harmless", send: masked(wholeText, "nonsense") + masked(wholeText, "[]") + masked(wholeText, "{}") + masked(wholeText, `{"type":7}`)},
		{name: "125 bytes", send: masked(wholeText, padded(125)), heard: true},
		{name: "126 bytes", send: masked(wholeText, padded(126)), heard: true},
		{name: "127 bytes", send: masked(wholeText, padded(127)), step: 1, heard: true},
		{name: "255 bytes", send: masked(wholeText, padded(255)), heard: true},
		{name: "256 bytes", send: masked(wholeText, padded(256)), heard: true},
		{name: "257 bytes in odd writes", send: masked(wholeText, padded(257)), step: 7, heard: true},
		{name: "8192 bytes", send: masked(wholeText, padded(8192)), heard: true},
		{name: "8192 bytes in odd writes", send: masked(wholeText, padded(8192)), step: 997, heard: true},
		{name: "8192 bytes twice", send: masked(wholeText, padded(8192)) + masked(wholeText, padded(8192)), heard: true},
		{name: "8193 bytes", send: masked(wholeText, padded(8193)), close: tooLarge},
		{name: "8193 bytes by header alone", send: masked(wholeText, x(8193))[:8], close: tooLarge},
		{name: "65535 bytes", send: masked(wholeText, x(65535)), close: tooLarge},
		{name: "65536 bytes", send: masked(wholeText, x(65536)), close: tooLarge},
		{name: "65536 bytes by header alone", send: masked(wholeText, x(65536))[:14], close: tooLarge},
		{name: "8193 bytes and a megabyte nobody reads", send: masked(wholeText, x(8193)) + x(1<<20), close: tooLarge},
		{name: "8192 bytes in two fragments", send: masked(firstText, padded(4096)) + masked(last, strings.Repeat(" ", 4096)), heard: true},
		{name: "8193 bytes in two fragments", send: masked(firstText, padded(4096)) + masked(last, x(4097))[:8], close: tooLarge},
		{name: "8193 bytes in nine fragments", send: fragments(1000, x(8193)), close: tooLarge},
		{name: "8192 bytes and a ping between", send: masked(firstText, padded(4096)) + masked(pingFrame, x(125)) + masked(last, strings.Repeat(" ", 4096)), pongs: []string{x(125)}, heard: true},
		{name: "binary", send: masked(wholeBinary, "\x00\x01"), close: textOnly},
		{name: "empty binary", send: masked(wholeBinary, ""), close: textOnly},
		{name: "binary in fragments", send: masked(firstBinary, "a") + masked(last, "b"), close: textOnly},
		{name: "binary of 8193 bytes", send: masked(wholeBinary, x(8193)), close: []int{1003, 1009}}, // it is both

		// Lengths. Section 5.2 binds the sender to the shortest form and leaves open what the
		// other side does about a longer one: to fail the connection would be right too, but this
		// box takes it.
		{name: "16-bit length for 15 bytes", send: "\x81\xfe\x00\x0f" + payloadOf(appPing), heard: true},
		{name: "64-bit length for 15 bytes", send: "\x81\xff\x00\x00\x00\x00\x00\x00\x00\x0f" + payloadOf(appPing), heard: true},
		{name: "64-bit length for none", send: "\x81\xff\x00\x00\x00\x00\x00\x00\x00\x00" + payloadOf("")},
		{name: "16-bit length of a ping", send: "\x89\xfe\x00\x01" + payloadOf("x"), close: protocolError}, // control lengths have 7 bits, whatever they say
		{name: "the largest length", send: "\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff" + payloadOf(""), close: tooLarge},
		// The highest bit must be 0: wrong, and too large as well.
		{name: "length with the highest bit", send: "\x81\xff\x80\x00\x00\x00\x00\x00\x00\x01" + payloadOf("x"), close: []int{1002, 1009}},
		{name: "length of all ones", send: "\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff" + payloadOf(""), close: []int{1002, 1009}},
		{name: "lengths that overflow in sum", send: masked(firstText, "x") + "\x80\xff\x7f\xff\xff\xff\xff\xff\xff\xff" + payloadOf(""), close: tooLarge},

		// Pings and pongs (Autobahn 2).
		{name: "ping", send: masked(pingFrame, ""), pongs: []string{""}},
		{name: "ping of 1 byte", send: masked(pingFrame, "x"), pongs: []string{"x"}},
		{name: "ping of 125 bytes", send: masked(pingFrame, x(125)), pongs: []string{x(125)}},
		{name: "ping of 125 bytes, 1 byte per write", send: masked(pingFrame, x(125)), step: 1, pongs: []string{x(125)}},
		{name: "ping of bytes that are not text", send: masked(pingFrame, "\x00\xff\xfe\xfd"), pongs: []string{"\x00\xff\xfe\xfd"}},
		{name: "ping of 126 bytes", send: masked(pingFrame, x(126)), close: protocolError},
		{name: "pong of 126 bytes", send: masked(pongFrame, x(126)), close: protocolError},
		{name: "close of 126 bytes", send: closing(1000, x(124)), close: protocolError},
		{name: "ten pings", send: strings.Repeat(masked(pingFrame, "a")+masked(pingFrame, "b"), 5), pongs: strings.Split("ababababab", "")},
		{name: "pong nobody asked for", send: masked(pongFrame, "") + masked(pongFrame, "x") + masked(pongFrame, x(125))},
		{name: "pong nobody asked for, then ping", send: masked(pongFrame, "a") + masked(pingFrame, "b"), pongs: []string{"b"}},
		{name: "ping in two fragments", send: masked("\x09", "a") + masked(last, "b"), close: protocolError},
		{name: "pong in two fragments", send: masked("\x0a", "a") + masked(last, "b"), close: protocolError},
		{name: "close in two fragments", send: masked("\x08", "\x03\xe8") + masked(last, "b"), close: protocolError},

		// Reserved bits and opcodes, masks (Autobahn 3, 4).
		{name: "reserved bit 1", send: masked("\xc1", "x"), close: protocolError},
		{name: "reserved bit 2", send: masked("\xa1", "x"), close: protocolError},
		{name: "reserved bit 3", send: masked("\x91", "x"), close: protocolError},
		{name: "all reserved bits", send: masked("\xf1", "x"), close: protocolError},
		{name: "reserved bit of a ping", send: masked("\xc9", ""), close: protocolError},
		{name: "reserved bit of a close", send: masked("\xc8", "\x03\xe8"), close: protocolError},
		{name: "reserved bit of a continuation", send: masked(firstText, "x") + masked("\xc0", "x"), close: protocolError},
		{name: "reserved bit after a good message", send: masked(pingFrame, "x") + masked("\xc1", "x"), pongs: []string{"x"}, close: protocolError},
		{name: "unmasked text", send: "\x81\x01x", close: protocolError},
		{name: "unmasked empty text", send: "\x81\x00", close: protocolError},
		{name: "unmasked ping", send: "\x89\x00", close: protocolError},
		{name: "unmasked close", send: "\x88\x02\x03\xe8", close: protocolError},
		{name: "unmasked continuation", send: masked(firstText, "x") + "\x80\x01x", close: protocolError},
		{name: "mask of zeros", send: "\x81\x8f\x00\x00\x00\x00" + appPing, heard: true},

		// Fragments (Autobahn 5).
		{name: "two fragments", send: fragments(8, appPing), heard: true},
		{name: "a fragment per byte", send: fragments(1, appPing), heard: true},
		{name: "a fragment per byte, 1 byte per write", send: fragments(1, appPing), step: 1, heard: true},
		{name: "empty fragments", send: masked(firstText, "") + masked(middle, "") + masked(last, "")},
		{name: "empty fragments around", send: masked(firstText, "") + masked(middle, appPing) + masked(middle, "") + masked(last, ""), heard: true},
		{name: "ping between fragments", send: masked(firstText, appPing[:3]) + masked(pingFrame, "now") + masked(last, appPing[3:]), pongs: []string{"now"}, heard: true},
		{name: "pings between many fragments", send: masked(firstText, appPing[:3]) + masked(pingFrame, "1") + masked(middle, "") + masked(pingFrame, "2") + masked(middle, appPing[3:5]) + masked(pongFrame, "?") + masked(last, appPing[5:]), step: 1, pongs: []string{"1", "2"}, heard: true},
		// Empty fragments never fill a message up: only their number gives them away.
		{name: "endless empty fragments", send: masked(firstText, "x") + strings.Repeat(masked(middle, ""), 20_000), close: []int{1008, 1009}},
		{name: "continuation of nothing", send: masked(middle, "x"), close: protocolError},
		{name: "last continuation of nothing", send: masked(last, "x"), close: protocolError},
		{name: "continuation after a whole message", send: masked(wholeText, "x") + masked(last, "x"), close: protocolError},
		{name: "continuation after a fragmented message", send: fragments(1, "ab") + masked(last, "x"), close: protocolError},
		{name: "text within a message", send: masked(firstText, "a") + masked(wholeText, "b"), close: protocolError},
		{name: "first fragment within a message", send: masked(firstText, "a") + masked(firstText, "b"), close: protocolError},
		{name: "binary within a text", send: masked(firstText, "a") + masked(wholeBinary, "b"), close: protocolError},

		// Text is UTF-8 (Autobahn 6). It may be found out early or at the message's end; this box
		// looks at the whole message.
		{name: "all lengths of UTF-8", send: masked(wholeText, "a\u00e9"+euro+clef+"\u0939\u093f\u0928\u094d\u0926\u0940")},
		{name: "UTF-8, 1 byte per write", send: masked(wholeText, "a\u00e9"+euro+clef), step: 1},
		{name: "UTF-8, a fragment per byte", send: fragments(1, "a\u00e9"+euro+clef)},
		{name: "UTF-8 split by a ping", send: masked(firstText, euro[:1]) + masked(pingFrame, "p") + masked(last, euro[1:]), pongs: []string{"p"}},
		{name: "edges of UTF-8", send: masked(wholeText, "\x00\x7f\u0080\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff")},
		{name: "non-characters and byte order mark", send: masked(wholeText, "\ufeff\ufdd0\ufffe\U0001fffe")},
		{name: "lone continuation byte", send: masked(wholeText, "\x80"), close: notUTF8},
		{name: "0xff", send: masked(wholeText, "ok \xff"), close: notUTF8},
		{name: "0xfe", send: masked(wholeText, "\xfe\xfe\xff\xff"), close: notUTF8},
		{name: "overlong slash, 2 bytes", send: masked(wholeText, "\xc0\xaf"), close: notUTF8},
		{name: "overlong slash, 3 bytes", send: masked(wholeText, "\xe0\x80\xaf"), close: notUTF8},
		{name: "overlong slash, 4 bytes", send: masked(wholeText, "\xf0\x80\x80\xaf"), close: notUTF8},
		{name: "overlong NUL", send: masked(wholeText, "\xc0\x80"), close: notUTF8},
		{name: "longest overlong", send: masked(wholeText, "\xf0\x8f\xbf\xbf"), close: notUTF8},
		{name: "high surrogate", send: masked(wholeText, "\xed\xa0\x80"), close: notUTF8},
		{name: "low surrogate", send: masked(wholeText, "\xed\xbf\xbf"), close: notUTF8},
		{name: "surrogate pair", send: masked(wholeText, "\xed\xa0\xbd\xed\xb8\x80"), close: notUTF8},
		{name: "above U+10FFFF", send: masked(wholeText, "\xf4\x90\x80\x80"), close: notUTF8},
		{name: "5 bytes", send: masked(wholeText, "\xf8\x88\x80\x80\x80"), close: notUTF8},
		{name: "6 bytes", send: masked(wholeText, "\xfc\x84\x80\x80\x80\x80"), close: notUTF8},
		{name: "cut off after 1 of 2", send: masked(wholeText, "x\xc3"), close: notUTF8},
		{name: "cut off after 2 of 3", send: masked(wholeText, "x"+euro[:2]), close: notUTF8},
		{name: "cut off after 3 of 4", send: masked(wholeText, "x"+clef[:3]), close: notUTF8},
		{name: "cut off and begun again", send: masked(wholeText, euro[:2]+euro), close: notUTF8},
		{name: "cut off at the last fragment", send: masked(firstText, "x"+euro[:1]) + masked(last, euro[1:2]), close: notUTF8},
		{name: "not UTF-8, a fragment per byte", send: fragments(1, "ok\xed\xa0\x80"), close: notUTF8},
		{name: "not UTF-8 over two fragments", send: masked(firstText, "\xf4") + masked(last, "\x90\x80\x80"), close: notUTF8},
		{name: "not UTF-8 in the first fragment", send: masked(firstText, "\xff") + masked(middle, "") + masked(last, "fine"), close: notUTF8},
		{name: "not UTF-8 inside JSON", send: masked(wholeText, "{\"type\":\"ping\",\"x\":\"\xc3\x28\"}"), close: notUTF8},

		// The closing handshake (Autobahn 7). It is answered with the same code and reason.
		{name: "close without a body", send: masked(closeFrame, ""), close: []int{1005}},
		{name: "close of 1 byte", send: masked(closeFrame, "\x03"), close: protocolError},
		{name: "close of 1 byte after a ping", send: masked(pingFrame, "x") + masked(closeFrame, "\x03"), pongs: []string{"x"}, close: protocolError},
		{name: "close 1000", send: closing(1000, ""), close: []int{1000}},
		{name: "close with a reason", send: closing(1000, "bye, "+euro), close: []int{1000}, reason: "bye, " + euro},
		{name: "close with the longest reason", send: closing(1001, x(123)), step: 1, close: []int{1001}, reason: x(123)},
		{name: "close within a message", send: masked(firstText, appPing[:5]) + closing(1000, "enough"), close: []int{1000}, reason: "enough"},
		{name: "data after a close", send: closing(1000, "") + masked(wholeText, appPing), close: []int{1000}},
		{name: "ping after a close", send: closing(1000, "") + masked(pingFrame, "x"), close: []int{1000}},
		{name: "second close", send: closing(1000, "") + closing(1001, ""), close: []int{1000}},
		{name: "64 KiB after a close", send: closing(1000, "") + strings.Repeat(masked(wholeText, x(1000)), 64), close: []int{1000}},
		{name: "close, then bytes that are no frame", send: closing(3000, "") + "\xff\xff\xff", close: []int{3000}},
		{name: "close with a reason that is not UTF-8", send: closing(1000, "\xce\xba\xed\xa0\x80"), close: notUTF8},
		{name: "close with a reason cut off", send: closing(1000, "x"+euro[:2]), close: notUTF8},
	}
	for _, opcode := range []byte{3, 4, 5, 6, 7, 11, 12, 13, 14, 15} {
		tests = append(tests, talk{name: fmt.Sprintf("reserved opcode %d", opcode), send: masked(string([]byte{0x80 | opcode}), ""), close: protocolError})
	}
	for _, code := range []uint16{1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999} {
		tests = append(tests, talk{name: fmt.Sprintf("close %d", code), send: closing(code, ""), close: []int{int(code)}})
	}
	// Not for the wire, not given out, or, from 5000, outside every range (section 7.4).
	for _, code := range []uint16{0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535} {
		tests = append(tests, talk{name: fmt.Sprintf("close %d", code), send: closing(code, ""), close: protocolError})
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := b.rawDial(t)
			s.send(b.request("GET", "HTTP/1.1", map[string]string{"Authorization": "Bearer " + b.freshToken(t, db.Token)}), 0)
			if res, err := s.handshake("GET"); err != nil || res.StatusCode != http.StatusSwitchingProtocols {
				t.Fatal(res, err)
			}
			if opcode, payload := s.awaits(); opcode != 1 || !strings.HasPrefix(payload, `{"type":"hello"`) {
				t.Fatalf("no hello but %d %q", opcode, payload)
			}
			s.send(test.send, test.step)
			for _, want := range test.pongs {
				if opcode, payload := s.awaits(); opcode != 10 || payload != want {
					t.Fatalf("no pong %q but %d %q", want, opcode, payload)
				}
			}
			if test.heard {
				s.wantPong()
			}
			if test.close != nil {
				s.wantClose(test.close, test.reason)
				return
			}
			s.send(masked(pingFrame, "still there?"), 0) // behind it every answer to the case has come
			for opcode, payload := s.awaits(); opcode != 10; opcode, payload = s.awaits() {
				if opcode != 1 || !test.heard {
					t.Fatalf("%d %q", opcode, payload)
				}
			}
			s.send(masked(wholeText, appPing), 0)
			s.wantPong()
			s.send(closing(1000, ""), 0)
			s.wantClose([]int{1000}, "")
		})
	}

	handshakes := []struct {
		name          string
		method, proto string // "" = GET, HTTP/1.1
		set           map[string]string
		cookie        bool // instead of a token
		behind        string
		step          int
		want          []int // statuses that are right; 0 = hung up on
	}{
		{name: "handshake", want: []int{101}},
		{name: "handshake, 1 byte per write", step: 1, want: []int{101}},
		{name: "names and tokens in any case", set: map[string]string{"Connection": "keep-alive, uPGRADE", "Upgrade": "WebSocket"}, want: []int{101}},
		{name: "no key", set: map[string]string{"Sec-WebSocket-Key": ""}, want: []int{400}},
		{name: "key of 15 bytes", set: map[string]string{"Sec-WebSocket-Key": base64.StdEncoding.EncodeToString(make([]byte, 15))}, want: []int{400}},
		{name: "key of 17 bytes", set: map[string]string{"Sec-WebSocket-Key": base64.StdEncoding.EncodeToString(make([]byte, 17))}, want: []int{400}},
		{name: "key that is not base64", set: map[string]string{"Sec-WebSocket-Key": "!!!!!!!!!!!!!!!!!!!!!!=="}, want: []int{400}},
		{name: "two keys", set: map[string]string{"sec-websocket-key": base64.StdEncoding.EncodeToString(make([]byte, 16))}, want: []int{400}},
		{name: "no version", set: map[string]string{"Sec-WebSocket-Version": ""}, want: []int{426}},
		{name: "version 12", set: map[string]string{"Sec-WebSocket-Version": "12"}, want: []int{426}},
		{name: "version 14", set: map[string]string{"Sec-WebSocket-Version": "14"}, want: []int{426}},
		{name: "no Connection", set: map[string]string{"Connection": ""}, want: []int{400}},
		{name: "Connection without Upgrade", set: map[string]string{"Connection": "keep-alive"}, want: []int{400}},
		{name: "no Upgrade", set: map[string]string{"Upgrade": ""}, want: []int{400}},
		{name: "upgrade to something else", set: map[string]string{"Upgrade": "h2c"}, want: []int{400}},
		{name: "HTTP/1.0", proto: "HTTP/1.0", want: []int{400}},
		// Section 4.1 asks for GET; which refusal another method gets is HTTP's affair.
		{name: "POST", method: "POST", want: []int{400, 404, 405}},
		{name: "HEAD", method: "HEAD", want: []int{400, 404, 405}},
		{name: "nobody", set: map[string]string{"Authorization": ""}, want: []int{401}},
		{name: "unknown token", set: map[string]string{"Authorization": "Bearer x"}, want: []int{401}},
		{name: "another Host", set: map[string]string{"Host": "evil.example"}, want: []int{421}},
		{name: "cookie from here", cookie: true, set: map[string]string{"Origin": b.url}, want: []int{101}},
		{name: "cookie without Origin", cookie: true, want: []int{403}},
		{name: "cookie from elsewhere", cookie: true, set: map[string]string{"Origin": "http://evil.example"}, want: []int{403}},
		{name: "cookie from a file", cookie: true, set: map[string]string{"Origin": "null"}, want: []int{403}},
		{name: "token from elsewhere", set: map[string]string{"Origin": "http://evil.example"}, want: []int{403}},
		{name: "subprotocols and extensions are declined", set: map[string]string{"Sec-WebSocket-Protocol": "chat, superchat", "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}, want: []int{101}},
		// A client must wait for the answer (section 4.1). One that does not is hung up on; if its
		// bytes had come a moment later they would have been frames, so 101 would be right as well.
		{name: "data with the handshake", behind: masked(wholeText, appPing), want: []int{0, 101, 400}},
	}
	for _, test := range handshakes {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			set := map[string]string{"Authorization": "Bearer " + b.freshToken(t, db.Token)}
			if test.cookie {
				set = map[string]string{"Cookie": cookieName + "=" + b.freshToken(t, db.Browser)}
			}
			for name, value := range test.set {
				set[name] = value
			}
			method, proto := "GET", "HTTP/1.1"
			if test.method != "" {
				method = test.method
			}
			if test.proto != "" {
				proto = test.proto
			}
			s := b.rawDial(t)
			s.send(b.request(method, proto, set)+test.behind, test.step)
			res, err := s.handshake(method)
			if err != nil {
				if !errors.Is(err, io.ErrUnexpectedEOF) || !slices.Contains(test.want, 0) {
					t.Fatal(err)
				}
				return
			}
			if !slices.Contains(test.want, res.StatusCode) {
				t.Fatalf("%d, want %v", res.StatusCode, test.want)
			}
			switch res.StatusCode {
			case http.StatusSwitchingProtocols:
				accept := sha1.Sum([]byte("dGhlIHNhbXBsZSBub25jZQ==" + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
				if res.Header.Get("Sec-WebSocket-Accept") != base64.StdEncoding.EncodeToString(accept[:]) ||
					!strings.EqualFold(res.Header.Get("Upgrade"), "websocket") || !strings.EqualFold(res.Header.Get("Connection"), "upgrade") ||
					res.Header.Get("Sec-WebSocket-Protocol") != "" || res.Header.Get("Sec-WebSocket-Extensions") != "" {
					t.Errorf("accepted with %v", res.Header)
				}
				if opcode, payload := s.awaits(); opcode != 1 || !strings.HasPrefix(payload, `{"type":"hello"`) {
					t.Fatalf("no hello but %d %q", opcode, payload)
				}
				if test.behind == "" {
					s.send(masked("\xc1", appPing), 0) // no extension was agreed on
					s.wantClose(protocolError, "")
				}
			case http.StatusUpgradeRequired:
				if res.Header.Get("Sec-WebSocket-Version") != "13" { // section 4.4
					t.Errorf("refused with %v", res.Header)
				}
				fallthrough
			default:
				body, err := io.ReadAll(res.Body)
				if err != nil || len(body) > 0 && !bytes.Contains(body, []byte(`"code":`)) {
					t.Errorf("%d %q %v", res.StatusCode, body, err)
				}
			}
		})
	}
}
