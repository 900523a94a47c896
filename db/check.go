package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Exists tells whether a database is in dir, also one that may not be read.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, fileName))
	return !errors.Is(err, fs.ErrNotExist)
}

// ErrNoClinic: there is no database in this directory.
var ErrNoClinic = errors.New("no clinic here")

// OpenReadOnly opens the clinic in dir to be looked at, and holds the directory's lock until
// Close, so that no box starts meanwhile. Nothing is made, migrated or mended, and every
// command gets ErrReadOnly. Only after a power cut does it touch the directory at all: the
// log beside the database cannot be read without its index, which SQLite makes.
func OpenReadOnly(ctx context.Context, dir string) (*DB, error) {
	path := filepath.Join(dir, fileName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", dir, ErrNoClinic)
	} else if err != nil {
		return nil, err
	}
	// Not made if it is not there, as in a copied directory: root's could not be opened by the box.
	lock := flock.New(filepath.Join(dir, "lock"), flock.SetFlag(os.O_RDONLY))
	if held, err := lock.TryLock(); err == nil && !held {
		return nil, fmt.Errorf("%w: %s", ErrInUse, dir)
	} // an error: no box was started there yet, or none can be
	mode := "?mode=ro"
	if log, err := os.Stat(path + "-wal"); err != nil || log.Size() == 0 {
		mode += "&immutable=1" // else even a reader makes files
	}
	d := &DB{dir: dir, now: time.Now, log: slog.New(slog.DiscardHandler), lock: lock, readOnly: true, stop: make(chan struct{}), stopped: make(chan struct{}), memory: newMemory()}
	close(d.stopped)
	d.down.Store(&downState{ErrReadOnly})
	d.readURI = fileURI(path) + mode + "&_pragma=query_only(1)&_pragma=busy_timeout(5000)&_pragma=cache_size(-4000)"
	var err error
	if d.read, err = sql.Open("sqlite", d.readURI); err == nil {
		var version int
		err = damaged(d.read.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version))
	}
	if err != nil {
		d.closeFiles()
		return nil, err
	}
	return d, nil
}

// Schema is the version of the database's tables, and the newest this program knows.
func (d *DB) Schema(ctx context.Context) (have, known int, err error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, 0, err
	}
	err = d.read.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have)
	return have, len(names), err
}

// SizeBytes is how large the database is, with what is not yet in its main file.
func (d *DB) SizeBytes() (int64, error) {
	path := filepath.Join(d.dir, fileName)
	main, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	if log, err := os.Stat(path + "-wal"); err == nil {
		return main.Size() + log.Size(), nil
	}
	return main.Size(), nil
}

// Check reads the whole file: its structure, and that no reference leads nowhere. It has a
// connection of its own, so that neither the writer nor a reader waits for it; while it
// runs, what is written collects beside the main file.
func (d *DB) Check(ctx context.Context) error {
	own, err := sql.Open("sqlite", d.readURI)
	if err != nil {
		return err
	}
	defer own.Close()
	own.SetMaxOpenConns(1)
	if err := quickCheck(ctx, own); err != nil {
		return err
	}
	rows, err := own.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return err
	}
	defer rows.Close()
	if rows.Next() {
		return fmt.Errorf("%w: a reference leads nowhere", ErrDamaged)
	}
	return damaged(rows.Err())
}

// damaged tells what SQLite finds wrong with the file itself from other trouble.
func damaged(err error) error {
	if code := primaryCode(err); code == 11 || code == 26 { // SQLITE_CORRUPT, SQLITE_NOTADB
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// checked is what came out of the check at the start.
type checked struct {
	at  time.Time
	err error
}

// CheckedAtStart tells when the file was read through at the start, and what came out; the
// zero time while that goes on.
func (d *DB) CheckedAtStart() (time.Time, error) {
	if c := d.checked.Load(); c != nil {
		return c.at, c.err
	}
	return time.Time{}, nil
}

// chainBatch rows are read at a time: a read that lasts holds a connection others wait for,
// and keeps the log beside the database from being emptied.
const chainBatch = 2000

// VerifyChain reads the whole log and reports the first row that does not follow from
// the one before it, and how many rows it read.
func (d *DB) VerifyChain(ctx context.Context) (rows int64, err error) {
	rows, _, err = d.VerifyNewest(ctx, math.MaxInt64)
	return rows, err
}

// VerifyNewest does the same for that many of the newest rows, and tells how many there are
// in all.
func (d *DB) VerifyNewest(ctx context.Context, newest int64) (rows, all int64, err error) {
	if all, err = d.lastGiven(ctx); err != nil {
		return 0, 0, err
	}
	rows, err = d.verifyChain(ctx, max(0, all-newest), all)
	return rows, all, damaged(err)
}

// lastGiven is the highest seq there ever was, whether or not its row is still there.
func (d *DB) lastGiven(ctx context.Context) (seq int64, err error) {
	err = pool{d}.row(ctx, `SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0)`).Scan(&seq)
	return seq, err
}

// verifyChain from after a row up to one that must be there.
func (d *DB) verifyChain(ctx context.Context, after, head int64) (rows int64, err error) {
	var last [32]byte
	if after > 0 {
		var hash []byte
		if err := notFound((pool{d}).row(ctx, `SELECT hash FROM events WHERE seq = ?`, after).Scan(&hash)); err != nil {
			return 0, fmt.Errorf("%w: event %d: %w", ErrDamaged, after, err)
		}
		copy(last[:], hash)
	}
	for at := after; ; {
		n, err := d.verifyBatch(ctx, at, &last)
		at, rows = at+n, rows+n
		switch {
		case err != nil:
			return rows, err
		case n == chainBatch:
		case at < head:
			return rows, fmt.Errorf("%w: the log ends at event %d, and there were %d", ErrDamaged, at, head)
		default:
			return rows, nil
		}
	}
}

func (d *DB) verifyBatch(ctx context.Context, after int64, last *[32]byte) (rows int64, err error) {
	list, err := pool{d}.query(ctx, `SELECT seq, epoch, COALESCE(case_id, 0), kind, step, actor_id, actor, device, at, audience, payload, schema_v, prev_hash, hash
		FROM events WHERE seq > ? ORDER BY seq LIMIT ?`, after, chainBatch)
	if err != nil {
		return 0, err
	}
	defer list.Close()
	for list.Next() {
		var r logRow
		var prev, hash []byte
		if err := list.Scan(&r.seq, &r.epoch, &r.caseID, &r.kind, &r.step, &r.actorID, &r.actor, &r.device, &r.at, &r.audience, &r.payload, &r.schema, &prev, &hash); err != nil {
			return rows, err
		}
		copy(r.prev[:], prev)
		copy(r.recorded[:], hash)
		if rows++; r.seq != after+rows || r.prev != *last || r.sum() != r.recorded {
			return rows, fmt.Errorf("%w: the log was altered at event %d", ErrDamaged, after+rows)
		}
		*last = r.recorded
	}
	return rows, list.Err()
}
