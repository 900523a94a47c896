package care

import (
	"maps"
	"slices"
	"time"
)

// Status is where a case stands. Clinical decisions are in its events.
type Status string

const (
	Pending     Status = "PENDING"                // created, waits for the supervisor
	UnderReview Status = "UNDER_REVIEW"           // a named ASHA or clinician has taken it
	Forwarded   Status = "FORWARDED_TO_CLINICIAN" // waits in the clinicians' queue
	Approved    Status = "APPROVED"               // plan decided: community care, or a prescription
	Rejected    Status = "REJECTED"               // sent back to its author
	Completed   Status = "COMPLETED"              // care delivered, outcome recorded
	Closed      Status = "CLOSED"                 // ended for a reason that is not care
)

// Statuses lists the seven.
var Statuses = []Status{Pending, UnderReview, Forwarded, Approved, Rejected, Completed, Closed}

// Open reports whether somebody still has to work on a case that stands at s.
func (s Status) Open() bool {
	return s == Pending || s == UnderReview || s == Forwarded || s == Approved
}

// Urgency is how soon a patient must be seen.
type Urgency string

const (
	Red          Urgency = "RED"           // now
	YellowUrgent Urgency = "YELLOW_URGENT" // within the hour
	Yellow       Urgency = "YELLOW"        // today
	Incomplete   Urgency = "INCOMPLETE"    // nothing found, but not everything was looked at
	Green        Urgency = "GREEN"         // everything asked for was looked at, nothing found
)

// Urgencies lists the five, most urgent first: the order of every list.
var Urgencies = []Urgency{Red, YellowUrgent, Yellow, Incomplete, Green}

// Rank is 0 for RED up to 4 for GREEN.
func (u Urgency) Rank() int { return slices.Index(Urgencies, u) }

// Above reports whether u is more urgent than v.
func (u Urgency) Above(v Urgency) bool { return u.Rank() < v.Rank() }

// pressing: a clinician may take such a case before any review.
func (u Urgency) pressing() bool { return u == Red || u == YellowUrgent }

// Patient is a person in care, as known today.
type Patient struct {
	ID               string     `json:"id"`
	Number           string     `json:"number" doc:"clinic number, ending in a check digit"`
	Name             string     `json:"name" doc:"as spoken, in any script; may be \"unknown\""`
	LatinName        string     `json:"latinName,omitempty"`
	Sex              string     `json:"sex" enum:"F,M,O,U"`
	BirthDate        string     `json:"birthDate,omitempty"`
	BirthPrecision   string     `json:"birthPrecision,omitempty" doc:"DAY, MONTH, YEAR or ESTIMATED_AGE"`
	Age              *Age       `json:"age" doc:"age today; null = not known"`
	AgeRecordedOn    Instant    `json:"ageRecordedOn,omitempty"`
	GuardianRelation string     `json:"guardianRelation,omitempty" doc:"SO, DO or WO"`
	GuardianName     string     `json:"guardianName,omitempty"`
	Village          string     `json:"village,omitempty"`
	Phone            string     `json:"phone,omitempty"`
	PhoneOwner       string     `json:"phoneOwner,omitempty" doc:"SELF, FAMILY, NEIGHBOUR or ASHA"`
	EmergencyContact string     `json:"emergencyContact,omitempty"`
	ABHANumber       string     `json:"abhaNumber,omitempty" doc:"14 digits, as 2-4-4-4"`
	ABHAAddress      string     `json:"abhaAddress,omitempty" doc:"such as sunita.devi@abdm"`
	ABHAStatus       string     `json:"abhaStatus,omitempty" doc:"SELF_REPORTED, CARD_SEEN or VERIFIED_ONLINE"`
	Consent          Consent    `json:"consent"`
	Pregnancy        *Pregnancy `json:"pregnancy"`
	PostpartumDays   *int       `json:"postpartumDays" nullable:"true" doc:"days since birth at the time of writing"`
	PostpartumOn     Instant    `json:"postpartumOn,omitempty"`
	Allergies        []string   `json:"allergies" doc:"[\"none_known\"], [\"not_asked\"], or what the patient is allergic to"`
	Hypercapnic      bool       `json:"hypercapnicFailure,omitempty" doc:"recorded by a clinician: NEWS2 uses SpO2 scale 2"`
}

// Pregnancy is how far it is, when it was written down.
type Pregnancy struct {
	Weeks int     `json:"weeks" minimum:"0" maximum:"45"`
	On    Instant `json:"on,omitempty"`
}

// WeeksAt is the completed weeks at a moment.
func (p *Pregnancy) WeeksAt(now Instant) int {
	if p.On == 0 {
		return p.Weeks
	}
	return p.Weeks + int(now.Time().Sub(p.On.Time()).Hours()/(24*7))
}

// lastMaternalWeek: nobody is pregnant after 45 weeks, and 42 days later the time after
// birth is over too. A pregnancy nobody closed must not keep her from the adult rules in
// the years that follow.
const lastMaternalWeek = 45 + 6

