package app

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"math/big"
	"strings"
	"sync"
	"time"

	"aarogya/app/care"
	"aarogya/db"
)

// A PIN is six digits and opens an account only on a tablet of the clinic, which proves
// with a key that cannot leave it that it is the one: a copied cookie and a watched PIN
// are not enough.

// checkNewPIN refuses what is guessed first.
func checkNewPIN(pin string) error {
	wrong := func(code care.FieldCode, message string) error {
		return &care.InvalidError{Fields: []care.FieldError{{Field: "pin", Code: code, Message: message}}}
	}
	if len(pin) != 6 || strings.Trim(pin, "0123456789") != "" {
		return wrong(care.Invalid, "6 digits")
	}
	step := pin[1] - pin[0] // 0, 1 and -1 are 111111, 123456 and 654321
	steady := step+1 <= 2
	for i := 2; i < len(pin); i++ {
		steady = steady && pin[i]-pin[i-1] == step
	}
	if steady || pin[:3] == pin[3:] || pin[:2] == pin[2:4] && pin[2:4] == pin[4:] {
		return wrong(care.WeakPIN, "too easy to guess: choose other digits")
	}
	return nil
}

// challenges are what tablets have to sign: one each, for a minute, once.
type challenges struct {
	now  func() time.Time
	mu   sync.Mutex
	open map[string]challenge // by device id, so no more than there are tablets
}

type challenge struct {
	nonce string
	until time.Time
}

const challengeLasts = time.Minute

func (c *challenges) give(device string) string {
	raw := make([]byte, 32)
	rand.Read(raw)
	nonce := base64.RawURLEncoding.EncodeToString(raw)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == nil {
		c.open = map[string]challenge{}
	}
	c.open[device] = challenge{nonce, c.now().Add(challengeLasts)}
	return nonce
}

// take ends the challenge of a device; "" if there was none.
func (c *challenges) take(device string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	open := c.open[device]
	delete(c.open, device)
	if left := open.until.Sub(c.now()); left <= 0 || left > challengeLasts {
		return ""
	}
	return open.nonce
}

type challengeOutput struct {
	Body struct {
		Nonce string `json:"nonce"`
	}
}

// challenge serves POST /api/auth/challenge, to a tablet of the clinic: what it must sign
// to have a PIN taken.
func (s *Server) challenge(ctx context.Context, _ *struct{}) (*challengeOutput, error) {
	device, ok, err := s.db.DeviceOf(ctx, deviceSecret(ctx))
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, care.ErrForbidden
	}
	out := &challengeOutput{}
	out.Body.Nonce = s.challenges.give(device.ID)
	return out, nil
}

// provedBy reports whether a tablet signed what it was given: ECDSA with SHA-256 over
// "aarogya-pin", the nonce and the username, a line each; r and s in 64 bytes, as browsers
// write them.
func provedBy(key []byte, nonce, username, signature string) bool {
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), key)
	raw, err2 := base64.RawURLEncoding.DecodeString(signature)
	if err != nil || err2 != nil || nonce == "" || len(raw) != 64 {
		return false
	}
	sum := sha256.Sum256([]byte("aarogya-pin\n" + nonce + "\n" + username))
	return ecdsa.Verify(public, sum[:], new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:]))
}

// checkTablet refuses who cannot prove to be at this tablet of the clinic: errWrongPassword,
// or db.ErrDeviceLocked.
func (s *Server) checkTablet(ctx context.Context, device care.Device, username, signature string) error {
	if device.ID == "" {
		return errWrongPassword
	}
	key, err := s.db.DeviceKey(ctx, device.ID)
	if err != nil {
		return err
	}
	if !provedBy(key, s.challenges.take(device.ID), username, signature) {
		return errWrongPassword
	}
	if device.Locked {
		return db.ErrDeviceLocked
	}
	return nil
}

// checkPIN is whose PIN it is, or errWrongPassword for every reason but a locked tablet:
// db.ErrDeviceLocked.
func (s *Server) checkPIN(ctx context.Context, deviceID, username, pin string) (care.User, error) {
	// To its end even if whoever asked is gone: five right PINs on bad Wi-Fi would lock her out.
	ctx = context.WithoutCancel(ctx)
	if err := s.db.TryPIN(ctx, deviceID, username); err != nil {
		return care.User{}, err
	}
	user, hash, err := s.db.UserWithPIN(ctx, username)
	if err != nil && err != care.ErrNotFound {
		return care.User{}, err
	}
	if err != nil || hash == "" || !user.Active || !user.Role.UsesPIN() {
		hash = nobodysHash
	}
	right, err := checkPassword(ctx, hash, pin)
	if err != nil { // busy: a stranger's flood of sign-ins is not to lock the clinic's tablets
		return care.User{}, errors.Join(err, s.db.UnseenPIN(ctx, deviceID, username))
	}
	if !right || hash == nobodysHash {
		return care.User{}, errWrongPassword
	}
	return user, s.db.RightPIN(ctx, deviceID, username)
}
