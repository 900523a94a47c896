package app

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gorilla/websocket"
)

// network is what lies between tablets and a box, and can vanish without a word: no byte
// passes any more, in neither direction, and no connection is closed.
type network struct {
	box  string
	list net.Listener

	mu    sync.Mutex
	gone  *atomic.Bool // of the connections made since it last came back
	links []net.Conn
	ended bool
}

func (b *box) network() *network {
	b.t.Helper()
	list, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.t.Fatal(err)
	}
	n := &network{box: strings.TrimPrefix(b.url, "http://"), list: list, gone: &atomic.Bool{}}
	var accepting sync.WaitGroup
	accepting.Go(func() {
		for {
			tablet, err := list.Accept()
			if err != nil {
				return
			}
			n.link(tablet)
		}
	})
	b.t.Cleanup(func() {
		list.Close()
		accepting.Wait()
		n.mu.Lock()
		defer n.mu.Unlock()
		n.ended = true
		for _, c := range n.links {
			c.Close()
		}
	})
	return n
}

// vanish silences every connection there is for ever, and those to come until back.
func (n *network) vanish() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.gone.Store(true)
}

// back lets new connections through; the old ones stay dead, as a tablet's do.
func (n *network) back() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.gone = &atomic.Bool{}
}

func (n *network) link(tablet net.Conn) {
	box, err := net.Dial("tcp", n.box)
	if err != nil {
		tablet.Close()
		return
	}
	n.mu.Lock()
	gone := n.gone
	n.links = append(n.links, tablet, box)
	n.mu.Unlock()
	go carry(box, tablet, gone)
	go carry(tablet, box, gone)
}

// carry copies until the end, which it hands on as well, unless the network has gone.
func carry(to, from net.Conn, gone *atomic.Bool) {
	b := make([]byte, 16<<10)
	for {
		n, err := from.Read(b)
		if gone.Load() {
			io.Copy(io.Discard, from)
			return
		}
		if n > 0 {
			if _, err := to.Write(b[:n]); err != nil {
				from.Close()
				return
			}
		}
		if err != nil {
			to.(*net.TCPConn).CloseWrite()
			return
		}
	}
}

// dial connects through the network, whatever the address: the box's own names stay in
// Host and Origin.
func (n *network) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, "tcp", n.list.Addr().String())
}

// dialer connects through something in between.
type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

// listenVia opens a socket as somebody, by a dialer of one's own.
func (b *box) listenVia(dial dialer, who, query string) (*websocket.Conn, *http.Response, error) {
	d := websocket.Dialer{NetDialContext: dial}
	conn, res, err := d.Dial("ws"+strings.TrimPrefix(b.url, "http")+"/ws"+query, http.Header{"Authorization": {"Bearer " + b.tokens[who]}})
	if err == nil {
		b.t.Cleanup(func() { conn.Close() })
	}
	return conn, res, err
}

// refusesSockets is a proxy as some networks have it: it hands on every request but
// answers 403 to every upgrade.
func (b *box) refusesSockets() dialer {
	target, err := url.Parse(b.url)
	if err != nil {
		b.t.Fatal(err)
	}
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
	}, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if websocket.IsWebSocketUpgrade(r) {
			http.Error(w, "upgrades are not allowed here", http.StatusForbidden)
			return
		}
		forward.ServeHTTP(w, r)
	}))
	b.t.Cleanup(proxy.Close)
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", proxy.Listener.Addr().String())
	}
}

// clientVia is an HTTP client by a dialer of one's own.
func (b *box) clientVia(dial dialer) *http.Client {
	transport := &http.Transport{DialContext: dial}
	b.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// The network of these tests does what it says.
func TestNetworkVanishes(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	n := b.network()
	open := func() *websocket.Conn {
		conn, _, err := b.listenVia(n.dial, "doctor", "")
		if err != nil {
			t.Fatal(err)
		}
		if f := b.hear(conn); f.Type != "hello" {
			t.Fatalf("%+v", f)
		}
		b.hearFact(conn, "presence", any1)
		return conn
	}
	away, direct := open(), b.listen("doctor", "")
	b.hear(direct)
	n.vanish()
	heard := make(chan string, 1)
	go func() {
		_, text, err := away.ReadMessage()
		heard <- string(text) + sprint(err)
	}()
	away.WriteMessage(websocket.TextMessage, []byte(appPing)) // nobody hears it
	b.opens("chw")
	if frames, _ := b.hearUpTo(direct); len(frames) != 1 {
		t.Errorf("the others heard %v", frames)
	}
	n.back()
	b.hearUpTo(open())
	select {
	case text := <-heard:
		t.Errorf("a vanished network brought %s", text)
	default:
	}
	if got := b.hub.Sockets(); got != 3 {
		t.Errorf("%d sockets, want 3: the box cannot know yet", got)
	}
}
