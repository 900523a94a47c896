package care

import "time"

// RowPatient is the patient as a list shows her.
type RowPatient struct {
	Name          string `json:"name"`
	Sex           string `json:"sex"`
	Age           *Age   `json:"age"`
	Village       string `json:"village"`
	PregnantWeeks *int   `json:"pregnantWeeks"`
}

// Row is a case as it stands in a list; every frame about the case carries it.
type Row struct {
	ID           string       `json:"id"`
	Number       string       `json:"number"`
	Status       Status       `json:"status"`
	Urgency      Urgency      `json:"urgency"`
	Patient      RowPatient   `json:"patient"`
	Complaint    string       `json:"complaint"`
	Why          []Why        `json:"why"`
	Signs        []string     `json:"signs"`
	Latest       Vitals       `json:"latest"`
	Missing      []string     `json:"missing"`
	CreatedBy    Person       `json:"createdBy"`
	Reviewer     *Person      `json:"reviewer"`
	Clinician    *Person      `json:"clinician"`
	Needs        Role         `json:"needs" doc:"the role that must act, empty when none must"`
	Waiting      []Role       `json:"waiting"`
	Open         bool         `json:"open"`
	Carriers     []string     `json:"carriers"`
	CommentCount int          `json:"commentCount"`
	VitalsSets   int          `json:"vitalsCount"`
	Referral     *RowReferral `json:"referral"`
	Seq          int64        `json:"seq"`
	StatusSince  Instant      `json:"statusSince"`
	CreatedAt    Instant      `json:"createdAt"`
	UpdatedAt    Instant      `json:"updatedAt"`
}

// RowReferral says how far a referral has got.
type RowReferral struct {
	Status string `json:"status"`
}

// Row is c as a list shows it.
func (c Case) Row() Row {
	r := Row{
		ID: c.ID, Number: c.Number, Status: c.Status, Urgency: c.Urgency, Complaint: c.Complaint,
		Patient: RowPatient{Name: c.Patient.Name, Sex: c.Patient.Sex, Age: c.Patient.AgeAt(c.UpdatedAt.Time()), Village: c.Patient.Village},
		Why:     c.Triage.why(3), Signs: c.Signs, Latest: c.Latest(), Missing: c.Triage.Missing,
		CreatedBy: c.CreatedBy, Reviewer: c.Reviewer, Clinician: c.Clinician,
		Waiting: c.Waiting(), Open: c.Status.Open(), Carriers: c.Carriers(),
		CommentCount: c.Comments, VitalsSets: c.VitalsSets, Seq: c.Seq,
		StatusSince: c.StatusSince, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
	if len(r.Waiting) > 0 {
		r.Needs = r.Waiting[0]
	}
	if p := c.Patient.Pregnancy; c.Patient.pregnant(c.UpdatedAt.Time()) {
		weeks := p.WeeksAt(c.UpdatedAt)
		r.Patient.PregnantWeeks = &weeks
	}
	if c.Referral != nil {
		r.Referral = &RowReferral{c.Referral.Status}
	}
	return r
}

// VitalsSet is one set of readings as it was taken.
type VitalsSet struct {
	ID        string   `json:"id"`
	Seq       int64    `json:"seq"`
	At        Instant  `json:"at"`
	MadeAt    Instant  `json:"madeAt,omitempty" doc:"when an offline author took it, by her own clock"`
	By        Person   `json:"by"`
	Vitals    Vitals   `json:"vitals"`
	Signs     []string `json:"signs"`
	Confirmed []string `json:"confirmed,omitempty"`
}

// Comment is what somebody wrote on a case.
type Comment struct {
	ID     string  `json:"id"`
	Seq    int64   `json:"seq"`
	At     Instant `json:"at"`
	MadeAt Instant `json:"madeAt,omitempty" doc:"when an offline author wrote it, by her own clock"`
	By     Person  `json:"by"`
	Text   string  `json:"text"`
}

// Seen is how far somebody has looked at a case.
type Seen struct {
	By  Person `json:"by"`
	Seq int64  `json:"seq"`
}

// View is the whole case as one person sees it.
type View struct {
	Row
	Patient       Patient        `json:"patient"`
	Triage        Triage         `json:"triage"`
	Vitals        []VitalsSet    `json:"vitals" doc:"newest first, at most 200"`
	Comments      []Comment      `json:"comments" doc:"oldest first, the newest 200"`
	CoReviewers   []Person       `json:"coReviewers"`
	Plan          string         `json:"plan"`
	Outcome       string         `json:"outcome"`
	Diagnosis     string         `json:"diagnosis"`
	Reason        string         `json:"reason"`
	Notes         string         `json:"notes"`
	FollowUpDate  string         `json:"followUpDate,omitempty"`
	DuplicateOf   string         `json:"duplicateOf,omitempty"`
	Prescriptions []Prescription `json:"prescriptions"`
	Referral      *Referral      `json:"referral"`
	Relook        bool           `json:"relook"`
	Lock          *Lock          `json:"lock" doc:"who is busy with it; null when nobody is"`
	SeenBy        []Seen         `json:"seenBy" doc:"who has looked at it, up to which position of the log; kept from the first comment on"`
	Allowed       []Step         `json:"allowed" doc:"the steps this person may take now"`
}

// ViewFor is the whole case for one person, with the steps she may take now. The sets of
// vitals and the comments are kept beside the case; who has them adds them.
func (c Case) ViewFor(u User, now time.Time) View {
	patient := c.Patient
	patient.Age = patient.AgeAt(now)
	return View{
		Row: c.Row(), Patient: patient, Triage: c.Triage,
		CoReviewers: c.CoReviewers, Plan: c.Plan, Outcome: c.Outcome, Diagnosis: c.Diagnosis,
		Reason: c.Reason, Notes: c.Notes, FollowUpDate: c.FollowUpDate, DuplicateOf: c.DuplicateOf,
		Prescriptions: c.Prescriptions, Referral: c.Referral, Relook: c.Relook,
		Lock: c.Lease.Held(now), Allowed: Allowed(c, u, now),
	}
}
