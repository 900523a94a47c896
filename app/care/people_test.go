package care

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestPolicyGolden prints who may do what at all.
func TestPolicyGolden(t *testing.T) {
	t.Parallel()
	verbs := []Verb{ReadCases, CreateCase, AddVitals, AddComment, UpdatePatient, LockCase, AnswerAlarm, CallForHelp, ManageUsers, ManageBox, GiveCode, ReadTeam, ReadMetrics, OwnAccount}
	if len(verbs) != len(policy) {
		t.Errorf("%d verbs are printed, the policy has %d", len(verbs), len(policy))
	}
	for _, r := range Steps {
		verbs = append(verbs, Verb(r.Step))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-20s", "")
	for _, r := range Roles {
		fmt.Fprintf(&b, "%-11s", r)
	}
	b.WriteString("\n")
	for _, v := range verbs {
		fmt.Fprintf(&b, "%-20s", v)
		for _, r := range Roles {
			mark := "-"
			if May(r, v) {
				mark = "yes"
			}
			fmt.Fprintf(&b, "%-11s", mark)
		}
		b.WriteString("\n")
	}
	golden(t, "policy.golden", regexp.MustCompile(` +\n`).ReplaceAllString(b.String(), "\n"))
	for _, r := range append([]Role{"", "root"}, Roles...) {
		if May(r, "no_such_verb") {
			t.Errorf("%q may do what nobody wrote down", r)
		}
		if r.Valid() != slices.Contains(Roles, r) || !r.Valid() && May(r, ReadCases) {
			t.Errorf("%q is taken for a role", r)
		}
	}
}

func TestSees(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		u                 User
		owner, supervisor string
		want              bool
	}{
		{sunita, sunita.ID, kamla.ID, true}, {sunita, rekha.ID, kamla.ID, false}, {kamla, sunita.ID, kamla.ID, true}, {kamla, kamla.ID, kamla.ID, true},
		{kamla, sunita.ID, "another asha", false}, {kamla, drRao.ID, "", false}, {drRao, sunita.ID, "", true}, {office, sunita.ID, "", true}, {User{ID: sunita.ID}, sunita.ID, "", false},
	} {
		if got := tt.u.Sees(tt.owner, tt.supervisor); got != tt.want {
			t.Errorf("%s and a case of %s under %q: %v", tt.u.Name, tt.owner, tt.supervisor, got)
		}
	}
	// Who may see a case hears of it, and nobody else does.
	for _, author := range []User{sunita, kamla, drRao} {
		c := Case{CreatedBy: author.Person()}
		for _, u := range everyone {
			supervisor := map[Role]string{CHW: kamla.ID, ASHA: author.ID}[author.Role]
			hears := slices.ContainsFunc(u.Rooms([]string{sunita.ID, rekha.ID}), func(r Room) bool { return slices.Contains(c.Audience(), r) })
			if hears != u.Sees(author.ID, supervisor) {
				t.Errorf("%s hears of a case of %s: %v, sees it: %v", u.Name, author.Name, hears, !hears)
			}
		}
		if got := ParseAudience(c.Audience().String()); !slices.Equal(got, c.Audience()) {
			t.Errorf("%v became %v", c.Audience(), got)
		}
	}
}

func TestUserCheck(t *testing.T) {
	t.Parallel()
	ok := User{Username: "sunita", Name: "Sunita", Role: CHW, Language: "hi", Supervisor: &Ref{ID: kamla.ID}}
	tests := []struct {
		name   string
		change func(*User)
		want   string
	}{
		{"as she is", func(*User) {}, ""}, {"two letters", func(u *User) { u.Username = "ab" }, ""}, {"one letter", func(u *User) { u.Username = "a" }, "username invalid"},
		{"32", func(u *User) { u.Username = strings.Repeat("a", 32) }, ""}, {"33", func(u *User) { u.Username = strings.Repeat("a", 33) }, "username invalid"},
		{"digit first", func(u *User) { u.Username = "1ab" }, "username invalid"}, {"capital", func(u *User) { u.Username = "Sunita" }, "username invalid"},
		{"space", func(u *User) { u.Username = "su nita" }, "username invalid"}, {"line end", func(u *User) { u.Username = "sunita\n" }, "username invalid"},
		{"dots and dashes", func(u *User) { u.Username = "s.u-n_1" }, ""}, {"no name", func(u *User) { u.Name = "" }, "name required"}, {"no role", func(u *User) { u.Role = "nurse" }, "role invalid"},
		{"language", func(u *User) { u.Language = "fr" }, "language invalid"}, {"phone", func(u *User) { u.Phone = "12345" }, "phone invalid"},
		{"a CHW of nobody", func(u *User) { u.Supervisor = nil }, "supervisorId required"}, {"a doctor of nobody", func(u *User) { u.Role, u.Supervisor = Clinician, nil }, ""},
	}
	for _, tt := range tests {
		u := ok
		tt.change(&u)
		if got := strings.Join(fields(u.Check()), ", "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	u := ok
	if s := (UserChange{Name: ptr(" Rekha "), SupervisorID: ptr("a2")}).Amend(&u); u.Name != "Rekha" || u.Username != "sunita" || s == nil || *s != "a2" {
		t.Errorf("%+v, supervisor %v", u, s)
	}
	if s := (UserChange{Role: ptr(Clinician), SupervisorID: ptr("a2")}).Amend(&u); u.Supervisor != nil || s != nil {
		t.Errorf("a clinician with the supervisor %v, %v", u.Supervisor, s)
	}
}
