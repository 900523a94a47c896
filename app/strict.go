package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

const maxJSONDepth = 16

var (
	errJSON     = errors.New("not JSON")
	errDeep     = errors.New("nested too deeply")
	errTwice    = errors.New("a key stands twice")
	errTrailing = errors.New("something stands behind the JSON")
)

// strictJSON is JSON as this box reads it: encoding/json alone takes duplicate keys and
// keys in another case, and the last one wins.
var strictJSON = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return e.Encode(v)
	},
	Unmarshal: func(data []byte, v any) error {
		if err := scanJSON(data); err != nil {
			return err
		}
		return json.Unmarshal(data, v)
	},
}

// scanJSON refuses a key that stands twice in one object, in any case, nesting beyond
// maxJSONDepth, and anything behind the value. Keys in the wrong case are refused as
// unknown by the schema, which knows each one's spelling.
func scanJSON(data []byte) error {
	if !utf8.Valid(data) {
		return errJSON
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	type level struct {
		keys   map[string]bool // nil in an array
		isName bool            // the next token is a key
	}
	var stack []level
	for {
		t, err := d.Token()
		if err == io.EOF && len(stack) == 0 {
			return errJSON // nothing there
		}
		if err != nil {
			return errJSON
		}
		top := len(stack) - 1
		switch delim, isDelim := t.(json.Delim); {
		case isDelim && (delim == '{' || delim == '['):
			if top >= 0 {
				stack[top].isName = stack[top].keys != nil
			}
			if len(stack) == maxJSONDepth {
				return errDeep
			}
			next := level{}
			if delim == '{' {
				next = level{keys: map[string]bool{}, isName: true}
			}
			stack = append(stack, next)
			continue
		case isDelim:
			stack = stack[:top]
		case top >= 0 && stack[top].isName:
			key := strings.ToLower(t.(string))
			if stack[top].keys[key] {
				return errTwice
			}
			stack[top].keys[key], stack[top].isName = true, false
			continue
		case top >= 0:
			stack[top].isName = stack[top].keys != nil
		}
		if len(stack) == 0 {
			if _, err := d.Token(); err != io.EOF {
				return errTrailing
			}
			return nil
		}
	}
}
