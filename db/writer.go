package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"time"

	"modernc.org/sqlite"
)

const (
	queueLength = 256 // callers that may wait; the next one gets ErrBusy
	batchLength = 128 // operations committed together
	// checkpointEvery operations, about 1,000 WAL frames (a case command writes 10 to 20).
	checkpointEvery = 64
	probeEvery      = 5 * time.Second
)

// operation is one caller's change, waiting for the writer.
type operation struct {
	do     func(*tx) error
	err    error
	events []Event
	done   chan struct{}
}

// tx is what an operation may do inside the writer's transaction.
type tx struct {
	w      *writer
	ctx    context.Context
	seq    int64    // of the newest event so far
	hash   [32]byte // of the newest event so far
	events []Event
	people bool   // an account or a session was written
	device string // id of the tablet it comes from; "" = none of the clinic's
}

// writer is the one goroutine that changes the database. Queueing here, in Go, is fair;
// queueing in SQLite is a sleep-and-retry that can starve a tablet.
type writer struct {
	d     *DB
	conn  *sql.Conn
	stmts map[string]statement
	staff map[string]account // by uid, those who acted; emptied whenever an account is written
	seq   int64
	hash  [32]byte
	since int // operations since the last checkpoint
}

// statement is prepared once.
type statement struct {
	*sql.Stmt
	people bool // writes accounts or sessions
}

// writesPeople: by its text, so that no function that changes an account or a session can
// forget to say so.
var writesPeople = regexp.MustCompile(`^(INSERT INTO|UPDATE|DELETE FROM) (users|sessions)\b`)

func (d *DB) newWriter(ctx context.Context, conn *sql.Conn) (*writer, error) {
	w := &writer{d: d, conn: conn, stmts: map[string]statement{}, staff: map[string]account{}}
	if err := w.firstRun(ctx); err != nil {
		return nil, err
	}
	if err := conn.QueryRowContext(ctx, "SELECT value FROM settings WHERE name = 'epoch'").Scan(&d.epoch); err != nil {
		return nil, err
	}
	var hash []byte
	err := conn.QueryRowContext(ctx, "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").Scan(&w.seq, &hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	copy(w.hash[:], hash)
	d.head.Store(w.seq)
	return w, nil
}

func (w *writer) firstRun(ctx context.Context) error {
	for name, value := range map[string]string{"epoch": randomHex(8), "box": NewID()} {
		if _, err := w.conn.ExecContext(ctx, "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING", name, value); err != nil {
			return err
		}
	}
	return nil
}

// submit queues an operation and waits for its fate. If ctx ends first the operation
// may still happen: a caller that must know asks again with the same command id.
func (d *DB) submit(ctx context.Context, do func(*tx) error) error {
	if down := d.down.Load(); down != nil {
		return down.err
	}
	op := &operation{do: do, done: make(chan struct{})}
	select {
	case <-d.stop:
		return ErrBusy
	default:
	}
	select {
	case d.ops <- op:
	default:
		return ErrBusy
	}
	select {
	case <-op.done:
		return op.err
	case <-d.stopped: // closed while we waited: it was either answered just now, or never begun
		select {
		case <-op.done:
			return op.err
		default:
			return ErrBusy
		}
	case <-ctx.Done():
		return ctx.Err()
	}
}

// later queues an operation nobody waits for, if there is room to spare: a clinic's
// tablets that all come back at once must not push each other's commands out.
func (d *DB) later(do func(*tx) error) {
	if d.down.Load() != nil || len(d.ops) > queueLength/4 {
		return
	}
	select {
	case d.ops <- &operation{do: do, done: make(chan struct{})}:
	default:
	}
}

func (w *writer) run() {
	defer close(w.d.stopped)
	probe := time.NewTicker(probeEvery)
	defer probe.Stop()
	for {
		select {
		case op := <-w.d.ops:
			w.commit(w.drain(op))
		case <-probe.C:
			w.probe()
			w.noteReads()
		case <-w.d.stop:
			for {
				select {
				case op := <-w.d.ops:
					w.commit(w.drain(op))
					continue
				default:
				}
				break
			}
			w.noteReads()
			w.exec("PRAGMA wal_checkpoint(TRUNCATE)")
			for _, s := range w.stmts {
				s.Close()
			}
			w.conn.Close()
			return
		}
		if w.since >= checkpointEvery && len(w.d.ops) == 0 {
			w.since = 0
			if err := w.exec("PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
				w.trouble(err)
			}
		}
	}
}

// drain takes what waits behind op: what gathered during the previous commit.
func (w *writer) drain(op *operation) []*operation {
	batch := []*operation{op}
	for len(batch) < batchLength {
		select {
		case next := <-w.d.ops:
			batch = append(batch, next)
		default:
			return batch
		}
	}
	return batch
}

// commit runs a batch in one transaction: one fsync for all. Each operation has a
// savepoint, so one that is refused harms no neighbour.
func (w *writer) commit(batch []*operation) {
	t := &tx{w: w, ctx: context.Background(), seq: w.seq, hash: w.hash}
	err := w.exec("BEGIN IMMEDIATE")
	for _, op := range batch {
		if err != nil {
			break
		}
		err = t.run(op)
	}
	if err == nil {
		err = w.exec("COMMIT")
	}
	if err != nil {
		w.exec("ROLLBACK") // fails if SQLite has rolled back already
		w.forgetPeople()
		w.trouble(err)
		for _, op := range batch {
			op.err = w.d.failure(err)
			close(op.done)
		}
		return
	}
	w.seq, w.hash = t.seq, t.hash
	w.since += len(batch)
	w.d.head.Store(w.seq)
	if t.people {
		w.forgetPeople() // before anybody is answered
	}
	var events []Event
	for _, op := range batch {
		close(op.done)
		events = append(events, op.events...)
	}
	if len(events) > 0 {
		w.d.publish(events)
	}
}

// run does one operation. The error it returns is the transaction's, not the operation's.
func (t *tx) run(op *operation) (broken error) {
	t.events, t.device = nil, ""
	op.err, broken = t.attempt(op.do)
	op.events = t.events
	return broken
}

// attempt does something that may be refused, of which then nothing remains. broken is
// the transaction's own failure.
func (t *tx) attempt(do func(*tx) error) (refused, broken error) {
	seq, hash, told := t.seq, t.hash, len(t.events)
	if err := t.w.exec("SAVEPOINT op"); err != nil {
		return nil, err
	}
	refused = t.try(do)
	if refused == nil {
		return nil, t.w.exec("RELEASE op")
	}
	if fatal(refused) {
		return refused, refused
	}
	t.seq, t.hash, t.events = seq, hash, t.events[:told]
	clear(t.w.staff) // it may hold what never was
	if err := t.w.exec("ROLLBACK TO op"); err != nil {
		return refused, err
	}
	return refused, t.w.exec("RELEASE op")
}

// try keeps a bug in one operation from stopping the clinic.
func (t *tx) try(do func(*tx) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			t.w.d.log.Error("operation panicked", "panic", fmt.Sprintf("%T", r))
			err = fmt.Errorf("operation panicked: %T", r) // its text may hold a patient's words
		}
	}()
	return do(t)
}

