#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Each module here builds for 6.1, does not for 6.12, and does after one
# `klint-migrate`.  Arguments: OLD and NEW, the kernels' header directories.
set -u
here=$(dirname "$(readlink -f "$0")")
migrate=$here/../../../tools/semantic-patches/klint-migrate
old=${1:?headers of 6.1} new=${2:?headers of 6.12}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# builds HEADERS DIR: with no error and no warning, from nothing
builds()
{
	make -s -C "$1" M="$2" clean >/dev/null 2>&1
	timeout 300 make -s -C "$1" M="$2" KCFLAGS=-Werror modules >"$work/log" 2>&1
}

# expect WHAT COMMAND...
expect()
{
	local what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $what"
		grep -E 'error|warning' "$work/log" | head -5
	fi
}

not_builds()
{
	! builds "$@" && grep -q 'error:' "$work/log"
}

migrates()
{
	"$migrate" -q --from 6.1 --to 6.12 --fail-on residue "$1" >"$work/log" 2>&1
}

unchanged()
{
	"$migrate" -q --check --from 6.1 --to 6.12 "$1" >"$work/log" 2>&1
}

for kbuild in "$here"/*/Kbuild; do
	name=$(basename "$(dirname "$kbuild")")
	dir=$work/$name
	cp -r "$(dirname "$kbuild")" "$dir"
	expect "$name builds for the old kernel" builds "$old" "$dir"
	expect "$name does not build for the new kernel" not_builds "$new" "$dir"
	make -s -C "$old" M="$dir" clean >/dev/null 2>&1
	expect "$name migrates, nothing left" migrates "$dir"
	expect "$name builds for the new kernel" builds "$new" "$dir"
	expect "$name stays as it is in a second run" unchanged "$dir"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
