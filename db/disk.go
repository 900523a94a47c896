package db

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
)

const (
	ballastBytes = 32 << 20
	// WarnBelowBytes of free space people are told to make room.
	WarnBelowBytes = 500 << 20
	// FullBelowBytes of free space the ballast, once thrown out, is not taken in again.
	FullBelowBytes = 2 * ballastBytes
)

var errNoSpace = errors.New("not enough space")

// disk keeps a file of ballast: on a full disk it is thrown out, so that SQLite has room
// to tidy up, and it is taken in again before writing resumes.
type disk struct {
	mu  sync.Mutex
	dir string
}

func (k *disk) ballast() string { return filepath.Join(k.dir, "ballast") }

func (k *disk) open(dir string) error {
	k.dir = dir
	if err := k.restoreBallast(); err != nil && !errors.Is(err, errNoSpace) {
		return err
	}
	return nil
}

func (k *disk) dropBallast() {
	k.mu.Lock()
	defer k.mu.Unlock()
	os.Remove(k.ballast()) // if it is gone already, so be it
}

// restoreBallast makes the file if it is missing; it fails while the disk has less than
// twice its size to spare.
func (k *disk) restoreBallast() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if info, err := os.Stat(k.ballast()); err == nil && info.Size() == ballastBytes {
		return nil
	}
	if free, err := FreeBytes(k.dir); err != nil || free < FullBelowBytes {
		return errors.Join(errNoSpace, err)
	}
	f, err := os.OpenFile(k.ballast(), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	chunk := make([]byte, 1<<20) // written, not seeked over: a hole would hold no space
	for range ballastBytes / len(chunk) {
		if _, err := f.Write(chunk); err != nil {
			os.Remove(k.ballast())
			return errors.Join(errNoSpace, err)
		}
	}
	return nil
}

// FreeBytes is the space left for the clinic's data.
func (d *DB) FreeBytes() (uint64, error) { return FreeBytes(d.dir) }
