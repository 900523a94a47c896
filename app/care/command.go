package care

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind says what a command asks for: "case.create", "vitals.add", "comment.add",
// "patient.update", "user.create", "user.update", "device.update", "lock", "seen",
// "alarm.answer", "sos", "clock.set", or "case." and a step.
type Kind string

const (
	CreateCaseKind    Kind = "case.create"
	AddVitalsKind     Kind = "vitals.add"
	AddCommentKind    Kind = "comment.add"
	UpdatePatientKind Kind = "patient.update"
	CreateUserKind    Kind = "user.create"
	UpdateUserKind    Kind = "user.update"
	UpdateDeviceKind  Kind = "device.update"
	LockKind          Kind = "lock" // Command.Lock says what is wanted of it
	SeenKind          Kind = "seen" // looked at up to Command.BaseSeq
	AnswerAlarmKind   Kind = "alarm.answer"
	SOSKind           Kind = "sos"
	SetClockKind      Kind = "clock.set"
	ToStatusKind      Kind = "status" // the step that leads to Command.To from where the case stands
)

// StepKind is the command for a step.
func StepKind(s Step) Kind { return Kind("case." + string(s)) }

// Step is the step a command asks for, "" if it asks for something else.
func (k Kind) Step() Step {
	if name, ok := strings.CutPrefix(string(k), "case."); ok && k != CreateCaseKind {
		return Step(name)
	}
	return ""
}

// Command is what a person asks for. Who asks comes from the session, never from here.
type Command struct {
	ID      string // UUIDv7 of this command; sent twice it acts once. "" = cannot be repeated
	Kind    Kind
	CaseID  string
	BaseSeq int64 // the case's seq as the author last saw it; 0 = judge what is there now
	Offline bool  // made out of reach of the box: what cannot be applied is kept in the timeline
	// MadeAt is when an offline author did it, by her tablet's clock as far as it is known
	// to be wrong. It is shown, and orders nothing; 0 = when the box heard of it.
	// It is no part of what was asked: the same command sent again may say it otherwise.
	MadeAt Instant `json:"-"`

	New     *NewCase
	Vitals  *TakenVitals
	Comment string
	Patient PatientChange
	Body    Body

	Fence   int64   `json:"-"`          // of the lock under which a step was begun; 0 = none
	Lock    LockAsk `json:",omitempty"` // with LockKind
	Session string  `json:"-"`          // whose lock it will be
	Tablet  string  `json:"-"`          // id of the device it came from; "" = none of the clinic's
	AlarmID string  `json:",omitempty"`
	SOS     *SOS    `json:",omitempty"`

	Clock *ClockData `json:",omitempty"` // with SetClockKind

	To Status // with ToStatusKind: where the case should stand

	UserID string
	User   *UserChange

	DeviceID string        `json:",omitempty"`
	Device   *DeviceChange `json:",omitempty"` // with UpdateDeviceKind
}

// NewCase is the body of POST /api/cases.
type NewCase struct {
	Patient   *NewPatient `json:"patient,omitempty"`
	PatientID string      `json:"patientId,omitempty" doc:"a patient already known, instead of patient"`
	Complaint string      `json:"complaint,omitempty"`
	Signs     []string    `json:"signs,omitempty" nullable:"true" doc:"absent = not asked, [] = asked and none found"`
	Vitals    Vitals      `json:"vitals,omitempty"`
	Confirmed []string    `json:"confirmed,omitempty" doc:"vitals outside a soft limit that were measured again"`
}

// NewPatient is a patient as written down for the first time.
type NewPatient struct {
	Name             string      `json:"name" doc:"as spoken; \"unknown\" for an unconscious stranger"`
	LatinName        string      `json:"latinName,omitempty"`
	Sex              string      `json:"sex,omitempty" enum:"F,M,O,U"`
	BirthDate        string      `json:"birthDate,omitempty" doc:"YYYY-MM-DD"`
	BirthPrecision   string      `json:"birthPrecision,omitempty" enum:"DAY,MONTH,YEAR,ESTIMATED_AGE"`
	Age              *Age        `json:"age,omitempty"`
	GuardianRelation string      `json:"guardianRelation,omitempty" enum:"SO,DO,WO"`
	GuardianName     string      `json:"guardianName,omitempty"`
	Village          string      `json:"village,omitempty"`
	Phone            string      `json:"phone,omitempty" doc:"10 digits, the first 6 to 9"`
	PhoneOwner       string      `json:"phoneOwner,omitempty" enum:"SELF,FAMILY,NEIGHBOUR,ASHA"`
	EmergencyContact string      `json:"emergencyContact,omitempty"`
	ABHANumber       string      `json:"abhaNumber,omitempty" doc:"14 digits, with or without separators"`
	ABHAAddress      string      `json:"abhaAddress,omitempty"`
	ABHAStatus       string      `json:"abhaStatus,omitempty" enum:"SELF_REPORTED,CARD_SEEN,VERIFIED_ONLINE"`
	Consent          ConsentMark `json:"consent" doc:"true, or \"emergency\""`
	Pregnancy        *Pregnancy  `json:"pregnancy,omitempty"`
	PostpartumDays   *int        `json:"postpartumDays,omitempty" nullable:"true" minimum:"0" maximum:"365"`
	Allergies        []string    `json:"allergies,omitempty"`
}

// TakenVitals is the body of POST /api/cases/:id/vitals.
type TakenVitals struct {
	Vitals    Vitals   `json:"vitals,omitempty"`
	Signs     []string `json:"signs,omitempty" nullable:"true"`
	Confirmed []string `json:"confirmed,omitempty"`
}

