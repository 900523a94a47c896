package db

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"aarogya/app/care"
)

func decode(t testing.TB, raw []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

// big tables must never be read from end to end to answer a person.
var big = []string{"cases", "patients", "vitals", "comments", "events", "answers"}

// TestPlans prepares every statement of the package on the migrated schema, and every
// list anybody can ask for, and fails on a full scan of a big table or a sort in a
// temporary tree. A search sorts what it found, at most mostMatches rows.
func TestPlans(t *testing.T) {
	t.Parallel()
	c := openClinic(t)
	plan := func(name, text string, args int, sortsFew bool) {
		t.Helper()
		values := make([]any, args)
		for i := range values {
			values[i] = "1"
		}
		rows, err := c.read.Query("EXPLAIN QUERY PLAN "+text, values...)
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(detail, "TEMP B-TREE") && !sortsFew {
				t.Errorf("%s: sorts: %s\n%s", name, detail, text)
			}
			if table, ok := strings.CutPrefix(detail, "SCAN "); ok && !strings.Contains(detail, "USING") {
				for _, b := range big {
					if strings.Fields(table)[0] == b || aliases[strings.Fields(table)[0]] == b {
						t.Errorf("%s: full scan: %s\n%s", name, detail, text)
					}
				}
			}
			if strings.HasPrefix(detail, "SCAN c USING") && !ranges(text) {
				t.Errorf("%s: index read from end to end: %s\n%s", name, detail, text)
			}
		}
	}
	seen := 0
	for name, text := range statements(t) {
		if !strings.HasPrefix(text, "SELECT") && !strings.HasPrefix(text, "INSERT") && !strings.HasPrefix(text, "UPDATE") && !strings.HasPrefix(text, "DELETE") {
			continue
		}
		seen++
		// The newest event is the end of the log, in order; a list is tested below with all its
		// endings.
		if strings.Contains(text, "FROM cases c WHERE 1") || strings.Contains(text, "CROSS JOIN") || strings.HasSuffix(text, "FROM ") || strings.Contains(text, "FROM events ORDER BY seq") {
			continue
		}
		plan(name, text, strings.Count(text, "?"), strings.Contains(text, "FROM users"))
	}
	if seen < 30 {
		t.Errorf("only %d statements found in the source", seen)
	}
	for _, role := range care.Roles {
		for _, view := range []string{"mine", "waiting", "open", "all"} {
			for _, q := range []List{{}, {Status: care.Rejected}, {Urgency: care.Red}, {Search: "sunita"}} {
				for _, from := range []*cursor{nil, {1, 2, 3, 4}} {
					q.View, q.Limit = view, 50
					text, args := q.statement(care.User{ID: "x", Role: role}, from)
					plan(string(role)+" "+view, text, len(args), q.Search != "")
				}
			}
		}
	}
}

var aliases = map[string]string{"c": "cases", "p": "patients"}

// ranges: everything a clinician may see is the whole index, in order, up to a limit.
func ranges(text string) bool { return strings.Contains(text, "LIMIT") }

// statements are the SQL texts in the package's source: string literals that start like
// one, joined where they are joined with +.
func statements(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if sum, ok := n.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
				if text, ok := joined(sum); ok {
					found[set.Position(n.Pos()).String()] = text
				}
				return false
			}
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					found[set.Position(n.Pos()).String()] = text
				}
			}
			return true
		})
	}
	return found
}

// joined is a sum of literals and of our own fragments.
func joined(e ast.Expr) (string, bool) {
	switch x := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(x.Value)
		return text, err == nil
	case *ast.Ident:
		fragments := map[string]string{"userColumns": userColumns, "sessionUserColumns": sessionUserColumns, "where": " AND c.owner_id = (SELECT id FROM users WHERE uid = ?)", "table": "cases", "text": " WHERE case_id = (SELECT id FROM cases WHERE uid = ?) AND seq <= ? ORDER BY seq DESC LIMIT ?"}
		text, ok := fragments[x.Name]
		return text, ok
	case *ast.BinaryExpr:
		a, okA := joined(x.X)
		b, okB := joined(x.Y)
		return a + b, okA && okB
	}
	return "", false
}
