package app

import (
	"context"

	"aarogya/app/care"
	"aarogya/realtime"
)

type lockInput struct {
	CasePath
	Body struct {
		Do care.LockAsk `json:"do,omitempty" enum:"take,ask,give,keep,take_over" doc:"take if absent"`
	}
}

type lockOutput struct {
	Body struct {
		Lock *care.Lock `json:"lock" doc:"null when nobody holds the case"`
	}
}

// claimLock serves PUT /api/cases/:id/lock: being busy with a case, and being handed it.
//
//	in   {"do": take (also: go on holding) | ask | give | keep | take_over (clinicians)}
//	out  200 {"lock"}; everyone who may see the case hears lock
//	err  403 forbidden, 404 not_found, 423 locked {lock: who, until when}
func (s *Server) claimLock(ctx context.Context, in *lockInput) (*lockOutput, error) {
	if in.Body.Do == "" {
		in.Body.Do = care.TakeLock
	}
	return s.lock(ctx, in.ID, in.Body.Do)
}

// releaseLock serves DELETE /api/cases/:id/lock. Releasing what one does not hold is fine.
func (s *Server) releaseLock(ctx context.Context, in *CasePath) (*lockOutput, error) {
	return s.lock(ctx, in.ID, care.ReleaseLock)
}

func (s *Server) lock(ctx context.Context, caseID string, ask care.LockAsk) (*lockOutput, error) {
	if err := s.mayTalk(ctx); err != nil {
		return nil, err
	}
	done, err := s.do(ctx, Keyed{}, care.Command{Kind: care.LockKind, CaseID: caseID, Lock: ask})
	if err != nil {
		return nil, err
	}
	out := &lockOutput{}
	out.Body.Lock = done.Lock
	return out, nil
}

type seenInput struct {
	CasePath
	Body struct {
		Seq int64 `json:"seq" minimum:"0" doc:"the case's seq as shown"`
	}
}

// seenCase serves POST /api/cases/:id/seen: a person has looked at the case. Everyone who
// may see it hears seen; a clinician's look answers the case's alarm.
func (s *Server) seenCase(ctx context.Context, in *seenInput) (*struct{}, error) {
	if err := s.mayTalk(ctx); err != nil {
		return nil, err
	}
	_, err := s.do(ctx, Keyed{}, care.Command{Kind: care.SeenKind, CaseID: in.ID, BaseSeq: in.Body.Seq})
	return nil, err
}

// mayTalk: what everybody hears of at once comes out of the session's frames, whether it
// is said over the socket or not.
func (s *Server) mayTalk(ctx context.Context) error {
	id, _ := identityOf(ctx)
	return s.hub.MayTalk(realtime.Who{Session: id.session.ID, Device: id.session.Device})
}
