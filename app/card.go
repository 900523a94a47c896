package app

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// The card for the wall, in Hindi and English: how a tablet joins, and no secret but the
// Wi-Fi's password and, before there is an admin, the setup code. It is put together by
// hand: html/template makes the linker keep every method of every type, 7 MB of them.

//go:embed card.html
var cardText string

// card is the page to print.
func (w welcome) card() string {
	esc := html.EscapeString
	svg := func(s square) string {
		const quiet = 4 // squares on each side, which scanners want
		return fmt.Sprintf(`<svg viewBox="%d %d %d %d" shape-rendering="crispEdges"><path d="%s"/></svg>`, -quiet, -quiet, s.Size+2*quiet, s.Size+2*quiet, s.Path)
	}
	wifi := `<p>क्लिनिक के Wi-Fi से जुड़ें: ____________________<br><span class="en">Join the clinic’s Wi-Fi</span></p><p>पासवर्ड · <span class="en">password</span>: ____________________</p>`
	if w.WiFi != nil {
		wifi = `<p>कैमरे से स्कैन करें। “इंटरनेट नहीं है” पूछे तो जुड़े रहें।<br><span class="en">Scan with the camera. If it says “no internet”, stay connected.</span></p>` +
			svg(w.JoinWiFi) + `<p><b>` + esc(w.WiFi.SSID) + `</b><br><code>` + esc(w.WiFi.Password) + `</code></p>`
	}
	address := func(g way) string { url, _, _ := strings.Cut(g.URL, "/s#"); return "<code>" + esc(url) + "</code>" }
	where, open := "<code>"+esc(w.portal)+"</code>", `<p>इस कंप्यूटर पर खोलें।<br><span class="en">Open it on this computer.</span></p>`
	if len(w.Guide) > 0 {
		where = address(w.Guide[0])
		open = `<p>यह पन्ना खोलें और उसके कदम पूरे करें।<br><span class="en">Open this page and follow its steps.</span></p>` +
			`<p>प्रमाणपत्र न मिले: व्यवस्थापक “टैबलेट जोड़ें” दबाएँ।<br><span class="en">No certificate there? First an admin taps “Add a tablet”.</span></p>` + svg(w.Guide[0].QR)
		for _, g := range w.Guide[1:] {
			open += `<p>या · <span class="en">or</span> ` + address(g) + `</p>`
		}
	}
	setup := ""
	if w.setupCode != "" {
		setup = `<p>पहली बार का कोड · <span class="en">setup code, for the first admin</span><br><b class="big">` + esc(w.setupCode) +
			`</b></p><p class="en">After the box is restarted it is another one: sudo aarogya device guide --data /var/lib/aarogya</p>`
	}
	box := ""
	for _, p := range w.Boxes {
		box += `<p>` + esc(p.Interface) + ` <code>` + esc(p.MAC) + `</code><br><code>` + esc(strings.Join(p.Addresses, " ")) + `</code></p>`
	}
	return strings.NewReplacer("{clinic}", esc(orDefault(w.Clinic, "Aarogya")), "{wifi}", wifi, "{where}", where, "{open}", open,
		"{fingerprint}", esc(orDefault(w.Fingerprint, "—")), "{setup}", setup, "{portal}", esc(w.portal), "{box}", box).Replace(cardText)
}

// cardPage serves GET /api/admin/card. Its style is the one inline style the box serves; the
// policy names it by its hash.
func (s *Server) cardPage(c *gin.Context) {
	w, err := s.welcome(c.Request.Context())
	if err != nil {
		refuse(c, err)
		return
	}
	c.Header("Content-Security-Policy", "default-src 'none'; style-src '"+cardStyle()+"'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(w.card()))
}

// cardStyle is how a policy names the card's style.
func cardStyle() string {
	_, style, _ := strings.Cut(cardText, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
