package db

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"aarogya/app/care"
)

// scope is care.User.Sees as SQL, to be put behind a WHERE on cases c.
func scope(u care.User) (string, []any) {
	switch u.Role {
	case care.Clinician, care.Admin:
		return "", nil
	case care.ASHA:
		return " AND c.supervisor_id = (SELECT id FROM users WHERE uid = ?)", []any{u.ID}
	}
	return " AND c.owner_id = (SELECT id FROM users WHERE uid = ?)", []any{u.ID}
}

// caseRow reads a case that u may see, with its row id. Absent and not hers are the same
// query and the same answer.
func caseRow(ctx context.Context, r reader, u care.User, uid string) (int64, care.Case, error) {
	where, args := scope(u)
	var id, fence int64
	var doc, patient, session string
	var lock []byte
	err := r.row(ctx, `SELECT c.id, c.doc, p.doc, c.fence, c.lock, c.lock_session FROM cases c JOIN patients p ON p.id = c.patient_id WHERE c.uid = ?`+where,
		append([]any{uid}, args...)...).Scan(&id, &doc, &patient, &fence, &lock, &session)
	if err != nil {
		return 0, care.Case{}, notFound(err)
	}
	c, err := r.remembered().caseOf(uid, doc, patient)
	if err != nil {
		return 0, c, err
	}
	c.Lease, err = readLease(fence, lock, session)
	return id, c, err
}

// shownWithCase is how many sets of vitals and how many comments come with a case; the
// timeline has the rest.
const shownWithCase = 200

// attachFacts adds to a view what is kept beside the case: the facts up to its seq. They
// are only ever added to, so it does not matter how much later they are read.
func attachFacts(ctx context.Context, r reader, view *care.View) (err error) {
	view.SeenBy = []care.Seen{}
	if view.CommentCount > 0 {
		if view.SeenBy, err = seenBy(ctx, r, view.ID); err != nil {
			return err
		}
	}
	if r.remembered().factsOf(view) {
		return nil
	}
	const text = ` WHERE case_id = (SELECT id FROM cases WHERE uid = ?) AND seq <= ? ORDER BY seq DESC LIMIT ?`
	view.Vitals, view.Comments = []care.VitalsSet{}, []care.Comment{}
	if view.VitalsSets > 0 {
		if view.Vitals, err = documents[care.VitalsSet](ctx, r, `SELECT doc FROM vitals`+text, view.ID, view.Seq, shownWithCase); err != nil {
			return err
		}
	}
	if view.CommentCount > 0 {
		if view.Comments, err = documents[care.Comment](ctx, r, `SELECT doc FROM comments`+text, view.ID, view.Seq, shownWithCase); err != nil {
			return err
		}
		slices.Reverse(view.Comments)
	}
	r.remembered().keepFacts(view)
	return nil
}

func documents[T any](ctx context.Context, r reader, text string, args ...any) ([]T, error) {
	rows, err := r.query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []T{}
	for rows.Next() {
		var doc string
		if err := rows.Scan(&doc); err != nil {
			return nil, err
		}
		item, err := factOf[T](r.remembered(), doc)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, rows.Err()
}

// Case reads a whole case as u sees it, or care.ErrNotFound.
func (d *DB) Case(ctx context.Context, u care.User, uid string) (care.View, error) {
	var view care.View
	err := d.inSnapshot(ctx, func(r reader) error {
		id, c, err := caseRow(ctx, r, u, uid)
		if err != nil {
			return err
		}
		d.noteRead(u, id)
		view = c.ViewFor(u, d.now())
		return attachFacts(ctx, r, &view)
	})
	return view, err
}

func (d *DB) noteRead(u care.User, row int64) {
	if lost := d.reads.add(reading{d.now().UnixMilli(), u.ID, row}); lost > 0 {
		d.log.Error("the access log has lost entries", "entries", lost)
	}
}

// List asks for a page of cases. Most urgent first, then longest since the status
// changed, then oldest.
type List struct {
	View    string // mine, waiting, open or all
	Status  care.Status
	Urgency care.Urgency
	Search  string // words of a name or village, or a case number
	Limit   int
	Cursor  string // from Page.Next
}

// Page is a page of cases, each as the JSON of a care.Row.
type Page struct {
	Cases  []json.RawMessage
	Locks  map[string]care.Lock // by case id: who is busy with which of them
	Unread map[string]int       // by case id: comments u has not looked at; none = 0
	Next   string               // "" on the last page
	Epoch  string
	Head   int64 // the log's head in the snapshot of the first page
}

// cursor is the place after a row, and the first page's head.
type cursor struct{ urgency, since, id, head int64 }

func (c cursor) String() string {
	parts := []int64{c.urgency, c.since, c.id, c.head}
	words := make([]string, len(parts))
	for i, p := range parts {
		words[i] = strconv.FormatInt(p, 36)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(words, ".")))
}

