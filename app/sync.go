package app

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"time"

	"aarogya/app/care"
	"aarogya/db"

	"github.com/danielgtaylor/huma/v2"
)

type savedUp struct {
	ID            string          `json:"id" doc:"UUIDv7 of the command; sent twice it acts once"`
	Kind          care.Kind       `json:"kind" maxLength:"40" doc:"case.create, case.<step>, vitals.add, comment.add or patient.update"`
	CaseID        string          `json:"caseId" maxLength:"36" doc:"for case.create the id the tablet gave the case"`
	BaseSeq       int64           `json:"baseSeq,omitempty" minimum:"0" doc:"the case's seq as its author saw it"`
	At            care.Instant    `json:"at,omitempty" doc:"when it was done, by the tablet's clock"`
	ClockOffsetMs int64           `json:"clockOffsetMs,omitempty" doc:"how far the box's clock was ahead of the tablet's"`
	Body          json.RawMessage `json:"body,omitempty" doc:"what the same thing takes online"`
}

type syncInput struct {
	Body struct {
		DeviceID string    `json:"deviceId,omitempty" maxLength:"36" doc:"of the tablet that saved it up; one of the clinic's sends its own or none"`
		Commands []savedUp `json:"commands" maxItems:"50"`
	}
}

type syncResult struct {
	ID      string       `json:"id"`
	Outcome care.Outcome `json:"outcome" enum:"applied,rebased,already,superseded,held,rejected"`
	Seq     int64        `json:"seq,omitempty" doc:"of the event it made"`
	Current care.Status  `json:"current,omitempty" doc:"where the case stands now"`
	Problem *Problem     `json:"problem,omitempty" doc:"rejected: why"`
}

type syncOutput struct {
	Body struct {
		Results []syncResult `json:"results"`
		Epoch   string       `json:"epoch"`
		Head    int64        `json:"head"`
	}
}

// sync serves POST /api/sync: what a tablet saved up while it was out of reach, in the
// order it was made, in one transaction.
//
//	in   {"deviceId", "commands": [{"id", "kind", "caseId", "baseSeq", "at", "clockOffsetMs", "body"}]}
//	out  200 {"results": [{"id", "outcome", "seq", "current", "problem"}], "epoch", "head"}
//	err  422 on deviceId, if it is not this tablet's; 503 busy, 507 read_only: nothing of it was saved; send the same again
func (s *Server) sync(ctx context.Context, in *syncInput) (*syncOutput, error) {
	who, _ := identityOf(ctx)
	if tablet := who.session.Device; tablet != "" && in.Body.DeviceID != "" && in.Body.DeviceID != tablet {
		return nil, &care.InvalidError{Fields: []care.FieldError{{Field: "deviceId", Code: care.Invalid, Message: "this was saved up on another tablet"}}}
	}
	out := &syncOutput{}
	out.Body.Results = make([]syncResult, len(in.Body.Commands))
	var cmds []care.Command
	var at []int // where in the answer each of them stands
	for i, c := range in.Body.Commands {
		out.Body.Results[i].ID = c.ID
		cmd, err := s.command(c)
		if err != nil {
			out.Body.Results[i].reject(err)
			continue
		}
		cmd.Tablet = who.session.Device
		cmds, at = append(cmds, cmd), append(at, i)
	}
	results, err := s.db.DoInOrder(ctx, who.user.ID, cmds)
	if err != nil {
		return nil, err
	}
	for i, r := range results {
		answer := &out.Body.Results[at[i]]
		answer.is(r)
		if answer.Problem != nil && answer.Problem.Code == "internal" {
			s.log.Error("a saved-up command failed", "kind", cmds[i].Kind, "err", r.Err)
		}
	}
	out.Body.Epoch, out.Body.Head = s.db.Epoch(), s.db.Head()
	return out, nil
}

func (r *syncResult) is(done db.Result) {
	if done.Err != nil {
		r.reject(done.Err)
		return
	}
	r.Outcome, r.Seq, r.Current = done.Outcome, done.Seq, done.Case.Status
}

