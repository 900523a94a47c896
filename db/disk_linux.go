package db

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// File systems on which a write that was acknowledged may be lost or a lock ignored.
var refused = map[int64]string{
	unix.MSDOS_SUPER_MAGIC: "vfat", 0x2011bab0: "exfat", unix.NFS_SUPER_MAGIC: "nfs", unix.FUSE_SUPER_MAGIC: "fuse",
	0xff534d42: "cifs", 0xfe534d42: "smb2", unix.V9FS_MAGIC: "9p",
}

func refuseFileSystem(dir string) error {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	if name := refused[int64(fs.Type)]; name != "" {
		return fmt.Errorf("the data directory is on %s, which loses data when power fails; use a disk or SD card formatted as ext4", name)
	}
	return nil
}

func freeBytes(dir string) (uint64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, err
	}
	return fs.Bavail * uint64(fs.Bsize), nil
}
