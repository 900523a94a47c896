package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"

	"aarogya/app/care"
	"aarogya/db"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// Names of a session's cookie: on loopback HTTP, and over HTTPS, where the browser itself
// holds it to this host and to encryption.
const (
	cookieName       = "aarogya"
	secureCookieName = "__Host-aarogya"
)

// identity is who asks, by cookie or by token; it is never taken from anything else.
type identity struct {
	user    care.User
	session db.Session
}

type identityKey struct{}
type routeKey struct{}
type secureKey struct{}

func identityOf(ctx context.Context) (identity, bool) {
	id, ok := ctx.Value(identityKey{}).(identity)
	return id, ok
}

// actor is who asks; routes that call it admit only people who are signed in.
func actor(ctx context.Context) care.User {
	id, _ := identityOf(ctx)
	return id.user
}

func routeOf(ctx context.Context) string {
	r, _ := ctx.Value(routeKey{}).(string)
	return r
}

// identify finds out who asks. Nobody is fine here; each route says whom it admits.
func (s *Server) identify(c *gin.Context) {
	secret, kind := "", db.Token
	if header := c.GetHeader("Authorization"); header != "" {
		token, ok := strings.CutPrefix(header, "Bearer ")
		if !ok {
			refuse(c, errUnauthenticated)
			return
		}
		secret = token
	} else if cookie, err := c.Request.Cookie(sessionCookie(c.Request.TLS != nil)); err == nil {
		secret, kind = cookie.Value, db.Browser
	}
	ctx := context.WithValue(c.Request.Context(), routeKey{}, c.Request.Method+" "+c.FullPath())
	ctx = context.WithValue(ctx, secureKey{}, c.Request.TLS != nil)
	if cookie, err := c.Request.Cookie(deviceCookie(c.Request.TLS != nil)); err == nil {
		ctx = context.WithValue(ctx, deviceSecretKey{}, cookie.Value)
	}
	if secret != "" {
		user, session, err := s.db.WhoIs(ctx, secret, kind)
		switch {
		case err == nil:
			ctx = context.WithValue(ctx, identityKey{}, identity{user, session})
		case !errors.Is(err, care.ErrNotFound):
			refuse(c, err)
			return
		}
	}
	c.Request = c.Request.WithContext(ctx)
}

// admit lets through those a route admits.
func admit(ctx context.Context, r route, remote string) error {
	if r.Public || r.Loopback && isLoopback(remote) {
		return nil
	}
	id, ok := identityOf(ctx)
	if !ok {
		return errUnauthenticated
	}
	for _, role := range r.Roles {
		if role == id.user.Role {
			return nil
		}
	}
	return care.ErrForbidden
}

func isLoopback(remote string) bool {
	host, _, err := net.SplitHostPort(remote)
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback()
}

type loginInput struct {
	RemoteAddr remoteAddr
	Body       struct {
		Username  string `json:"username" minLength:"1" maxLength:"120"`
		Password  string `json:"password,omitempty" maxLength:"800"`
		PIN       string `json:"pin,omitempty" maxLength:"20" doc:"instead of the password, on a tablet of the clinic"`
		Signature string `json:"signature,omitempty" maxLength:"120" doc:"with a PIN: the tablet's, over what /api/auth/challenge gave it"`
	}
}

type userBody struct {
	User care.User `json:"user"`
}

type signedInOutput struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      userBody
}

type userOutput struct{ Body userBody }

// login serves POST /api/auth/login.
//
//	in   {"username", "password"}, or {"username", "pin", "signature"} on a tablet of the clinic
//	out  200 {"user"} and the session's cookie
//	err  401 unauthenticated, the same for a wrong name and a wrong password or PIN;
//	     403 forbidden after five wrong PINs on this tablet; 429 too_many
func (s *Server) login(ctx context.Context, in *loginInput) (*signedInOutput, error) {
	if (in.Body.Password == "") == (in.Body.PIN == "") {
		return nil, &care.InvalidError{Fields: []care.FieldError{{Field: "password", Code: care.Required, Message: "a password or a PIN, one of them"}}}
	}
	device, _, err := s.db.DeviceOf(ctx, deviceSecret(ctx))
	if err != nil {
		return nil, err
	}
	name := strings.ToLower(strings.TrimSpace(in.Body.Username))
	if in.Body.PIN != "" {
		// Before it is counted: a stranger would be refused so fast that the names he makes
		// up push all that the throttle remembers out of it.
		if err := s.checkTablet(ctx, device, name, in.Body.Signature); err != nil {
			return nil, err
		}
	}
	key := accountKey(name, in.RemoteAddr, device.ID)
	if err := s.throttle.take(key); err != nil {
		return nil, err
	}
	var user care.User
	if in.Body.PIN != "" {
		user, err = s.checkPIN(ctx, device.ID, name, in.Body.PIN)
	} else {
		user, err = s.checkLogin(ctx, name, in.Body.Password)
	}
	if errors.Is(err, db.ErrBusy) {
		s.throttle.unseen(key)
	}
	if err != nil {
		return nil, err
	}
	s.throttle.right(key)
	return s.signIn(ctx, user, device.ID)
}

