// SPDX-License-Identifier: MIT
/*
 * Reading a compiler's command line.  kbuild runs its compiler for many things;
 * only the compile of a C file that becomes part of the kernel or of a module is
 * looked at, and everything else is left alone.
 */
#define _GNU_SOURCE
#include "compiler.h"

#include <string.h>

static bool starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

static bool ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && !strcmp(s + n - m, suffix);
}

bool option_takes_next(const char *arg)
{
	static const char *const with_value[] = {
		"-o", "-include", "-imacros", "-I", "-D", "-U", "-isystem", "-iquote",
		"-idirafter", "-isysroot", "-iprefix", "-iwithprefix",
		"-iwithprefixbefore", "-x", "-MF", "-MT", "-MQ", "-MJ", "-Xclang",
		"-Xassembler", "-Xlinker", "-Xpreprocessor", "-mllvm", "-T", "-L", "-l",
		"--param", "-target", "-arch", "-aux-info", "-dumpbase", "-dumpdir",
		"-dumpbase-ext", "-G", "-u", "-z", "--sysroot", "-B",
	};

	for (size_t i = 0; i < sizeof(with_value) / sizeof(with_value[0]); i++)
		if (!strcmp(arg, with_value[i]))
			return true;
	return false;
}

/* Options that turn a compile into something else. */
static bool is_no_compile(const char *arg)
{
	static const char *const other[] = {
		"-E", "-S", "-M", "-MM", "-###", "-fsyntax-only", "--analyze", "-emit-ast",
		"--version", "--help", "-m16", "-emit-llvm-only",
	};

	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		if (!strcmp(arg, other[i]))
			return true;
	return false;
}

/* Options whose output shows the command line or the steps of the driver. */
static bool is_verbatim(const char *arg)
{
	static const char *const prefixes[] = {
		"-frecord-command-line", "-frecord-gcc-switches", "-grecord-command-line",
		"-grecord-gcc-switches", "-fembed-bitcode", "-save-temps", "--save-temps",
		"-MJ", "-ftime-trace", "-gen-cdb-fragment-path", "-fplugin=",
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (starts(arg, prefixes[i]))
			return true;
	return !strcmp(arg, "-v") || !strcmp(arg, "--verbose") || arg[0] == '@';
}

static void read_operand(struct compile *c, const char *arg)
{
	c->nsources++;
	c->source = ends(arg, ".c") ? arg : NULL;
}

struct seen {
	bool c, other, kernel, modname, m32, pic;
};

static void read_option(struct compile *c, struct seen *seen, const char *arg)
{
	if (!strcmp(arg, "-c"))
		seen->c = true;
	else if (is_no_compile(arg) || starts(arg, "-DBUILD_VDSO"))
		seen->other = true;
	else if (is_verbatim(arg))
		c->verbatim = true;
	else if (!strcmp(arg, "-D__KERNEL__"))
		seen->kernel = true;
	else if (starts(arg, "-DKBUILD_MODNAME="))
		seen->modname = true;
	else if (!strcmp(arg, "-m32"))
		seen->m32 = true;
	else if (!strcmp(arg, "-fpic") || !strcmp(arg, "-fPIC"))
		seen->pic = true;
	else if (starts(arg, "-Wp,-MMD,") || starts(arg, "-Wp,-MD,"))
		c->depfile = strchr(arg + 4, ',') + 1;
	else if (starts(arg, "-o") && arg[2])
		c->output = arg + 2;
}

void compile_read(struct compile *c, char *const *argv)
{
	struct seen seen = { 0 };
	const char *language = "c";

	memset(c, 0, sizeof(*c));
	for (; *argv; argv++) {
		const char *arg = *argv;

		if (arg[0] != '-' || !arg[1]) {
			if (arg[0] == '@')
				c->verbatim = true;
			read_operand(c, arg);
			continue;
		}
		read_option(c, &seen, arg);
		if (!option_takes_next(arg) || !argv[1])
			continue;
		argv++;
		if (!strcmp(arg, "-o"))
			c->output = *argv;
		else if (!strcmp(arg, "-MF"))
			c->depfile = *argv;
		else if (!strcmp(arg, "-x"))
			language = *argv;
		else if (!strcmp(arg, "-D") && !strcmp(*argv, "__KERNEL__"))
			seen.kernel = true;
	}
	/* The 32-bit vDSO is user code, built from the kernel's sources. */
	if (seen.m32 && seen.pic)
		seen.other = true;
	c->compiles = seen.c && !seen.other && c->nsources == 1 && c->source &&
		      !strcmp(language, "c");
	c->kernel = seen.kernel && seen.modname;
}

bool compile_is_for_klint(const struct compile *c)
{
	const char *base;

	if (!c->compiles || !c->kernel)
		return false;
	base = strrchr(c->source, '/');
	base = base ? base + 1 : c->source;
	return !ends(base, ".mod.c") && strcmp(base, "module-common.c");
}
