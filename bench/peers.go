package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	cf "github.com/centrifugal/centrifuge"
	"github.com/gin-gonic/gin"
	gobwas "github.com/gobwas/ws"
	"github.com/gorilla/websocket"
	"github.com/olahol/melody"
	_ "modernc.org/sqlite"
)

// The same job done by others, each in a process of its own on 127.0.0.1: a PATCH updates
// a case and adds an event in one commit with synchronous=FULL, and everybody connected
// hears of it in a frame as long as ours. They are spared what ours does besides: no
// sign-in, no rule book, no hash chain, no audience, nothing to resume from.

const hiddenArg = "-peer"

// peer is the process of one of them: -peer KIND DIR tls|plain.
func peer(kind, dir string, secure bool) error {
	if kind == "product" {
		return productInside(dir, secure)
	}
	if err := noteCommits(dir); err != nil {
		return err
	}
	st, err := openStore(dir)
	if err != nil {
		return err
	}
	handler, err := map[string]func(*store) (http.Handler, error){"naive": naive(4096), "melody": naive(0), "centrifuge": centrifugePeer, "bare": bare, "gorilla": bareGorilla}[kind](st)
	if err != nil {
		return err
	}
	var l net.Listener
	if secure {
		l, err = listenTLS(filepath.Dir(dir))
	} else {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return err
	}
	onSignals()
	fmt.Println("ready", l.Addr())
	return http.Serve(l, handler)
}

// store is the durable half of every Go peer.
type store struct {
	mu             sync.Mutex // commit and broadcast in one order, which a handler alone does not promise
	db             *sql.DB
	update, insert *sql.Stmt
	doc            string
	sample         news
	broadcast      func(frame []byte) // called in order, under mu
}

// news is the frame everybody hears, the same for all.
type news struct {
	CaseID        string          `json:"caseId"`
	Status        string          `json:"status"`
	UpdatedBy     string          `json:"updatedBy"`
	Timestamp     string          `json:"timestamp"`
	Step          string          `json:"step"`
	UpdatedByName string          `json:"updatedByName"`
	Row           json.RawMessage `json:"row"`
}

func openStore(dir string) (*store, error) {
	d, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "peer.db")+"?_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return nil, err
	}
	d.SetMaxOpenConns(1)
	st := &store{db: d, broadcast: func([]byte) {}}
	sample, err := os.ReadFile(filepath.Join(dir, "sample.json"))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(sample, &st.sample); err != nil {
		return nil, err
	}
	st.doc = string(st.sample.Row)
	if _, err := d.Exec(peerSchema); err != nil {
		return nil, err
	}
	for i := range benchCases {
		if _, err := d.Exec(`INSERT INTO cases (uid, status, at, doc) VALUES (?, 'UNDER_REVIEW', 0, ?)`, peerCase(i), st.doc); err != nil {
			return nil, err
		}
	}
	if st.update, err = d.Prepare(`UPDATE cases SET status = ?, at = ?, doc = ? WHERE uid = ?`); err != nil {
		return nil, err
	}
	st.insert, err = d.Prepare(`INSERT INTO events (case_id, at, kind, payload) VALUES (?, ?, 'caseStatusUpdate', ?)`)
	return st, err
}

const peerSchema = `
CREATE TABLE cases (uid TEXT NOT NULL PRIMARY KEY, status TEXT NOT NULL, at INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, case_id TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL);`

func peerCase(i int) string { return fmt.Sprintf("00000000-0000-7000-8000-%012d", i) }

