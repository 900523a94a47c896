package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"aarogya/app/care"
)

// clinic is an open database with staff in it.
type clinic struct {
	*DB
	staff map[string]care.User
	mu    sync.Mutex
	news  []Event
}

func openClinic(t testing.TB) *clinic { return openClinicAt(t, nil) }

// openClinicAt is a clinic with a clock of its own.
func openClinicAt(t testing.TB, now func() time.Time) *clinic {
	t.Helper()
	c := &clinic{staff: map[string]care.User{}}
	d, err := Open(context.Background(), t.TempDir(), Options{Now: now, Publish: func(events []Event) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.news = append(c.news, events...)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	c.DB = d
	c.employ(t)
	return c
}

func (c *clinic) employ(t testing.TB) {
	t.Helper()
	hash := "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"
	name := "admin"
	admin, err := c.FirstAdmin(context.Background(), "", care.UserChange{Username: &name, Name: &name, PasswordHash: &hash})
	if err != nil {
		t.Fatal(err)
	}
	c.staff["admin"] = admin
	for _, p := range []struct {
		name, supervisor string
		role             care.Role
	}{{"asha", "", care.ASHA}, {"asha2", "", care.ASHA}, {"chw", "asha", care.CHW}, {"chw2", "asha2", care.CHW}, {"doctor", "", care.Clinician}, {"doctor2", "", care.Clinician}} {
		change := care.UserChange{Username: &p.name, Name: &p.name, Role: &p.role, PasswordHash: &hash}
		if p.supervisor != "" {
			id := c.staff[p.supervisor].ID
			change.SupervisorID = &id
		}
		done, err := c.Do(context.Background(), admin.ID, care.Command{Kind: care.CreateUserKind, User: &change})
		if err != nil {
			t.Fatal(err)
		}
		c.staff[p.name] = *done.User
	}
}

// does has somebody of the staff carry out a command.
func (c *clinic) does(who string, cmd care.Command) (Done, error) {
	return c.Do(context.Background(), c.staff[who].ID, cmd)
}

func (c *clinic) must(t testing.TB, who string, cmd care.Command) Done {
	t.Helper()
	done, err := c.does(who, cmd)
	if err != nil {
		t.Fatalf("%s: %s: %v", who, cmd.Kind, err)
	}
	return done
}

func newCase(name string) care.Command {
	return care.Command{Kind: care.CreateCaseKind, New: &care.NewCase{Complaint: "fever", Patient: &care.NewPatient{
		Name: name, Sex: "F", Age: &care.Age{Value: 30, Unit: "years"}, Village: "Kheda", Consent: care.ConsentGiven, Allergies: []string{"none_known"}}}}
}

func step(s care.Step, caseID string, b care.Body) care.Command {
	return care.Command{Kind: care.StepKind(s), CaseID: caseID, Body: b}
}

func count(t testing.TB, d *DB, text string, args ...any) int64 {
	t.Helper()
	var n int64
	if err := d.read.QueryRow(text, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOneCommandActsOnce(t *testing.T) {
	t.Parallel()
	c := openClinic(t)
	cmd := newCase("Sunita Devi")
	cmd.ID = NewID()
	first := c.must(t, "chw", cmd)
	again := c.must(t, "chw", cmd)
	if fmt.Sprint(first.Case.ID, first.Case.Number, first.Seq) != fmt.Sprint(again.Case.ID, again.Case.Number, again.Seq) {
		t.Errorf("second answer differs: %+v, %+v", first, again)
	}
	if n := count(t, c.DB, "SELECT COUNT(*) FROM cases"); n != 1 {
		t.Errorf("%d cases after the same command twice", n)
	}
	other := newCase("Somebody Else")
	other.ID = cmd.ID
	if _, err := c.does("chw", other); !errors.Is(err, ErrKeyReused) {
		t.Errorf("same key, other body: %v", err)
	}
	if done := c.must(t, "chw2", other); done.Case.CreatedBy.Name != "chw2" {
		t.Error("another person's key is another key")
	}
	if n := count(t, c.DB, "SELECT COUNT(*) FROM events WHERE kind = 'newCase'"); n != 2 {
		t.Errorf("%d events, want 2", n)
	}
}

// A 4xx frees the key: the same command with the missing word is carried out.
func TestRefusalFreesTheKeyAndChangesNothing(t *testing.T) {
	t.Parallel()
	c := openClinic(t)
	id := c.must(t, "chw", newCase("Sunita Devi")).Case.ID
	before := count(t, c.DB, "SELECT COUNT(*) FROM events")
	cmd := step(care.Forward, id, care.Body{})
	cmd.ID = NewID()
	if _, err := c.does("asha", cmd); err == nil {
		t.Fatal("forward without a reason went through")
	}
	if n := count(t, c.DB, "SELECT COUNT(*) FROM events"); n != before {
		t.Error("a refused command left an event")
	}
	cmd.Body.Reason = "fever for a week"
	if done := c.must(t, "asha", cmd); done.Case.Status != care.Forwarded {
		t.Errorf("status %s", done.Case.Status)
	}
}

func TestRefusalHarmsNoNeighbour(t *testing.T) {
	t.Parallel()
	c := openClinic(t)
	var wg sync.WaitGroup
	var refused, done int
	var mu sync.Mutex
	for i := range 200 {
		wg.Go(func() {
			cmd := newCase(fmt.Sprintf("Patient %d", i))
			if i%3 == 0 {
				cmd.New.Patient.Consent = ""
			}
			_, err := c.does("chw", cmd)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				refused++
			} else {
				done++
			}
		})
	}
	wg.Wait()
	if refused != 67 || done != 133 {
		t.Errorf("%d refused, %d done", refused, done)
	}
	if n := count(t, c.DB, "SELECT COUNT(*) FROM cases"); n != 133 {
		t.Errorf("%d cases", n)
	}
	if _, err := c.VerifyChain(context.Background()); err != nil {
		t.Error(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, e := range c.news {
		if e.Seq != int64(i+1) {
			t.Fatalf("news %d has seq %d", i, e.Seq)
		}
	}
}

func TestWhatIsNotYoursIsNotThere(t *testing.T) {
	t.Parallel()
	c := openClinic(t)
	own := c.must(t, "chw", newCase("Sunita Devi")).Case
	ashas := c.must(t, "asha", newCase("Geeta")).Case
	doctors := c.must(t, "doctor", newCase("Ramesh")).Case
	owners := map[string]string{own.ID: "chw", ashas.ID: "asha", doctors.ID: "doctor"}
	supervisors := map[string]string{own.ID: "asha", ashas.ID: "asha", doctors.ID: ""}
	for name, u := range c.staff {
		for id, owner := range owners {
			supervisor := c.staff[supervisors[id]].ID
			want := u.Sees(c.staff[owner].ID, supervisor)
			_, err := c.Case(context.Background(), u, id)
			if (err == nil) != want || err != nil && !errors.Is(err, care.ErrNotFound) {
				t.Errorf("%s reads %s's case: %v, policy says %v", name, owner, err, want)
			}
			page, err := c.Cases(context.Background(), u, List{View: "all", Limit: 50})
			if err != nil {
				t.Fatal(err)
			}
			listed := false
			for _, row := range page.Cases {
				listed = listed || strings.Contains(string(row), id)
			}
			if listed != want {
				t.Errorf("%s lists %s's case: %v, policy says %v", name, owner, listed, want)
			}
			_, err = c.Do(context.Background(), u.ID, care.Command{Kind: care.AddCommentKind, CaseID: id, Comment: "hello"})
			if want && u.Role != care.Admin && err != nil || !want && !errors.Is(err, care.ErrNotFound) {
				t.Errorf("%s writes on %s's case: %v, policy says %v", name, owner, err, want)
			}
		}
	}
}

func TestReassignedCHWTakesHerCasesAlong(t *testing.T) {
	t.Parallel()
	c := openClinic(t)
	id := c.must(t, "chw", newCase("Sunita Devi")).Case.ID
	to := c.staff["asha2"].ID
	c.must(t, "admin", care.Command{Kind: care.UpdateUserKind, UserID: c.staff["chw"].ID, User: &care.UserChange{SupervisorID: &to}})
	if _, err := c.Case(context.Background(), c.staff["asha"], id); !errors.Is(err, care.ErrNotFound) {
		t.Errorf("the former ASHA: %v", err)
	}
	if _, err := c.Case(context.Background(), c.staff["asha2"], id); err != nil {
		t.Errorf("the new ASHA: %v", err)
	}
	rooms, err := c.Rooms(context.Background(), c.staff["asha2"])
	if err != nil || len(rooms) != 5 {
		t.Errorf("rooms %v %v", rooms, err)
	}
}

func TestListIsInOrderAndWhole(t *testing.T) {
	t.Parallel()
	c := openClinic(t)
	want := map[string]bool{}
	for i := range 45 {
		cmd := newCase(fmt.Sprintf("Patient %d", i))
		if i%4 == 0 {
			cmd.New.Signs = []string{"convulsions"}
		}
		want[c.must(t, "chw", cmd).Case.ID] = true
	}
	for _, view := range []string{"open", "all", "waiting", "mine"} {
		for _, who := range []string{"asha", "chw", "doctor"} {
			if view == "waiting" && who != "asha" || view == "mine" && who != "chw" {
				continue
			}
			seen := map[string]bool{}
			cursor, lastRank := "", -1
			for pages := 0; ; pages++ {
				page, err := c.Cases(context.Background(), c.staff[who], List{View: view, Limit: 7, Cursor: cursor})
				if err != nil {
					t.Fatal(err)
				}
				for _, raw := range page.Cases {
					var row struct {
						ID      string
						Urgency care.Urgency
					}
					decode(t, raw, &row)
					if row.Urgency.Rank() < lastRank || seen[row.ID] {
						t.Fatalf("%s %s: out of order or twice: %s", view, who, row.ID)
					}
					lastRank, seen[row.ID] = row.Urgency.Rank(), true
				}
				if cursor = page.Next; cursor == "" {
					break
				}
				if pages > 10 {
					t.Fatal("the list does not end")
				}
			}
			if len(seen) != len(want) {
				t.Errorf("%s %s: %d of %d cases", view, who, len(seen), len(want))
			}
		}
	}
	if _, err := c.Cases(context.Background(), c.staff["asha"], List{View: "open", Limit: 7, Cursor: "nonsense"}); err == nil {
		t.Error("a made-up cursor was taken")
	}
}

func TestSearchMeetsSpellings(t *testing.T) {
	t.Parallel()
	c := openClinic(t)
	sunita := newCase("सुनीता देवी")
	sunita.New.Patient.GuardianName = "Ramesh"
	number := c.must(t, "chw", sunita).Case.Number
	c.must(t, "chw2", newCase("Vikas Yadav"))
	for search, want := range map[string]int{"suneeta": 1, "Sunita Devi": 1, "सुनी": 1, "ramesh": 1, "kheda": 2, "bikas": 1, "jadav": 1, "sunita yadav": 0, number: 1, "\"*": 0, "NOT": 0} {
		page, err := c.Cases(context.Background(), c.staff["doctor"], List{View: "all", Search: search, Limit: 10})
		if err != nil {
			t.Fatalf("%q: %v", search, err)
		}
		if len(page.Cases) != want {
			t.Errorf("%q finds %d, want %d", search, len(page.Cases), want)
		}
	}
	page, err := c.Cases(context.Background(), c.staff["chw"], List{View: "all", Search: "vikas", Limit: 10})
	if err != nil || len(page.Cases) != 0 {
		t.Errorf("a search shows what is not yours: %d %v", len(page.Cases), err)
	}
}

func TestCorrectedPatientIsToldInEveryCase(t *testing.T) {
	t.Parallel()
	c := openClinic(t)
	first := c.must(t, "chw", newCase("Sunita")).Case
	second := c.must(t, "chw", care.Command{Kind: care.CreateCaseKind, New: &care.NewCase{PatientID: first.Patient.ID, Complaint: "cough"}}).Case
	c.must(t, "chw", care.Command{Kind: care.UpdatePatientKind, CaseID: first.ID, Patient: care.PatientChange{"village": {From: []byte(`"Kheda"`), To: []byte(`"Rampur"`)}}})
	for _, id := range []string{first.ID, second.ID} {
		view, err := c.Case(context.Background(), c.staff["doctor"], id)
		if err != nil || view.Patient.Village != "Rampur" || view.Row.Patient.Village != "Rampur" {
			t.Errorf("case %s: %q %q %v", id, view.Patient.Village, view.Row.Patient.Village, err)
		}
		if n := count(t, c.DB, "SELECT COUNT(*) FROM events WHERE kind = 'caseChanged' AND case_id = (SELECT id FROM cases WHERE uid = ?)", id); n != 1 {
			t.Errorf("case %s: %d events", id, n)
		}
	}
	if _, err := c.does("chw2", care.Command{Kind: care.CreateCaseKind, New: &care.NewCase{PatientID: first.Patient.ID, Complaint: "cough"}}); !errors.Is(err, care.ErrNotFound) {
		t.Errorf("a foreign patient: %v", err)
	}
}

func TestAlteredLogIsFound(t *testing.T) {
	t.Parallel()
	c := openClinic(t)
	c.must(t, "chw", newCase("Sunita"))
	if _, err := c.VerifyChain(context.Background()); err != nil {
		t.Fatal(err)
	}
	err := c.submit(context.Background(), func(t *tx) error { return t.exec("UPDATE events SET payload = '{}' WHERE seq = 3") })
	if err == nil {
		t.Fatal("the log could be changed")
	}
	for _, tamper := range []string{"DROP TRIGGER events_no_update", "UPDATE events SET payload = '{}' WHERE seq = 3"} {
		if err := c.submit(context.Background(), func(t *tx) error { return t.exec(tamper) }); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.VerifyChain(context.Background()); !errors.Is(err, ErrDamaged) {
		t.Errorf("an altered event was not found: %v", err)
	}
}

// A full disk: what was answered stays and can be read, what cannot be saved is refused
// with one clear error, and the box comes back by itself.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	c := openClinic(t)
	id := c.must(t, "chw", newCase("Sunita")).Case.ID
	pages := count(t, c.DB, "PRAGMA page_count")
	limit := func(n int64) {
		t.Helper()
		err := c.submit(context.Background(), func(t *tx) error {
			rows, err := t.w.conn.QueryContext(t.ctx, fmt.Sprintf("PRAGMA max_page_count = %d", n))
			if err == nil {
				err = rows.Close()
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit(pages + 8)
	var err error
	saved := 0
	for range 2000 {
		if _, err = c.does("chw", care.Command{Kind: care.AddCommentKind, CaseID: id, Comment: strings.Repeat("long ", 500)}); err != nil {
			break
		}
		saved++
	}
	if !errors.Is(err, ErrReadOnly) {
		t.Fatalf("a full disk answered %v", err)
	}
	if _, err := os.Stat(c.disk.ballast()); !errors.Is(err, os.ErrNotExist) {
		t.Error("the ballast was kept")
	}
	view, err := c.Case(context.Background(), c.staff["chw"], id)
	if err != nil || view.CommentCount != saved {
		t.Errorf("%d comments readable of %d saved: %v", view.CommentCount, saved, err)
	}
	deadline := time.Now().Add(30 * time.Second)
	for limited := true; ; {
		if limited && c.down.Load() == nil { // the probe found that a small write goes through
			limit(1 << 30)
			limited = false
		}
		if !limited {
			if _, err = c.does("chw", care.Command{Kind: care.AddCommentKind, CaseID: id, Comment: "back"}); err == nil {
				break
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("the box did not come back: %v", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if _, err := os.Stat(c.disk.ballast()); err != nil {
		t.Errorf("the ballast did not come back: %v", err)
	}
}

func TestOneProcessPerDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d, err := Open(context.Background(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), dir, Options{}); !errors.Is(err, ErrInUse) {
		t.Errorf("second open: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := d.submit(context.Background(), func(*tx) error { return nil }); !errors.Is(err, ErrBusy) {
		t.Errorf("after close: %v", err)
	}
	again, err := Open(context.Background(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

// Every connection of the pool held by a snapshot, each of which meets a new statement:
// they once waited for each other for ever, in the first second after a start.
func TestSnapshotsDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	c := openClinic(t)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	n := c.read.Stats().MaxOpenConnections
	var held, done sync.WaitGroup
	held.Add(n)
	for i := range n {
		done.Go(func() {
			err := c.inSnapshot(ctx, func(r reader) error {
				held.Done()
				held.Wait()
				var one int
				return r.row(ctx, fmt.Sprintf("SELECT 1 + %d - %d", i, i)).Scan(&one)
			})
			if err != nil {
				t.Errorf("snapshot %d: %v", i, err)
			}
		})
	}
	done.Wait()
}

func TestEpochAndPositionsSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := &clinic{staff: map[string]care.User{}}
	var err error
	if c.DB, err = Open(context.Background(), dir, Options{}); err != nil {
		t.Fatal(err)
	}
	c.employ(t)
	cmd := newCase("Sunita")
	cmd.ID = NewID()
	first := c.must(t, "chw", cmd)
	epoch, head := c.Epoch(), c.Head()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if c.DB, err = Open(context.Background(), dir, Options{}); err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.Epoch() != epoch || c.Head() != head {
		t.Errorf("epoch %s head %d, were %s %d", c.Epoch(), c.Head(), epoch, head)
	}
	if again := c.must(t, "chw", cmd); again.Case.ID != first.Case.ID || c.Head() != head {
		t.Error("a command sent again after a restart acted again")
	}
}

func TestMigrations(t *testing.T) {
	t.Parallel()
	one := &fstest.MapFile{Data: []byte("CREATE TABLE a (x INTEGER) STRICT;")}
	dir := t.TempDir()
	openConn := func() (*sql.DB, *sql.Conn) {
		d, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "m.db"))
		if err != nil {
			t.Fatal(err)
		}
		conn, err := d.Conn(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return d, conn
	}
	d, conn := openConn()
	defer d.Close()
	defer conn.Close()
	ctx := context.Background()
	if err := migrate(ctx, conn, dir, fstest.MapFS{"migrations/0001_a.sql": one}); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(ctx, "INSERT INTO a VALUES (42)"); err != nil {
		t.Fatal(err)
	}
	bad := fstest.MapFS{"migrations/0001_a.sql": one, "migrations/0002_b.sql": {Data: []byte("CREATE TABLE b (x INTEGER) STRICT; CREATE TABLE a (y INTEGER);")}}
	if err := migrate(ctx, conn, dir, bad); err == nil {
		t.Fatal("a migration that fails passed")
	}
	var n int
	if err := conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'b'").Scan(&n); err != nil || n != 0 {
		t.Errorf("half a migration stayed: %d %v", n, err)
	}
	good := fstest.MapFS{"migrations/0001_a.sql": one, "migrations/0002_b.sql": {Data: []byte("CREATE TABLE b (x INTEGER) STRICT;")}}
	for range 2 { // the second time there is nothing to do
		if err := migrate(ctx, conn, dir, good); err != nil {
			t.Fatal(err)
		}
	}
	aside, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "before-0002.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer aside.Close()
	if err := aside.QueryRow("SELECT x FROM a").Scan(&n); err != nil || n != 42 {
		t.Errorf("the copy set aside: %d %v", n, err)
	}
	if err := migrate(ctx, conn, dir, fstest.MapFS{"migrations/0001_a.sql": one}); !errors.Is(err, ErrNewer) {
		t.Errorf("an older program on a newer database: %v", err)
	}
}

// Opening and closing the database file inside the process drops SQLite's locks (where
// they are POSIX locks): nothing in the program does it.
func TestNothingOpensTheDatabaseFile(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir("..", func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "node_modules") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(text), "\n") {
			opens := strings.Contains(line, "os.Open") || strings.Contains(line, "os.ReadFile") || strings.Contains(line, "os.Create")
			if opens && (strings.Contains(line, "aarogya.db") || strings.Contains(line, "fileName") || strings.Contains(line, "-shm") || strings.Contains(line, "-wal")) {
				t.Errorf("%s:%d opens the live database", path, i+1)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A directory's name is a name, whatever is in it.
func TestOddDirectories(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a?b", "a#b", "a%41b", "a b", "घर"} {
		dir := filepath.Join(t.TempDir(), name)
		d, err := Open(context.Background(), dir, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, fileName)); err != nil {
			t.Errorf("%s: the database is elsewhere", name)
		}
		if mode := count(t, d, "PRAGMA synchronous"); mode != 2 {
			t.Errorf("%s: synchronous %d", name, mode)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A caller who goes away leaves the writer alone with the answer.
func TestCallerGoesAway(t *testing.T) {
	t.Parallel()
	c := openClinic(t)
	for range 50 {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(time.Millisecond/2, cancel)
		c.Do(ctx, c.staff["chw"].ID, newCase("Sunita"))
		cancel()
	}
	if _, err := c.VerifyChain(context.Background()); err != nil {
		t.Error(err)
	}
}

// Who read which case is written down, also what was read just before the end.
func TestReadingACaseLeavesATrace(t *testing.T) {
	t.Parallel()
	c := &clinic{staff: map[string]care.User{}}
	dir := t.TempDir()
	var err error
	if c.DB, err = Open(context.Background(), dir, Options{}); err != nil {
		t.Fatal(err)
	}
	c.employ(t)
	id := c.must(t, "chw", newCase("Sunita")).Case.ID
	for _, who := range []string{"doctor", "asha", "asha2"} { // the last may not
		c.Case(context.Background(), c.staff[who], id)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if c.DB, err = Open(context.Background(), dir, Options{}); err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if n := count(t, c.DB, "SELECT COUNT(*) FROM access_log a JOIN users u ON u.id = a.user_id WHERE u.username IN ('doctor', 'asha')"); n != 2 {
		t.Errorf("%d readings of 2", n)
	}
	if n := count(t, c.DB, "SELECT COUNT(*) FROM access_log"); n != 2 {
		t.Errorf("%d readings in all", n)
	}
}

// A case that repeats another names it by the number people read out.
func TestDuplicateOfIsNamedByItsNumber(t *testing.T) {
	t.Parallel()
	c := openClinic(t)
	first, second, foreign := c.must(t, "chw", newCase("Sunita")).Case, c.must(t, "chw", newCase("Sunita")).Case, c.must(t, "chw2", newCase("Geeta")).Case
	end := func(of string) (Done, error) {
		return c.does("doctor", step(care.Close, second.ID, care.Body{Reason: "duplicate_of", DuplicateOf: of}))
	}
	for _, wrong := range []string{"99-9999-9", "nonsense", second.Number} {
		if _, err := end(wrong); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
	if _, err := c.does("asha", step(care.Close, second.ID, care.Body{Reason: "duplicate_of", DuplicateOf: foreign.Number})); err == nil {
		t.Error("a foreign case was found")
	}
	done, err := end(first.Number)
	if err != nil || done.Case.DuplicateOf != first.ID {
		t.Errorf("%v %+v", err, done.Case)
	}
}
