package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"aarogya/app/care"
	"aarogya/app/lan"

	"rsc.io/qr"
)

// settingWiFi is the clinic's Wi-Fi, as wiFi in JSON: for the card on the wall and the QR
// code beside a new tablet.
const settingWiFi = "wifi"

// welcome is how a tablet comes to the box: what the page, the terminal and the printed
// card tell people.
type welcome struct {
	Clinic      string `json:"clinic"`
	Name        string `json:"name" doc:"of the box on the network, such as aarogya.local; empty without HTTPS"`
	BoxID       string `json:"boxId"`
	Fingerprint string `json:"fingerprint" doc:"of the certificate, in four groups, to be compared with the card; empty without HTTPS"`
	Guide       []way  `json:"guide" doc:"the page that makes a tablet trust the box, by each address; first the one to try first"`
	WiFi        *wiFi  `json:"wifi" doc:"null until an admin says what it is"`
	JoinWiFi    square `json:"joinWifi" doc:"the Wi-Fi as a QR code; empty without one"`
	Boxes       []port `json:"boxes" doc:"the box's network interfaces, for a fixed address from the router"`

	portal    string // where the portal is, without a slash at the end
	setupCode string // "" once there is an admin
}

// port is a network interface of the box.
type port struct {
	Interface string   `json:"interface"`
	MAC       string   `json:"mac"`
	Addresses []string `json:"addresses"`
}

// way is an address to go to, also as a QR code.
type way struct {
	URL string `json:"url"`
	QR  square `json:"qr"`
}

// square is a QR code: Path draws its black squares in a field of Size × Size, for an SVG.
type square struct {
	Size int    `json:"size"`
	Path string `json:"path"`
}

func newWay(address string) way { return way{address, newSquare(address)} }

func newSquare(text string) square {
	code, err := qr.Encode(text, qr.M)
	if err != nil { // too long for any QR code; people can still type it
		return square{}
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from, y, x-from, x-from)
			}
		}
	}
	return square{code.Size, path.String()}
}

// inTerminal draws a QR code with half-blocks, light on dark whatever the terminal's
// colours are, with the quiet zone of four squares that scanners want.
func inTerminal(text string) string {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return ""
	}
	const quiet = 4
	dark := func(x, y int) bool { return code.Black(x, y) } // false outside
	var b strings.Builder
	for y := -quiet; y < code.Size+quiet; y += 2 {
		b.WriteString("\x1b[97;40m")
		for x := -quiet; x < code.Size+quiet; x++ {
			// A block is a light square: the terminal's background is the dark one.
			switch up, down := dark(x, y), dark(x, y+1); {
			case up && down:
				b.WriteString(" ")
			case up:
				b.WriteString("▄")
			case down:
				b.WriteString("▀")
			default:
				b.WriteString("█")
			}
		}
		b.WriteString("\x1b[0m\n")
	}
	return b.String()
}

// wiFi is the network tablets join.
type wiFi struct {
	SSID     string `json:"ssid" minLength:"1" maxLength:"32"`
	Password string `json:"password" maxLength:"63" doc:"empty for an open network"`
}

