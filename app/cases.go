package app

import (
	"context"
	"encoding/json"
	"strconv"

	"aarogya/app/care"
	"aarogya/db"

	"github.com/google/uuid"
)

// Keyed is what every request that changes something may carry.
type Keyed struct {
	Key string `header:"Idempotency-Key" doc:"UUIDv7 of the command; sent twice it acts once"`
}

func (k Keyed) id() (string, error) {
	if k.Key == "" {
		return "", nil
	}
	id, err := uuid.Parse(k.Key)
	if err != nil || id.Version() != 7 || id.String() != k.Key {
		return "", &care.InvalidError{Fields: []care.FieldError{{Field: "Idempotency-Key", Code: care.Invalid, Message: "a UUIDv7 in small letters"}}}
	}
	return k.Key, nil
}

// do carries out a command for whoever asks.
func (s *Server) do(ctx context.Context, k Keyed, cmd care.Command) (db.Done, error) {
	id, err := k.id()
	if err != nil {
		return db.Done{}, err
	}
	who, _ := identityOf(ctx)
	cmd.ID, cmd.Session, cmd.Tablet = id, who.session.ID, who.session.Device
	return s.db.Do(ctx, who.user.ID, cmd)
}

type listInput struct {
	View    string       `query:"view" enum:"mine,waiting,open,all" doc:"open if absent; all if absent beside a status"`
	Status  care.Status  `query:"status" enum:"PENDING,UNDER_REVIEW,FORWARDED_TO_CLINICIAN,APPROVED,REJECTED,COMPLETED,CLOSED"`
	Urgency care.Urgency `query:"urgency" enum:"RED,YELLOW_URGENT,YELLOW,INCOMPLETE,GREEN"`
	Q       string       `query:"q" maxLength:"120" doc:"words of a name or village, or a case number"`
	Limit   int          `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor  string       `query:"cursor" maxLength:"120" doc:"nextCursor of the page before"`
}

type listOutput struct {
	Body struct {
		Cases      []caseRow            `json:"cases"`
		Locks      map[string]care.Lock `json:"locks" doc:"by case id: who is busy with which of them"`
		Unread     map[string]int       `json:"unread" doc:"by case id: comments you have not looked at; absent = none"`
		NextCursor *string              `json:"nextCursor" doc:"null on the last page"`
		Epoch      string               `json:"epoch"`
		Head       int64                `json:"head" doc:"position of the log in the first page's own snapshot"`
	}
}

// listCases serves GET /api/cases: most urgent first, then longest since the status
// changed. Rows move between pages: clients key them by id.
func (s *Server) listCases(ctx context.Context, in *listInput) (*listOutput, error) {
	if in.View == "" && in.Status != "" {
		in.View = "all"
	} else if in.View == "" {
		in.View = "open"
	}
	page, err := s.db.Cases(ctx, actor(ctx), db.List{
		View: in.View, Status: in.Status, Urgency: in.Urgency, Search: in.Q, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Locks, out.Body.Unread = page.Locks, page.Unread
	out.Body.Cases, out.Body.Epoch, out.Body.Head = make([]caseRow, len(page.Cases)), page.Epoch, page.Head
	for i, row := range page.Cases {
		out.Body.Cases[i] = caseRow(row)
	}
	if page.Next != "" {
		out.Body.NextCursor = &page.Next
	}
	return out, nil
}

type caseBody struct {
	Case care.View `json:"case"`
}

type caseOutput struct{ Body caseBody }

type createInput struct {
	Keyed
	Body care.NewCase
}

// createCase serves POST /api/cases.
//
//	in   {"patient" | "patientId", "complaint", "signs", "vitals", "confirmed"}
//	out  201 {"case"}; everyone who may see it hears newCase
//	err  422 invalid, or confirm when only soft limits are in the way
func (s *Server) createCase(ctx context.Context, in *createInput) (*caseOutput, error) {
	return caseOut(s.do(ctx, in.Keyed, care.Command{Kind: care.CreateCaseKind, New: &in.Body}))
}

func caseOut(done db.Done, err error) (*caseOutput, error) {
	if err != nil {
		return nil, err
	}
	return &caseOutput{caseBody{*done.Case}}, nil
}

// CasePath names a case in an address. (Embedded parts of a request are exported: huma
// passes over the others.)
type CasePath struct {
	ID string `path:"id"`
}

type viewOutput struct{ Body care.View }

// readCase serves GET /api/cases/:id: the whole case, and what you may do with it now.
func (s *Server) readCase(ctx context.Context, in *CasePath) (*viewOutput, error) {
	view, err := s.db.Case(ctx, actor(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &viewOutput{view}, nil
}

type timelineInput struct {
	CasePath
	Cursor string `query:"cursor" maxLength:"20"`
}

type timelineOutput struct {
	Body struct {
		Events     []db.TimelineEntry `json:"events"`
		NextCursor *string            `json:"nextCursor"`
	}
}

const timelinePage = 100

// timeline serves GET /api/cases/:id/timeline: what happened, oldest first.
func (s *Server) timeline(ctx context.Context, in *timelineInput) (*timelineOutput, error) {
	after := int64(0)
	if in.Cursor != "" {
		var err error
		if after, err = strconv.ParseInt(in.Cursor, 10, 64); err != nil || after < 0 {
			return nil, &care.InvalidError{Fields: []care.FieldError{{Field: "cursor", Code: care.Invalid, Message: "not a cursor this box gave out"}}}
		}
	}
	events, err := s.db.Timeline(ctx, actor(ctx), in.ID, after, timelinePage+1)
	if err != nil {
		return nil, err
	}
	out := &timelineOutput{}
	if len(events) > timelinePage {
		events = events[:timelinePage]
		next := strconv.FormatInt(events[timelinePage-1].Seq, 10)
		out.Body.NextCursor = &next
	}
	out.Body.Events = events
	return out, nil
}

// StepFields is what the body of every step may carry.
type StepFields struct {
	care.Body
	BaseSeq int64 `json:"baseSeq,omitempty" minimum:"0" doc:"the case's seq as you last saw it"`
	Fence   int64 `json:"fence,omitempty" minimum:"0" doc:"of the lock under which you began; refused once it is not the case's any more"`
}

type statusInput struct {
	Keyed
	Body struct {
		StepFields
		CaseID string      `json:"caseId"`
		Action string      `json:"action,omitempty" doc:"a step or its alias"`
		Status care.Status `json:"status,omitempty" doc:"instead of action: where the case should stand"`
	}
}

type stepBody struct {
	Success bool      `json:"success"`
	Case    care.View `json:"case"`
}

type stepOutput struct{ Body stepBody }

// updateStatus serves PATCH /api/cases/update-status.
//
//	in   {"caseId": uuid, "action": step}, or {"caseId": uuid, "status": where it should stand}
//	out  200 {"success": true, "case": …}; everyone who may see the case hears caseStatusUpdate
//	err  403 forbidden, 404 not_found, 409 conflict {current, allowed, by}, 422 invalid naming the field, 423 locked {lock}
func (s *Server) updateStatus(ctx context.Context, in *statusInput) (*stepOutput, error) {
	cmd := care.Command{Kind: care.StepKind(care.StepNamed(in.Body.Action))}
	if in.Body.Action == "" && in.Body.Status != "" {
		cmd = care.Command{Kind: care.ToStatusKind, To: in.Body.Status}
	}
	return s.takeStep(ctx, in.Keyed, in.Body.CaseID, cmd, in.Body.StepFields)
}

func (s *Server) takeStep(ctx context.Context, k Keyed, caseID string, cmd care.Command, fields StepFields) (*stepOutput, error) {
	if cmd.Kind == care.StepKind("") {
		return nil, &care.InvalidError{Fields: []care.FieldError{{Field: "action", Code: care.Invalid, Message: "a step of the clinic, or the status the case should have"}}}
	}
	cmd.CaseID, cmd.BaseSeq, cmd.Fence, cmd.Body = caseID, fields.BaseSeq, fields.Fence, fields.Body
	done, err := s.do(ctx, k, cmd)
	if err != nil {
		return nil, err
	}
	return &stepOutput{stepBody{true, *done.Case}}, nil
}

type reviewInput struct {
	Keyed
	CasePath
	Body struct {
		StepFields
		Action string `json:"action" enum:"approve,reject,escalate"`
	}
}

// review serves PUT /api/cases/:id/review: an ASHA's decision.
func (s *Server) review(ctx context.Context, in *reviewInput) (*stepOutput, error) {
	return s.takeStep(ctx, in.Keyed, in.ID, care.Command{Kind: care.StepKind(care.StepNamed(in.Body.Action))}, in.Body.StepFields)
}

type clinicianReviewInput struct {
	Keyed
	CasePath
	Body struct {
		StepFields
		Action string `json:"action" enum:"accept,refer,prescribe"`
	}
}

// clinicianReview serves PUT /api/cases/:id/clinician-review.
func (s *Server) clinicianReview(ctx context.Context, in *clinicianReviewInput) (*stepOutput, error) {
	return s.takeStep(ctx, in.Keyed, in.ID, care.Command{Kind: care.StepKind(care.StepNamed(in.Body.Action))}, in.Body.StepFields)
}

type vitalsInput struct {
	Keyed
	CasePath
	Body care.TakenVitals
}

// addVitals serves POST /api/cases/:id/vitals: facts, accepted wherever the case stands.
func (s *Server) addVitals(ctx context.Context, in *vitalsInput) (*caseOutput, error) {
	return caseOut(s.do(ctx, in.Keyed, care.Command{Kind: care.AddVitalsKind, CaseID: in.ID, Vitals: &in.Body}))
}

type patientInput struct {
	Keyed
	CasePath
	Body patientBody
}

type patientBody map[string]struct {
	From json.RawMessage `json:"from,omitempty" doc:"as you saw it"`
	To   json.RawMessage `json:"to" doc:"as it should be"`
}

func (b patientBody) asked() care.PatientChange {
	change := care.PatientChange{}
	for field, c := range b {
		change[field] = care.FieldChange{From: c.From, To: c.To}
	}
	return change
}

// updatePatient serves PATCH /api/cases/:id/patient: per field, the value the author saw
// and the one it should have.
func (s *Server) updatePatient(ctx context.Context, in *patientInput) (*caseOutput, error) {
	return caseOut(s.do(ctx, in.Keyed, care.Command{Kind: care.UpdatePatientKind, CaseID: in.ID, Patient: in.Body.asked()}))
}

type rulesOutput struct{ Body *care.Pack }

// rules serves GET /api/rules: signs, limits and thresholds, as data.
func (s *Server) rules(context.Context, *struct{}) (*rulesOutput, error) {
	return &rulesOutput{care.Rules}, nil
}
