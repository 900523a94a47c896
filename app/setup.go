package app

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"math/big"

	"aarogya/app/care"
)

// newSetupCode is 8 digits, made at every start of a clinic that has no admin yet.
func newSetupCode() string {
	n, _ := rand.Int(rand.Reader, big.NewInt(1e8)) // fails only if the system has no randomness at all
	code := fmt.Sprintf("%08d", n)
	return code[:4] + "-" + code[4:]
}

// openSetupCode is the code that makes the first admin, "" once there is one.
func (s *Server) openSetupCode(ctx context.Context) string {
	if s.setupCode == "" {
		return ""
	}
	if has, err := s.db.HasAdmin(ctx); err != nil || has {
		return ""
	}
	return s.setupCode
}

type clinicOutput struct {
	Body struct {
		Name       string      `json:"name"`
		Demo       bool        `json:"demo"`
		Version    string      `json:"version"`
		Languages  []string    `json:"languages"`
		NeedsSetup bool        `json:"needsSetup" doc:"true until the first admin is there"`
		Accounts   []account   `json:"accounts,omitempty" doc:"the demo's accounts"`
		Tablet     *thisTablet `json:"tablet" doc:"null on a browser that is no tablet of the clinic"`
	}
}

// thisTablet is what a tablet of the clinic is told before anybody signs in.
type thisTablet struct {
	Name   string    `json:"name"`
	Locked bool      `json:"locked"`
	People []regular `json:"people" doc:"who uses it, the latest first"`
}

type regular struct {
	Username string    `json:"username"`
	Name     string    `json:"name"`
	Role     care.Role `json:"role"`
	ByPIN    bool      `json:"byPin" doc:"signs in here by PIN"`
}

type account struct {
	Username string    `json:"username"`
	Name     string    `json:"name"`
	Role     care.Role `json:"role"`
}

// clinic serves GET /api/clinic, to anybody: what the sign-in page needs to know.
func (s *Server) clinic(ctx context.Context, _ *struct{}) (*clinicOutput, error) {
	out := &clinicOutput{}
	name, err := s.db.Setting(ctx, "clinic")
	if err != nil {
		return nil, err
	}
	hasAdmin, err := s.db.HasAdmin(ctx)
	if err != nil {
		return nil, err
	}
	out.Body.Name, out.Body.Demo, out.Body.Version, out.Body.Languages, out.Body.NeedsSetup = name, s.config.Demo, Version, []string{"hi", "en"}, !hasAdmin
	if s.config.Demo {
		for _, a := range demoStaff {
			out.Body.Accounts = append(out.Body.Accounts, account{a.username, a.name, a.role})
		}
	}
	device, ok, err := s.db.DeviceOf(ctx, deviceSecret(ctx))
	if err != nil || !ok {
		return out, err
	}
	people, err := s.db.Regulars(ctx, device.ID)
	if err != nil {
		return nil, err
	}
	out.Body.Tablet = &thisTablet{Name: device.Name, Locked: device.Locked, People: []regular{}}
	for _, u := range people[:min(len(people), 8)] {
		out.Body.Tablet.People = append(out.Body.Tablet.People, regular{u.Username, u.Name, u.Role, u.HasPIN && u.Role.UsesPIN()})
	}
	return out, nil
}

type setupInput struct {
	RemoteAddr remoteAddr
	Body       struct {
		Code       string `json:"code" maxLength:"20" doc:"as the box printed it when it started"`
		ClinicName string `json:"clinicName" minLength:"1" maxLength:"120"`
		Name       string `json:"name"`
		Username   string `json:"username"`
		Password   string `json:"password" maxLength:"800"`
		Language   string `json:"language,omitempty" enum:"hi,en" doc:"hi if absent"`
	}
}

// setup serves POST /api/setup: names the clinic and makes its first admin, once.
//
//	out  201 {"user"} and a session
//	err  403 forbidden when there is staff already, 422 on a wrong code, 429 too_many
func (s *Server) setup(ctx context.Context, in *setupInput) (*signedInOutput, error) {
	key := "setup " + in.RemoteAddr.host
	if err := s.throttle.take(key); err != nil {
		return nil, err
	}
	if s.setupCode == "" {
		return nil, care.ErrForbidden
	}
	if subtle.ConstantTimeCompare(digits(in.Body.Code), digits(s.setupCode)) != 1 {
		return nil, &care.InvalidError{Fields: []care.FieldError{{Field: "code", Code: care.Invalid, Message: "not the code the box printed when it started"}}}
	}
	s.throttle.right(key)
	b := in.Body
	user, err := firstAdmin(ctx, s.db, b.ClinicName, b.Name, b.Username, b.Password, orDefault(b.Language, "hi"))
	if err != nil {
		return nil, err
	}
	return s.signIn(ctx, user, "")
}

// digits of a code; people type the dash or leave it out.
func digits(code string) []byte {
	var d []byte
	for i := range len(code) {
		if code[i] >= '0' && code[i] <= '9' {
			d = append(d, code[i])
		}
	}
	return d
}
