#!/bin/sh
# A machine with a systemd of its own, for tests: machine.sh FOLDER, as root. Its disk is
# this computer's, what it writes is forgotten; FOLDER is its /release; its network is its
# own loopback. It ends with this process.
set -eu
if [ $$ != 1 ]; then # outside: a group of its own, so that nothing is left of it
	group=$(findmnt -n -t cgroup2 -o TARGET | head -1)/aarogya-test-$$
	mkdir "$group"
	echo $$ >"$group/cgroup.procs"
	exec unshare --mount --pid --fork --kill-child --net --uts --ipc --cgroup --mount-proc "$0" "$1"
fi
mount --make-rprivate /
disk=/mnt # as nobody else sees it
mount -t tmpfs tmpfs "$disk"
mkdir "$disk/new" "$disk/work" "$disk/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$disk/new,workdir=$disk/work" "$disk/root"
cd "$disk/root"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys # the kernel's settings are everybody's
mount -t sysfs sysfs sys
mount -t tmpfs tmpfs sys/fs/cgroup
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
for node in null zero full random urandom tty; do
	cp -a "/dev/$node" dev/
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
for folder in run tmp var/tmp var/lib; do
	mount -t tmpfs tmpfs "$folder"
done
mkdir run/udev
: >run/udev/control # systemd looks for it once, and never hears of devices if udev was later
mkdir -p release
mount --bind "$1" release
ip link set lo up
echo b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0 >etc/machine-id
# Only what is tested, not what this computer's own system would do.
for system in etc/systemd/system lib/systemd/system; do
	rm -rf $system/*.target.wants
done
mkdir etc/systemd/system/sysinit.target.wants
ln -s /lib/systemd/system/systemd-journald.service /lib/systemd/system/systemd-udevd.service etc/systemd/system/sysinit.target.wants/
rm -rf etc/fstab etc/systemd/system/aarogya* usr/local/bin/aarogya etc/aarogya
ln -sf /lib/systemd/system/multi-user.target etc/systemd/system/default.target
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin container=aarogya-test \
	chroot . /lib/systemd/systemd --system --log-target=journal --show-status=0
