package db

import "golang.org/x/sys/windows"

// On Windows the data directory is on a local NTFS disk; FAT is not told apart yet.
func refuseFileSystem(string) error { return nil }

// FileSystem names what a directory is on: not known here.
func FileSystem(string) (name string, loses bool, err error) { return "", false, nil }

// FreeBytes is the space left where a directory is.
func FreeBytes(dir string) (uint64, error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var free uint64
	return free, windows.GetDiskFreeSpaceEx(path, &free, nil, nil)
}
