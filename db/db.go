// Package db keeps the clinic in one SQLite file. It knows how to keep a promise (what
// was answered is on disk) and how to read quickly; what may happen to a case it asks
// package care. It knows nothing of HTTP, sockets or passwords.
//
// Every change a person asks for goes through Do, or, for sign-ins, the few functions of
// sessions.go; what the box does by itself when time has passed is RingAgain, ReleaseLocks
// and ForgetOldAnswers. All of them go through the one writer of writer.go.
package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/uuid"
	"modernc.org/sqlite"
)

// DB is an open clinic. Safe for use by many goroutines.
type DB struct {
	dir     string
	now     func() time.Time
	log     *slog.Logger
	lock    *flock.Flock
	read    *sql.DB
	readURI string // how a reader opens the file
	write   *sql.DB
	ops     chan *operation
	stop    chan struct{}
	stopped chan struct{}
	closing sync.Once

	readOnly bool                    // opened to be looked at
	checking sync.WaitGroup          // the check after a clean start
	checked  atomic.Pointer[checked] // nil while that goes on
	epoch    string
	head     atomic.Int64
	down     atomic.Pointer[downState]
	disk     disk
	reads    readings
	publish  func([]Event) // called by the writer, in commit order; must not block

	stmts sync.Map // query text -> *sql.Stmt of the readers

	memory
}

// Options for Open. Zero values are fine.
type Options struct {
	Now     func() time.Time // the clock; default time.Now
	Log     *slog.Logger     // default: nothing is logged
	Publish func([]Event)    // hears every committed event, in order; must not block
}

var (
	// ErrBusy: more commands wait than the box can promise to answer soon.
	ErrBusy = errors.New("too many commands are waiting")
	// ErrReadOnly: nothing can be written now, usually a full disk; what is there is safe.
	ErrReadOnly = errors.New("the box cannot save right now")
	// ErrInUse: another process serves this data directory.
	ErrInUse = errors.New("this data directory is in use by another aarogya process")
	// ErrDamaged: the database did not pass its check.
	ErrDamaged = errors.New("the database is damaged")
)

const fileName = "aarogya.db"

// settings of both sides; see the storage page for what each was measured to do.
const pragmas = "_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
	"&_pragma=foreign_keys(1)&_pragma=wal_autocheckpoint(0)&_pragma=temp_store(2)&_pragma=cache_size(-16000)"

// readerPragmas: a reader's pages are forgotten with the next commit, so it needs room for
// little more than one answer.
const readerPragmas = pragmas + "&_pragma=cache_size(-4000)"

// UseOFDLocks makes SQLite's file locks belong to the open file instead of the process,
// so that no stray open and close can drop them. Call it first in main.
func UseOFDLocks() error {
	if _, err := sqlite.OFDLocking(true); err != nil && !errors.Is(err, sqlite.ErrOFDLockingUnavailable) {
		return err
	}
	return nil
}

// Open opens the clinic in dir, making it if it is not there, and holds the directory's
// lock until Close. It refuses file systems that lose data, damaged and newer databases.
func Open(ctx context.Context, dir string, o Options) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if o.Publish == nil {
		o.Publish = func([]Event) {}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil { // patients are in it, whoever made it
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if err := refuseFileSystem(dir); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(dir, "lock"))
	if held, err := lock.TryLock(); err != nil {
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	} else if !held {
		return nil, fmt.Errorf("%w: %s\nhint: one box serves a directory; stop the other, or name another one: --data DIR", ErrInUse, dir)
	}
	d := &DB{dir: dir, now: o.Now, log: o.Log, lock: lock, publish: o.Publish,
		ops: make(chan *operation, queueLength), stop: make(chan struct{}), stopped: make(chan struct{}), memory: newMemory()}
	if err := d.open(ctx); err != nil {
		d.closeFiles()
		return nil, err
	}
	return d, nil
}

func (d *DB) open(ctx context.Context) error {
	path := filepath.Join(d.dir, fileName)
	var err error
	if d.write, err = sql.Open("sqlite", fileURI(path)+"?_txlock=immediate&"+pragmas); err != nil {
		return err
	}
	d.write.SetMaxOpenConns(1)
	d.readURI = fileURI(path) + "?_txlock=deferred&_pragma=query_only(1)&" + readerPragmas
	if d.read, err = sql.Open("sqlite", d.readURI); err != nil {
		return err
	}
	d.read.SetMaxOpenConns(min(runtime.NumCPU(), 4))
	d.read.SetMaxIdleConns(min(runtime.NumCPU(), 4))
	conn, err := d.write.Conn(ctx) // the writer's own, for as long as the box runs
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	unclean := d.wasUnclean()
	if unclean {
		if err := quickCheck(ctx, conn); err != nil {
			conn.Close()
			return err
		}
		d.checked.Store(&checked{at: d.now()})
	}
	if err := migrate(ctx, conn, d.dir, migrations); err != nil {
		conn.Close()
		return err
	}
	w, err := d.newWriter(ctx, conn)
	if err != nil {
		conn.Close()
		return err
	}
	if err := d.disk.open(d.dir); err != nil {
		conn.Close()
		return err
	}
	if err := d.markUnclean(); err != nil {
		conn.Close()
		return err
	}
	go w.run()
	if !unclean {
		d.checking.Go(d.checkInBackground)
	}
	return nil
}