// joins is what a tablet's camera takes for "join this network".
func (w wiFi) joins() string {
	escape := strings.NewReplacer(`\`, `\\`, `;`, `\;`, `,`, `\,`, `"`, `\"`, `:`, `\:`).Replace
	if w.Password == "" {
		return "WIFI:T:nopass;S:" + escape(w.SSID) + ";;"
	}
	return "WIFI:T:WPA;S:" + escape(w.SSID) + ";P:" + escape(w.Password) + ";;"
}

// welcome finds out how the box is reached now.
func (s *Server) welcome(ctx context.Context) (welcome, error) {
	w := welcome{Guide: []way{}, Boxes: []port{}, setupCode: s.openSetupCode(ctx)}
	texts := map[string]string{"clinic": "", "box": "", settingWiFi: ""}
	for name := range texts {
		var err error
		if texts[name], err = s.db.Setting(ctx, name); err != nil {
			return w, err
		}
	}
	w.Clinic, w.BoxID = texts["clinic"], lastHex(texts["box"])
	if texts[settingWiFi] != "" {
		if err := json.Unmarshal([]byte(texts[settingWiFi]), &w.WiFi); err != nil {
			return w, fmt.Errorf("setting %s: %w", settingWiFi, err)
		}
		w.JoinWiFi = newSquare(w.WiFi.joins())
	}
	n := s.front.Load()
	if n == nil {
		w.portal = s.own
		return w, nil
	}
	w.Name, w.portal, w.Fingerprint = n.presence.Name(), n.address(), n.ca.FingerprintGroups()
	for _, i := range n.presence.Interfaces() {
		one := port{Interface: i.Name, MAC: i.MAC}
		for _, p := range i.Addrs {
			one.Addresses = append(one.Addresses, p.Addr().String())
		}
		w.Boxes = append(w.Boxes, one)
	}
	if s.guidePort != 0 {
		for _, a := range lan.Addrs(n.presence.Interfaces()) {
			if a.Is6() && len(w.Guide) > 0 { // nobody types those
				continue
			}
			w.Guide = append(w.Guide, newWay(w.guideAt(hostOf(a), s.guidePort)))
		}
		if len(w.Guide) > 0 { // a name without an address leads nowhere
			w.Guide = append(w.Guide, newWay(w.guideAt(w.Name, s.guidePort)))
		}
	}
	return w, nil
}

// guideAt is the guide's address; the part behind # stays in the tablet, where the guide
// compares it with what the box says.
func (w welcome) guideAt(host string, port int) string {
	if port != 80 {
		host += ":" + strconv.Itoa(port)
	}
	return "http://" + host + "/s#" + w.fingerprint16()
}

func hostOf(a netip.Addr) string {
	if a.Is6() {
		return "[" + a.String() + "]"
	}
	return a.String()
}

// fingerprint16 are the 16 digits of Fingerprint in one piece.
func (w welcome) fingerprint16() string { return strings.ReplaceAll(w.Fingerprint, " ", "") }

// inTerminal is what stands on the screen of whoever installs the box.
func (w welcome) inTerminal() string {
	var b strings.Builder
	if len(w.Guide) > 0 {
		fmt.Fprintf(&b, "Add a tablet: join the clinic's Wi-Fi with it, then scan\n\n%s\n%s\n", inTerminal(w.Guide[0].URL), w.Guide[0].URL)
		for _, g := range w.Guide[1:] {
			fmt.Fprintf(&b, "or %s\n", g.URL)
		}
	} else if w.Name != "" {
		fmt.Fprintln(&b, "The box has no address on a network that tablets could use. Plug in its cable, or join its Wi-Fi.")
	}
	if w.Fingerprint != "" {
		fmt.Fprintf(&b, "Fingerprint  %s\n", w.Fingerprint)
	}
	fmt.Fprintf(&b, "Portal       %s\n", w.portal)
	if w.setupCode != "" {
		fmt.Fprintf(&b, "Setup code   %s\n", w.setupCode)
	}
	return strings.TrimRight(b.String(), "\n")
}

// setWiFi serves PUT /api/admin/wifi: the network tablets join, for the card and the QR code.
//
//	err  422: a name of more than 32 bytes, a password of fewer than 8 characters that is not empty
func (s *Server) setWiFi(ctx context.Context, in *struct{ Body wiFi }) (*struct{}, error) {
	switch { // IEEE 802.11 and WPA: a tablet could join no other
	case len(in.Body.SSID) > 32:
		return nil, &care.InvalidError{Fields: []care.FieldError{{Field: "ssid", Code: care.TooLong, Message: "at most 32 bytes, about ten letters of Hindi"}}}
	case in.Body.Password != "" && len(in.Body.Password) < 8:
		return nil, &care.InvalidError{Fields: []care.FieldError{{Field: "password", Code: care.Invalid, Message: "8 characters at least, or none"}}}
	}
	b, err := json.Marshal(in.Body)
	if err != nil {
		return nil, err
	}
	return nil, s.db.SetSetting(ctx, settingWiFi, string(b))
}

type welcomeOutput struct{ Body welcome }

// readWelcome serves GET /api/admin/welcome.
func (s *Server) readWelcome(ctx context.Context, _ *struct{}) (*welcomeOutput, error) {
	w, err := s.welcome(ctx)
	return &welcomeOutput{w}, err
}
