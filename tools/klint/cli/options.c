// SPDX-License-Identifier: MIT
/*
 * The table of all options and its parser.  Each row says where its value goes,
 * which commands know it, and what --help says of it.
 */
#define _GNU_SOURCE
#include "options.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "base/base.h"

#define MAX_JOBS 256

enum kind { FLAG, STRING, LIST, COMMA_LIST, NUMBER, FORMAT, LEVEL };

struct row {
	const char *name;
	char letter;
	const char *arg;
	enum kind kind;
	size_t offset;
	unsigned int sets;
	const char *help;
};

#define AT(field) offsetof(struct options, field)

static const struct row table[] = {
	{ "help", 'h', NULL, FLAG, AT(help), ~0u, "print this and stop" },
	{ "format", 0, "FORMAT", FORMAT, AT(format), OPT_REPORT,
	  "how findings are printed: text (default), json or sarif" },
	{ "output", 'o', "FILE", STRING, AT(output), OPT_CHECK | OPT_OUTPUT,
	  "write to FILE, not to standard output; FILE is replaced at the very end" },
	{ "output-dir", 0, "DIR", STRING, AT(output_dir), OPT_CC,
	  "write one report per object into DIR, named after the object\n"
	  "(/ becomes @); JSON unless --format says otherwise" },
	{ "fail-on", 0, "LEVEL", LEVEL, AT(fail_on), OPT_REPORT,
	  "exit 1 for findings of this level or above: note, warning, error, never" },
	{ "rt", 0, NULL, FLAG, AT(rt), OPT_ANALYSE, "judge for PREEMPT_RT too" },
	{ "only", 0, "LINTS", COMMA_LIST, AT(only), OPT_ANALYSE,
	  "run only these lints (names, separated by commas)" },
	{ "baseline", 0, "FILE", STRING, AT(baseline), OPT_REPORT,
	  "leave out the findings that FILE lists" },
	{ "write-baseline", 0, "FILE", STRING, AT(write_baseline), OPT_CHECK,
	  "write all findings to FILE, as the baseline of later runs" },
	{ "summary", 0, NULL, FLAG, AT(summary), OPT_CHECK,
	  "count findings by lint, and functions that were and were not analysed" },
	{ "gaps", 0, NULL, FLAG, AT(gaps), OPT_CHECK,
	  "list the functions that could not be analysed, and why" },
	{ "quiet", 'q', NULL, FLAG, AT(quiet), OPT_CC, "print no findings" },
	{ "quiet", 'q', NULL, FLAG, AT(quiet), OPT_KERNEL, "do not tell what is being done" },
	{ "no-facts", 0, NULL, FLAG, AT(no_facts), OPT_CC,
	  "do not leave OBJECT.klint beside each object, for 'klint link'" },
	{ "record", 0, "FILE", STRING, AT(record), OPT_CC,
	  "do not compile: append the command to FILE as a line of JSON, and write\n"
	  "an empty object and the dependency file that kbuild waits for" },
	{ "cache", 0, "FILE", STRING, AT(cache), OPT_CACHE,
	  "remember in FILE what was found, for the next run (default: a file in the\n"
	  "user's cache for each directory of facts)" },
	{ "no-cache", 0, NULL, FLAG, AT(no_cache), OPT_CACHE,
	  "neither use nor leave what is remembered" },
	{ "jobs", 'j', "N", NUMBER, AT(jobs), OPT_CHECK | OPT_JOBS,
	  "analyse N files at a time (default: one per processor)" },
	{ "timeout", 0, "SECONDS", NUMBER, AT(timeout), OPT_ANALYSE,
	  "give up on a file after this time (default 60; KLINT_TIMEOUT)" },
	{ "budget", 0, "N", NUMBER, AT(budget), OPT_ANALYSE,
	  "give up on a function after N states, and say so (--gaps)" },
	{ "kernel-contracts", 0, "FILE", STRING, AT(contracts), OPT_ANALYSE,
	  "what functions of the kernel do that are in none of the sources: a file of\n"
	  "'klint export', a series that klint has one for ('6.12'), or 'none' (default\n"
	  "for modules: that of their kernel's series)" },
	{ "files-from", 0, "LIST", STRING, AT(files_from), OPT_TARGETS,
	  "take more targets from the file LIST, one a line" },
	{ "kernel", 0, "DIR", STRING, AT(kernel), OPT_TARGETS,
	  "kernel build directory for a module's directory (default: KDIR, else\n"
	  "the newest /lib/modules/*/build)" },
	{ "plain", 0, NULL, FLAG, AT(plain), OPT_ANALYSE,
	  "read every file from its first header on; by default files that include\n"
	  "alike share precompiled headers, which are kept in ~/.cache/klint/common" },
	{ "config", 0, "CONFIG", STRING, AT(config), OPT_KERNEL,
	  "a configuration of the tree (defconfig, allmodconfig, …) or a file\n"
	  "(default: the tree's own .config, else defconfig)" },
	{ "build-dir", 0, "DIR", STRING, AT(build_dir), OPT_KERNEL,
	  "where kbuild works and the facts are kept (default: in klint's cache,\n"
	  "one for each tree and configuration)" },
	{ "clang", 0, "PROG", STRING, AT(clang), OPT_ANALYSE,
	  "read the source with this clang; klint must have a plugin for it" },
	{ "function", 0, "NAME", STRING, AT(function), OPT_DUMP, "only this function" },
	{ "binary", 0, NULL, FLAG, AT(binary), OPT_DUMP,
	  "write the binary form (.kirb); needs -o" },
	{ "names", 0, NULL, FLAG, AT(names), OPT_LINTS, "print names only, one a line" },
	{ "contracts", 0, NULL, FLAG, AT(rules_table), OPT_LINTS,
	  "list the contracts that the rules hold, with file and line" },
	{ "rules-unused", 0, NULL, FLAG, AT(rules_unused), OPT_LINTS,
	  "list contracts of names that none of the targets uses" },
	{ "all", 0, NULL, FLAG, AT(all), OPT_OPS,
	  "list the members that have no row, too" },
	{ "sites", 0, NULL, FLAG, AT(sites), OPT_OPS,
	  "list the call sites of each member" },
	{ "rules", 0, "DIR", LIST, AT(rules_dirs), OPT_RESOURCE,
	  "read the rules in DIR too (may be repeated)" },
	{ "resource-dir", 0, "DIR", STRING, AT(resource_dir), OPT_RESOURCE,
	  "where share/klint and lib/klint are (default: KLINT_RESOURCE_DIR, else\n"
	  "beside the program)" },
};
#define NROWS (sizeof(table) / sizeof(table[0]))

