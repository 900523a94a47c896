package app

import (
	"encoding/json"
	"net"
	"net/http"
	"strings"

	"aarogya/app/lan"
)

// What the box says in the clear, to any tablet on the network: the guide that makes a
// tablet trust it, and nothing else. Whoever answers here need not be the box; that is why
// the guide has people compare the fingerprint with the card on the wall.

// plainHandler is what answers on the address without encryption. A connection that never
// leaves this computer gets the portals, as a secure context; every other one the guide.
func (s *Server) plainHandler(guide http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
		if local != nil && isLoopback(local.String()) && isLoopback(r.RemoteAddr) {
			s.ServeHTTP(w, r)
			return
		}
		guide.ServeHTTP(w, r)
	})
}

// guide serves the guide, the certificate and the state of the box.
func (s *Server) guide(n *front) http.Handler {
	page := func(w http.ResponseWriter, r *http.Request) {
		if !s.hasFile("guide.html") {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Write([]byte(notBuilt))
			return
		}
		s.sendFile(w, r, "guide.html")
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", page)
	mux.HandleFunc("GET /s", page)
	mux.HandleFunc("GET /assets/{name}", func(w http.ResponseWriter, r *http.Request) {
		s.sendFile(w, r, "assets/"+r.PathValue("name"))
	})
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, r *http.Request) { s.sendStatus(w, r, n) })
	mux.HandleFunc("GET /aarogya-ca.crt", func(w http.ResponseWriter, r *http.Request) { s.sendCA(w, r, n) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !(*s.guideHosts.Load())[strings.ToLower(r.Host)] {
			w.WriteHeader(http.StatusMisdirectedRequest)
			return
		}
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self' "+
			strings.Join(n.portals(), " ")+"; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
		mux.ServeHTTP(w, r)
	})
}

// guideStatus is what GET /status tells anybody.
type guideStatus struct {
	Name        string   `json:"name"`
	Version     string   `json:"version"`
	Fingerprint string   `json:"fingerprint"` // in four groups
	Clock       string   `json:"clock"`       // RFC 3339, UTC: a certificate is good only for tablets that agree to about a month
	Portals     []string `json:"portals"`     // by name first, then by address
	CAOpen      bool     `json:"caOpen"`      // whether the certificate can be fetched now
	NeedsSetup  bool     `json:"needsSetup"`
}

func (s *Server) sendStatus(w http.ResponseWriter, r *http.Request, n *front) {
	setup := s.openSetupCode(r.Context()) != ""
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(guideStatus{n.presence.Name(), Version, n.ca.FingerprintGroups(), s.clock.Now().UTC().Format("2006-01-02T15:04:05Z"),
		n.portals(), setup || s.caOpen(), setup})
}

// caOpen: an admin has begun to add a tablet.
func (s *Server) caOpen() bool {
	left := s.caUntil.Load() - s.clock.Now().UnixMilli()
	return left > 0 && left <= caOpenFor.Milliseconds()
}

// sendCA hands out the certificate while an admin adds a tablet, or the first one has
// still to come.
func (s *Server) sendCA(w http.ResponseWriter, r *http.Request, n *front) {
	if !s.caOpen() && s.openSetupCode(r.Context()) == "" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusForbidden)
		w.Write([]byte(caClosed))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/x-x509-ca-cert")
	h.Set("Content-Disposition", `attachment; filename="aarogya-ca.crt"`)
	w.Write(n.ca.DER())
}

const caClosed = `<!doctype html><html lang="hi"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Aarogya</title>
<h1>अभी नहीं</h1><p>प्रमाणपत्र तभी मिलता है जब व्यवस्थापक ने पिछले आधे घंटे में “टैबलेट जोड़ें” दबाया हो। व्यवस्थापक से कहें, फिर दोबारा कोशिश करें।</p>
<h1 lang="en">Not now</h1><p lang="en">The certificate can be fetched for half an hour after an admin has tapped “Add a tablet”. Ask the admin, then try again.</p></html>`

// portals are the addresses of the portals, by name first.
func (n *front) portals() []string {
	list := []string{n.address()}
	for _, a := range lan.Addrs(n.presence.Interfaces()) {
		list = append(list, n.addressBy(hostOf(a)))
	}
	return list
}
