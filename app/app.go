// Package app is the clinic box as the world meets it: HTTP, sign-in, the command line.
// It joins the parts and knows all of them; the rules of care are in app/care, the
// promises of storage in db, the news in realtime. Start at Server, then routes.go.
package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"aarogya/app/care"
	"aarogya/db"
	"aarogya/realtime"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
)

// Server is one running box.
type Server struct {
	config    Config
	log       *slog.Logger
	db        *db.DB
	hub       *realtime.Hub
	gin       *gin.Engine
	api       huma.API
	files     fs.FS // the built portals
	clock     *boxClock
	throttle  *throttle
	counters  counters
	bodies    map[string]int64 // routes that take more than maxBody
	savedUp   map[care.Kind]*huma.Schema
	health    health
	exams     exams
	front     atomic.Pointer[front] // nil: tablets are not served
	conflicts conflicts
	alarms    alarms
	setupCode string // "" once the clinic has an admin
	hosts     atomic.Pointer[map[string]bool]

	loopbackHosts map[string]bool
	challenges    challenges
	own           string // address of the portals on this computer
	guidePort     int    // where tablets find the guide; 0 = nowhere
	guideHosts    atomic.Pointer[map[string]bool]
	caUntil       atomic.Int64 // Unix milliseconds until which the certificate can be fetched
}

// clock is the computer's, unless a Config says otherwise; tests of whole processes move
// it, and have nobody vouch for it.
var (
	clock         = time.Now
	clockHardware = thisComputer
)

// New opens the clinic in config.Data and makes everything ready; nothing listens yet.
func New(ctx context.Context, config Config, log *slog.Logger, portal fs.FS) (*Server, error) {
	vouching := hardware{}
	if config.Now == nil {
		config.Now, vouching = clock, clockHardware
	}
	if config.MaxSockets == 0 {
		config.MaxSockets = DefaultSockets
	}
	if config.Demo {
		if err := seedDemo(ctx, config.Data, config.Now, log); err != nil {
			return nil, fmt.Errorf("demo clinic: %w", err)
		}
	} else if err := refuseDemoData(config.Data); err != nil {
		return nil, err
	}
	s := &Server{config: config, log: log, files: portal, clock: newClock(config.Now, vouching, log)}
	s.throttle, s.alarms, s.challenges = newThrottle(s.clock.Now), newAlarms(s.clock.Now), challenges{now: s.clock.Now}
	s.hosts.Store(&map[string]bool{})
	s.guideHosts.Store(&map[string]bool{})
	var err error
	s.db, err = db.Open(ctx, config.Data, db.Options{Now: s.clock.Now, Log: log, Publish: func(events []db.Event) { s.hub.Publish(asNews(events)) }})
	if err != nil {
		return nil, err
	}
	s.hub = realtime.New(eventLog{s.db}, log, config.MaxSockets, realtime.Hooks{Before: s.beforeNews, Topic: s.topic, Left: s.left, Now: s.clock.Now})
	s.counters = newCounters(s)
	if err := s.startClock(ctx); err != nil {
		s.Close()
		return nil, err
	}
	if err := s.startAlarms(ctx); err != nil {
		s.Close()
		return nil, err
	}
	hasAdmin, err := s.db.HasAdmin(ctx)
	if err != nil {
		s.Close()
		return nil, err
	}
	if !hasAdmin {
		s.setupCode = newSetupCode()
	}
	s.route()
	return s, nil
}

// route builds the one handler of the box.
func (s *Server) route() {
	gin.SetMode(gin.ReleaseMode)
	s.gin = gin.New()
	s.gin.ContextWithFallback = true
	s.gin.HandleMethodNotAllowed = false
	s.gin.RedirectTrailingSlash = false // a redirect would go out before the host is checked
	s.gin.SetTrustedProxies(nil)
	s.gin.Use(s.recoverPanics, s.checkHost, s.counters.count, s.headers, crossOrigin, s.limitBody, s.identify)
	s.gin.NoRoute(s.portal)

	config := huma.DefaultConfig("Aarogya", Version)
	config.DocsPath, config.OpenAPIPath, config.SchemasPath, config.CreateHooks = "", "", "", nil
	config.Formats = map[string]huma.Format{"application/json": strictJSON, "json": strictJSON}
	config.RejectUnknownQueryParameters = true
	registerSchemas(config.Components.Schemas)
	s.api = humagin.New(s.gin, config)
	s.bodies = map[string]int64{}
	for _, r := range s.routes() {
		r.add(s, s.api, r)
		if r.maxBody > 0 {
			s.bodies[strings.NewReplacer("{", ":", "}", "").Replace(r.Path)] = r.maxBody
		}
	}
	if s.config.Debug {
		s.gin.GET("/debug/pprof/*name", s.profile)
	}
	s.savedUp = savedUpBodies(s.api)
	finishSchemas(s.api)
}

// ServeHTTP makes the box a handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.gin.ServeHTTP(w, r) }

// recoverPanics logs where, never what: a panic's text may hold a patient's words.
func (s *Server) recoverPanics(c *gin.Context) {
	defer func() {
		if r := recover(); r != nil {
			s.log.Error("handler panicked", "route", c.Request.Method+" "+c.FullPath(), "type", fmt.Sprintf("%T", r), "at", panicSite())
			if !c.Writer.Written() {
				refuse(c, errors.New("panic"))
			}
		}
	}()
	c.Next()
}