func (r *syncResult) reject(err error) {
	r.Outcome, r.Problem = care.Refused, problem(err)
	r.Current = r.Problem.Current
}

// command is what a saved-up command asks for. Its body is judged by the same schema as
// the same thing online.
func (s *Server) command(c savedUp) (care.Command, error) {
	if c.ID == "" {
		return care.Command{}, &care.InvalidError{Fields: []care.FieldError{{Field: "id", Code: care.Required, Message: "a UUIDv7, so that it acts once"}}}
	}
	id, err := (Keyed{c.ID}).id()
	if err != nil {
		return care.Command{}, err
	}
	cmd := care.Command{ID: id, Kind: c.Kind, CaseID: c.CaseID, BaseSeq: c.BaseSeq, Offline: true}
	if c.At != 0 {
		cmd.MadeAt = min(care.At(c.At.Time().Add(time.Duration(c.ClockOffsetMs)*time.Millisecond)), care.At(s.clock.Now()))
	}
	schema, known := s.savedUp[kindOf(c.Kind)]
	if !known {
		return care.Command{}, &care.InvalidError{Fields: []care.FieldError{{Field: "kind", Code: care.Invalid, Message: "case.create, case.<step>, vitals.add, comment.add or patient.update"}}}
	}
	if c.Body == nil {
		c.Body = json.RawMessage(`{}`)
	}
	var loose any
	if err := json.Unmarshal(c.Body, &loose); err != nil {
		return care.Command{}, err
	}
	var wrong huma.ValidateResult
	huma.Validate(s.api.OpenAPI().Components.Schemas, schema, huma.NewPathBuffer([]byte("body"), 4), huma.ModeWriteToServer, loose, &wrong)
	if len(wrong.Errors) > 0 {
		return care.Command{}, huma.NewError(422, "", wrong.Errors...)
	}
	switch kindOf(c.Kind) {
	case care.CreateCaseKind:
		if _, err := (Keyed{c.CaseID}).id(); err != nil || c.CaseID == "" {
			return care.Command{}, &care.InvalidError{Fields: []care.FieldError{{Field: "caseId", Code: care.Invalid, Message: "a UUIDv7, the tablet's own for the case"}}}
		}
		cmd.New = &care.NewCase{}
		err = json.Unmarshal(c.Body, cmd.New)
	case care.AddVitalsKind:
		cmd.Vitals = &care.TakenVitals{}
		err = json.Unmarshal(c.Body, cmd.Vitals)
	case care.AddCommentKind:
		var said commentBody
		err = json.Unmarshal(c.Body, &said)
		cmd.Comment = said.Text
	case care.UpdatePatientKind:
		var change patientBody
		err = json.Unmarshal(c.Body, &change)
		cmd.Patient = change.asked()
	default:
		err = json.Unmarshal(c.Body, &cmd.Body)
	}
	var syntax *json.SyntaxError
	var unfit *json.UnmarshalTypeError
	if errors.As(err, &syntax) || errors.As(err, &unfit) {
		err = &care.InvalidError{Fields: []care.FieldError{{Field: "body", Code: care.Invalid, Message: "not what this kind takes"}}}
	}
	return cmd, err
}

// anyStep stands for every kind that is a step.
const anyStep care.Kind = "case."

func kindOf(k care.Kind) care.Kind {
	if step := k.Step(); step != "" && care.StepNamed(string(step)) == step {
		return anyStep
	}
	return k
}

// savedUpBodies are the schemas of what each kind of command takes.
func savedUpBodies(api huma.API) map[care.Kind]*huma.Schema {
	bodies := map[care.Kind]*huma.Schema{}
	for kind, body := range map[care.Kind]reflect.Type{
		care.CreateCaseKind: reflect.TypeFor[care.NewCase](), care.AddVitalsKind: reflect.TypeFor[care.TakenVitals](),
		care.AddCommentKind: reflect.TypeFor[commentBody](), care.UpdatePatientKind: reflect.TypeFor[patientBody](), anyStep: reflect.TypeFor[care.Body](),
	} {
		bodies[kind] = api.OpenAPI().Components.Schemas.Schema(body, true, "SavedUp")
	}
	return bodies
}
