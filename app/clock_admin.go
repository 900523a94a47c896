package app

import (
	"context"
	"time"

	"aarogya/app/care"
	"aarogya/db"
)

// startClock takes up the time where the box left it, before anything is written.
func (s *Server) startClock(ctx context.Context) error {
	if err := s.clock.load(ctx, s.db); err != nil {
		return err
	}
	s.clock.wentBack = func() { s.clockWentBack(context.Background()) }
	s.clock.save()
	s.clockWentBack(ctx) // perhaps it did while the box was off
	s.clock.run()
	return nil
}

// clockWentBack puts right what was to happen at a time that is now far ahead.
func (s *Server) clockWentBack(ctx context.Context) {
	if err := s.db.ClockWentBack(ctx); err != nil {
		s.log.Warn("sessions used under a clock that was ahead may last longer", "err", err)
	}
	if err := s.timeAlarms(ctx); err != nil {
		s.log.Error("alarms may ring late: the clock was set back", "err", err)
	}
}

// witness is who hears what the clock of a signed-in tablet shows. A browser on the box
// itself shows the box's, and a script's is nobody's. One person at browsers that are no
// tablets of the clinic is one witness, however often she signs in.
func (s *Server) witness(ctx context.Context, id identity) func(time.Time) {
	if overTLS, _ := ctx.Value(secureKey{}).(bool); !overTLS || id.session.Kind != db.Browser {
		return nil
	}
	return func(shows time.Time) { s.clock.heard(orDefault(id.session.Device, id.user.ID), shows) }
}

// clockReport is what there is to know of the box's time.
type clockReport struct {
	Now       care.Instant   `json:"now" doc:"the box's time"`
	State     string         `json:"state" enum:"unset,admin,tablets,ntp,rtc" doc:"who vouches for it"`
	Computer  care.Instant   `json:"computer" doc:"what the computer's own clock shows"`
	Believed  bool           `json:"believed" doc:"false: the computer's clock cannot be right, and the box counts on from the last time it knew"`
	SetTo     care.Instant   `json:"setTo,omitempty" doc:"when an admin set it last, by the time she said"`
	Suggested *suggestedTime `json:"suggested" doc:"what tablets show, if that is another time; else null"`
}

type suggestedTime struct {
	Now     care.Instant `json:"now"`
	Tablets int          `json:"tablets" doc:"how many show it"`
}

func (c *boxClock) report() clockReport {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, believed := c.read()
	r := clockReport{Now: care.At(now), State: c.state, Computer: care.At(c.computer()), Believed: believed}
	if c.said != nil {
		r.SetTo = c.said.Now
	}
	if shown := c.shown(c.elapsed()); len(shown) > 0 {
		if m := median(shown); m.Sub(now).Abs() > sameTime && plausible(m) {
			r.Suggested = &suggestedTime{care.At(m), agreeing(shown, m)}
		}
	}
	return r
}

type clockOutput struct{ Body clockReport }

// readClock serves GET /api/admin/clock.
func (s *Server) readClock(context.Context, *struct{}) (*clockOutput, error) {
	return &clockOutput{s.clock.report()}, nil
}

type setClockInput struct {
	Body struct {
		Now care.Instant `json:"now" doc:"what time it is"`
	}
}

// setClock serves PUT /api/admin/clock: an admin says what time it is. The computer's clock
// stays as it is; the box remembers how far it is off.
//
//	in   {"now"}
//	out  200, as GET
//	err  422 before the program was built, or after 2049
func (s *Server) setClock(ctx context.Context, in *setClockInput) (*clockOutput, error) {
	if !plausible(in.Body.Now.Time()) {
		return nil, &care.InvalidError{Fields: []care.FieldError{{Field: "now", Code: care.Invalid, Message: "between the day this program was built and 2049"}}}
	}
	computer := s.clock.computer()
	said := care.ClockData{Now: in.Body.Now, OffsetMs: in.Body.Now.Time().Sub(computer).Milliseconds(), OverNTP: s.clock.ntp != nil && s.clock.ntp()}
	if _, err := s.do(ctx, Keyed{}, care.Command{Kind: care.SetClockKind, Clock: &said}); err != nil {
		return nil, err
	}
	s.clock.adopt(said)
	s.log.Info("the clock was set", "to", said.Now, "offset_ms", said.OffsetMs)
	return s.readClock(ctx, nil)
}
