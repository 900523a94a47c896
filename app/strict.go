package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

const (
	maxJSONDepth = 16
	maxJSONKeys  = 256 // of one object
)

var (
	errJSON  = errors.New("not JSON")
	errDeep  = errors.New("nested too deeply")
	errTwice = errors.New("a key stands twice")
	errMany  = errors.New("an object with too many keys")
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
// maxJSONDepth, more keys than any request has, and anything behind the value. Keys in the
// wrong case are refused as unknown by the schema, which knows each one's spelling.
func scanJSON(data []byte) error {
	if !utf8.Valid(data) || !json.Valid(data) {
		return errJSON
	}
	keys := make([]string, 0, 16) // of the objects that are open
	var first [maxJSONDepth]int   // of each level's keys
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{', '[':
			if depth == maxJSONDepth {
				return errDeep
			}
			first[depth] = len(keys)
			depth++
		case '}', ']':
			depth--
			keys = keys[:first[depth]]
		case '"':
			begin := i
			for i++; data[i] != '"'; i++ {
				if data[i] == '\\' {
					i++
				}
			}
			if !isKey(data[i+1:]) {
				continue
			}
			key, err := lowerKey(data[begin : i+1])
			switch siblings := keys[first[depth-1]:]; {
			case err != nil:
				return errJSON
			case slices.Contains(siblings, key):
				return errTwice
			case len(siblings) == maxJSONKeys:
				return errMany
			}
			keys = append(keys, key)
		}
	}
	return nil
}

// isKey: in JSON that is valid only a key is followed by a colon.
func isKey(rest []byte) bool {
	rest = bytes.TrimLeft(rest, " \t\r\n")
	return len(rest) > 0 && rest[0] == ':'
}

func lowerKey(quoted []byte) (string, error) {
	key := string(quoted[1 : len(quoted)-1])
	if strings.Contains(key, `\`) {
		if err := json.Unmarshal(quoted, &key); err != nil {
			return "", err
		}
	}
	return strings.ToLower(key), nil
}
