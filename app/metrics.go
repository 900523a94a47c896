package app

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/VictoriaMetrics/metrics"
	"github.com/gin-gonic/gin"
)

// counters are what /metrics tells. Routes by their pattern, never by their address: an
// address may hold an id.
type counters struct{ set *metrics.Set }

func newCounters(s *Server) counters {
	set := metrics.NewSet()
	set.NewGauge("aarogya_sockets", func() float64 { return float64(s.hub.Sockets()) })
	set.NewGauge("aarogya_frames_delivered_total", func() float64 { return float64(s.hub.Delivered()) })
	set.NewGauge("aarogya_events_behind_max", func() float64 { return float64(s.hub.Behind()) })
	set.NewGauge("aarogya_log_head", func() float64 { return float64(s.db.Head()) })
	set.NewGauge("aarogya_disk_free_bytes", func() float64 {
		free, err := s.db.FreeBytes()
		if err != nil {
			return -1
		}
		return float64(free)
	})
	return counters{set}
}

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// count measures a request.
func (n counters) count(c *gin.Context) {
	start := time.Now()
	c.Next()
	route := c.FullPath()
	if route == "" {
		route = "other"
	}
	method := c.Request.Method
	if !slices.Contains(methods, method) { // anybody can make up others, and each would stay
		method = "other"
	}
	labels := `{method=` + strconv.Quote(method) + `,route=` + strconv.Quote(route) + `,code="` + strconv.Itoa(c.Writer.Status()) + `"}`
	n.set.GetOrCreateCounter("aarogya_requests_total" + labels).Inc()
	n.set.GetOrCreateFloatCounter("aarogya_request_seconds_total" + labels).Add(time.Since(start).Seconds())
}

// metricsPage serves GET /metrics.
func (s *Server) metricsPage(c *gin.Context) {
	c.Header("Content-Type", "text/plain; version=0.0.4")
	s.counters.set.WritePrometheus(c.Writer)
	metrics.WriteProcessMetrics(c.Writer)
}

// healthz serves GET /healthz: 200 only if a real write and a real read just worked.
func (s *Server) healthz(c *gin.Context) {
	// Not ended by whoever asked: others are told the same answer, the watchdog too.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), 5*time.Second)
	defer cancel()
	c.Header("Cache-Control", "no-store")
	if err := s.health.check(ctx, s.db.Probe); err != nil {
		refuse(c, err)
		return
	}
	c.Status(http.StatusOK)
}

// health shares one probe among all who ask within a second: each is a durable write, and
// anybody may ask.
type health struct {
	mu   sync.Mutex
	at   time.Time
	last error
}

func (h *health) check(ctx context.Context, probe func(context.Context) error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.at) > time.Second {
		h.last, h.at = probe(ctx), time.Now()
	}
	return h.last
}
