#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The promises of `klint cc`: the compiler's object, exit status and messages are
# those of the compiler alone, whatever happens to klint.  KLINT names another
# executable than build/bin/klint.
set -u
here=$(cd "$(dirname "$0")" && pwd)
klint=${KLINT:-$here/../../build/bin/klint}
klint=$(realpath -e "$klint") || exit 2
root=$(dirname "$(dirname "$klint")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work/tmp XDG_CACHE_HOME=$work/cache LC_ALL=C KLINT_FLAGS=
unset MAKEFLAGS MFLAGS MAKELEVEL KLINT_RESOURCE_DIR KLINT_TIMEOUT
mkdir "$TMPDIR"

passed=0 failed=0
ok() { passed=$((passed + 1)); }
not_ok() { failed=$((failed + 1)); echo "not ok: $*"; }
# check DESCRIPTION COMMAND...
check() {
	local what=$1
	shift
	if "$@"; then ok; else not_ok "$what"; fi
}
same_text() { diff -u "$1" "$2"; }
has_line() { grep -q -e "$2" "$1" || { sed 's/^/    /' "$1"; return 1; }; }
no_line() { ! grep -e "$2" "$1"; }
is() { [ "$1" = "$2" ] || { echo "    $1 is not $2"; return 1; }; }
tidy() { [ -z "$(ls -A "$TMPDIR")" ] || { ls -A "$TMPDIR"; return 1; }; }

# Arguments by which clang builds modules for a kernel that gcc configured.
clangfix=$work/clangfix.h
printf '#undef %s\n' CONFIG_CC_HAS_NAMED_AS CONFIG_CC_HAS_NAMED_AS_FIXED_SANITIZERS \
	CONFIG_USE_X86_SEG_SUPPORT >"$clangfix"
clang_settings=(CONFIG_CC_IS_GCC= CONFIG_CC_IS_CLANG=y CONFIG_CLANG_VERSION=220108
	CONFIG_GCC_VERSION=0 CONFIG_FTRACE_MCOUNT_USE_CC=
	CONFIG_FTRACE_MCOUNT_USE_OBJTOOL=y
	CONFIG_CC_IMPLICIT_FALLTHROUGH=-Wimplicit-fallthrough "KCFLAGS=-include $clangfix")

# build SOURCE KERNEL COMPILER WRAPPER: always in $work/build, as paths are in the
# objects; leaves $work/log and returns make's status.
build() {
	local settings=()
	[[ $3 == *clang* ]] && settings=("${clang_settings[@]}")
	rm -rf "$work/build"
	cp -r "$here/$1" "$work/build"
	make -C "$2" M="$work/build" CC="$4$3" "${settings[@]}" modules >"$work/log" 2>&1
}

# What a build leaves that kbuild reads again, without the compiler's name.
dependencies() {
	sed -n '/^deps_/,$p' "$work/build/.$1.o.cmd"
}

compare_builds() { # KERNEL COMPILER
	local name="$2, $(basename "$(dirname "$1")")" status object
	build module "$1" "$2" ""
	status=$?
	check "$name: the plain build works" is "$status" 0
	mv "$work/log" "$work/log.plain"
	rm -rf "$work/plain" && mv "$work/build" "$work/plain"
	sed -n '/^deps_/,$p' "$work/plain/.first.o.cmd" >"$work/deps.plain"

	KLINT_FLAGS=--quiet build module "$1" "$2" "$klint cc "
	status=$?
	check "$name: exit status" is "$status" 0
	check "$name: messages" same_text "$work/log.plain" "$work/log"
	for object in first.o second.o twofile.o twofile.mod.o; do
		check "$name: $object" cmp "$work/plain/$object" "$work/build/$object"
	done
	dependencies first >"$work/deps"
	check "$name: dependencies" same_text "$work/deps.plain" "$work/deps"

	KLINT_FLAGS=--fail-on=warning build module "$1" "$2" "$klint cc "
	status=$?
	check "$name: --fail-on" is "$status" 2
	check "$name: the finding" has_line "$work/log" 'first\.c:14:.*\[atomic-sleep\]'

	build bad-module "$1" "$2" ""
	status=$?
	mv "$work/log" "$work/log.plain"
	build bad-module "$1" "$2" "$klint cc "
	check "$name: status of a failing build" is $? "$status"
	check "$name: messages of a failing build" same_text "$work/log.plain" "$work/log"
	check "$name: no temporary files" tidy
}

# record COMPILER: the command of first.c, into the array `command`, which runs in
# $directory and writes $object.
record() {
	local source=$work/single
	rm -rf "$source" && cp -r "$here/module" "$source"
	rm -f "$work/commands"
	local settings=()
	[[ $1 == *clang* ]] && settings=("${clang_settings[@]}")
	make -k -C "$kernel" M="$source" CC="$klint cc --record $work/commands $1" \
		"${settings[@]}" modules >"$work/log" 2>&1
	mapfile -d '' -t command < <(python3 - "$work/commands" <<-'END'
		import json, sys
		for line in open(sys.argv[1]):
		    entry = json.loads(line)
		    if entry["file"].endswith("first.c"):
		        print(entry["directory"], *entry["arguments"], sep="\0", end="\0")
	END
	)
	directory=${command[0]}
	command=("${command[@]:1}")
	object=$source/first.o
}

# run WRAPPER...: the recorded command; leaves $work/err and $work/out.
run() {
	rm -f "$object"
	(cd "$directory" && "$@" "${command[@]}") >"$work/out" 2>"$work/err"
}

# A resource directory whose plugin is the file $1.
broken_root() {
	rm -rf "$work/broken"
	mkdir -p "$work/broken/lib/klint" "$work/broken/share"
	ln -s "$root/share/klint" "$work/broken/share/klint"
	cp "$1" "$work/broken/lib/klint/klint-lower-22.so"
}

crash_line='^klint: the analysis of .*first\.c crashed; the compile was run again without it; nothing was analysed$'

# survives NAME PATTERN WRAPPER...: the compile succeeds, one line tells.
survives() {
	local name=$1 pattern=$2
	shift 2
	run "$@"
	check "$name: exit status" is $? 0
	check "$name: the object" cmp "$work/plain.o" "$object"
	check "$name: the line" has_line "$work/err" "$pattern"
	check "$name: nothing else" is "$(wc -l <"$work/err")" 1
	check "$name: no temporary files" tidy
}

injected_faults() {
	local fault
	record clang-22
	run env
	check "the recorded command works" is $? 0
	cp "$object" "$work/plain.o"
	for fault in ABORT EXIT; do
		gcc -shared -fPIC -D$fault -o "$work/plugin.so" "$here/plugin.c"
		broken_root "$work/plugin.so"
		survives "plugin: $fault" "$crash_line" "$klint" cc --resource-dir="$work/broken"
	done
	gcc -shared -fPIC -DHANG -o "$work/plugin.so" "$here/plugin.c"
	broken_root "$work/plugin.so"
	survives "plugin: HANG" "$crash_line" "$klint" cc --timeout=1 --resource-dir="$work/broken"
	: >"$work/empty"
	broken_root "$work/empty"
	survives "plugin: empty file" "$crash_line" "$klint" cc --resource-dir="$work/broken"

	gcc -shared -fPIC -o "$work/preload.so" "$here/preload.c"
	survives "analysis: crash" '^klint: not analysed: .*first\.c: .*crashed' \
		env LD_PRELOAD="$work/preload.so" GO_WRONG=crash "$klint" cc
	survives "analysis: hang" '^klint: not analysed: .*first\.c: .*more than 1 second' \
		env LD_PRELOAD="$work/preload.so" GO_WRONG=hang "$klint" cc --timeout=1

	rm -rf "$work/nothing" && mkdir "$work/nothing"
	run "$klint" cc --resource-dir="$work/nothing"
	check "no resources: exit status" is $? 0
	check "no resources: the object" cmp "$work/plain.o" "$object"
	check "no resources: told" has_line "$work/err" '^klint: not analysed: .*first\.c'
}

# interrupt NAME COMMAND...: run it until clang hangs in the plugin, then end it.
interrupt() {
	local name=$1 pid status
	shift
	(cd "$directory" && exec "$@") >"$work/out" 2>&1 &
	pid=$!
	for _ in $(seq 100); do
		pgrep -f "fplugin=$work/broken" >"$work/children" && break
		sleep 0.1
	done
	check "interrupted $name: clang runs" test -s "$work/children"
	kill -TERM $pid
	wait $pid 2>/dev/null
	status=$?
	check "interrupted $name: ends by the signal" is $status 143
	sleep 0.3
	check "interrupted $name: no child is left" is "$(pgrep -cf "fplugin=$work/broken")" 0
	check "interrupted $name: no temporary files" tidy
}

interrupted() {
	gcc -shared -fPIC -DHANG -o "$work/plugin.so" "$here/plugin.c"
	broken_root "$work/plugin.so"
	interrupt cc "$klint" cc --resource-dir="$work/broken" "${command[@]}"
	mkdir "$work/result"
	interrupt check "$klint" check --resource-dir="$work/broken" -o "$work/result/text" \
		"$work/commands"
	check "interrupted check: no result" is "$(ls -A "$work/result")" ""
}

special_commands() {
	local extra
	record clang-22
	for extra in -frecord-command-line -grecord-command-line -v -save-temps=obj; do
		command+=("$extra")
		run env
		cp "$object" "$work/plain.o" && cp "$work/err" "$work/err.plain"
		run "$klint" cc --quiet
		check "$extra: exit status" is $? 0
		check "$extra: the object" cmp "$work/plain.o" "$object"
		check "$extra: messages" same_text "$work/err.plain" "$work/err"
		run "$klint" cc
		check "$extra: analysed" has_line "$work/err" '\[atomic-sleep\]'
		unset 'command[-1]'
	done
	record gcc
	run "$klint" cc --output-dir="$work/reports-missing"
	check "output directory that is missing: exit status" is $? 0
	check "output directory that is missing: told" has_line "$work/err" 'cannot write'
	mkdir -p "$work/reports"
	run "$klint" cc --quiet --output-dir="$work/reports"
	check "--quiet" is "$(wc -c <"$work/err")" 0
	check "--output-dir" has_line "$work/reports/$(tr / @ <<<"${object#/}").json" '"atomic-sleep"'
	run "$klint" cc --only=lock-imbalance
	check "--only" no_line "$work/err" 'atomic-sleep'
	KLINT_FLAGS='--only nonsense' run "$klint" cc
	check "KLINT_FLAGS with a mistake" is $? 2
}

ccache_hits() {
	CCACHE_DIR=$work/ccache ccache --print-stats |
		awk '/^(direct|preprocessed)_cache_hit/ { n += $2 } END { print n + 0 }'
}

# The facts are those of what was compiled, also when no compiler ran.
behind_ccache() {
	local cc hits facts
	command -v ccache >/dev/null || { echo "skipped: ccache is not installed"; return; }
	for cc in gcc clang-22; do
		record "ccache $cc"
		facts=$object.klint
		export CCACHE_DIR=$work/ccache CCACHE_SLOPPINESS=
		rm -rf "$CCACHE_DIR"
		run "$klint" cc
		check "ccache $cc, miss: exit status" is $? 0
		check "ccache $cc, miss: analysed" has_line "$work/err" '\[atomic-sleep\]'
		check "ccache $cc, miss: no hit" is "$(ccache_hits)" 0
		check "ccache $cc, miss: facts" cp "$facts" "$work/facts"
		cp "$object" "$work/plain.o"
		rm "$facts"
		run "$klint" cc
		check "ccache $cc, hit: exit status" is $? 0
		check "ccache $cc, hit: it is one" is "$(ccache_hits)" 1
		check "ccache $cc, hit: the object" cmp "$work/plain.o" "$object"
		check "ccache $cc, hit: analysed" has_line "$work/err" '\[atomic-sleep\]'
		check "ccache $cc, hit: the same facts" cmp "$work/facts" "$facts"

		cp "$work/single/first.c" "$work/first.c"
		echo 'int one_more(void); int one_more(void) { return 1; }' >>"$work/single/first.c"
		run "$klint" cc
		check "ccache $cc, changed: other facts" test -s "$facts"
		check "ccache $cc, changed: no hit" is "$(ccache_hits)" 1
		! cmp -s "$work/facts" "$facts"
		check "ccache $cc, changed: they differ" is $? 0
		cp "$work/first.c" "$work/single/first.c"
		run "$klint" cc
		check "ccache $cc, changed back: a hit" is "$(ccache_hits)" 2
		check "ccache $cc, changed back: the old facts" cmp "$work/facts" "$facts"

		run env LD_PRELOAD="$work/preload.so" GO_WRONG=crash "$klint" cc
		check "ccache $cc, not analysed: no facts of before" test ! -e "$facts"
		run "$klint" cc --no-facts
		check "ccache $cc, --no-facts: none" test ! -e "$facts"
		unset CCACHE_DIR CCACHE_SLOPPINESS
	done
}

passed_through() {
	gcc --version >"$work/version"
	"$klint" cc gcc --version >"$work/out"
	check "--version" same_text "$work/version" "$work/out"
	echo 'int x;' | "$klint" cc gcc -c -x c - -o "$work/stdin.o"
	check "standard input" test -s "$work/stdin.o"
	"$klint" cc -- gcc -c -x c /dev/null -o "$work/null.o"
	check "/dev/null" test -s "$work/null.o"
	"$klint" cc no-such-compiler -c x.c 2>"$work/err"
	check "a compiler that is missing" is $? 127
	check "a compiler that is missing: named" has_line "$work/err" no-such-compiler
	echo 'int main(void) { return 3; }' >"$work/plain.c"
	"$klint" cc gcc -o "$work/prog" "$work/plain.c"
	"$work/prog"
	check "a program of the host" is $? 3
	"$klint" cc 2>"$work/err"
	check "no compiler" is $? 2
}

for build_dir in /lib/modules/*/build; do
	kernel=$build_dir
	compare_builds "$kernel" gcc
	compare_builds "$kernel" clang-22
done
injected_faults
interrupted
special_commands
behind_ccache
passed_through
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
