#!/bin/busybox sh
# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=dash
#
# First process of the Linux primary: mounts what a shell needs, says that
# Linux is up, and hands over to busybox init, which keeps a shell on the
# console with a session of its own, so that job control and Ctrl-C work.
/bin/busybox mkdir -p /usr/bin /usr/sbin /sbin
/bin/busybox --install -s
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev 2>/dev/null
mount -t tmpfs tmpfs /tmp

# The console by its real name: /dev/console cannot control a session.
console=$(cat /sys/class/tty/console/active)
console=${console##* }
export HOME=/root PATH=/usr/bin:/usr/sbin:/bin:/sbin TERM=${TERM:-vt100}
export PS1='hafnium-linux# '
cat >/etc/inittab <<-END
	$console::respawn:-/bin/sh
	::ctrlaltdel:/sbin/poweroff
END
echo "hafnium: Linux is up, $(nproc) CPUs"
exec /sbin/init