func (w *writer) exec(text string, args ...any) error {
	s, err := w.prepared(text)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(context.Background(), args...)
	return err
}

func (w *writer) prepared(text string) (statement, error) {
	if s, ok := w.stmts[text]; ok {
		return s, nil
	}
	s, err := w.conn.PrepareContext(context.Background(), text)
	if err != nil {
		return statement{}, err
	}
	w.stmts[text] = statement{s, writesPeople.MatchString(text)}
	return w.stmts[text], nil
}

func (t *tx) exec(text string, args ...any) error {
	_, err := t.write(text, args)
	return err
}

// insert runs an INSERT and tells the new row's id.
func (t *tx) insert(text string, args ...any) (int64, error) {
	res, err := t.write(text, args)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// changes runs a statement and tells how many rows it changed.
func (t *tx) changes(text string, args ...any) (int64, error) {
	res, err := t.write(text, args)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (t *tx) write(text string, args []any) (sql.Result, error) {
	s, err := t.w.prepared(text)
	if err != nil {
		return nil, err
	}
	if s.people {
		t.people = true
		clear(t.w.staff)
	}
	return s.ExecContext(t.ctx, args...)
}

func (t *tx) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	s, err := t.w.prepared(text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (t *tx) row(ctx context.Context, text string, args ...any) *sql.Row {
	s, err := t.w.prepared(text)
	if err != nil {
		return t.w.conn.QueryRowContext(ctx, text, args...) // carries the same error to Scan
	}
	return s.QueryRowContext(ctx, args...)
}

// The primary result codes after which nothing can be written: read-only, I/O error,
// corrupt, full, not a database.
var fatalCodes = map[int]string{8: "read-only", 10: "I/O error", 11: "corrupt", 13: "disk full", 26: "not a database"}

func primaryCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

func fatal(err error) bool { return fatalCodes[primaryCode(err)] != "" }

// downState is why nothing can be written.
type downState struct{ err error }

// failure is what callers of a failed transaction are told.
func (d *DB) failure(err error) error {
	if fatal(err) {
		return fmt.Errorf("%w: %s", ErrReadOnly, fatalCodes[primaryCode(err)])
	}
	return fmt.Errorf("%w: %w", ErrBusy, err)
}

// trouble: the disk does not take what we write. Reading goes on; writing is refused at
// once, and tried again every few seconds.
func (w *writer) trouble(err error) {
	if !fatal(err) {
		w.d.log.Error("transaction failed", "err", err)
		return
	}
	if w.d.down.Swap(&downState{w.d.failure(err)}) == nil {
		w.d.log.Error("the box cannot save; reading goes on", "why", fatalCodes[primaryCode(err)], "err", err)
	}
	if primaryCode(err) == 13 {
		w.d.disk.dropBallast()
	}
}

// probe tries a real write while the writer is down, and comes back by itself.
func (w *writer) probe() {
	if w.d.down.Load() == nil {
		return
	}
	if w.d.disk.restoreBallast() != nil {
		return
	}
	err := w.exec("BEGIN IMMEDIATE")
	if err == nil {
		if err = w.exec(probeText, w.d.now().UnixMilli()); err == nil {
			err = w.exec("COMMIT")
		}
		if err != nil {
			w.exec("ROLLBACK")
		}
	}
	if err == nil {
		w.d.down.Store(nil)
		w.d.log.Info("the box can save again")
	}
}

const probeText = "INSERT INTO settings (name, value) VALUES ('probe', ?) ON CONFLICT (name) DO UPDATE SET value = MAX(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))"

// Probe reports whether a real write and a real read work now.
func (d *DB) Probe(ctx context.Context) error {
	want := d.now().UnixMilli()
	if err := d.submit(ctx, func(t *tx) error { return t.exec(probeText, want) }); err != nil {
		return err
	}
	var got int64
	if err := (pool{d}).row(ctx, "SELECT CAST(value AS INTEGER) FROM settings WHERE name = 'probe'").Scan(&got); err != nil {
		return err
	}
	if got < want {
		return errors.New("a write that was committed cannot be read")
	}
	return nil
}