// The mark of a run that has not ended cleanly.
func (d *DB) mark() string { return filepath.Join(d.dir, "running") }

func (d *DB) wasUnclean() bool {
	_, err := os.Stat(d.mark())
	return err == nil
}

func (d *DB) markUnclean() error { return os.WriteFile(d.mark(), nil, 0o600) }

func quickCheck(ctx context.Context, q interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) error {
	var verdict string
	if err := q.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return damaged(err)
	}
	if verdict != "ok" {
		return ErrDamaged
	}
	return nil
}

func (d *DB) checkInBackground() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-d.stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	err := d.Check(ctx)
	if ctx.Err() != nil {
		return
	}
	d.checked.Store(&checked{d.now(), err})
	if err != nil {
		d.log.Error("database check failed; stop the box, keep the data directory, restore the newest backup", "err", err)
	}
}

// Epoch names this run of the log; it changes only when a backup is restored.
func (d *DB) Epoch() string { return d.epoch }

// Head is the position of the newest committed event.
func (d *DB) Head() int64 { return d.head.Load() }

// Dir is the data directory.
func (d *DB) Dir() string { return d.dir }

// Close lets the writer finish what it has begun, empties the WAL and lets go of the
// directory. Commands that come later get ErrBusy.
func (d *DB) Close() error {
	var err error
	d.closing.Do(func() {
		close(d.stop)
		<-d.stopped
		d.checking.Wait() // it could open the file once more, when its directory is given up
		if err = d.closeDatabase(); err == nil && !d.readOnly {
			err = os.Remove(d.mark())
		}
		err = errors.Join(err, d.lock.Unlock())
	})
	return err
}

func (d *DB) closeFiles() error { return errors.Join(d.closeDatabase(), d.lock.Unlock()) }

func (d *DB) closeDatabase() error {
	var errs []error
	d.stmts.Range(func(_, s any) bool { errs = append(errs, s.(*sql.Stmt).Close()); return true })
	if d.read != nil {
		errs = append(errs, d.read.Close())
	}
	if d.write != nil {
		errs = append(errs, d.write.Close())
	}
	return errors.Join(errs...)
}

// fileURI is a path as SQLite reads it: in a directory called "a?b" the rest is no setting.
func fileURI(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }

// Discard removes a database that nobody serves. Only the demo's is ever discarded.
func Discard(dir string) error {
	lock := flock.New(filepath.Join(dir, "lock"))
	if held, err := lock.TryLock(); err != nil {
		return err
	} else if !held {
		return fmt.Errorf("%w: %s", ErrInUse, dir)
	}
	defer lock.Unlock()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(dir, fileName+suffix)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// reader is what a read needs: the pool, or one snapshot of it.
type reader interface {
	query(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	row(ctx context.Context, text string, args ...any) *sql.Row
	remembered() *memory
}

func (p pool) remembered() *memory     { return &p.d.memory }
func (s snapshot) remembered() *memory { return &s.d.memory }
func (t *tx) remembered() *memory      { return &t.w.d.memory }

// pool reads each statement in a snapshot of its own.
type pool struct{ d *DB }

// prepared is the statement for text, prepared once.
func (d *DB) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	if s, ok := d.stmts.Load(text); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := d.read.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	if other, loaded := d.stmts.LoadOrStore(text, s); loaded {
		s.Close()
		return other.(*sql.Stmt), nil
	}
	return s, nil
}

func (p pool) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	s, err := p.d.prepared(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (p pool) row(ctx context.Context, text string, args ...any) *sql.Row {
	s, err := p.d.prepared(ctx, text)
	if err != nil {
		return p.d.read.QueryRowContext(ctx, text, args...) // carries the same error to Scan
	}
	return s.QueryRowContext(ctx, args...)
}

// snapshot is several reads of one moment. It holds a connection of the pool, so it must
// not ask for another: with every connection held by a snapshot that waits for one more,
// all would wait for ever. A statement it meets first is run as it is and prepared after.
type snapshot struct {
	d   *DB
	tx  *sql.Tx
	met *[]string // statements to prepare when the connection is free again
}

func (s snapshot) prepared(ctx context.Context, text string) *sql.Stmt {
	if st, ok := s.d.stmts.Load(text); ok {
		return s.tx.StmtContext(ctx, st.(*sql.Stmt))
	}
	*s.met = append(*s.met, text)
	return nil
}

func (s snapshot) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if st := s.prepared(ctx, text); st != nil {
		return st.QueryContext(ctx, args...)
	}
	return s.tx.QueryContext(ctx, text, args...)
}

func (s snapshot) row(ctx context.Context, text string, args ...any) *sql.Row {
	if st := s.prepared(ctx, text); st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return s.tx.QueryRowContext(ctx, text, args...)
}

// inSnapshot runs f on one moment of the database.
func (d *DB) inSnapshot(ctx context.Context, f func(reader) error) error {
	tx, err := d.read.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	var met []string
	err = f(snapshot{d, tx, &met})
	tx.Rollback() // a read has nothing to commit
	for _, text := range met {
		if _, prepareErr := d.prepared(ctx, text); prepareErr != nil && err == nil {
			d.log.Debug("statement not prepared", "err", prepareErr) // it is run as it is again
		}
	}
	return err
}

// NewID mints a UUIDv7.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b)
}