// change is the request's whole work; it returns the answer.
func (st *store) change(body io.Reader) ([]byte, error) {
	var in struct{ CaseID, Action string }
	if err := json.NewDecoder(body).Decode(&in); err != nil {
		return nil, err
	}
	status, ok := map[string]string{"close": "CLOSED", "reopen": "UNDER_REVIEW"}[in.Action]
	if !ok {
		return nil, errors.New("no such action")
	}
	now, n := time.Now(), st.sample
	n.CaseID, n.Status, n.Step, n.Timestamp = in.CaseID, status, in.Action, now.UTC().Format("2006-01-02T15:04:05.000Z")
	data, err := json.Marshal(n)
	if err != nil {
		return nil, err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	tx, err := st.db.Begin()
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	res, err := tx.Stmt(st.update).Exec(status, now.UnixMilli(), st.doc, in.CaseID)
	if err != nil {
		return nil, err
	}
	if found, err := res.RowsAffected(); err != nil || found != 1 {
		return nil, errors.New("no such case")
	}
	if res, err = tx.Stmt(st.insert).Exec(in.CaseID, now.UnixMilli(), string(data)); err != nil {
		return nil, err
	}
	seq, err := res.LastInsertId()
	if err != nil {
		return nil, err
	}
	if err := tx.Commit(); err != nil {
		return nil, err
	}
	st.broadcast(fmt.Appendf(nil, `{"seq":%d,"prev":%d,"type":"caseStatusUpdate","data":%s}`, seq, seq-1, data))
	return fmt.Appendf(nil, `{"success":true,"case":%s}`, st.doc), nil
}

func (st *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := st.change(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(answer)
}

const hello = `{"type":"hello"}`

// naive is gin and melody as their READMEs show them, with queues of so many frames (0: its
// own 256). What they do not hold melody drops in silence, and the figures would be void.
func naive(queue int) func(*store) (http.Handler, error) {
	return func(st *store) (http.Handler, error) {
		gin.SetMode(gin.ReleaseMode)
		r, m := gin.New(), melody.New()
		if queue > 0 {
			m.Config.MessageBufferSize = queue
		}
		m.HandleConnect(func(s *melody.Session) { s.Write([]byte(hello)) })
		st.broadcast = func(frame []byte) { m.Broadcast(frame) }
		r.GET("/ws", func(c *gin.Context) { m.HandleRequest(c.Writer, c.Request) })
		r.PATCH("/api/cases/update-status", func(c *gin.Context) {
			answer, err := st.change(c.Request.Body)
			if err != nil {
				c.JSON(http.StatusBadRequest, gin.H{"error": err.Error()})
				return
			}
			c.Data(http.StatusOK, "application/json", answer)
		})
		return r, nil
	}
}

// centrifugePeer publishes from one goroutine, so that commits do not wait for it.
func centrifugePeer(st *store) (http.Handler, error) {
	node, err := cf.New(cf.Config{ClientQueueMaxSize: 256 << 20, LogLevel: cf.LogLevelError, LogHandler: func(e cf.LogEntry) { log.Println(e.Message, e.Fields) }})
	if err != nil {
		return nil, err
	}
	node.OnConnecting(func(context.Context, cf.ConnectEvent) (cf.ConnectReply, error) {
		return cf.ConnectReply{Credentials: &cf.Credentials{UserID: "doctor"}, Subscriptions: map[string]cf.SubscribeOptions{"cases": {}}}, nil
	})
	if err := node.Run(); err != nil {
		return nil, err
	}
	frames := make(chan []byte, 8)
	st.broadcast = func(frame []byte) { frames <- frame }
	go func() {
		for frame := range frames {
			if _, err := node.Publish("cases", frame); err != nil {
				log.Fatal(err)
			}
		}
	}()
	mux := http.NewServeMux()
	mux.Handle("/ws", cf.NewWebsocketHandler(node, cf.WebsocketConfig{CheckOrigin: func(*http.Request) bool { return true }, UseWriteBufferPool: true}))
	mux.Handle("/api/cases/update-status", st)
	return mux, nil
}

// bare is the practical limit of a server that writes each event to each socket: one frame
// encoded once, one write, nothing else; no reading, no pings, no queues.
func bare(st *store) (http.Handler, error) {
	var mu sync.Mutex
	var conns []net.Conn
	frames := make(chan []byte, 8)
	st.broadcast = func(frame []byte) { frames <- gobwas.MustCompileFrame(gobwas.NewTextFrame(frame)) }
	go func() {
		for frame := range frames {
			mu.Lock()
			for _, c := range conns {
				c.Write(frame)
			}
			mu.Unlock()
		}
	}()
	mux := http.NewServeMux()
	mux.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
		conn, _, _, err := gobwas.UpgradeHTTP(r, w)
		if err != nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		conns = append(conns, conn)
		conn.Write(gobwas.MustCompileFrame(gobwas.NewTextFrame([]byte(hello))))
	})
	mux.Handle("/api/cases/update-status", st)
	return mux, nil
}

// bareGorilla holds sockets and does nothing: what crypto/tls and gorilla cost by themselves.
func bareGorilla(*store) (http.Handler, error) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		conn.WriteMessage(websocket.TextMessage, []byte(hello))
		for {
			if _, _, err := conn.ReadMessage(); err != nil {
				conn.Close()
				return
			}
		}
	}), nil
}

// peers are the systems that do the whole job, ours first.
var peers = []string{"product", "naive", "socketio", "centrifuge", "bare"}

var peerNames = map[string]string{"naive": "gin+melody", "bare": "bare limit", "centrifuge": "centrifuge", "socketio": "Socket.IO", "gorilla": "bare gorilla", "melody": "gin+melody"}

// start starts one of them, or the product.
func (t *template) start(kind string, secure, inside bool) (*system, error) {
	if kind == "product" {
		return t.product(secure, inside)
	}
	s := &system{name: peerNames[kind], protocol: protocol{path: "/ws", ready: hello}, steps: closeAndReopen}
	mode := "plain"
	if secure {
		s.tls, mode = t.tls, "tls"
	}
	for i := range benchCases {
		s.cases = append(s.cases, &caseTurn{id: peerCase(i)})
	}
	var err error
	if s.dir, err = os.MkdirTemp(t.root, kind+"-"); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(s.dir, "sample.json"), t.sample, 0o600); err != nil {
		return nil, err
	}
	switch kind {
	case "socketio":
		s.protocol = socketIO
		args := []string{"--expose-gc", nodePeer + "/server.js", s.dir}
		if secure {
			args = append(args, filepath.Join(t.root, certFile), filepath.Join(t.root, keyFile))
		}
		return s, s.spawn("node", args...)
	case "centrifuge":
		s.protocol = centrifuge
	}
	return s, s.spawn(os.Args[0], hiddenArg, kind, s.dir, mode)
}

const nodePeer = "peers/socketio"

// installNodePeer fetches Socket.IO on first use. better-sqlite3 is compiled where no
// ready-made one can be had; Debian's Node brings the headers along.
func installNodePeer() error {
	if _, err := os.Stat(nodePeer + "/node_modules/better-sqlite3/build/Release/better_sqlite3.node"); err == nil {
		return nil
	}
	npm := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
	npm.Dir, npm.Stdout, npm.Stderr, npm.Env = nodePeer, os.Stderr, os.Stderr, os.Environ()
	if _, err := os.Stat("/usr/include/node/node.h"); err == nil {
		npm.Env = append(npm.Env, "npm_config_nodedir=/usr")
	}
	if err := npm.Run(); err != nil {
		return fmt.Errorf("install Socket.IO with npm: %w", err)
	}
	return nil
}
