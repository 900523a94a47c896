package app

import (
	"context"

	"aarogya/app/care"
)

type usersOutput struct {
	Body struct {
		Users []care.User `json:"users"`
	}
}

// listUsers serves GET /api/users.
func (s *Server) listUsers(ctx context.Context, _ *struct{}) (*usersOutput, error) {
	users, err := s.db.Users(ctx)
	out := &usersOutput{}
	out.Body.Users = users
	return out, err
}

type createUserInput struct {
	Keyed
	Body struct {
		Username     string    `json:"username"`
		Name         string    `json:"name"`
		Role         care.Role `json:"role" enum:"chw,asha,clinician,admin"`
		Password     *string   `json:"password,omitempty" maxLength:"800" doc:"may be absent for who signs in by PIN on the clinic's tablets: CHWs and ASHAs"`
		SupervisorID *string   `json:"supervisorId,omitempty" doc:"the ASHA of a CHW"`
		Phone        *string   `json:"phone,omitempty"`
		Language     *string   `json:"language,omitempty" enum:"hi,en"`
	}
}

// createUser serves POST /api/users.
func (s *Server) createUser(ctx context.Context, in *createUserInput) (*userOutput, error) {
	b := &in.Body
	return s.changeUser(ctx, in.Keyed, care.Command{Kind: care.CreateUserKind, User: &care.UserChange{
		Username: &b.Username, Name: &b.Name, Role: &b.Role, SupervisorID: b.SupervisorID, Phone: b.Phone, Language: b.Language,
	}}, b.Role, b.Password)
}

type updateUserInput struct {
	Keyed
	ID   string `path:"id"`
	Body struct {
		Name         *string    `json:"name,omitempty"`
		Role         *care.Role `json:"role,omitempty" enum:"chw,asha,clinician,admin"`
		Password     *string    `json:"password,omitempty" maxLength:"800"`
		SupervisorID *string    `json:"supervisorId,omitempty"`
		Phone        *string    `json:"phone,omitempty"`
		Language     *string    `json:"language,omitempty" enum:"hi,en"`
		Active       *bool      `json:"active,omitempty"`
	}
}

// updateUser serves PATCH /api/users/:id. A new role, a new password or an account that
// is no longer active signs the person out everywhere at once.
func (s *Server) updateUser(ctx context.Context, in *updateUserInput) (*userOutput, error) {
	b := in.Body
	before, err := s.db.User(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	role := before.Role
	if b.Role != nil {
		role = *b.Role
	}
	if role != before.Role && b.Password == nil && (role == care.Clinician || role == care.Admin) {
		return nil, &care.InvalidError{Fields: []care.FieldError{{Field: "password", Code: care.Required, Message: "who sees every case needs a passphrase of 12 characters: set a new one"}}}
	}
	return s.changeUser(ctx, in.Keyed, care.Command{Kind: care.UpdateUserKind, UserID: in.ID, User: &care.UserChange{
		Name: b.Name, Role: b.Role, SupervisorID: b.SupervisorID, Phone: b.Phone, Language: b.Language, Active: b.Active,
	}}, role, b.Password)
}

func (s *Server) changeUser(ctx context.Context, k Keyed, cmd care.Command, role care.Role, password *string) (*userOutput, error) {
	if password == nil && cmd.Kind == care.CreateUserKind && role.UsesPIN() {
		none := noPassword
		cmd.User.PasswordHash, cmd.User.PasswordSet = &none, true
	}
	if password != nil {
		if err := checkNewPassword("password", role, *password); err != nil {
			return nil, err
		}
		hash, err := hashPassword(ctx, *password)
		if err != nil {
			return nil, err
		}
		cmd.User.PasswordHash, cmd.User.PasswordSet = &hash, true
	}
	done, err := s.do(ctx, k, cmd)
	if err != nil {
		return nil, err
	}
	return &userOutput{userBody{*done.User}}, nil
}
