package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

//go:embed migrations/*.sql
var embedded embed.FS

var migrations fs.FS = embedded

// ErrNewer: the database was made by a newer program.
var ErrNewer = errors.New("the database was made by a newer program")

// applicationID marks our files: "Aaro".
const applicationID = 0x4161726f

// migrate brings the schema up to date: each numbered file once, in order, in a
// transaction of its own; a verified copy of the database is set aside first. Only up.
func migrate(ctx context.Context, conn *sql.Conn, dir string, files fs.FS) error {
	var version, app int
	if err := conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err := conn.QueryRowContext(ctx, "PRAGMA application_id").Scan(&app); err != nil {
		return err
	}
	if version > 0 && app != applicationID {
		return fmt.Errorf("%s is not an Aarogya database", fileName)
	}
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return err
	}
	slices.Sort(names)
	if version > len(names) {
		return fmt.Errorf("%w: schema %d, this program knows %d", ErrNewer, version, len(names))
	}
	if version > 0 && version < len(names) {
		if err := setAside(ctx, conn, filepath.Join(dir, fmt.Sprintf("before-%04d.db", version+1))); err != nil {
			return err
		}
	}
	for i := version; i < len(names); i++ {
		text, err := fs.ReadFile(files, names[i])
		if err != nil {
			return err
		}
		if err := migrateOne(ctx, conn, string(text), i+1); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(names[i]), err)
		}
	}
	return nil
}

func migrateOne(ctx context.Context, conn *sql.Conn, text string, version int) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, q := range []string{text, fmt.Sprintf("PRAGMA application_id = %d", applicationID), fmt.Sprintf("PRAGMA user_version = %d", version)} {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// setAside writes a checked copy of the database.
func setAside(ctx context.Context, conn *sql.Conn, path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := conn.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return fmt.Errorf("copy before migrating: %w", err)
	}
	copied, err := sql.Open("sqlite", fileURI(path)+"?mode=ro")
	if err != nil {
		return err
	}
	defer copied.Close()
	return quickCheck(ctx, copied)
}