// Body is what may come with a step; each step's guards say what must.
type Body struct {
	Reason         string         `json:"reason,omitempty"`
	Plan           string         `json:"plan,omitempty"`
	Outcome        string         `json:"outcome,omitempty"`
	Notes          string         `json:"notes,omitempty"`
	DuplicateOf    string         `json:"duplicateOf,omitempty"`
	Diagnosis      string         `json:"diagnosis,omitempty"`
	Prescription   []Prescription `json:"prescription,omitempty" maxItems:"20"`
	Referral       *Referral      `json:"referral,omitempty"`
	ReferralStatus string         `json:"referralStatus,omitempty"`
	FollowUpDate   string         `json:"followUpDate,omitempty" doc:"YYYY-MM-DD"`
	To             Urgency        `json:"to,omitempty" doc:"for lower_urgency"`
}

// UserChange makes or changes an account; nil fields stay as they are. The password
// is already hashed: care never sees it.
type UserChange struct {
	Username     *string
	Name         *string
	Role         *Role
	SupervisorID *string
	Phone        *string
	Language     *string
	Active       *bool
	PasswordHash *string `json:"-"`
	PasswordSet  bool    // whether PasswordHash comes with it
}

// Outcome is what became of a command.
type Outcome string

const (
	Applied    Outcome = "applied"    // as asked
	Rebased    Outcome = "rebased"    // the case had moved on, but the step still held
	Already    Outcome = "already"    // somebody had done the same
	Superseded Outcome = "superseded" // the case had moved on and the step no longer holds
	Held       Outcome = "held"       // new facts came that the author had not seen
	Refused    Outcome = "rejected"   // never possible
)

// Sizes of what people type, in characters.
const (
	maxName = 120
	maxText = 4000

	maxAllergies = 50
)

// texts lists what a person typed in a command, by field, for the Aadhaar guard and
// the size limits. Ids and codes are not in it.
func (cmd Command) texts() map[string]string {
	t := map[string]string{"text": cmd.Comment}
	if n := cmd.New; n != nil {
		t["complaint"] = n.Complaint
		if p := n.Patient; p != nil {
			t["patient.name"], t["patient.latinName"], t["patient.guardianName"] = p.Name, p.LatinName, p.GuardianName
			t["patient.village"], t["patient.emergencyContact"], t["patient.phone"] = p.Village, p.EmergencyContact, p.Phone
			t["patient.abhaAddress"] = p.ABHAAddress
			t["patient.allergies"] = strings.Join(p.Allergies, "\n")
		}
		addVitalTexts(t, n.Vitals)
	}
	if cmd.Vitals != nil {
		addVitalTexts(t, cmd.Vitals.Vitals)
	}
	for field, change := range cmd.Patient {
		t[field] = typed(change.To)
	}
	b := cmd.Body
	t["reason"], t["plan"], t["outcome"], t["notes"], t["diagnosis"] = b.Reason, b.Plan, b.Outcome, b.Notes, b.Diagnosis
	for _, p := range b.Prescription {
		t["prescription"] += strings.Join([]string{p.Generic, p.FormularyID, p.Strength, p.Form, p.Dose.Unit, p.Route, p.Instructions, p.Indication, p.Override}, "\n") + "\n"
	}
	if r := b.Referral; r != nil {
		t["referral"] = strings.Join([]string{r.Reason, r.Destination, r.Escort, r.Phone, r.PreTreatment, r.Notes}, "\n")
	}
	if sos := cmd.SOS; sos != nil {
		t["location"], t["message"] = sos.Location, sos.Message
	}
	if d := cmd.Device; d != nil {
		t["name"] = str(d.Name)
	}
	if u := cmd.User; u != nil {
		t["username"], t["name"], t["phone"] = str(u.Username), str(u.Name), str(u.Phone)
	}
	return t
}

// typed is what a person typed in a JSON value: the words themselves, not how they are
// escaped, behind which a number could hide from the guard.
func typed(value json.RawMessage) string {
	var word string
	if json.Unmarshal(value, &word) == nil {
		return word
	}
	var words []string
	if json.Unmarshal(value, &words) == nil {
		return strings.Join(words, "\n")
	}
	return string(value)
}

func addVitalTexts(t map[string]string, vs Vitals) {
	for v, r := range vs {
		t["vitals."+string(v)] = r.Reason
	}
}

func str(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// CheckTexts refuses an Aadhaar number, text that is not UTF-8, and text over the limit.
func (cmd Command) CheckTexts() error {
	var wrong []FieldError
	for field, text := range cmd.texts() {
		most := maxText
		if strings.HasSuffix(strings.ToLower(field), "name") || strings.HasPrefix(field, "vitals.") {
			most = maxName
		}
		switch {
		case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
			wrong = append(wrong, FieldError{Field: field, Code: Invalid, Message: "not text"})
		case utf8.RuneCountInString(text) > most:
			wrong = append(wrong, FieldError{Field: field, Code: TooLong, Message: "too long"})
		case HoldsAadhaar(text):
			wrong = append(wrong, FieldError{Field: field, Code: Aadhaar, Message: "this looks like an Aadhaar number, which must not be stored: leave it out"})
		}
	}
	if wrong != nil {
		return &InvalidError{Fields: wrong}
	}
	return nil
}

// Moment is when and where in the log a command is judged.
type Moment struct {
	Now  time.Time
	Seq  int64   // the position the command's event will have
	Made Instant // Command.MadeAt
}
