package app

import (
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
// address that is a page's. Each file was compressed when it was built.
func (s *Server) portal(c *gin.Context) {
	// HEAD of a route must not be answered with a page: a monitor would take it for health.
	if c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead || strings.HasPrefix(c.Request.URL.Path, "/api/") || s.isRoute(c.Request.URL.Path) {
		refuse(c, newProblem(http.StatusNotFound, "not_found", "There is nothing here, or it is not yours to see."))
		return
	}
	name := strings.TrimPrefix(path.Clean(c.Request.URL.Path), "/")
	info, err := fs.Stat(s.files, name)
	if err != nil || info.IsDir() {
		if path.Ext(name) != "" { // a file that is not there, not a page
			refuse(c, newProblem(http.StatusNotFound, "not_found", "There is nothing here, or it is not yours to see."))
			return
		}
		name = "index.html"
		if _, err := fs.Stat(s.files, name); err != nil {
			c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(notBuilt))
			return
		}
	}
	s.sendFile(c.Writer, c.Request, name)
}

// sendFile sends a built file, as it was compressed when it was built.
func (s *Server) sendFile(w http.ResponseWriter, r *http.Request, name string) {
	b, err := fs.ReadFile(s.files, name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") { // named by their content
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Vary", "Accept-Encoding")
	for _, coding := range []struct{ name, ext string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if strings.Contains(r.Header.Get("Accept-Encoding"), coding.name) {
			if packed, err := fs.ReadFile(s.files, name+coding.ext); err == nil {
				h.Set("Content-Encoding", coding.name)
				b = packed
				break
			}
		}
	}
	w.WriteHeader(http.StatusOK) // gin has noted that no route was found
	w.Write(b)
}
