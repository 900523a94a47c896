package app

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"aarogya/app/care"
	"aarogya/db"
	"aarogya/realtime"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// Problem is an error as RFC 9457 writes it, with a code that never changes its meaning.
// It never carries a submitted value, a patient's name or anything of the inside.
type Problem struct {
	Type    string            `json:"type"`
	Title   string            `json:"title"`
	Status  int               `json:"status"`
	Detail  string            `json:"detail" doc:"a sentence for a person: what happened and what to do"`
	Code    string            `json:"code" enum:"invalid,confirm,unauthenticated,forbidden,not_found,conflict,locked,too_large,too_many,old_client,read_only,busy,internal"`
	Errors  []care.FieldError `json:"errors,omitempty"`
	Current care.Status       `json:"current,omitempty" doc:"conflict: where the case stands"`
	Allowed []care.Step       `json:"allowed,omitempty" doc:"conflict: the steps you may take now"`
	By      *care.Person      `json:"by,omitempty" doc:"conflict: who moved the case last"`
	Lock    *care.Lock        `json:"lock,omitempty" doc:"locked: who is busy with the case; absent when it is free by now"`

	retryAfter int // seconds
}

func (p *Problem) Error() string             { return p.Code + ": " + p.Detail }
func (p *Problem) GetStatus() int            { return p.Status }
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func newProblem(status int, code, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

var (
	errUnauthenticated = errors.New("not signed in")
	errWrongPassword   = errors.New("wrong username or password")
)

// tooManyError tells when to try again.
type tooManyError struct{ seconds int }

func (e *tooManyError) Error() string { return "too many attempts" }

// problem is the one place where an error becomes an answer.
func problem(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if e, ok := errors.AsType[*care.InvalidError](err); ok {
		p := newProblem(http.StatusUnprocessableEntity, "invalid", "Something has to be corrected before this can be saved.")
		if e.OnlyConfirm() {
			p.Code, p.Detail = "confirm", "Unusual values: measure again. If they are right, confirm them."
		}
		p.Errors = e.Fields
		return p
	}
	if e, ok := errors.AsType[*care.ConflictError](err); ok {
		p := newProblem(http.StatusConflict, "conflict", "This is not possible now: "+e.Why+". Nothing was changed.")
		p.Current, p.Allowed, p.By = e.Current, e.Allowed, e.By
		return p
	}
	if e, ok := errors.AsType[*care.LockedError](err); ok {
		p := newProblem(http.StatusLocked, "locked", "Somebody else has worked on this case meanwhile. Nothing was changed; look again.")
		if p.Lock = e.Lock; e.Lock != nil {
			p.Detail = "A colleague is busy with this case. Nothing was changed; ask to be handed it."
		}
		return p
	}
	if errors.Is(err, realtime.ErrTooMany) {
		err = &tooManyError{5}
	}
	if e, ok := errors.AsType[*tooManyError](err); ok {
		p := newProblem(http.StatusTooManyRequests, "too_many", "Too many attempts. Wait a little, then try again.")
		p.retryAfter = e.seconds
		return p
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return newProblem(http.StatusRequestEntityTooLarge, "too_large", "This is more than the box takes in one piece.")
	}
	switch {
	case errors.Is(err, care.ErrForbidden):
		return newProblem(http.StatusForbidden, "forbidden", "Your role does not do this.")
	case errors.Is(err, care.ErrNotFound):
		return newProblem(http.StatusNotFound, "not_found", "There is nothing here, or it is not yours to see.")
	case errors.Is(err, errUnauthenticated):
		return newProblem(http.StatusUnauthorized, "unauthenticated", "Sign in first.")
	case errors.Is(err, errWrongPassword):
		return newProblem(http.StatusUnauthorized, "unauthenticated", "The username or the password is not right.")
	case errors.Is(err, db.ErrDeviceLocked):
		return newProblem(http.StatusForbidden, "forbidden", "Five wrong PINs on this tablet. It takes PINs again after an ASHA gave a new code, or an admin unlocked it; the account works elsewhere.")
	case errors.Is(err, db.ErrKeyReused):
		return newProblem(http.StatusUnprocessableEntity, "invalid", "This Idempotency-Key was used for another request.")
	case errors.Is(err, db.ErrReadOnly):
		return newProblem(http.StatusInsufficientStorage, "read_only", "The box cannot save right now; what was saved is safe. Make room on its disk.")
	case errors.Is(err, db.ErrBusy), errors.Is(err, realtime.ErrFull):
		p := newProblem(http.StatusServiceUnavailable, "busy", "The box is busy. Nothing was saved; try again in a moment.")
		p.retryAfter = 1
		return p
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return newProblem(http.StatusServiceUnavailable, "busy", "The answer did not come in time. Ask again with the same Idempotency-Key.")
	}
	return newProblem(http.StatusInternalServerError, "internal", "Something went wrong inside the box. What was saved is safe.")
}

// codeOf is the code of errors that huma makes itself.
func codeOf(status int) (int, string, string) {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return status, "too_large", "This is more than the box takes in one piece."
	case http.StatusRequestTimeout:
		return http.StatusServiceUnavailable, "busy", "The request took too long to arrive. Nothing was saved; try again."
	case http.StatusBadRequest, http.StatusUnsupportedMediaType, http.StatusNotAcceptable:
		return http.StatusBadRequest, "invalid", "The request could not be read."
	case http.StatusUnprocessableEntity:
		return status, "invalid", "Something has to be corrected before this can be saved."
	}
	return http.StatusInternalServerError, "internal", "Something went wrong inside the box. What was saved is safe."
}

