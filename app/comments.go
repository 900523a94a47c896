package app

import (
	"context"

	"aarogya/app/care"
)

type commentInput struct {
	Keyed
	CasePath
	Body commentBody
}

type commentBody struct {
	Text string `json:"text"`
}

type commentOutput struct {
	Body struct {
		Comment care.Comment `json:"comment"`
		Case    care.View    `json:"case"`
	}
}

// addComment serves POST /api/cases/:id/comments.
//
//	in   {"text"}
//	out  201 {"comment", "case"}; everyone who may see the case hears comment
func (s *Server) addComment(ctx context.Context, in *commentInput) (*commentOutput, error) {
	done, err := s.do(ctx, in.Keyed, care.Command{Kind: care.AddCommentKind, CaseID: in.ID, Comment: in.Body.Text})
	if err != nil {
		return nil, err
	}
	out := &commentOutput{}
	out.Body.Comment, out.Body.Case = *done.Comment, *done.Case
	return out, nil
}
