package care

import (
	"slices"
	"strings"
	"time"
)

// An alarm rings until the right person answers: for a RED case a clinician, for an SOS
// a clinician or an ASHA. Unanswered it rings again, each time for more people. Source:
// clinical page §4.7, alert clock.

// AlarmKind is what rings.
type AlarmKind string

const (
	RedAlarm AlarmKind = "red" // a RED case that no clinician has looked at
	SOSAlarm AlarmKind = "sos" // a colleague who needs help
)

// alarmWaits is how long an alarm may stay unanswered before it rings the next time: 2,
// 5 and 10 minutes after the first.
var alarmWaits = []time.Duration{2 * time.Minute, 3 * time.Minute, 5 * time.Minute}

// Alarm is one that rings, or rang.
type Alarm struct {
	ID      string
	Kind    AlarmKind
	CaseID  string // "" for an SOS
	Level   int    // 0 at once, 1 after 2 minutes, 2 after 5, 3 after 10
	LevelAt time.Time
	By      Person // whose finding or call it was
	At      Instant
	SOS     *SOSData
	Rooms   Audience // who may see what it is about
	Row     *Row     // of the case
	Acked   bool
}

// Due is when an unanswered alarm rings again; false after the last time. A level that
// began in the future means that the clock was set back: it counts from now.
func (a Alarm) Due(now time.Time) (time.Time, bool) {
	if a.Acked || a.Level >= len(alarmWaits) {
		return time.Time{}, false
	}
	from := a.LevelAt
	if from.After(now) {
		from = now
	}
	return from.Add(alarmWaits[a.Level]), true
}

// AlarmData tells of an alarm that rings. To those who may not see the case it says only
// that one waits: no name, no case.
type AlarmData struct {
	ID        string    `json:"id"`
	Kind      AlarmKind `json:"kind" enum:"red,sos"`
	CaseID    string    `json:"caseId,omitempty"`
	Level     int       `json:"level" minimum:"0" maximum:"3"`
	Message   string    `json:"message"`
	AckNeeded bool      `json:"ackNeeded"`
	Timestamp Instant   `json:"timestamp" doc:"when it first rang"`
	Row       *Row      `json:"row,omitempty"`
	SOS       *SOSData  `json:"sos,omitempty"`
}

// AnsweredData silences an alarm on every screen.
type AnsweredData struct {
	ID        string  `json:"id"`
	Level     int     `json:"level"`
	AckNeeded bool    `json:"ackNeeded"`
	By        Person  `json:"by"`
	Timestamp Instant `json:"timestamp"`
}

// SOSData is a colleague's call for help.
type SOSData struct {
	ID         string  `json:"id"`
	SenderID   string  `json:"senderId"`
	SenderName string  `json:"senderName"`
	SenderRole Role    `json:"senderRole"`
	Location   string  `json:"location"`
	Phone      string  `json:"phone"`
	Message    string  `json:"message"`
	Timestamp  Instant `json:"timestamp"`
}

// SOS is the body of POST /api/sos.
type SOS struct {
	Location string `json:"location" doc:"where help is needed"`
	Message  string `json:"message,omitempty"`
}

// alarming: a RED patient who waits for a clinician.
func (c Case) alarming() bool {
	return c.Urgency == Red && slices.Contains(c.Waiting(), Clinician)
}

// rings reports whether what by did to a case must ring: it is RED and waits, and was not
// before; or it was, and something new has happened that is RED by itself. A clinician
// needs no alarm for what she found herself.
func rings(before, after Case, by User, step Step) bool {
	if by.Role == Clinician || !after.alarming() {
		return false
	}
	if !before.alarming() || step == EmergencyReferral {
		return true
	}
	return slices.ContainsFunc(after.Triage.Fired, func(f Fired) bool { return f.Urgency == Red && !before.Triage.has(f.Rule) })
}

