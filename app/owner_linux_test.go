package app

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// What root does to the service's directory while the service is down leaves nothing that
// the service cannot open, although the service's user cannot reach the directory by its
// path from outside.
func TestRootWorksAsOwner(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can become somebody else")
	}
	const service = 61234 // a user that has no name, as systemd makes them
	private := t.TempDir()
	dir := filepath.Join(private, "aarogya")
	for _, err := range []error{os.Chmod(private, 0o700), os.Mkdir(dir, 0o700), os.Chown(dir, service, service)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"user", "add", "vijay", "--role", "admin", "--clinic", "PHC Rampur", "--data", dir},
		{"token", "create", "--user", "vijay", "--data", dir},
		{"user", "list", "--data", dir},
	} {
		if out, code := runProgram(t, "a long enough passphrase\n", args...); code != 0 {
			t.Fatalf("%v: %d %s", args, code, out)
		}
	}
	files := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		files++
		if owner := info.Sys().(*syscall.Stat_t); owner.Uid != service || owner.Gid != service {
			t.Errorf("%s belongs to %d:%d", path, owner.Uid, owner.Gid)
		}
		return nil
	})
	if err != nil || files < 3 {
		t.Errorf("%d files: %v", files, err)
	}
	if out, code := runProgram(t, "", "user", "list", "--data", filepath.Join(private, "not-there")); code != 1 {
		t.Errorf("a directory that is not there: %d %s", code, out)
	}
}
