package care

import "strings"

// Room names the people who hear a piece of news by what they are to it, not one by
// one: who belongs to a room is looked up when the news is read.
type Room string

// Clinicians is the room of every clinician and admin: they hear of every case.
const Clinicians Room = "clinicians"

// CHWRoom is the room of one CHW and of whichever ASHA supervises her today.
func CHWRoom(id string) Room { return Room("chw:" + id) }

// Supervisors is the room of every ASHA, Staff of everyone who is signed in. What goes
// there names no patient.
const (
	Supervisors Room = "ashas"
	Staff       Room = "staff"
)

// UserRoom is the room of one person alone.
func UserRoom(id string) Room { return Room("user:" + id) }

// Audience is who may hear an event: everyone in any of its rooms. It is decided here
// and stored with the event.
type Audience []Room

// String is the form in which an audience is stored.
func (a Audience) String() string {
	names := make([]string, len(a))
	for i, r := range a {
		names[i] = string(r)
	}
	return strings.Join(names, " ")
}

// ParseAudience reads what Audience.String wrote.
func ParseAudience(s string) Audience {
	var a Audience
	for _, f := range strings.Fields(s) {
		a = append(a, Room(f))
	}
	return a
}

// EventType is what kind of news an event is.
type EventType string

const (
	CaseStatusUpdate EventType = "caseStatusUpdate" // a step changed where the case stands
	NewCaseOpened    EventType = "newCase"          // somebody opened a case
	CaseChanged      EventType = "caseChanged"      // vitals, urgency, assignment or demographics changed
	CommentAdded     EventType = "comment"          // somebody wrote on the case
	UserChanged      EventType = "userChanged"      // for the audit alone: an account was made or changed
	DeviceChanged    EventType = "deviceChanged"    // for the audit alone: a tablet, or who may use it
	ClockSet         EventType = "clockSet"         // for the audit alone: an admin said what time it is
	AlertRang        EventType = "alert"            // an alarm rang, or rang again
	AlertAnswered    EventType = "alertAck"         // somebody answered it
	SOSSent          EventType = "sos"              // a colleague calls for help

	// Told to who listens now, and never part of the log.
	LockChanged EventType = "lock" // who is busy with a case
	CaseSeen    EventType = "seen" // who has looked at a case
)

// Event is what happened, as one row of the log.
type Event struct {
	Type     EventType
	CaseID   string // "" for news of no case
	Step     Step   // "" unless a step
	By       Person
	At       Instant
	Audience Audience // empty = audit only, nobody hears it
	Data     any      // the JSON other tablets get
}

// StatusData is the seed's four fields, and the row as it now stands.
type StatusData struct {
	CaseID        string  `json:"caseId"`
	Status        Status  `json:"status"`
	UpdatedBy     string  `json:"updatedBy"`
	Timestamp     Instant `json:"timestamp"`
	Step          Step    `json:"step"`
	UpdatedByName string  `json:"updatedByName"`
	MadeAt        Instant `json:"madeAt,omitempty"` // when an offline author did it, by her own clock
	Reopened      bool    `json:"reopened,omitempty"`
	Details       *Body   `json:"details,omitempty"`
	Row           Row     `json:"row"`
}

// NewCaseData announces a case.
type NewCaseData struct {
	ID        string  `json:"id"`
	Timestamp Instant `json:"timestamp"`
	MadeAt    Instant `json:"madeAt,omitempty"`
	Row       Row     `json:"row"`
}

// ChangedData tells what about a case changed without its status moving. With an
// outcome nothing did: it keeps a command of an offline tablet that was superseded or
// held, so that its author and the next reader find it in the timeline.
type ChangedData struct {
	CaseID    string   `json:"caseId"`
	Changed   []string `json:"changed"`
	Timestamp Instant  `json:"timestamp"`
	MadeAt    Instant  `json:"madeAt,omitempty"`
	UpdatedBy string   `json:"updatedBy"`
	Conflicts []string `json:"conflicts,omitempty"`
	Outcome   Outcome  `json:"outcome,omitempty"`
	Reason    string   `json:"reason,omitempty"`
	Details   *Body    `json:"details,omitempty"`
	Row       Row      `json:"row"`
}

// CommentData is one comment.
type CommentData struct {
	CaseID    string  `json:"caseId"`
	ID        string  `json:"id"`
	Author    Person  `json:"author"`
	Text      string  `json:"text"`
	Timestamp Instant `json:"timestamp"`
	MadeAt    Instant `json:"madeAt,omitempty"`
	Row       Row     `json:"row"`
}

// ClockData is what an admin said the time is.
type ClockData struct {
	Before Instant `json:"before"` // what the box took it for
	Now    Instant `json:"now"`
	// OffsetMs is how far that is ahead of the computer's own clock.
	OffsetMs int64 `json:"offsetMs"`
	// OverNTP: the computer's clock was set by a time server even then.
	OverNTP bool `json:"overNtp,omitempty"`
}

// LockData tells who is busy with a case now; nobody if Lock is nil.
type LockData struct {
	CaseID string `json:"caseId"`
	Lock   *Lock  `json:"lock"`
	By     Person `json:"by"` // whose doing it was
}

// SeenData tells that somebody has looked at a case, up to a position in the log.
type SeenData struct {
	CaseID string `json:"caseId"`
	By     Person `json:"by"`
	Seq    int64  `json:"seq"`
}
