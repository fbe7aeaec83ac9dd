// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "kbuild_log.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "base/base.h"
#include "options.h"

#define MOST_LINES 10

/* What a line of a failed step holds, and the packages of Debian that help.  Programs
 * are not found by the shell, or by kbuild that asks for their version. */
static const struct cure {
	const char *symptom, *packages;
} cures[] = {
	{ "flex: not found", "flex" }, { "flex: command not found", "flex" },
	{ "flex: No such file", "flex" },
	{ "bison: not found", "bison" }, { "bison: command not found", "bison" },
	{ "bison: No such file", "bison" },
	{ "bc: not found", "bc" }, { "bc: command not found", "bc" },
	{ "bc: No such file", "bc" },
	{ "gelf.h", "libelf-dev" }, { "libelf.h", "libelf-dev" }, { "-lelf", "libelf-dev" },
	{ "elfutils", "libelf-dev" }, { "libelf not found", "libelf-dev" },
	{ "openssl/", "libssl-dev" }, { "-lcrypto", "libssl-dev" },
	{ "gmp.h", "libgmp-dev" }, { "mpc.h", "libmpc-dev" },
	{ "perl: not found", "perl" }, { "perl: No such file", "perl" },
	{ "python3: not found", "python3" }, { "python3: No such file", "python3" },
	{ "pahole", "dwarves" }, { "rsync: not found", "rsync" },
	{ "ld.lld", "lld" }, { "'stdio.h' file not found", "libc6-dev" },
	{ "sys/types.h", "libc6-dev" }, { "gcc: not found", "gcc" },
	{ "gcc: No such file", "gcc" },
};
#define NCURES (sizeof(cures) / sizeof(cures[0]))

static bool has(const char *line, const char *what)
{
	return strstr(line, what) != NULL;
}

static struct string_list read_lines(const char *path)
{
	struct string_list lines = { 0 };
	FILE *in = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;

	while (in && getline(&line, &cap, in) > 0) {
		line[strcspn(line, "\n")] = '\0';
		string_list_add(&lines, xstrdup(line));
	}
	if (in)
		fclose(in);
	free(line);
	return lines;
}

/* What kbuild does ("  CC      foo.o"), and that make has given up for what was told
 * before, are not why a step has failed. */
static bool is_telling(const char *line)
{
	return *line && strncmp(line, "  ", 2) &&
	       (strncmp(line, "make", 4) || has(line, "No rule") || has(line, "Stop."));
}

static void print_cures(const struct string_list *lines)
{
	const char *last = "";

	for (size_t c = 0; c < NCURES; c++)
		for (size_t i = 0; i < lines->n; i++) {
			if (!has(lines->v[i], cures[c].symptom) || !strcmp(last, cures[c].packages))
				continue;
			last = cures[c].packages;
			fprintf(stderr, "klint kernel: install %s (its name in Debian; others have the like)\n",
				last);
		}
}

void kbuild_log_explain(const char *path, const char *goal)
{
	struct string_list lines = read_lines(path);
	struct string_list telling = { 0 };
	size_t i;

	for (i = 0; i < lines.n; i++)
		if (is_telling(lines.v[i]))
			string_list_add(&telling, lines.v[i]);
	if (!telling.n)
		telling = lines;
	fprintf(stderr, "klint kernel: make %s failed; all that it said is in %s\n", goal, path);
	for (i = telling.n > MOST_LINES ? telling.n - MOST_LINES : 0; i < telling.n; i++)
		fprintf(stderr, "klint kernel: make: %s\n", telling.v[i]);
	print_cures(&telling);
}

size_t kbuild_log_failures(const char *path)
{
	struct string_list lines = read_lines(path);
	size_t n = 0;

	for (size_t i = 0; i < lines.n; i++) {
		const char *line = lines.v[i];

		if (!has(line, "No rule to make target") && !has(line, "klint cc --record") &&
		    !has(line, "No space left on device") && !has(line, "  Stop."))
			continue;
		if (++n <= MOST_LINES)
			fprintf(stderr, "klint: %s\n", line);
	}
	if (n > MOST_LINES)
		fprintf(stderr, "klint: %zu more such lines are in %s\n", n - MOST_LINES, path);
	return n;
}
