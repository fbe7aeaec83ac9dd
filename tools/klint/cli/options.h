/* SPDX-License-Identifier: MIT */
/* One option parser for all commands: a command says which rows of the one table
 * it accepts, and --help prints those rows. */
#ifndef KLINT_OPTIONS_H
#define KLINT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "checks/finding.h"

#define KLINT_VERSION "0.1.0"

enum exit_code { EXIT_CLEAN = 0, EXIT_FINDINGS = 1, EXIT_TROUBLE = 2 };

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_SARIF };

/* Bits that tell which options a command accepts. */
enum option_set {
	OPT_HELP	= 1 << 0,
	OPT_RESOURCE	= 1 << 1,	/* --resource-dir, --rules */
	OPT_ANALYSE	= 1 << 2,	/* --rt, --only, --timeout, --budget, … */
	OPT_REPORT	= 1 << 3,	/* --format, --baseline, --fail-on */
	OPT_CHECK	= 1 << 4,	/* -o, -j, --gaps, --summary, … */
	OPT_CC		= 1 << 5,	/* --output-dir, --record, --quiet */
	OPT_TARGETS	= 1 << 6,	/* --kernel, --files-from */
	OPT_LINTS	= 1 << 7,
	OPT_DUMP	= 1 << 8,
	OPT_OUTPUT	= 1 << 9,	/* -o */
	OPT_JOBS	= 1 << 10,	/* -j */
	OPT_CACHE	= 1 << 11,	/* --cache, --no-cache */
	OPT_KERNEL	= 1 << 12,	/* --config, --build-dir, --quiet */
	OPT_OPS		= 1 << 13
};

#define FAIL_NEVER ((enum severity)(SEV_ERROR + 1))

struct string_list {
	const char **v;		/* NULL-terminated once it has an element */
	size_t n, cap;
};

struct options {
	bool help, rt, gaps, summary, quiet, binary, rules_table, rules_unused;
	bool names, all, sites, fail_on_given, format_given, no_facts, no_cache, plain;
	enum format format;
	enum severity fail_on;
	long jobs, timeout, budget;	/* 0: the default */
	const char *resource_dir, *output, *output_dir, *record, *clang, *kernel;
	const char *contracts, *cache, *config, *build_dir;
	const char *baseline, *write_baseline, *files_from, *function;
	struct string_list rules_dirs, only;
};

void string_list_add(struct string_list *l, const char *s);
/* Where @s stands, or l->n. */
size_t string_list_find(const struct string_list *l, const char *s);
static inline bool string_list_has(const struct string_list *l, const char *s)
{
	return string_list_find(l, s) < l->n;
}

/*
 * Parse argv[*at…] as far as it is options, and with @interleaved also behind
 * operands, which are then moved to @operands.  Stops behind "--" and, without
 * @interleaved, at the first operand; *at is where it stopped.  On a mistake
 * prints what to do and returns false.
 */
bool options_parse(struct options *opt, unsigned int accepted, const char *command,
		   char **argv, int argc, int *at, struct string_list *operands);

/* The options that KLINT_FLAGS holds, split on blanks. */
bool options_from_environment(struct options *opt, unsigned int accepted,
			      const char *command);

/* How many things to do at a time. */
size_t options_jobs(const struct options *opt);

/* The rows of the table that a command accepts, for --help. */
void options_print(unsigned int accepted, FILE *out);

/* The one of @names that is most like @word, or NULL when none is near. */
const char *nearest_name(const char *word, const char *const *names, size_t n);

#endif
