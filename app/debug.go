package app

import (
	"net/http/pprof"
	"strings"

	"aarogya/app/care"

	"github.com/gin-gonic/gin"
)

// profile serves GET /debug/pprof/*: where the box spends its time and memory. Only with
// --debug, and only to the box itself: a heap profile can hold a patient's words.
func (s *Server) profile(c *gin.Context) {
	if !isLoopback(c.Request.RemoteAddr) {
		refuse(c, care.ErrForbidden)
		return
	}
	switch name := strings.TrimPrefix(c.Param("name"), "/"); name {
	case "":
		pprof.Index(c.Writer, c.Request)
	case "profile":
		pprof.Profile(c.Writer, c.Request)
	case "trace":
		pprof.Trace(c.Writer, c.Request)
	default:
		pprof.Handler(name).ServeHTTP(c.Writer, c.Request)
	}
}
