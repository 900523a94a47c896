package app

import (
	"fmt"
	"net/http"
	"runtime/pprof"
	"strconv"
	"strings"
	"time"

	"aarogya/app/care"

	"github.com/gin-gonic/gin"
)

// mostProfiled is shorter than a request may take.
const mostProfiled = time.Minute

// profile serves GET /debug/pprof/*: where the box spends its time and memory, as `go tool
// pprof` reads it: profile?seconds=N for time, and heap, goroutine, allocs, block, mutex,
// with ?debug=1 as text. Only with --debug, and only to the box itself: a heap profile can
// hold a patient's words. net/http/pprof would make the program 200 KB larger.
func (s *Server) profile(c *gin.Context) {
	if !isLoopback(c.Request.RemoteAddr) {
		refuse(c, care.ErrForbidden)
		return
	}
	name := strings.TrimPrefix(c.Param("name"), "/")
	number := func(key string, otherwise int) int {
		if n, err := strconv.Atoi(c.Query(key)); err == nil && n >= 0 {
			return n
		}
		return otherwise
	}
	switch known := pprof.Lookup(name); {
	case name == "":
		for _, p := range pprof.Profiles() {
			fmt.Fprintln(c.Writer, p.Name(), p.Count())
		}
	case name == "profile":
		if err := pprof.StartCPUProfile(c.Writer); err != nil { // one is running
			refuse(c, &tooManyError{seconds: int(mostProfiled / time.Second)})
			return
		}
		select {
		case <-time.After(min(mostProfiled, time.Duration(number("seconds", 30))*time.Second)):
		case <-c.Request.Context().Done():
		}
		pprof.StopCPUProfile()
	case known == nil:
		c.AbortWithStatus(http.StatusNotFound)
	default:
		known.WriteTo(c.Writer, number("debug", 0))
	}
}
