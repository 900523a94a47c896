package app

import (
	"fmt"
	"os"
	"syscall"
)

// enterAsOwner lets root work in a directory of somebody else's, such as the service's,
// as that user: a file that root left there could not be opened by the service. The
// directory becomes this process's whole world, because its owner may have no way to it
// (systemd keeps it below /var/lib/private, which is root's alone). It returns what the
// directory is called from now on. There is no way back.
func enterAsOwner(dir string) (string, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return "", err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 || owner.Uid == 0 {
		return dir, nil
	}
	for _, step := range []func() error{
		func() error { return syscall.Chroot(dir) },
		func() error { return syscall.Chdir("/") },
		func() error { return syscall.Setgroups(nil) },
		func() error { return syscall.Setgid(int(owner.Gid)) },
		func() error { return syscall.Setuid(int(owner.Uid)) },
	} {
		if err := step(); err != nil {
			return "", fmt.Errorf("become the owner of %s: %w", dir, err)
		}
	}
	return "/", nil
}