func (p Patient) pregnant(now time.Time) bool {
	return p.Pregnancy != nil && p.Pregnancy.WeeksAt(At(now)) <= lastMaternalWeek
}

// maternal reports whether the maternal rules apply: pregnant, or within 42 days of
// birth, at any age.
func (p Patient) maternal(now time.Time) bool {
	if p.pregnant(now) {
		return true
	}
	if p.PostpartumDays == nil {
		return false
	}
	since := int(now.Sub(p.PostpartumOn.Time()).Hours() / 24)
	return *p.PostpartumDays+since <= 42
}

func (p Patient) allergiesAsked() bool {
	return len(p.Allergies) > 0 && !slices.Contains(p.Allergies, "not_asked")
}

// Prescription is one line of a prescription.
type Prescription struct {
	ID           string   `json:"id,omitempty"`
	Generic      string   `json:"generic" doc:"generic name, never a brand"`
	FormularyID  string   `json:"formularyId,omitempty" doc:"local formulary code"`
	Strength     string   `json:"strength,omitempty"`
	Form         string   `json:"form" doc:"tablet, syrup, injection …"`
	Dose         Dose     `json:"dose"`
	Route        string   `json:"route" doc:"oral, IM, IV, topical …"`
	Frequency    string   `json:"frequency" enum:"OD,BD,TDS,QID,HS,SOS,STAT,WEEKLY"`
	TimesPerDay  float64  `json:"timesPerDay,omitempty" doc:"from the frequency; 0 when as needed"`
	DurationDays int      `json:"durationDays" minimum:"0" maximum:"366"`
	Quantity     float64  `json:"quantity,omitempty" doc:"computed from dose, frequency and days if absent"`
	Instructions string   `json:"instructions,omitempty"`
	Indication   string   `json:"indication,omitempty"`
	WeightKg     float64  `json:"weightKg,omitempty" doc:"the newest weight when it was written"`
	Pregnant     bool     `json:"pregnant,omitempty"`
	Flags        []string `json:"flags,omitempty" doc:"DUPLICATE_THERAPY, ALLERGY: not to be given out until settled"`
	Override     string   `json:"override,omitempty" doc:"why it is given in spite of a known allergy"`
	Status       string   `json:"status,omitempty" doc:"active, stopped …"`
	By           *Person  `json:"by,omitempty"`
	At           Instant  `json:"at,omitempty"`
}

// Dose is an amount and its unit, such as 500 mg or 1 tablet.
type Dose struct {
	Value float64 `json:"value" exclusiveMinimum:"0" maximum:"100000"`
	Unit  string  `json:"unit"`
}

// Referral sends a patient to a higher level of care.
type Referral struct {
	Status       string             `json:"status,omitempty" doc:"ISSUED, DEPARTED, ARRIVED, SEEN; ended: BACK, REFUSED, NOT_ARRIVED, DIED"`
	Reason       string             `json:"reason"`
	Urgency      string             `json:"urgency,omitempty" enum:"EMERGENCY,URGENT,ROUTINE"`
	Level        string             `json:"level,omitempty" enum:"SC,PHC,CHC,FRU,SDH,DH,MC"`
	Destination  string             `json:"destination,omitempty"`
	Transport    string             `json:"transport,omitempty" enum:"108,102,PRIVATE,NONE"`
	Escort       string             `json:"escort,omitempty"`
	Phone        string             `json:"phone,omitempty"`
	PreTreatment string             `json:"preTreatment,omitempty" doc:"drug, dose and time given before leaving"`
	Notes        string             `json:"notes,omitempty"`
	By           *Person            `json:"by,omitempty"`
	IssuedAt     Instant            `json:"issuedAt,omitempty"`
	Times        map[string]Instant `json:"times,omitempty" doc:"when each later status was reported"`
}

// Open reports whether the referral is still under way.
func (r *Referral) Open() bool {
	return r != nil && !slices.Contains([]string{"BACK", "REFUSED", "NOT_ARRIVED", "DIED"}, r.Status)
}

// Latest is the newest reading of one vital, and when it came. A later "not done" does
// not wipe it out: a pressure of 150 is still known when the next cuff fails.
type Latest struct {
	Reading Reading
	Seq     int64
	At      Instant
	NotDone bool // asked for again later and not done: no longer counts as looked at
}

// StepMark remembers a step that moved the case, for judging stale commands.
type StepMark struct {
	Step Step  `json:"step"`
	Seq  int64 `json:"seq"`
}