func parseCursor(s string) (cursor, error) {
	bad := &care.InvalidError{Fields: []care.FieldError{{Field: "cursor", Code: care.Invalid, Message: "not a cursor this box gave out"}}}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return cursor{}, bad
	}
	words := strings.Split(string(b), ".")
	if len(words) != 4 {
		return cursor{}, bad
	}
	var n [4]int64
	for i, w := range words {
		if n[i], err = strconv.ParseInt(w, 36, 64); err != nil {
			return cursor{}, bad
		}
	}
	return cursor{n[0], n[1], n[2], n[3]}, nil
}

// mostMatches bounds what one search can cost; of more, the newest cases are found.
const mostMatches = 2000

const (
	listColumns = `c.list_row, c.urgency, c.status_since, c.id, c.uid, c.lock, c.comments - COALESCE(s.comments, 0)`
	lookedAt    = ` LEFT JOIN seen s ON s.user_id = (SELECT id FROM users WHERE uid = ?) AND s.case_id = c.id`
)

// statement is the SQL of a list; its text depends only on the kind of list, so it is
// prepared once.
func (q List) statement(u care.User, from *cursor) (string, []any) {
	var text strings.Builder
	var args []any
	add := func(part string, more ...any) {
		text.WriteString(part)
		args = append(args, more...)
	}
	where, scopeArgs := scope(u)
	if q.Search == "" {
		add(`SELECT `+listColumns+` FROM cases c`+lookedAt+` WHERE 1`, u.ID)
	} else {
		// CROSS JOIN: the few that match first, then their rows.
		add(`SELECT `+listColumns+` FROM (SELECT c.id FROM case_names f CROSS JOIN cases c ON c.id = f.rowid WHERE f.case_names MATCH ?`, matchText(q.Search))
		add(where, scopeArgs...)
		add(` ORDER BY f.rowid DESC LIMIT ?) m CROSS JOIN cases c ON c.id = m.id`+lookedAt+` WHERE 1`, mostMatches, u.ID)
	}
	add(where, scopeArgs...)
	switch {
	case q.Status != "":
		add(` AND c.status = ?`, string(q.Status))
	case q.View == "open" || q.View == "mine":
		add(` AND c.active = 1`)
	}
	switch q.View {
	case "open":
		add(` AND c.open = 1`)
	case "waiting":
		add(waitsFor[u.Role])
	case "mine":
		add(` AND instr(c.carriers, ?) > 0`, " "+u.ID+" ")
	}
	if q.Urgency != "" {
		add(` AND c.urgency = ?`, q.Urgency.Rank())
	}
	if from != nil {
		add(` AND (c.urgency, c.status_since, c.id) > (?, ?, ?)`, from.urgency, from.since, from.id)
	}
	add(` ORDER BY c.urgency, c.status_since, c.id LIMIT ?`, q.Limit+1)
	return text.String(), args
}

// waitsFor is a column of its own per role, each with small indexes of the rows that wait.
var waitsFor = map[care.Role]string{care.CHW: ` AND c.waits_chw = 1`, care.ASHA: ` AND c.waits_asha = 1`, care.Clinician: ` AND c.waits_clinician = 1`, care.Admin: ` AND 0`}

// matchText asks for every word of a search, folded as names are, the last one by its
// beginning.
func matchText(search string) string {
	keys := care.NameKeys(strings.ReplaceAll(search, "-", ""))
	if len(keys) == 0 {
		return `""`
	}
	for i, k := range keys {
		keys[i] = `"` + k + `"`
	}
	return strings.Join(keys, " ") + "*"
}

// Cases reads a page of the cases u may see.
func (d *DB) Cases(ctx context.Context, u care.User, q List) (Page, error) {
	page := Page{Cases: []json.RawMessage{}, Locks: map[string]care.Lock{}, Unread: map[string]int{}, Epoch: d.epoch}
	var from *cursor
	if q.Cursor != "" {
		c, err := parseCursor(q.Cursor)
		if err != nil {
			return page, err
		}
		from = &c
	}
	err := d.inSnapshot(ctx, func(r reader) error {
		if from != nil {
			page.Head = from.head
		} else if err := r.row(ctx, `SELECT COALESCE(MAX(seq), 0) FROM events`).Scan(&page.Head); err != nil {
			return err
		}
		text, args := q.statement(u, from)
		rows, err := r.query(ctx, text, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		var last cursor
		for rows.Next() {
			if len(page.Cases) == q.Limit {
				page.Next = last.String()
				break
			}
			var row, lock []byte
			var uid string
			var unread int
			if err := rows.Scan(&row, &last.urgency, &last.since, &last.id, &uid, &lock, &unread); err != nil {
				return err
			}
			last.head = page.Head
			page.Cases = append(page.Cases, row)
			if unread > 0 {
				page.Unread[uid] = unread
			}
			if lease, err := readLease(0, lock, ""); err != nil {
				return err
			} else if held := lease.Held(d.now()); held != nil {
				page.Locks[uid] = *held
			}
		}
		return rows.Err()
	})
	return page, err
}
