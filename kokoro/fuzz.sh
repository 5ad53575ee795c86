#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# fuzz.sh TARGET SOURCE...: libFuzzer on one target of hafnium/test/fuzz for
# $TIME seconds (60). What it finds goes to out/fuzz/; inputs that reach new code
# are kept in out/fuzz/TARGET. See docs/testing.md.
set -euo pipefail
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
# shellcheck source=kokoro/say.sh
source "$here/say.sh"
cd "$here/.."
target=${1:-}
corpus=hafnium/test/fuzz/corpus
[[ -n $target && -d $corpus/$target ]] ||
	die "no target '$target': T= one of $(ls -m "$corpus")"
shift
out=out/fuzz
writable "$out/$target"
renamed=()
for name in mem{cpy,move,set,cmp,chr} str{len,nlen,cmp,ncmp,chr,rchr,toul}; do
	renamed+=("-D$name=hf_$name")
done
flags=(-std=gnu17 -g -O1 -fno-omit-frame-pointer -D_GNU_SOURCE -pthread
	-Ihafnium/inc -Ihafnium/inc/vmapi -Ihftest/inc -Ihftest/src
	-Ihafnium/inc/fake -Ihafnium/test
	"-fsanitize=address,undefined" -fno-sanitize-recover=all)
sources=("${@/hftest\/src\/host\/main.c/}" hafnium/test/fixture/{answers,guest,machine,mailbox}.c)
for file in hafnium/test/{model,fuzz}/*.c; do
	[[ $file == *_test.c ]] || sources+=("$file")
done
say "building $target"
objects=()
for file in "${sources[@]}"; do
	[[ -n $file ]] || continue
	object=$out/obj/$file.o
	objects+=("$object")
	[[ ! $object -nt $file || -n ${REBUILD:-} ]] || continue
	mkdir -p "${object%/*}"
	extra=(-fsanitize=fuzzer-no-link)
	[[ $file != */base/string.c ]] || extra+=("${renamed[@]}")
	clang "${flags[@]}" "${extra[@]}" -c "$file" -o "$object"
done
clang "${flags[@]}" -fsanitize=fuzzer "-DFUZZ_TARGET=fuzz_$target" \
	hafnium/test/fuzz/libfuzzer/main.c "${objects[@]}" -lfdt \
	-o "$out/$target.bin"
say "fuzzing $target for ${TIME:-60} s"
"$out/$target.bin" -max_total_time="${TIME:-60}" -artifact_prefix="$out/" \
	-print_final_stats=1 -timeout=20 "$out/$target" "$corpus/$target"
say "new inputs are in $out/$target; copy what is worth keeping to $corpus"