func init() {
	huma.ValidateStrictCasing = true
	// huma's own errors echo the values people sent; ours name the field and no more.
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		p := newProblem(codeOf(status))
		for _, err := range errs {
			if e, ok := errors.AsType[*care.InvalidError](err); ok {
				p.Errors = append(p.Errors, e.Fields...)
				p.Status, p.Title = http.StatusUnprocessableEntity, http.StatusText(http.StatusUnprocessableEntity)
				continue
			}
			detailer, ok := err.(huma.ErrorDetailer)
			if !ok {
				continue
			}
			p.Errors = append(p.Errors, fieldError(detailer.ErrorDetail()))
		}
		return p
	}
}

// fieldError is a fault huma found, in our words and without the value.
func fieldError(d *huma.ErrorDetail) care.FieldError {
	f := care.FieldError{Field: strings.TrimPrefix(strings.TrimPrefix(d.Location, "body"), "."), Code: care.Invalid, Message: "not what this field takes"}
	if f.Field == "" {
		f.Field = "body"
	}
	switch {
	case strings.HasPrefix(d.Location, "query.") && strings.Contains(d.Message, "unknown"):
		f.Field, f.Code, f.Message = "query", care.UnknownField, "there is a field here that is not known"
	case strings.HasPrefix(d.Message, "expected required property "):
		name := strings.Fields(strings.TrimPrefix(d.Message, "expected required property "))[0]
		f.Field = strings.TrimPrefix(f.Field+"."+name, "body.")
		f.Code, f.Message = care.Required, "needed"
	case d.Message == "unexpected property":
		// the last part is a name somebody sent: it may hold anything, so only its place is told
		f.Field = strings.TrimSuffix(f.Field[:strings.LastIndex("."+f.Field, ".")], ".")
		if f.Field == "" {
			f.Field = "body"
		}
		f.Code, f.Message = care.UnknownField, "there is a field here that is not known"
	case strings.HasPrefix(d.Message, "expected length <=") || strings.HasPrefix(d.Message, "expected array length <="):
		f.Code, f.Message = care.TooLong, "too long"
	}
	return f
}

// handle makes a huma handler of ours: its errors become problems, and what is not the
// asker's fault is logged.
func handle[In, Out any](s *Server, f func(context.Context, *In) (*Out, error)) func(context.Context, *In) (*Out, error) {
	return func(ctx context.Context, in *In) (*Out, error) {
		out, err := f(ctx, in)
		if err == nil {
			return out, nil
		}
		p := problem(err)
		if p.Code == "internal" {
			s.log.Error("request failed", slog.String("route", routeOf(ctx)), "err", err)
		}
		if p.retryAfter > 0 {
			return nil, huma.ErrorWithHeaders(p, http.Header{"Retry-After": {strconv.Itoa(p.retryAfter)}})
		}
		return nil, p
	}
}

// refuse answers a plain gin request with a problem.
func refuse(c *gin.Context, err error) {
	p := problem(err)
	if p.retryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(p.retryAfter))
	}
	body, _ := json.Marshal(p) // plain strings: always encodes
	c.Header("Cache-Control", "no-store")
	c.Data(p.Status, "application/problem+json", body)
	c.Abort()
}
