package care

import (
	"regexp"
	"slices"
	"strings"
)

// Role is one of four. Whoever does two jobs has two accounts.
type Role string

const (
	CHW       Role = "chw"       // community health worker: opens cases, in the village and in the clinic
	ASHA      Role = "asha"      // supervises several CHWs: reviews, approves community care, forwards
	Clinician Role = "clinician" // doctor or nurse: accepts, prescribes, refers, completes
	Admin     Role = "admin"     // sets the box up; sees every case, treats none
)

// Roles lists the four in the order in which a case usually meets them.
var Roles = []Role{CHW, ASHA, Clinician, Admin}

// Valid reports whether r is one of the four.
func (r Role) Valid() bool { return slices.Contains(Roles, r) }

// Person is a member of staff as other members see them on a case.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role Role   `json:"role"`
}

// Ref is a person by id and name, where the role is plain from the field.
type Ref struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// User is a staff account. It never carries the password.
type User struct {
	ID         string  `json:"id"`
	Username   string  `json:"username"`
	Name       string  `json:"name"`
	Role       Role    `json:"role"`
	Language   string  `json:"language" doc:"hi or en"`
	Phone      string  `json:"phone"`
	Supervisor *Ref    `json:"supervisor" doc:"the ASHA of a CHW; null for everyone else"`
	Active     bool    `json:"active"`
	CreatedAt  Instant `json:"createdAt"`
}

// Person is how the user appears on a case.
func (u User) Person() Person { return Person{ID: u.ID, Name: u.Name, Role: u.Role} }

// Sees reports whether u may see a case that owner opened, where supervisorID is
// the ASHA who supervises the owner today (the owner herself, if she is an ASHA).
// Reads in db carry the same rule as SQL; a test holds the two together.
func (u User) Sees(ownerID, supervisorID string) bool {
	switch u.Role {
	case Clinician, Admin:
		return true
	case ASHA:
		return supervisorID == u.ID
	case CHW:
		return ownerID == u.ID
	}
	return false
}

// Rooms are the rooms whose news u hears, live and in replay. chws are the ids of
// the CHWs an ASHA supervises today; nobody else needs them.
func (u User) Rooms(chws []string) []Room {
	rooms := []Room{UserRoom(u.ID), Staff}
	switch u.Role {
	case Clinician, Admin:
		rooms = append(rooms, Clinicians)
	case CHW:
		rooms = append(rooms, CHWRoom(u.ID))
	case ASHA:
		rooms = append(rooms, Supervisors)
		for _, id := range chws {
			rooms = append(rooms, CHWRoom(id))
		}
	}
	return rooms
}

// Verb is something a role may do at all; the steps of a case are verbs too. What
// the state of a case says on top of that is in steps.go.
type Verb string

const (
	ReadCases     Verb = "read_cases"
	CreateCase    Verb = "create"
	AddVitals     Verb = "add_vitals"
	AddComment    Verb = "comment"
	UpdatePatient Verb = "update_patient"
	LockCase      Verb = "lock"
	AnswerAlarm   Verb = "answer_alarm"
	CallForHelp   Verb = "sos"
	ManageUsers   Verb = "manage_users"
	GiveCode      Verb = "give_code"
	ReadTeam      Verb = "read_team"
	ManageBox     Verb = "manage_box"
	ReadMetrics   Verb = "read_metrics"
	OwnAccount    Verb = "own_account"
)

// policy is who may do what, apart from the steps, whose rows name their own roles.
var policy = map[Verb][]Role{
	ReadCases:     {CHW, ASHA, Clinician, Admin},
	CreateCase:    {CHW, ASHA, Clinician},
	AddVitals:     {CHW, ASHA, Clinician},
	AddComment:    {CHW, ASHA, Clinician},
	UpdatePatient: {CHW, ASHA, Clinician},
	LockCase:      {CHW, ASHA, Clinician},
	AnswerAlarm:   {ASHA, Clinician},
	CallForHelp:   {CHW, ASHA, Clinician, Admin},
	ManageUsers:   {Admin},
	GiveCode:      {ASHA, Admin},
	ReadTeam:      {ASHA},
	ManageBox:     {Admin},
	ReadMetrics:   {Admin},
	OwnAccount:    {CHW, ASHA, Clinician, Admin},
}

// RolesFor lists the roles that may ever do v, in the order of Roles.
func RolesFor(v Verb) []Role {
	if rule := stepRule(Step(v)); rule != nil {
		var may []Role
		for _, r := range Roles {
			if rule.Who[r] != nil {
				may = append(may, r)
			}
		}
		return may
	}
	return policy[v]
}

// May reports whether role r may ever do v.
func May(r Role, v Verb) bool { return slices.Contains(RolesFor(v), r) }

// usernameShape: what a person can type on any keyboard.
var usernameShape = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,31}$`)

// Amend makes the change to u, except for the supervisor, whose account the caller must
// look up: her id is returned if one is asked for. Only a CHW has a supervisor.
func (ch UserChange) Amend(u *User) (supervisor *string) {
	set := func(to *string, from *string) {
		if from != nil {
			*to = strings.TrimSpace(*from)
		}
	}
	set(&u.Username, ch.Username)
	set(&u.Name, ch.Name)
	set(&u.Phone, ch.Phone)
	set(&u.Language, ch.Language)
	if ch.Role != nil {
		u.Role = *ch.Role
	}
	if ch.Active != nil {
		u.Active = *ch.Active
	}
	if u.Role != CHW {
		u.Supervisor = nil
		return nil
	}
	if ch.SupervisorID != nil && *ch.SupervisorID != "" {
		return ch.SupervisorID
	}
	return nil
}

// Check is what must hold of every account.
func (u User) Check() error {
	var wrong []FieldError
	add := func(field string, code FieldCode, message string) {
		wrong = append(wrong, FieldError{Field: field, Code: code, Message: message})
	}
	if !usernameShape.MatchString(u.Username) {
		add("username", Invalid, "2 to 32 small letters, digits, dots or dashes, a letter first")
	}
	if u.Name == "" {
		add("name", Required, "a name is needed")
	}
	if !u.Role.Valid() {
		add("role", Invalid, "chw, asha, clinician or admin")
	}
	if u.Language != "hi" && u.Language != "en" {
		add("language", Invalid, "hi or en")
	}
	if u.Phone != "" && !phoneShape.MatchString(u.Phone) {
		add("phone", Invalid, "10 digits, the first 6 to 9")
	}
	if u.Role == CHW && u.Supervisor == nil {
		add("supervisorId", Required, "a CHW needs an ASHA")
	}
	if wrong != nil {
		return &InvalidError{Fields: wrong}
	}
	return nil
}