void string_list_add(struct string_list *l, const char *s)
{
	vec_push(l->v, l->n, l->cap) = s;
	vec_push(l->v, l->n, l->cap) = NULL;
	l->n--;
}

size_t string_list_find(const struct string_list *l, const char *s)
{
	size_t i = 0;

	while (i < l->n && strcmp(l->v[i], s))
		i++;
	return i;
}

static bool parse_level(const char *text, enum severity *level)
{
	static const char *const names[] = { "note", "warning", "error", "never" };

	for (size_t i = 0; i < 4; i++) {
		if (!strcmp(text, names[i])) {
			*level = (enum severity)i;
			return true;
		}
	}
	fprintf(stderr, "klint: --fail-on=%s: use note, warning, error or never\n", text);
	return false;
}

static bool parse_format(const char *text, enum format *format)
{
	static const char *const names[] = { "text", "json", "sarif" };

	for (size_t i = 0; i < 3; i++) {
		if (!strcmp(text, names[i])) {
			*format = (enum format)i;
			return true;
		}
	}
	fprintf(stderr, "klint: --format=%s: use text, json or sarif\n", text);
	return false;
}

static bool parse_number(const struct row *row, const char *text, long *number)
{
	char *end;

	errno = 0;
	*number = strtol(text, &end, 10);
	if (!errno && end != text && !*end && *number > 0 && *number <= 1000000)
		return true;
	fprintf(stderr, "klint: --%s=%s: give a number from 1 to 1000000\n", row->name, text);
	return false;
}

static bool add_lints(struct string_list *only, const char *text)
{
	char *copy = xstrdup(text), *save, *id;	/* lives as long as the options */

	for (id = strtok_r(copy, ", ", &save); id; id = strtok_r(NULL, ", ", &save)) {
		const char *names[64];
		const struct lint_info *lints;
		const char *near;
		size_t n;

		if (lint_find(id)) {
			string_list_add(only, id);
			continue;
		}
		lints = lint_registry(&n);
		for (size_t i = 0; i < n && i < 64; i++)
			names[i] = lints[i].id;
		near = nearest_name(id, names, n < 64 ? n : 64);
		fprintf(stderr, "klint: --only: there is no lint '%s'%s%s%s; 'klint lints' lists them\n",
			id, near ? ", did you mean '" : "", near ? near : "", near ? "'" : "");
		return false;
	}
	if (only->n)
		return true;
	fprintf(stderr, "klint: --only needs the name of a lint; 'klint lints' lists them\n");
	return false;
}

static bool store(struct options *opt, const struct row *row, const char *value)
{
	void *to = (char *)opt + row->offset;

	switch (row->kind) {
	case FLAG:
		*(bool *)to = true;
		return true;
	case STRING:
		*(const char **)to = value;
		return true;
	case LIST:
		string_list_add(to, value);
		return true;
	case COMMA_LIST:
		return add_lints(to, value);
	case NUMBER:
		return parse_number(row, value, to);
	case FORMAT:
		opt->format_given = true;
		return parse_format(value, to);
	case LEVEL:
		opt->fail_on_given = true;
		return parse_level(value, to);
	}
	return false;
}