// accountKey is what guesses at an account are counted by: a tablet of the clinic is not
// slowed by what others on its network, or behind its router, have tried.
func accountKey(username string, from remoteAddr, deviceID string) string {
	return "account " + username + " " + orDefault(deviceID, from.host)
}

// checkLogin is whose password it is, or errWrongPassword.
func (s *Server) checkLogin(ctx context.Context, username, password string) (care.User, error) {
	user, hash, err := s.db.UserNamed(ctx, username)
	if errors.Is(err, care.ErrNotFound) || err == nil && (!user.Active || hash == noPassword) {
		hash, err = nobodysHash, nil
	}
	if err != nil {
		return care.User{}, err
	}
	right, err := checkPassword(ctx, hash, password)
	if err != nil {
		return care.User{}, err
	}
	if !right || hash == nobodysHash {
		return care.User{}, errWrongPassword
	}
	return user, nil
}

// signIn makes a session, on the tablet with deviceID if that is not "".
func (s *Server) signIn(ctx context.Context, user care.User, deviceID string) (*signedInOutput, error) {
	var secret string
	var err error
	if deviceID == "" {
		secret, _, err = s.db.SignIn(ctx, user.ID, db.Browser, "")
	} else {
		secret, err = s.db.SignInOn(ctx, user.ID, deviceID)
	}
	if err != nil {
		return nil, err
	}
	out := &signedInOutput{SetCookie: []http.Cookie{sessionCookieOf(ctx, secret, sessionCookieAge)}, Body: userBody{user}}
	if deviceID != "" { // for another deviceCookieAge
		out.SetCookie = append(out.SetCookie, deviceCookieOf(ctx, deviceSecret(ctx)))
	}
	return out, nil
}

const sessionCookieAge = 30 * 24 * 3600 // seconds

func sessionCookieOf(ctx context.Context, secret string, maxAge int) http.Cookie {
	secure, _ := ctx.Value(secureKey{}).(bool)
	return newCookie(sessionCookie(secure), secret, secure, maxAge)
}

func deviceCookieOf(ctx context.Context, secret string) http.Cookie {
	secure, _ := ctx.Value(secureKey{}).(bool)
	return newCookie(deviceCookie(secure), secret, secure, deviceCookieAge)
}

// newCookie is one that scripts cannot read, other sites cannot use and, over HTTPS, the
// browser keeps to this host.
func newCookie(name, value string, secure bool, maxAge int) http.Cookie {
	return http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteStrictMode, MaxAge: maxAge}
}

func sessionCookie(secure bool) string {
	if secure {
		return secureCookieName
	}
	return cookieName
}

type signedOutOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

// logout serves POST /api/auth/logout: the session ends here, and so do its sockets.
func (s *Server) logout(ctx context.Context, _ *struct{}) (*signedOutOutput, error) {
	id, _ := identityOf(ctx)
	if err := s.db.Revoke(ctx, id.session.ID); err != nil {
		return nil, err
	}
	s.hub.SignOut(func(_, session string) bool { return session == id.session.ID })
	return &signedOutOutput{SetCookie: sessionCookieOf(ctx, "", -1)}, nil
}

// me serves GET /api/auth/me: who is signed in here.
func (s *Server) me(ctx context.Context, _ *struct{}) (*userOutput, error) {
	return &userOutput{userBody{actor(ctx)}}, nil
}

type passwordInput struct {
	RemoteAddr remoteAddr
	Body       struct {
		Current string `json:"current" minLength:"1" maxLength:"800"`
		Next    string `json:"next" minLength:"1" maxLength:"800"`
	}
}

// changePassword serves POST /api/auth/password: one's own, signed out everywhere else.
func (s *Server) changePassword(ctx context.Context, in *passwordInput) (*struct{}, error) {
	id, _ := identityOf(ctx)
	key := accountKey(id.user.Username, in.RemoteAddr, id.session.Device)
	if err := s.throttle.take(key); err != nil {
		return nil, err
	}
	_, hash, err := s.db.UserNamed(ctx, id.user.Username)
	if err != nil {
		return nil, err
	}
	right, err := checkPassword(ctx, hash, in.Body.Current)
	if err != nil {
		return nil, err
	}
	if !right {
		return nil, &care.InvalidError{Fields: []care.FieldError{{Field: "current", Code: care.Invalid, Message: "this is not your password"}}}
	}
	s.throttle.right(key)
	if err := checkNewPassword("next", id.user.Role, in.Body.Next); err != nil {
		return nil, err
	}
	next, err := hashPassword(ctx, in.Body.Next)
	if err != nil {
		return nil, err
	}
	return nil, s.db.SetPassword(ctx, id.user.ID, next, id.session.ID)
}

// remoteAddr is where a request came from; huma fills it before the handler runs.
type remoteAddr struct{ host string }

// Resolve implements huma.Resolver.
func (r *remoteAddr) Resolve(ctx huma.Context) []error {
	r.host, _, _ = net.SplitHostPort(ctx.RemoteAddr())
	return nil
}