// Faces reports whether a clinician who did this knows what is alarming about the case as
// it was: she looked at its newest facts, or took a step on it as it stood. What was
// written offline, or on a case seen before, silences nothing.
func (c Case) Faces(cmd Command, by User) bool {
	if by.Role != Clinician || cmd.Offline {
		return false
	}
	newest := cmd.BaseSeq >= max(c.FactSeq, c.StatusSeq)
	switch {
	case cmd.Kind == SeenKind:
		return newest
	case cmd.Kind.Step() != "" || cmd.Kind == ToStatusKind:
		return newest || cmd.BaseSeq == 0 // she takes it on the case as it stands
	}
	return false
}

// Data is what those who may see the case, or the SOS, hear of the alarm.
func (a Alarm) Data() AlarmData {
	d := a.Nameless()
	d.CaseID, d.Row, d.SOS = a.CaseID, a.Row, a.SOS
	if a.Kind == SOSAlarm {
		d.Message = "SOS: " + a.SOS.Location
	} else if a.Row != nil {
		d.Message = "RED case " + a.Row.Number + " waits for a clinician"
	}
	return d
}

// Nameless is what everybody else hears.
func (a Alarm) Nameless() AlarmData {
	message := "a RED case waits"
	if a.Kind == SOSAlarm {
		message = "a colleague needs help"
	}
	return AlarmData{ID: a.ID, Kind: a.Kind, Level: a.Level, Message: message, AckNeeded: !a.Acked, Timestamp: a.At}
}

// Wider is who hears of it without name: nobody at first, after 5 minutes every ASHA,
// after 10 everybody.
func (a Alarm) Wider() Audience {
	switch {
	case a.Level < 2:
		return nil
	case a.Level == 2 && a.Kind == RedAlarm:
		return Audience{Supervisors}
	}
	return Audience{Staff}
}

// Rang are the events of an alarm that has reached its level.
func (a Alarm) Rang(now time.Time) []Event {
	events := []Event{{Type: AlertRang, CaseID: a.CaseID, By: a.By, At: At(now), Audience: a.Rooms, Data: a.Data()}}
	if a.Kind == SOSAlarm && a.Level == 0 {
		events[0].Type, events[0].Data = SOSSent, *a.SOS
	}
	if wider := a.Wider(); wider != nil {
		events = append(events, Event{Type: AlertRang, By: a.By, At: At(now), Audience: wider, Data: a.Nameless()})
	}
	return events
}

// mayAnswer: a RED case needs a clinician; for a colleague in need an ASHA will do.
func (a Alarm) mayAnswer(r Role) bool {
	return r == Clinician || a.Kind == SOSAlarm && r == ASHA
}

// Answer silences the alarm. An alarm that was answered before stays so, without news.
func (a Alarm) Answer(by User, now time.Time) (Alarm, *Event, error) {
	if !a.mayAnswer(by.Role) {
		return a, nil, ErrForbidden
	}
	if a.Acked {
		return a, nil, nil
	}
	a.Acked = true
	return a, &Event{Type: AlertAnswered, CaseID: a.CaseID, By: by.Person(), At: At(now), Audience: append(slices.Clone(a.Rooms), a.Wider()...),
		Data: AnsweredData{ID: a.ID, Level: a.Level, By: by.Person(), Timestamp: At(now)}}, nil
}

// CallSOS makes a call for help an alarm.
func CallSOS(cmd Command, id string, by User, now time.Time) (Alarm, error) {
	if !May(by.Role, CallForHelp) {
		return Alarm{}, ErrForbidden
	}
	if err := cmd.CheckTexts(); err != nil {
		return Alarm{}, err
	}
	if cmd.SOS == nil || strings.TrimSpace(cmd.SOS.Location) == "" {
		return Alarm{}, invalid("location", Required, "say where help is needed")
	}
	sos := SOSData{ID: id, SenderID: by.ID, SenderName: by.Name, SenderRole: by.Role, Location: cmd.SOS.Location, Phone: by.Phone, Message: cmd.SOS.Message, Timestamp: At(now)}
	return Alarm{ID: id, Kind: SOSAlarm, By: by.Person(), At: At(now), LevelAt: now, Rooms: sos.Audience(), SOS: &sos}, nil
}

// Audience is who hears a call for help: every clinician and ASHA, and whoever called.
func (s SOSData) Audience() Audience {
	return Audience{Clinicians, Supervisors, UserRoom(s.SenderID)}
}
