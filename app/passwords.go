package app

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"aarogya/app/care"
	"aarogya/db"

	"golang.org/x/crypto/argon2"
)

// The cost of a password: OWASP Password Storage Cheat Sheet, argon2id, 19 MiB, t=2, p=1.
const (
	argonMemoryKiB = 19 * 1024
	argonTime      = 2
	argonThreads   = 1
	argonKeyBytes  = 32
)

// argonSlots: two at a time, so that a morning of sign-ins cannot eat a small Pi.
var argonSlots = make(chan struct{}, 2)

// mostWaiting sign-ins wait for a slot; beyond that a flood of guesses would keep the
// staff out, so it is told to come back.
const mostWaiting = 32

var argonWaiting atomic.Int32

func argon(ctx context.Context, password string, salt []byte, t, m uint32, p uint8) ([]byte, error) {
	if argonWaiting.Add(1) > mostWaiting {
		argonWaiting.Add(-1)
		return nil, db.ErrBusy
	}
	defer argonWaiting.Add(-1)
	select {
	case argonSlots <- struct{}{}:
		defer func() { <-argonSlots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), salt, t, m, p, argonKeyBytes), nil
}

// hashPassword makes a PHC string.
func hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	rand.Read(salt)
	key, err := argon(ctx, password, salt, argonTime, argonMemoryKiB, argonThreads)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemoryKiB, argonTime, argonThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// checkPassword compares in constant time; a PHC string it cannot read never matches.
func checkPassword(ctx context.Context, phc, password string) (bool, error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, nil
	}
	var m, t uint32
	var p uint8
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &m, &t, &p); err != nil {
		return false, nil
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil {
		return false, nil
	}
	got, err := argon(ctx, password, salt, t, m, p)
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, err
}

// nobodysHash is checked when there is no such account, so that guessing names takes as
// long as guessing passwords.
const nobodysHash = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// noPassword stands where a hash would: no password fits.
const noPassword = "!"

const maxPassword = 200

// checkNewPassword: a passphrase of 12 for those who see every case, 8 for the others.
func checkNewPassword(field string, role care.Role, password string) error {
	least := 8
	if role == care.Clinician || role == care.Admin {
		least = 12
	}
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password) || n > maxPassword:
		return &care.InvalidError{Fields: []care.FieldError{{Field: field, Code: care.TooLong, Message: "at most 200 characters"}}}
	case n < least:
		return &care.InvalidError{Fields: []care.FieldError{{Field: field, Code: care.Invalid, Message: fmt.Sprintf("at least %d characters; several words are best", least)}}}
	}
	return nil
}