// checkHost answers only to the box's own names, before anything else is looked at:
// cross-origin protection does not stop a web page that renames its own server to our
// address.
func (s *Server) checkHost(c *gin.Context) {
	if !(*s.hosts.Load())[strings.ToLower(c.Request.Host)] {
		c.AbortWithStatus(http.StatusMisdirectedRequest)
	}
}

// headers of every answer. The portals need no inline script and no inline style.
func (s *Server) headers(c *gin.Context) {
	h, ws := c.Writer.Header(), "ws://"
	if c.Request.TLS != nil {
		ws = "wss://"
	}
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self' "+ws+c.Request.Host+
		"; manifest-src 'self'; worker-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html")
	h.Set("Date", s.clock.Now().Format(http.TimeFormat)) // the server's own would be the computer's
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if strings.HasPrefix(c.Request.URL.Path, "/api/") {
		h.Set("Cache-Control", "no-store")
	}
}

var fromOurPages = http.NewCrossOriginProtection()

// crossOrigin refuses what another site's page makes a browser send.
func crossOrigin(c *gin.Context) {
	if fromOurPages.Check(c.Request) != nil {
		refuse(c, newProblem(http.StatusForbidden, "forbidden", "This page does not come from the box."))
	}
}

func (s *Server) limitBody(c *gin.Context) {
	most := max(maxBody, s.bodies[c.FullPath()])
	if c.Request.ContentLength > most {
		refuse(c, &http.MaxBytesError{Limit: most})
		return
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, most)
	if c.Request.ContentLength != 0 {
		// Also for who is refused before the body is read: net/http would wait for it. A
		// deadline for every request would end long polls.
		http.NewResponseController(c.Writer).SetReadDeadline(time.Now().Add(bodyWithin))
	}
}

// bodyWithin is how long a body may take to arrive.
const bodyWithin = 10 * time.Second

// Run serves until ctx ends, then says goodbye to the tablets, lets requests finish and
// closes the database. ready is called with the addresses once they can be reached: this
// computer's own, and the one for tablets, "" if there is none.
func (s *Server) Run(ctx context.Context, ready func(own, tablets string)) error {
	if err := s.config.checkAddresses(); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.config.HTTP)
	if err != nil {
		return addressError("--http", err)
	}
	hosts := allowedHosts(listener.Addr())
	s.loopbackHosts = hosts
	s.hosts.Store(&hosts)
	bound := listener.Addr().(*net.TCPAddr)
	s.own = "http://" + bound.String()
	if !bound.IP.IsLoopback() {
		s.own = "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(bound.Port))
		s.guidePort = bound.Port
	}
	control, err := s.listenControl()
	if err != nil {
		listener.Close()
		return err
	}
	defer control.close()
	tablets, handler := "", http.Handler(s)
	var n *front
	if s.config.HTTPS != "" {
		if n, err = s.listenHTTPS(ctx); err != nil {
			listener.Close()
			return err
		}
		s.front.Store(n)
		defer n.presence.Close() // says goodbye
		tablets, handler = n.address(), s.plainHandler(s.guide(n))
	}
	var servers []*http.Server
	failed := make(chan error, 2)
	serve := func(l net.Listener, h http.Handler) {
		server := &http.Server{
			Handler: h, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 70 * time.Second, // the longest poll, and some; bodies have huma's 5 s
			IdleTimeout: 60 * time.Second, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		}
		servers = append(servers, server)
		go func() { failed <- server.Serve(l) }()
	}
	serve(newFairListener(listener), handler)
	if n != nil {
		serve(n.listener, s)
	}
	go s.housekeep(ctx)
	ready(s.own, tablets)
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	s.hub.Close() // ends sockets and waiting polls, so that requests can finish
	grace, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for _, server := range servers {
		if shutdownErr := server.Shutdown(grace); errors.Is(shutdownErr, context.DeadlineExceeded) {
			server.Close() // whoever is still sending was answered nothing and was promised nothing
		} else if err == nil {
			err = shutdownErr
		}
	}
	return err
}

// housekeep does the small daily work.
func (s *Server) housekeep(ctx context.Context) {
	daily := time.NewTicker(24 * time.Hour)
	defer daily.Stop()
	for {
		if err := s.db.ForgetOldAnswers(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("housekeeping", "err", err)
		}
		if free, err := s.db.FreeBytes(); err == nil && free < db.WarnBelowBytes {
			s.log.Warn("the disk is nearly full; make room", "free_mb", free>>20)
		}
		select {
		case <-daily.C:
		case <-ctx.Done():
			return
		}
	}
}

// Close lets go of everything New took.
func (s *Server) Close() error {
	s.alarms.close()
	s.exams.close()
	s.clock.close()
	if s.hub != nil {
		s.hub.Close()
	}
	return s.db.Close()
}

// newLogger writes to standard error, as text for people or JSON for machines.
func newLogger(format string) (*slog.Logger, error) {
	switch format {
	case "text", "":
		return slog.New(slog.NewTextHandler(os.Stderr, nil)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(os.Stderr, nil)), nil
	}
	return nil, fmt.Errorf("--log %s: text or json", format)
}

// panicSite is the first line of ours on the stack of a panic.
func panicSite() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		f, more := frames.Next()
		if strings.HasPrefix(f.Function, "aarogya/") && !strings.Contains(f.Function, "recoverPanics") {
			return fmt.Sprintf("%s:%d", f.Function, f.Line)
		}
		if !more {
			return "elsewhere"
		}
	}
}
