package app

import (
	"net"
	"testing"
)

// meant is a listener to which connections come from where a test says.
type meant struct {
	net.Listener
	conns chan net.Conn
}

func (m meant) Accept() (net.Conn, error) {
	if conn, ok := <-m.conns; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}

type from struct {
	net.Conn
	addr net.Addr
}

func (f from) RemoteAddr() net.Addr { return f.addr }

// One address uses up its own connections and nobody else's; those it closes it has again.
func TestFairListener(t *testing.T) {
	t.Parallel()
	m := meant{conns: make(chan net.Conn, 10)}
	l := newFairListener(m)
	l.most = 3
	comes := func(ip string, port int) net.Conn {
		ours, theirs := net.Pipe()
		m.conns <- from{ours, &net.TCPAddr{IP: net.ParseIP(ip), Port: port}}
		return theirs
	}
	accept := func() net.Conn {
		t.Helper()
		conn, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}
	var greedy []net.Conn
	for port := range 3 {
		comes("192.168.1.9", port)
		greedy = append(greedy, accept())
	}
	fourth := comes("192.168.1.9", 4)
	comes("192.168.1.7", 1)
	if other := accept(); other.RemoteAddr().String() != "192.168.1.7:1" {
		t.Errorf("%v was let in", other.RemoteAddr())
	}
	if _, err := fourth.Read(make([]byte, 1)); err == nil {
		t.Error("the fourth is open")
	}
	for port := range 5 {
		comes("127.0.0.1", port)
		accept()
	}
	greedy[0].Close()
	greedy[0].Close() // twice counts once
	comes("::ffff:192.168.1.9", 5)
	if again := accept(); again == nil {
		t.Error("closed ones are still counted")
	}
	fifth := comes("192.168.1.9", 6)
	close(m.conns)
	if _, err := l.Accept(); err == nil {
		t.Error("one closed made room for two")
	}
	if _, err := fifth.Read(make([]byte, 1)); err == nil {
		t.Error("the fifth is open")
	}
}
