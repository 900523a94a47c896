package app

import (
	"encoding/json"
	"reflect"

	"aarogya/app/care"

	"github.com/danielgtaylor/huma/v2"
)

// The types of care that write their own JSON, as the OpenAPI document describes them.
// care does not know huma, so their schemas are here.

// caseRow is a care.Row that the database has already encoded.
type caseRow json.RawMessage

func (r caseRow) MarshalJSON() ([]byte, error) { return r, nil }

// Schema implements huma.SchemaProvider.
func (caseRow) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[care.Row](), true, "Row")
}

// shortLived is a frame that realtime has already encoded.
type shortLived json.RawMessage

func (f shortLived) MarshalJSON() ([]byte, error) { return f, nil }

// Schema implements huma.SchemaProvider.
func (shortLived) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "object", Properties: map[string]*huma.Schema{"type": {Type: "string"}, "data": {Type: "object"}}, Required: []string{"type", "data"}}
}

type vitalsSchema struct{}

// Schema implements huma.SchemaProvider.
func (vitalsSchema) Schema(huma.Registry) *huma.Schema {
	notTaken := []*huma.Schema{
		{Type: "object", Properties: map[string]*huma.Schema{"unrecordable": {Type: "boolean"}}, Required: []string{"unrecordable"}, AdditionalProperties: false},
		{Type: "object", Properties: map[string]*huma.Schema{"notDone": {Type: "string"}}, Required: []string{"notDone"}, AdditionalProperties: false},
		{Type: "null"},
	}
	properties := map[string]*huma.Schema{}
	for _, v := range care.VitalFields {
		value := &huma.Schema{Type: "number"}
		switch v {
		case care.AVPU:
			value = &huma.Schema{Type: "string", Enum: []any{"A", "C", "V", "P", "U"}}
		case care.OnOxygen:
			value = &huma.Schema{Type: "boolean"}
		}
		kinds := append([]*huma.Schema{value}, notTaken...)
		if v == care.GlucoseMgDl {
			kinds = append(kinds, &huma.Schema{Type: "string", Enum: []any{"LO", "HI"}})
		}
		properties[string(v)] = &huma.Schema{AnyOf: kinds}
	}
	s := &huma.Schema{Type: "object", Properties: properties, AdditionalProperties: false,
		Description: "A reading is a number, {\"unrecordable\": true}, {\"notDone\": reason} or, for glucose, \"LO\" or \"HI\"."}
	s.PrecomputeMessages()
	return s
}

type instantSchema struct{}

// Schema implements huma.SchemaProvider.
func (instantSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "string", Format: "date-time", Description: "RFC 3339 UTC with milliseconds"}
}

type consentSchema struct{}

// Schema implements huma.SchemaProvider.
func (consentSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{AnyOf: []*huma.Schema{{Type: "boolean", Enum: []any{true}}, {Type: "string", Enum: []any{"emergency"}}}}
}

// orNull: fields that may be null though they are objects. huma cannot say so of a type
// that stands by its name in the document.
var orNull = map[string][]string{
	"Row":     {"reviewer", "clinician", "referral"},
	"View":    {"reviewer", "clinician", "referral", "lock"},
	"Lock":    {"asked"},
	"Triage":  {"score"},
	"Patient": {"age", "pregnancy"},
	"User":    {"supervisor"},
}

// finishSchemas completes the document once every route is in it.
func finishSchemas(api huma.API) {
	schemas := api.OpenAPI().Components.Schemas
	schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	for name, fields := range orNull {
		for _, field := range fields {
			properties := schemas.Map()[name].Properties
			properties[field] = &huma.Schema{AnyOf: []*huma.Schema{properties[field], {Type: "null"}}}
		}
	}
}

func registerSchemas(r huma.Registry) {
	r.RegisterTypeAlias(reflect.TypeFor[care.Vitals](), reflect.TypeFor[vitalsSchema]())
	r.RegisterTypeAlias(reflect.TypeFor[care.Instant](), reflect.TypeFor[instantSchema]())
	r.RegisterTypeAlias(reflect.TypeFor[care.ConsentMark](), reflect.TypeFor[consentSchema]())
}