// Case is a patient's complaint on its way through the clinic. What CHWs and others
// add to it, set by set and comment by comment, is kept beside it, not in it.
type Case struct {
	ID            string           `json:"id"`
	Number        string           `json:"number"`
	Status        Status           `json:"status"`
	Urgency       Urgency          `json:"urgency"`
	Patient       Patient          `json:"-"` // kept once per patient, not once per case
	Lease         Lease            `json:"-"` // who is busy with it; kept beside it
	Complaint     string           `json:"complaint"`
	Signs         []string         `json:"signs"`             // nil = not asked; empty = asked, none found
	SignSeq       map[string]int64 `json:"signSeq,omitempty"` // when each sign was first reported
	Newest        map[Vital]Latest `json:"newest,omitempty"`
	Triage        Triage           `json:"triage"`
	CreatedBy     Person           `json:"createdBy"`
	Reviewer      *Person          `json:"reviewer"`
	Clinician     *Person          `json:"clinician"`
	CoReviewers   []Person         `json:"coReviewers"`
	EverForwarded bool             `json:"everForwarded"`
	Plan          string           `json:"plan"`
	Outcome       string           `json:"outcome"`
	Diagnosis     string           `json:"diagnosis"`
	Reason        string           `json:"reason"` // of the last reject, forward, close or reopen
	Notes         string           `json:"notes"`  // written with the last step
	FollowUpDate  string           `json:"followUpDate,omitempty"`
	DuplicateOf   string           `json:"duplicateOf,omitempty"`
	Prescriptions []Prescription   `json:"prescriptions"`
	Referral      *Referral        `json:"referral"`
	Relook        bool             `json:"relook"`     // a fact came after the case had ended
	FactSeq       int64            `json:"factSeq"`    // the last clinical fact
	LoweredSeq    int64            `json:"loweredSeq"` // facts up to here no longer raise the urgency
	Marks         []StepMark       `json:"marks"`      // the last steps, oldest first
	MovedBy       Person           `json:"movedBy"`
	Comments      int              `json:"commentCount"`
	VitalsSets    int              `json:"vitalsCount"`
	Seq           int64            `json:"seq"`
	StatusSeq     int64            `json:"statusSeq"`
	StatusSince   Instant          `json:"statusSince"`
	CreatedAt     Instant          `json:"createdAt"`
	UpdatedAt     Instant          `json:"updatedAt"`
}

// copy is c with slices and maps of its own, so that a refused step cannot touch the
// case it was tried on.
func (c Case) copy() Case {
	c.Signs = slices.Clone(c.Signs)
	c.CoReviewers = slices.Clone(c.CoReviewers)
	c.Prescriptions = slices.Clone(c.Prescriptions)
	c.Marks = slices.Clone(c.Marks)
	c.Patient.Allergies = slices.Clone(c.Patient.Allergies)
	c.Newest = maps.Clone(c.Newest)
	c.SignSeq = maps.Clone(c.SignSeq)
	if c.Referral != nil {
		r := *c.Referral
		r.Times = maps.Clone(r.Times)
		c.Referral = &r
	}
	return c
}

// Latest is the newest reading of each vital.
func (c Case) Latest() Vitals {
	vs := Vitals{}
	for v, l := range c.Newest {
		vs[v] = l.Reading
	}
	return vs
}

// Audience is who hears of the case: every clinician and admin, and the person who
// opened it; through a CHW's room also the ASHA who supervises her when it is read.
func (c Case) Audience() Audience {
	switch c.CreatedBy.Role {
	case CHW:
		return Audience{Clinicians, CHWRoom(c.CreatedBy.ID)}
	case ASHA:
		return Audience{Clinicians, UserRoom(c.CreatedBy.ID)}
	}
	return Audience{Clinicians}
}

// Waiting lists the roles that must act now, the first of them first. Until tasks
// exist this, with the written plan or reason, is how people learn what to do.
func (c Case) Waiting() []Role {
	switch c.Status {
	case Pending:
		switch {
		case c.CreatedBy.Role == Clinician:
			return []Role{Clinician}
		case c.Urgency.pressing():
			return []Role{Clinician, ASHA}
		}
		return []Role{ASHA}
	case UnderReview:
		switch {
		case c.Clinician != nil || c.Reviewer == nil || c.Reviewer.Role == Clinician:
			return []Role{Clinician}
		case c.Urgency.pressing():
			return []Role{Clinician, ASHA}
		}
		return []Role{ASHA}
	case Forwarded:
		return []Role{Clinician}
	case Approved:
		completes := Clinician
		if ashaMayComplete(c) == "" && c.Clinician == nil {
			completes = ASHA
		}
		if c.Urgency.pressing() && c.FactSeq > c.StatusSeq { // the plan has not seen this
			return []Role{Clinician, c.CreatedBy.Role}
		}
		if c.CreatedBy.Role == CHW {
			return []Role{CHW, completes}
		}
		return []Role{completes}
	case Rejected:
		switch author := c.CreatedBy.Role; {
		case c.Relook && author != Clinician:
			return []Role{Clinician, author}
		case author != Clinician:
			return []Role{author}
		}
	}
	if c.Relook {
		return []Role{Clinician}
	}
	return []Role{}
}

// Carriers are the people in whose own list the case is: its author, reviewer and
// clinicians, for as long as somebody must act.
func (c Case) Carriers() []string {
	if len(c.Waiting()) == 0 {
		return []string{}
	}
	ids := []string{c.CreatedBy.ID}
	for _, p := range append([]Person{deref(c.Reviewer), deref(c.Clinician)}, c.CoReviewers...) {
		if p.ID != "" && !slices.Contains(ids, p.ID) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

func deref(p *Person) Person {
	if p == nil {
		return Person{}
	}
	return *p
}
