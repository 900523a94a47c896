package app

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"aarogya/app/care"
	"aarogya/db"
)

// The cookie by which a browser is known as one of the clinic's tablets, beside the
// session's and with the same two names. It stays when people sign out, and is given again
// each time somebody signs in.
const (
	deviceCookieName       = "aarogya-device"
	secureDeviceCookieName = "__Host-aarogya-device"
	deviceCookieAge        = 400 * 24 * 3600 // seconds; browsers take no more
)

func deviceCookie(secure bool) string {
	if secure {
		return secureDeviceCookieName
	}
	return deviceCookieName
}

type deviceSecretKey struct{}

// deviceSecret is what the browser shows as a tablet of the clinic, "" if nothing; whether
// it is right is asked where it matters.
func deviceSecret(ctx context.Context) string {
	secret, _ := ctx.Value(deviceSecretKey{}).(string)
	return secret
}

type codeInput struct {
	Body struct {
		UserID string `json:"userId" maxLength:"36"`
	}
}

// givenCode is a code, and the ways to where it is used.
type givenCode struct {
	Code      string       `json:"code" doc:"ABCD-EFGH, to be typed where nothing can be scanned"`
	For       care.User    `json:"for"`
	Enrols    bool         `json:"enrols" doc:"whether it brings a new tablet into the clinic"`
	ExpiresAt care.Instant `json:"expiresAt"`
	Join      way          `json:"join" doc:"the page that takes the code, for a tablet that trusts the box"`
	Welcome   *welcome     `json:"welcome" doc:"how a new tablet comes that far; null if the code enrols none"`
}

type givenCodeOutput struct{ Body givenCode }

// giveCode serves POST /api/codes: a code by which a person signs in once, on a new tablet
// (given by an admin; the certificate can be had for half an hour from then on) or to
// choose a new PIN (given by her ASHA). It is good for ten minutes, and ends the one before.
func (s *Server) giveCode(ctx context.Context, in *codeInput) (*givenCodeOutput, error) {
	given, err := s.codeFor(ctx, actor(ctx).ID, in.Body.UserID)
	return &givenCodeOutput{given}, err
}

func (s *Server) codeFor(ctx context.Context, byID, forID string) (givenCode, error) {
	c, err := s.db.GiveCode(ctx, byID, forID)
	if err != nil {
		return givenCode{}, err
	}
	w, err := s.welcome(ctx)
	if err != nil {
		return givenCode{}, err
	}
	given := givenCode{Code: c.Text[:4] + "-" + c.Text[4:], For: c.For, Enrols: c.Enrols, ExpiresAt: c.ExpiresAt,
		Join: newWay(w.portal + "/join#" + strings.Join([]string{c.Text, w.BoxID, w.fingerprint16()}, "."))}
	if c.Enrols {
		s.caUntil.Store(s.clock.Now().Add(caOpenFor).UnixMilli())
		given.Welcome = &w
	}
	return given, nil
}

// UsedCode is a code as it was typed, or scanned with where it came from.
type UsedCode struct {
	Code        string `json:"code" minLength:"1" maxLength:"20"`
	Box         string `json:"box,omitempty" maxLength:"40" doc:"of the box that gave it, if it was scanned"`
	Fingerprint string `json:"fingerprint,omitempty" maxLength:"64" doc:"first digits of that box's certificate authority"`
}

// letters of a code; people type it small, with a dash or without.
func (c UsedCode) letters() string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(c.Code))
}

// of this box, or why not.
func (c UsedCode) check(w welcome) error {
	wrong := func(code care.FieldCode, message string) error {
		return &care.InvalidError{Fields: []care.FieldError{{Field: "code", Code: code, Message: message}}}
	}
	if c.Box != "" && c.Box != w.BoxID {
		return wrong(care.OtherClinic, "this code was given by another clinic's box; nothing was changed here")
	}
	if c.Fingerprint != "" && !strings.EqualFold(c.Fingerprint, w.fingerprint16()) {
		return wrong(care.WrongBox, "this is not the box that gave the code: its certificate is another; ask the admin before you go on")
	}
	return nil
}

type checkCodeInput struct {
	RemoteAddr remoteAddr
	Body       UsedCode
}

type checkCodeOutput struct {
	Body struct {
		Name     string    `json:"name"`
		Username string    `json:"username"`
		Role     care.Role `json:"role"`
		NeedsPIN bool      `json:"needsPin"`
		Known    bool      `json:"known" doc:"whether this tablet belongs to the clinic already"`
	}
}

// checkCode serves POST /api/codes/check: whom a code is for, without using it up.
func (s *Server) checkCode(ctx context.Context, in *checkCodeInput) (*checkCodeOutput, error) {
	if err := s.mayTryCode(ctx, in.RemoteAddr, in.Body); err != nil {
		return nil, err
	}
	person, err := s.db.CodeFor(ctx, in.Body.letters(), deviceSecret(ctx))
	if err != nil {
		return nil, err
	}
	_, known, err := s.db.DeviceOf(ctx, deviceSecret(ctx))
	if err != nil {
		return nil, err
	}
	s.throttle.right(codeKey(in.RemoteAddr))
	out := &checkCodeOutput{}
	out.Body.Name, out.Body.Username, out.Body.Role = person.User.Name, person.User.Username, person.User.Role
	out.Body.NeedsPIN, out.Body.Known = person.NeedsPIN, known
	return out, nil
}

