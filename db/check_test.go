package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"aarogya/app/care"
)

// copied is the clinic's directory as a pulled plug would leave it, log beside the database
// included.
func (c *clinic) copied(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{fileName, fileName + "-wal", "running"} {
		text, err := os.ReadFile(filepath.Join(c.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// tampered does what nobody may to the database in dir, behind the program's back.
func tampered(t testing.TB, dir string, texts ...string) {
	t.Helper()
	raw, err := sql.Open("sqlite", fileURI(filepath.Join(dir, fileName)))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	for _, text := range texts {
		if _, err := raw.Exec(text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
}

func openToLook(t testing.TB, dir string) *DB {
	t.Helper()
	d, err := OpenReadOnly(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func files(t testing.TB, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	list := ""
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		list += fmt.Sprintln(e.Name(), info.Size(), info.ModTime().UnixNano())
	}
	return list
}

func TestOpenReadOnly(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	empty := t.TempDir()
	if _, err := OpenReadOnly(ctx, empty); !errors.Is(err, ErrNoClinic) {
		t.Errorf("an empty directory: %v", err)
	}
	if got := files(t, empty); got != "" {
		t.Errorf("it made %s", got)
	}
	c := openClinic(t)
	c.must(t, "chw", newCase("Sunita"))
	if _, err := OpenReadOnly(ctx, c.dir); !errors.Is(err, ErrInUse) {
		t.Errorf("a served directory: %v", err)
	}
	killed := c.copied(t)
	d, err := Open(ctx, killed, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil { // from here on it is a clean one
		t.Fatal(err)
	}
	before := files(t, killed)
	d = openToLook(t, killed)
	rows, err := d.VerifyChain(ctx)
	if err != nil || rows != c.Head() {
		t.Errorf("%d of %d events: %v", rows, c.Head(), err)
	}
	if err := d.Check(ctx); err != nil {
		t.Error(err)
	}
	if have, known, err := d.Schema(ctx); err != nil || have != known || have == 0 {
		t.Errorf("schema %d of %d: %v", have, known, err)
	}
	if err := d.SetSetting(ctx, "clinic", "x"); !errors.Is(err, ErrReadOnly) {
		t.Errorf("a command: %v", err)
	}
	if _, err := d.Do(ctx, c.staff["chw"].ID, newCase("Radha")); !errors.Is(err, ErrReadOnly) {
		t.Errorf("a command: %v", err)
	}
	if _, err := Open(ctx, killed, Options{}); !errors.Is(err, ErrInUse) {
		t.Errorf("a box started meanwhile: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if got := files(t, killed); got != before {
		t.Errorf("looking changed the directory:\n%swas\n%s", got, before)
	}
	// After a pulled plug, what is only in the log beside the database is read too, and the
	// next start still knows that the end was not clean.
	killed = c.copied(t)
	d = openToLook(t, killed)
	if rows, err := d.VerifyChain(ctx); err != nil || rows != c.Head() {
		t.Errorf("after a pulled plug %d of %d events: %v", rows, c.Head(), err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(killed, "running")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(killed, "lock")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a lock was left, which is root's if root looked: %v", err)
	}
}

func TestCheckFindsDamage(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := openClinic(t)
	for i := range 40 {
		c.must(t, "chw", newCase(fmt.Sprint("Patient ", i)))
	}
	if err := c.Check(ctx); err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if err := c.Check(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("a check that was given up: %v", err)
	}

	dir := c.copied(t)
	tampered(t, dir, "PRAGMA foreign_keys = 0", "UPDATE cases SET owner_id = 999 WHERE id = 1")
	if err := openToLook(t, dir).Check(ctx); !errors.Is(err, ErrDamaged) {
		t.Errorf("a case of nobody: %v", err)
	}

	dir = c.copied(t)
	tampered(t, dir, "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA journal_mode = DELETE")
	f, err := os.OpenFile(filepath.Join(dir, fileName), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	for page := int64(10); page < info.Size()/4096; page += 2 { // worn flash
		if _, err := f.WriteAt(make([]byte, 512), page*4096); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	d, err := OpenReadOnly(ctx, dir)
	if err == nil { // else it was found even sooner
		_, altered := d.VerifyChain(ctx)
		err = errors.Join(d.Check(ctx), altered, d.Close())
	}
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("pages of nothing: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, fileName), []byte("this was a database once, and is no more"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenReadOnly(ctx, dir); !errors.Is(err, ErrDamaged) {
		t.Errorf("no database at all: %v", err)
	}
}

// The log is read in batches: a change in any of them is found, and so are rows that are no
// longer there; the newest rows alone can be verified, whatever happened before them.
func TestChainInBatches(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := openClinic(t)
	id := c.must(t, "chw", newCase("Sunita")).Case.ID
	fillLog(t, c, id, 2*chainBatch+100)
	all := c.Head()
	if rows, err := c.VerifyChain(ctx); err != nil || rows != all {
		t.Fatalf("%d of %d: %v", rows, all, err)
	}
	noTriggers := []string{"DROP TRIGGER events_no_update", "DROP TRIGGER events_no_delete", "PRAGMA foreign_keys = 0"}
	for _, test := range []struct {
		text       string
		rows       int64 // read until it was found; 0 = it was not
		newestRows int64 // the same, of the newest 50
	}{
		{"UPDATE events SET at = at + 1 WHERE seq = 3", 3, 0},
		{fmt.Sprintf("UPDATE events SET actor = 'x' WHERE seq = %d", chainBatch+7), chainBatch + 7, 0},
		{fmt.Sprintf("UPDATE events SET audience = 'x' WHERE seq = %d", all-49), all - 49, 1},
		{fmt.Sprintf("UPDATE events SET hash = zeroblob(32) WHERE seq = %d", all-50), all - 50, 1},
		{fmt.Sprintf("DELETE FROM events WHERE seq = %d", all), all - 1, 49},
		{fmt.Sprintf("DELETE FROM events WHERE seq = %d", all-50), all - 50, 0},
		{"DELETE FROM events", 0, 0},
	} {
		dir := c.copied(t)
		tampered(t, dir, append(noTriggers, test.text)...)
		d := openToLook(t, dir)
		if rows, err := d.VerifyChain(ctx); !errors.Is(err, ErrDamaged) || rows != test.rows {
			t.Errorf("%s: %d rows, %v", test.text, rows, err)
		}
		rows, _, err := d.VerifyNewest(ctx, 50)
		untouched := test.newestRows == 0 && rows == 50
		if untouched != (err == nil) || err != nil && (!errors.Is(err, ErrDamaged) || rows != test.newestRows) {
			t.Errorf("%s: newest 50: %d rows, %v", test.text, rows, err)
		}
	}
}

// fillLog appends comments to a case, many in one transaction.
func fillLog(t testing.TB, c *clinic, caseID string, n int) {
	t.Helper()
	ctx := context.Background()
	for n > 0 {
		some := min(n, 10_000)
		n -= some
		err := c.submit(ctx, func(t *tx) error {
			id, u, err := userRow(ctx, t, c.staff["chw"].ID)
			if err != nil {
				return err
			}
			var caseRow int64
			if err := t.row(ctx, "SELECT id FROM cases WHERE uid = ?", caseID).Scan(&caseRow); err != nil {
				return err
			}
			for range some {
				data := map[string]string{"caseId": caseID, "text": "a comment as people write it, of some length, with what was seen and what was done"}
				e := care.Event{Type: care.CommentAdded, By: u.Person(), At: care.At(c.now()), Data: data, Audience: care.Audience{}}
				if err := t.append(e, caseRow, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// BenchmarkMillionEvents is what `aarogya doctor` and its page take of a clinic's ten years.
func BenchmarkMillionEvents(b *testing.B) {
	ctx := context.Background()
	c := openClinic(b)
	fillLog(b, c, c.must(b, "chw", newCase("Sunita")).Case.ID, 1_000_000)
	bytes, err := c.SizeBytes()
	if err != nil {
		b.Fatal(err)
	}
	for name, f := range map[string]func() error{
		"file":  func() error { return c.Check(ctx) },
		"chain": func() error { _, err := c.VerifyChain(ctx); return err },
		"quick": func() error { _, _, err := c.VerifyNewest(ctx, 10_000); return err },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(bytes>>20), "MB")
		})
	}
}