static void complain(const char *command, const char *word, unsigned int accepted)
{
	const char *names[NROWS];
	const char *near;
	size_t n = 0, len = strcspn(word, "=");
	char *bare = xstrdup(word);

	bare[len] = '\0';
	for (size_t i = 0; i < NROWS; i++)
		if (table[i].sets & accepted)
			names[n++] = table[i].name;
	near = nearest_name(bare + strspn(bare, "-"), names, n);
	fprintf(stderr, "klint %s: unknown option '%s'", command, bare);
	if (near)
		fprintf(stderr, ", did you mean '--%s'?", near);
	fprintf(stderr, "\n'klint %s --help' lists the options\n", command);
	free(bare);
}

/* The row of "--name", "--name=value" or "-x", and where its value begins. */
static const struct row *find_row(const char *word, unsigned int accepted, const char **value)
{
	*value = NULL;
	for (size_t i = 0; i < NROWS; i++) {
		const struct row *row = &table[i];
		size_t len = strlen(row->name);

		if (!(row->sets & accepted))
			continue;
		if (word[1] == '-' && !strncmp(word + 2, row->name, len) &&
		    (!word[2 + len] || word[2 + len] == '=')) {
			*value = word[2 + len] ? word + 3 + len : NULL;
			return row;
		}
		if (word[1] != '-' && row->letter && word[1] == row->letter &&
		    (!word[2] || row->kind != FLAG)) {
			*value = word[2] ? word + 2 : NULL;
			return row;
		}
	}
	return NULL;
}

static bool parse_one(struct options *opt, unsigned int accepted, const char *command,
		      char **argv, int argc, int *at)
{
	const char *word = argv[*at], *value;
	const struct row *row = find_row(word, accepted, &value);

	if (!row) {
		complain(command, word, accepted);
		return false;
	}
	++*at;
	if (row->kind == FLAG && value) {
		fprintf(stderr, "klint %s: --%s takes no value\n", command, row->name);
		return false;
	}
	if (row->kind != FLAG && !value) {
		if (*at >= argc) {
			fprintf(stderr, "klint %s: --%s needs a value: --%s=%s\n", command,
				row->name, row->name, row->arg);
			return false;
		}
		value = argv[(*at)++];
	}
	if (row->kind != FLAG && !*value) {
		fprintf(stderr, "klint %s: --%s has an empty value\n", command, row->name);
		return false;
	}
	return store(opt, row, value);
}

bool options_parse(struct options *opt, unsigned int accepted, const char *command,
		   char **argv, int argc, int *at, struct string_list *operands)
{
	while (*at < argc) {
		const char *word = argv[*at];

		if (!strcmp(word, "--")) {
			++*at;
			return true;
		}
		if (word[0] == '-' && word[1]) {
			if (!parse_one(opt, accepted, command, argv, argc, at))
				return false;
			continue;
		}
		if (!operands)
			return true;
		string_list_add(operands, word);
		++*at;
	}
	return true;
}

bool options_from_environment(struct options *opt, unsigned int accepted, const char *command)
{
	const char *flags = getenv("KLINT_FLAGS");
	struct string_list words = { 0 };
	char *copy, *save, *word;
	bool fine;
	int at = 0;

	if (!flags || !*flags)
		return true;
	copy = xstrdup(flags);	/* the options point into it */
	for (word = strtok_r(copy, " \t\n", &save); word; word = strtok_r(NULL, " \t\n", &save))
		string_list_add(&words, word);
	fine = options_parse(opt, accepted, command, (char **)words.v, (int)words.n, &at, NULL);
	if (fine && (size_t)at < words.n) {
		fprintf(stderr, "klint %s: KLINT_FLAGS: '%s' is not an option\n", command,
			words.v[at]);
		fine = false;
	}
	free(words.v);
	return fine;
}

void options_print(unsigned int accepted, FILE *out)
{
	for (size_t i = 0; i < NROWS; i++) {
		const struct row *row = &table[i];
		char left[64];

		if (!(row->sets & accepted))
			continue;
		snprintf(left, sizeof(left), "%s--%s%s%s",
			 row->letter ? (char[]){ '-', row->letter, ',', ' ', 0 } : "    ",
			 row->name, row->arg ? "=" : "", row->arg ? row->arg : "");
		fprintf(out, "  %-26s ", left);
		for (const char *p = row->help; *p; p++)
			if (*p == '\n')
				fprintf(out, "\n%29s", "");
			else
				putc(*p, out);
		putc('\n', out);
	}
}

size_t options_jobs(const struct options *opt)
{
	long n = opt->jobs ? opt->jobs : sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > MAX_JOBS ? MAX_JOBS : (size_t)n;
}
