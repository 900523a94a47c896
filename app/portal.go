package app

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"
)

// notBuilt is shown by a binary that was built without its portals.
const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Aarogya</title>
<h1>The portals are not in this binary</h1><p>Run <code>make ui</code>, then <code>make</code>. The API works.</p></html>`

// portal serves the built portals: files by their name, and the page itself for every
// address that is a page's.
func (s *Server) portal(c *gin.Context) {
	// HEAD of a route must not be answered with a page: a monitor would take it for health.
	if c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead || strings.HasPrefix(c.Request.URL.Path, "/api/") || s.isRoute(c.Request.URL.Path) {
		refuse(c, newProblem(http.StatusNotFound, "not_found", "There is nothing here, or it is not yours to see."))
		return
	}
	name := strings.TrimPrefix(path.Clean(c.Request.URL.Path), "/")
	if !s.hasFile(name) {
		if path.Ext(name) != "" { // a file that is not there, not a page
			refuse(c, newProblem(http.StatusNotFound, "not_found", "There is nothing here, or it is not yours to see."))
			return
		}
		name = "index.html"
		if !s.hasFile(name) {
			c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(notBuilt))
			return
		}
	}
	s.sendFile(c.Writer, c.Request, name)
}

// zipped is what a built file ends in that is kept compressed only: the program is to fit a
// small SD card, and browsers unpack it themselves.
const zipped = ".gz"

func (s *Server) hasFile(name string) bool {
	for _, n := range []string{name, name + zipped} {
		if info, err := fs.Stat(s.files, n); err == nil && !info.IsDir() {
			return true
		}
	}
	return false
}

// sendFile sends a built file.
func (s *Server) sendFile(w http.ResponseWriter, r *http.Request, name string) {
	h := w.Header()
	b, err := fs.ReadFile(s.files, name+zipped)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		b, err = fs.ReadFile(s.files, name)
	case err != nil:
	case strings.Contains(r.Header.Get("Accept-Encoding"), "gzip"):
		h.Set("Content-Encoding", "gzip")
		h.Set("Vary", "Accept-Encoding")
	default:
		b, err = unpack(b)
		h.Set("Vary", "Accept-Encoding")
	}
	if err != nil {
		http.NotFound(w, r)
		return
	}
	h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") { // named by their content
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	w.WriteHeader(http.StatusOK) // gin has noted that no route was found
	w.Write(b)
}

func unpack(b []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
