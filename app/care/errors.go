package care

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrForbidden: this role never does that.
	ErrForbidden = errors.New("not allowed for this role")
	// ErrNotFound: there is no such thing, or it is not yours; the two look the same.
	ErrNotFound = errors.New("not found")
)

// FieldCode says what is wrong with one field. The set is part of the wire.
type FieldCode string

const (
	Required     FieldCode = "required"
	Invalid      FieldCode = "invalid"
	HardLimit    FieldCode = "hard_limit" // no living person has this value: a unit or a typing error
	Confirm      FieldCode = "confirm"    // rare: say it again by naming the field in "confirmed"
	Swapped      FieldCode = "swapped"    // two values look exchanged
	WrongUnit    FieldCode = "unit"       // looks right in another unit
	Aadhaar      FieldCode = "aadhaar"    // holds an Aadhaar number, which is never stored
	TooLong      FieldCode = "too_long"
	Taken        FieldCode = "taken"
	UnknownField FieldCode = "unknown_field"

	// Why a code that brings a tablet into the clinic, or gives a PIN, is refused.
	CodeUsed    FieldCode = "code_used"
	CodeExpired FieldCode = "code_expired"
	OtherClinic FieldCode = "other_clinic" // the code was given by another box
	WrongBox    FieldCode = "wrong_box"    // it was given by a box with another certificate authority
	NotEnrolled FieldCode = "not_enrolled" // it gives a PIN on the clinic's tablets, and this is none
	WeakPIN     FieldCode = "weak_pin"
)

// FieldError is one field and what is wrong with it. It never carries the value.
type FieldError struct {
	Field   string    `json:"field"`
	Code    FieldCode `json:"code"`
	Message string    `json:"message"`
	Min     *float64  `json:"min,omitempty" doc:"lowest value accepted, for hard_limit and confirm"`
	Max     *float64  `json:"max,omitempty" doc:"highest value accepted, for hard_limit and confirm"`
}

// InvalidError lists the fields that stop a command. If every one of them is a soft
// limit, the same command passes once they are named in "confirmed".
type InvalidError struct{ Fields []FieldError }

func (e *InvalidError) Error() string {
	names := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		names[i] = f.Field + " " + string(f.Code)
	}
	return "invalid: " + strings.Join(names, ", ")
}

// OnlyConfirm reports whether a "yes, I checked" is all that is missing.
func (e *InvalidError) OnlyConfirm() bool {
	for _, f := range e.Fields {
		if f.Code != Confirm {
			return false
		}
	}
	return true
}

func invalid(field string, code FieldCode, message string) *InvalidError {
	return &InvalidError{Fields: []FieldError{{Field: field, Code: code, Message: message}}}
}

// ConflictError: the case stands where this step is not possible, or new facts came.
type ConflictError struct {
	Current Status
	Allowed []Step
	By      *Person // who moved the case last
	Outcome Outcome // Superseded or Held
	Why     string  // a sentence for the person who tried
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("conflict: case is %s: %s", e.Current, e.Why)
}
