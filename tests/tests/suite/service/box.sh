#!/bin/sh
# Boots a real systemd beside this machine: in namespaces of its own, on a throw-away layer over this file system.
# $1: an empty folder to work in; $2: a folder that is shown at /mnt inside.
set -eu
work=$1
shown=$2
mount --make-rprivate /
mount -t tmpfs -o size=512m box "$work"
mkdir "$work/upper" "$work/layer" "$work/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/layer" "$work/root"
root=$work/root
mount -t proc proc "$root/proc"
# Without settings of the kernel to write to, nothing of this machine can be changed from inside.
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 none "$root/sys/fs/cgroup"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs tmpfs "$root/dev"
for name in null zero full random urandom tty; do
    : >"$root/dev/$name"
    mount --bind "/dev/$name" "$root/dev/$name"
done
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount --bind "$shown" "$root/mnt"
rm -f "$root"/etc/systemd/system/multi-user.target.wants/* "$root"/etc/systemd/system/*/*.timer
: >"$root/etc/machine-id"
cd "$root"
mkdir .old
pivot_root . .old
umount -l /.old
exec env -i container=roomready PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --system --unit=multi-user.target --log-target=null
