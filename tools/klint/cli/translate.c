// SPDX-License-Identifier: MIT
/*
 * From a command that compiles to one by which clang reads the same source.
 *
 * Left out are outputs (objects, dependency files), warnings' severity, plugins
 * of the other compiler, and the options of gcc that clang refuses; none of them
 * changes what the source means.  The table holds what kernels pass today; what
 * it lacks is learned from clang's own refusals and remembered.
 */
#define _GNU_SOURCE
#include "compiler.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/base.h"

struct dropped {
	const char *option;
	enum { WORD, WITH_NEXT, PREFIX } form;
};

/* Outputs, and what would change how messages or exit status come out. */
static const struct dropped outputs[] = {
	{ "-c", WORD }, { "-o", WITH_NEXT }, { "-o", PREFIX },
	{ "-MMD", WORD }, { "-MD", WORD }, { "-MP", WORD }, { "-MG", WORD },
	{ "-MF", WITH_NEXT }, { "-MT", WITH_NEXT }, { "-MQ", WITH_NEXT },
	{ "-MJ", WITH_NEXT }, { "-MF", PREFIX }, { "-MT", PREFIX }, { "-MQ", PREFIX },
	{ "-Wp,-MMD,", PREFIX }, { "-Wp,-MD,", PREFIX }, { "-Wp,-MT,", PREFIX },
	{ "-Wp,-MP", PREFIX }, { "-save-temps", PREFIX }, { "--save-temps", PREFIX },
	{ "-pipe", WORD }, { "-v", WORD }, { "-fplugin", PREFIX },
	{ "-ftime-trace", PREFIX }, { "-Werror", WORD }, { "-fsyntax-only", WORD },
	{ "-gsplit-dwarf", PREFIX }, { "-fprofile", PREFIX }, { "-ftest-coverage", WORD },
	{ "-flto", PREFIX }, { "-ffat-lto-objects", WORD }, { "-Wa,", PREFIX },
	{ "-Xassembler", WITH_NEXT },
};

/* Options of gcc that clang stops at. */
static const struct dropped foreign_options[] = {
	{ "-fconserve-stack", WORD }, { "-mrecord-mcount", WORD }, { "-mnop-mcount", WORD },
	{ "-mpreferred-stack-boundary=", PREFIX }, { "-mindirect-branch", PREFIX },
	{ "-fno-allow-store-data-races", WORD }, { "--param", WITH_NEXT },
	{ "-fallow-store-data-races", WORD }, { "--param=", PREFIX },
	{ "-falign-", PREFIX }, { "-fmin-function-alignment", PREFIX },
	{ "-fzero-init-padding-bits", PREFIX }, { "-fno-var-tracking", PREFIX },
	{ "-fvar-tracking", PREFIX }, { "-fno-partial-inlining", WORD },
	{ "-fno-ipa-", PREFIX }, { "-fipa-", PREFIX }, { "-fno-tree-", PREFIX },
	{ "-ftree-", PREFIX }, { "-fno-code-hoisting", WORD }, { "-fno-reorder-", PREFIX },
	{ "-fno-stack-clash-protection", WORD }, { "-fno-gcse", WORD },
	{ "-mskip-rax-setup", WORD }, { "-mno-fp-ret-in-387", WORD },
	{ "-maccumulate-outgoing-args", WORD }, { "-fno-inline-functions-called-once", WORD },
	{ "-fdiagnostics-show-context", PREFIX }, { "-fdump-", PREFIX }, { "-da", WORD },
	{ "-fsanitize", PREFIX }, { "-fno-sanitize", PREFIX },
};

static size_t dropped_words(const struct dropped *table, size_t n, const char *arg)
{
	for (size_t i = 0; i < n; i++) {
		const char *option = table[i].option;

		if (table[i].form == PREFIX ? !strncmp(arg, option, strlen(option)) :
					      !strcmp(arg, option))
			return table[i].form == WITH_NEXT ? 2 : 1;
	}
	return 0;
}

/* "aarch64-linux-gnu-gcc-12": clang is told by --target. */
static void add_target(struct string_list *to, const char *compiler_name)
{
	const char *base = strrchr(compiler_name, '/');
	const char *gcc;

	base = base ? base + 1 : compiler_name;
	gcc = strstr(base, "-gcc");
	if (gcc && memchr(base, '-', (size_t)(gcc - base)))
		string_list_add(to, xasprintf("--target=%.*s", (int)(gcc - base), base));
}

