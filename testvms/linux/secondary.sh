#!/bin/busybox sh
# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=dash
#
# First process of Linux as a secondary VM (rdinit=/secondary), which has no
# interrupts: no terminal and no time. What it finds goes to the kernel's log.
/bin/busybox --install -s
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
exec >/dev/kmsg 2>&1

grep 'System RAM' /proc/iomem | while read -r range; do
	echo "secondary: iomem $range"
done
echo "secondary: model $(cat /proc/device-tree/model)"
echo "secondary: cmdline $(cat /proc/cmdline)"
echo "secondary: it is up, $(nproc) CPU"
exec sleep 1000000
