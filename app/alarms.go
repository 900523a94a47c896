package app

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"aarogya/app/care"
	"aarogya/realtime"
)

// alarms knows when which unanswered alarm rings again. What rings, and for whom, is in
// care; that it rings is an event like any other, so that a restart forgets nothing.
type alarms struct {
	now  func() time.Time
	stop chan struct{}
	once *sync.Once

	mu  sync.Mutex
	due map[string]ring
}

// ring is when an alarm that stands at a level rings next.
type ring struct {
	at    time.Time
	level int
}

func newAlarms(now func() time.Time) alarms {
	return alarms{now: now, stop: make(chan struct{}), once: new(sync.Once), due: map[string]ring{}}
}

// alarmPulse is how exactly an alarm keeps its time.
const alarmPulse = 200 * time.Millisecond

// startAlarms takes up the alarms that nobody had answered when the box stopped.
func (s *Server) startAlarms(ctx context.Context) error {
	if err := s.timeAlarms(ctx); err != nil {
		return err
	}
	go s.keepRinging()
	return nil
}

// timeAlarms finds out when each alarm that nobody has answered rings next.
func (s *Server) timeAlarms(ctx context.Context) error {
	ringing, err := s.db.Ringing(ctx)
	for _, a := range ringing {
		s.alarms.set(a)
	}
	return err
}

// set notes when an alarm rings next.
func (a *alarms) set(alarm care.Alarm) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if at, more := alarm.Due(a.now()); more {
		a.due[alarm.ID] = ring{at, alarm.Level}
	} else {
		delete(a.due, alarm.ID)
	}
}

// hear follows the alarms through the news.
func (a *alarms) hear(e realtime.Event) {
	switch care.EventType(e.Type) {
	case care.AlertRang, care.AlertAnswered, care.SOSSent:
	default:
		return
	}
	var data care.AlarmData
	if json.Unmarshal(e.Data, &data) == nil {
		a.set(care.Alarm{ID: data.ID, Level: data.Level, LevelAt: a.now(), Acked: e.Type == string(care.AlertAnswered)})
	}
}

// overdue are the alarms whose time has come, and where they stand; they are looked at again a second later,
// should the disk not take them now.
func (a *alarms) overdue() map[string]int {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	levels := map[string]int{}
	for id, next := range a.due {
		if !now.Before(next.at) {
			levels[id] = next.level
			a.due[id] = ring{now.Add(time.Second), next.level}
		}
	}
	return levels
}

func (a *alarms) close() {
	a.once.Do(func() { close(a.stop) })
}

func (s *Server) keepRinging() {
	ticker := time.NewTicker(alarmPulse)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-s.alarms.stop:
			return
		}
		for id, level := range s.alarms.overdue() {
			if err := s.db.RingAgain(context.Background(), id, level); err != nil && !errors.Is(err, care.ErrNotFound) {
				s.log.Error("an alarm could not ring", "alarm", id, "err", err)
			}
		}
	}
}

type alarmsOutput struct {
	Body struct {
		Alerts []care.AlarmData `json:"alerts"`
	}
}

// ringing serves GET /api/alerts: what nobody has answered yet, as far as you may know.
func (s *Server) ringing(ctx context.Context, _ *struct{}) (*alarmsOutput, error) {
	list, err := s.db.RingingFor(ctx, actor(ctx))
	out := &alarmsOutput{}
	out.Body.Alerts = list
	return out, err
}

type answerInput struct {
	Keyed
	ID string `path:"id"`
}

type alarmOutput struct {
	Body struct {
		Alert *care.AlarmData `json:"alert"`
	}
}

// answerAlarm serves POST /api/alerts/:id/ack: it falls silent on every screen.
//
//	out  200 {"alert"}; twice is fine
//	err  403 forbidden (a RED case needs a clinician, an SOS a clinician or an ASHA), 404 not_found
func (s *Server) answerAlarm(ctx context.Context, in *answerInput) (*alarmOutput, error) {
	done, err := s.do(ctx, in.Keyed, care.Command{Kind: care.AnswerAlarmKind, AlarmID: in.ID})
	out := &alarmOutput{}
	out.Body.Alert = done.Alarm
	return out, err
}

type sosInput struct {
	Keyed
	Body care.SOS
}

type sosOutput struct {
	Body struct {
		SOS *care.SOSData `json:"sos"`
	}
}

// callSOS serves POST /api/sos.
//
//	in   {"location", "message"?}
//	out  201 {"sos"}; every clinician and ASHA hears sos
func (s *Server) callSOS(ctx context.Context, in *sosInput) (*sosOutput, error) {
	done, err := s.do(ctx, in.Keyed, care.Command{Kind: care.SOSKind, SOS: &in.Body})
	if err != nil {
		return nil, err
	}
	out := &sosOutput{}
	out.Body.SOS = done.Alarm.SOS
	return out, nil
}