void translate_arguments(struct string_list *to, char *const *argv,
			 const char *compiler_name, bool foreign)
{
	/* What gcc warns of and clang takes for an error is not klint's affair. */
	static const char *const lenient[] = {
		"-Wno-error=int-conversion", "-Wno-error=incompatible-pointer-types",
		"-Wno-error=incompatible-function-pointer-types", "-Wno-error=return-mismatch",
	};

	if (foreign && compiler_name)
		add_target(to, compiler_name);
	while (*argv) {
		size_t n = dropped_words(outputs, sizeof(outputs) / sizeof(outputs[0]), *argv);

		if (!n && foreign)
			n = dropped_words(foreign_options, sizeof(foreign_options) /
					  sizeof(foreign_options[0]), *argv);
		if (!n) {
			/* The value of an option is not an option. */
			bool pair = option_takes_next(*argv) && argv[1];

			string_list_add(to, *argv++);
			if (pair)
				string_list_add(to, *argv++);
		}
		for (; n && *argv; n--)
			argv++;
	}
	for (size_t i = 0; foreign && i < sizeof(lenient) / sizeof(lenient[0]); i++)
		string_list_add(to, lenient[i]);
	string_list_add(to, "-fsyntax-only");
	string_list_add(to, "-w");
}

/* Remove @option: the word, or with a '=' at its end all that begin with it. */
static bool drop_option(struct string_list *args, const char *option)
{
	size_t len = strlen(option), n = 0;
	bool prefix = len && option[len - 1] == '=';

	for (size_t i = 0; i < args->n; i++) {
		const char *arg = args->v[i];

		if (prefix ? !strncmp(arg, option, len) : !strcmp(arg, option))
			continue;
		args->v[n++] = arg;
		if (option_takes_next(arg) && i + 1 < args->n)
			args->v[n++] = args->v[++i];
	}
	if (n == args->n)
		return false;
	args->n = n;
	args->v[n] = NULL;
	return true;
}

static void remember_dropped(const char *option, int major)
{
	char *name = xasprintf("dropped-%d", major), *file = cache_file(name);
	int fd = file ? open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;

	if (fd >= 0) {
		char *line = xasprintf("%s\n", option);

		/* When the cache is full the only loss is the time of a retry. */
		if (write(fd, line, strlen(line)) < 0)
			perror("klint: cache");
		free(line);
		close(fd);
	}
	free(name);
	free(file);
}

/* The option that one line of clang's messages refuses, malloc'd, or NULL. */
static char *refused_option(const char *line, size_t len)
{
	static const char *const phrases[] = {
		"unknown argument: '", "unknown argument '", "unsupported option '",
		"' to option '", "invalid value '",
	};

	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
		const char *at = memmem(line, len, phrases[i], strlen(phrases[i]));
		const char *end;

		if (!at)
			continue;
		at += strlen(phrases[i]);
		if (i == 4) {	/* invalid value 'x' in '-fopt=x' */
			at = memmem(at, (size_t)(line + len - at), "in '", 4);
			if (!at)
				continue;
			at += 4;
		}
		end = memchr(at, '\'', (size_t)(line + len - at));
		if (end && *at == '-' && end > at + 1)
			return strndup(at, (size_t)(end - at));
	}
	return NULL;
}

bool drop_unknown(struct string_list *args, const char *messages, int major)
{
	bool any = false;

	for (const char *line = messages; *line;) {
		const char *end = strchrnul(line, '\n');
		char *option = NULL;

		if (memmem(line, (size_t)(end - line), "error: ", 7))
			option = refused_option(line, (size_t)(end - line));
		if (option && drop_option(args, option)) {
			remember_dropped(option, major);
			any = true;
		}
		free(option);
		line = *end ? end + 1 : end;
	}
	return any;
}

void drop_remembered(struct string_list *args, int major)
{
	char *name = xasprintf("dropped-%d", major), *file = cache_file(name);
	FILE *in = file ? fopen(file, "re") : NULL;
	char line[512];

	while (in && fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '-' && line[1])
			drop_option(args, line);
	}
	if (in)
		fclose(in);
	free(name);
	free(file);
}
