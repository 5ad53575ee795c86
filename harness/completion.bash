# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# source this file: completes S= and T= of `make scenario` and `make gdb`.

_hafnium_values() { # NAME KNOB...: what NAME= may be
	local root
	root=$(git rev-parse --show-toplevel 2>/dev/null) || root=.
	PYTHONPATH=$root/harness /usr/bin/python3 -m hfh.names "$@" 2>/dev/null
}

_hafnium_make() {
	local line=${COMP_LINE:0:COMP_POINT} word scenario="" name
	word=${line##* }
	if [[ $line =~ \ S=([A-Za-z0-9_]+)\  ]]; then
		scenario=${BASH_REMATCH[1]}
	fi
	name=${word%%=*}
	if [[ $line != *\ scenario* && $line != *\ repeat* && $line != *\ gdb* ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"$(make -qp 2>/dev/null | sed -n 's/^\([a-z]\+\):.*/\1/p')" \
			-- "$word")
	elif [[ $word == [ST]=* ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"$(_hafnium_values "$name" "$scenario")" -- "${word#*=}")
	else
		mapfile -t COMPREPLY < <(compgen -W \
			"S= T= CPUS= GIC= CPU= BUILD=" -- "$word")
		compopt -o nospace
	fi
}

complete -F _hafnium_make make
