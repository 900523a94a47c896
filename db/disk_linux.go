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

// Others that people meet. What is in tmpfs or ramfs is gone with the power.
var known = map[int64]string{
	unix.EXT4_SUPER_MAGIC: "ext4", unix.BTRFS_SUPER_MAGIC: "btrfs", unix.XFS_SUPER_MAGIC: "xfs", unix.F2FS_SUPER_MAGIC: "f2fs", 0x2fc12fc1: "zfs",
	unix.OVERLAYFS_SUPER_MAGIC: "overlay", unix.TMPFS_MAGIC: "tmpfs", unix.RAMFS_MAGIC: "ramfs",
}

// FileSystem names what a directory is on, "" for one that is not known, and tells whether
// Open refuses it because it loses data.
func FileSystem(dir string) (name string, loses bool, err error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return "", false, fmt.Errorf("data directory: %w", err)
	}
	if name = refused[int64(fs.Type)]; name != "" {
		return name, true, nil
	}
	return known[int64(fs.Type)], false, nil
}

func refuseFileSystem(dir string) error {
	name, loses, err := FileSystem(dir)
	if err != nil {
		return err
	}
	if loses {
		return fmt.Errorf("the data directory is on %s, which loses data when power fails; use a disk or SD card formatted as ext4", name)
	}
	return nil
}

// FreeBytes is the space left where a directory is.
func FreeBytes(dir string) (uint64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, err
	}
	return fs.Bavail * uint64(fs.Bsize), nil
}
