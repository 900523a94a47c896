package app

import (
	"net"
	"net/netip"
	"sync"
)

// mostPerHost connections of one address are open at a time: dozens of tablets may come
// from behind one router, and one machine is not to use up what all of them need.
const mostPerHost = 256

// fairListener hangs up on an address that has mostPerHost connections; this computer's own
// are not counted.
type fairListener struct {
	net.Listener
	most int
	mu   sync.Mutex
	open map[netip.Addr]int
}

func newFairListener(l net.Listener) *fairListener {
	return &fairListener{Listener: l, most: mostPerHost, open: map[netip.Addr]int{}}
}

func (l *fairListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from, err := netip.ParseAddrPort(conn.RemoteAddr().String())
		if err != nil || from.Addr().Unmap().IsLoopback() {
			return conn, nil
		}
		if counted := l.count(conn, from.Addr().Unmap().WithZone("")); counted != nil {
			return counted, nil
		}
		conn.Close()
	}
}

// count a connection until it is closed; nil if there are too many.
func (l *fairListener) count(conn net.Conn, from netip.Addr) net.Conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[from] >= l.most {
		return nil
	}
	l.open[from]++
	return &countedConn{Conn: conn, leave: sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.open[from]--; l.open[from] == 0 {
			delete(l.open, from)
		}
	})}
}

type countedConn struct {
	net.Conn
	leave func()
}

func (c *countedConn) Close() error {
	c.leave()
	return c.Conn.Close()
}
