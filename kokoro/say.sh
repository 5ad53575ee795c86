# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# How every script here speaks and fails: one clear line. Sourced, not run.
# See docs/dependencies.md.

# say TEXT...: one line of progress.
say() {
	printf '%s: %s\n' "${0##*/}" "$*"
}

# die TEXT...: one line that says what is wrong and what to do; ends the run.
die() {
	printf '%s: error: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# writable DIR: makes DIR, or ends the run.
writable() {
	mkdir -p "$1" 2>/dev/null || die "cannot create $1: make it writable"
	[[ -w $1 ]] || die "cannot write to $1: make it writable"
}