func codeKey(r remoteAddr) string { return "code " + r.host }

// mayTryCode slows guessing from one place, and refuses a code of another box unread.
func (s *Server) mayTryCode(ctx context.Context, from remoteAddr, c UsedCode) error {
	if err := s.throttle.take(codeKey(from)); err != nil {
		return err
	}
	w, err := s.welcome(ctx)
	if err != nil {
		return err
	}
	return c.check(w)
}

type enrolInput struct {
	RemoteAddr remoteAddr
	Body       struct {
		UsedCode
		Name string `json:"name,omitempty" maxLength:"80" doc:"of the tablet, if it is new"`
		PIN  string `json:"pin,omitempty" maxLength:"20" doc:"6 digits, where the person needs one"`
		Key  string `json:"key" maxLength:"120" doc:"public half of the tablet's own P-256 key: the uncompressed point, base64url"`
	}
}

type enrolledOutput struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      struct {
		User   care.User   `json:"user"`
		Device care.Device `json:"device"`
	}
}

// enrol serves POST /api/devices, to anybody with a code: the tablet belongs to the clinic
// from then on, and the person is signed in on it.
//
//	in   {"code", "box", "fingerprint", "name", "pin", "key"}
//	out  201 {"user", "device"}, a session, and the tablet's own cookie
//	err  422 on the field code: invalid, code_used, code_expired, other_clinic, wrong_box, not_enrolled; 429 too_many
func (s *Server) enrol(ctx context.Context, in *enrolInput) (*enrolledOutput, error) {
	b := &in.Body
	if err := s.mayTryCode(ctx, in.RemoteAddr, b.UsedCode); err != nil {
		return nil, err
	}
	e := db.Enrolment{Code: b.letters(), DeviceSecret: deviceSecret(ctx), Name: orDefault(strings.TrimSpace(b.Name), "Tablet")}
	if _, err := s.db.CodeFor(ctx, e.Code, e.DeviceSecret); err != nil {
		return nil, err
	}
	s.throttle.right(codeKey(in.RemoteAddr))
	var err error
	if e.Key, err = base64.RawURLEncoding.DecodeString(b.Key); err == nil {
		_, err = ecdsa.ParseUncompressedPublicKey(elliptic.P256(), e.Key)
	}
	if err != nil {
		return nil, &care.InvalidError{Fields: []care.FieldError{{Field: "key", Code: care.Invalid, Message: "a point of P-256, uncompressed, in base64url"}}}
	}
	if err := (care.Command{Device: &care.DeviceChange{Name: &e.Name}}).CheckTexts(); err != nil {
		return nil, err
	}
	if b.PIN != "" {
		if err := checkNewPIN(b.PIN); err != nil {
			return nil, err
		}
		if e.PINHash, err = hashPassword(ctx, b.PIN); err != nil {
			return nil, err
		}
	}
	done, err := s.db.Enrol(ctx, e)
	if err != nil {
		return nil, err
	}
	out := &enrolledOutput{SetCookie: []http.Cookie{sessionCookieOf(ctx, done.Secret, sessionCookieAge)}}
	if done.DeviceSecret != "" {
		out.SetCookie = append(out.SetCookie, deviceCookieOf(ctx, done.DeviceSecret))
	}
	out.Body.User, out.Body.Device = done.User, done.Device
	return out, nil
}

type devicesOutput struct {
	Body struct {
		Devices []care.Device `json:"devices"`
	}
}

// listDevices serves GET /api/devices: the clinic's tablets.
func (s *Server) listDevices(ctx context.Context, _ *struct{}) (*devicesOutput, error) {
	devices, err := s.db.Devices(ctx)
	out := &devicesOutput{}
	out.Body.Devices = devices
	return out, err
}

type deviceInput struct {
	Keyed
	ID   string `path:"id" maxLength:"36"`
	Body struct {
		Name    *string `json:"name,omitempty" maxLength:"80"`
		Revoked *bool   `json:"revoked,omitempty" enum:"true" doc:"true: it no longer belongs to the clinic; for good"`
		Locked  *bool   `json:"locked,omitempty" enum:"false" doc:"false: after wrong PINs, it may be tried again"`
	}
}

type deviceOutput struct {
	Body struct {
		Device care.Device `json:"device"`
	}
}

// changeDevice serves PATCH /api/devices/:id. A tablet that is sent away is signed out at
// once, sockets included.
func (s *Server) changeDevice(ctx context.Context, in *deviceInput) (*deviceOutput, error) {
	b := in.Body
	change := &care.DeviceChange{Name: b.Name, Revoke: b.Revoked != nil, Unlock: b.Locked != nil}
	done, err := s.do(ctx, in.Keyed, care.Command{Kind: care.UpdateDeviceKind, DeviceID: in.ID, Device: change})
	if err != nil {
		return nil, err
	}
	out := &deviceOutput{}
	out.Body.Device = *done.Device
	return out, nil
}

// team serves GET /api/team: an ASHA's CHWs, to whom she may give codes.
func (s *Server) team(ctx context.Context, _ *struct{}) (*usersOutput, error) {
	users, err := s.db.Team(ctx, actor(ctx).ID)
	out := &usersOutput{}
	out.Body.Users = users
	return out, err
}

// caOpenFor is how long the certificate can be fetched after an admin has begun to add a
// tablet: whoever installs another one in that time has to stand in the clinic.
const caOpenFor = 30 * time.Minute
