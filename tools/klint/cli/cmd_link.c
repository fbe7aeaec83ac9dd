// SPDX-License-Identifier: MIT
/* `klint link` and `klint export`: the whole program, from the facts that a build has
 * left. */
#define _GNU_SOURCE
#include "command.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/base.h"
#include "contracts.h"
#include "memory.h"
#include "result.h"
#include "spawn.h"
#include "units.h"

static bool is_directory(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* A directory that is no module's either: what it lacks is facts. */
static bool is_plain_directory(const struct string_list *targets)
{
	static const char *const marks[] = { "Kbuild", "Makefile", "compile_commands.json" };
	bool plain = targets->n == 1;

	for (size_t i = 0; i < 3 && plain; i++) {
		char *path = xasprintf("%s/%s", targets->v[0], marks[i]);

		plain = access(path, F_OK) != 0;
		free(path);
	}
	return plain && is_directory(targets->v[0]);
}

bool find_units(struct program_units *u, struct session *s, const struct string_list *targets,
		char *const *args)
{
	size_t n;

	if (has_facts(targets) || is_plain_directory(targets))
		return gather_facts(&u->facts, targets);
	lower_targets(&u->lowered, s, targets, args);
	n = u->lowered.n;
	u->facts = (struct gathered){ .n = n, .failed = u->lowered.failed,
				      .v = xcalloc(n + 1, sizeof(*u->facts.v)),
				      .modules = xcalloc(n + 1, sizeof(*u->facts.modules)) };
	for (size_t i = 0; i < n; i++) {
		u->facts.modules[i] = u->facts.v[i].m = u->lowered.v[i];
		u->facts.v[i].dir = u->lowered.dir ? u->lowered.dir : "";
	}
	return n;
}

static int cmd_link(const struct command *self, int argc, char **argv)
{
	struct options opt = { .fail_on = SEV_WARNING };
	struct string_list targets = { 0 };
	struct program_units u = { 0 };
	struct memory memory;
	struct session s;
	struct result r;
	int at, status;

	if (!command_begin(self, argc, argv, &opt, &targets, &at, &status))
		return status;
	if (!targets.n && !opt.files_from)
		return command_misused(self, "no directory is given");
	spawn_init();
	if (!result_begin(&r, &s, &opt))
		return EXIT_TROUBLE;
	if (!find_units(&u, &s, &targets, argv + at)) {
		outfile_abandon(&r.out);
		return EXIT_TROUBLE;
	}
	r.failed = u.facts.failed;
	s.analysis.check.jobs = (unsigned int)options_jobs(&opt);
	memory_begin(&memory, &s, &targets);
	checks_program(u.facts.modules, u.facts.n, s.rules, &s.analysis.check, &r.findings);
	memory_end(&memory);
	gathered_name(&u.facts, &r);
	status = result_report(&r);
	gathered_free(&u.facts);
	return status;
}

static int cmd_export(const struct command *self, int argc, char **argv)
{
	struct options opt = { 0 };
	struct string_list targets = { 0 };
	struct program_units u = { 0 };
	struct session s;
	unsigned char *bytes;
	size_t size, count;
	struct outfile f;
	int at, status;
	bool fine;

	if (!command_begin(self, argc, argv, &opt, &targets, &at, &status))
		return status;
	if ((!targets.n && !opt.files_from) || !opt.output)
		return command_misused(self, opt.output ? "no directory is given" :
				       "name the file to write: -o FILE");
	spawn_init();
	if (!session_begin(&s, &opt) || !find_units(&u, &s, &targets, argv + at))
		return EXIT_TROUBLE;
	s.analysis.check.jobs = (unsigned int)options_jobs(&opt);
	bytes = checks_export(u.facts.modules, u.facts.n, s.rules, &s.analysis.check, &size, &count);
	fine = outfile_open(&f, opt.output);
	if (fine && !contracts_write(f.out, bytes, size, gathered_kernel(&u.facts))) {
		fprintf(stderr, "klint: cannot write %s: %s\n", opt.output, strerror(errno));
		outfile_abandon(&f);
		fine = false;
	}
	fine = fine && outfile_commit(&f);
	if (fine)
		fprintf(stderr, "klint: %zu contracts, %zu bytes, of %zu units\n", count, size, u.facts.n);
	free(bytes);
	status = fine && !u.facts.failed ? EXIT_CLEAN : EXIT_TROUBLE;
	gathered_free(&u.facts);
	return status;
}

const struct command command_export = {
	.name = "export",
	.summary = "write down what the functions of a program do",
	.synopsis = "klint export -o FILE [options] TARGET… [-- COMPILER ARGUMENTS]",
	.text =
"Solves the program that the targets are (those of 'klint link') and writes the\n"
"contracts of its functions to FILE: what each needs of its context and does to it,\n"
"and why. 'klint check --kernel-contracts=FILE' then knows what the kernel does\n"
"without its source.\n",
	.example =
"  klint export -o 6.12.contracts ~/linux-build/\n"
"  klint check --kernel-contracts=6.12.contracts drivers/foo/\n",
	.accepts = OPT_HELP | OPT_RESOURCE | OPT_ANALYSE | OPT_OUTPUT | OPT_JOBS | OPT_TARGETS,
	.run = cmd_export,
};

const struct command command_link = {
	.name = "link",
	.summary = "analyse a whole program, by the facts that a build has left",
	.synopsis = "klint link [options] TARGET… [-- COMPILER ARGUMENTS]",
	.text =
"Takes the facts (*.o.klint) below each directory as one program: calls from one\n"
"file to another are followed, and what a function needs meets the context of\n"
"callers and registrations in other files. Facts whose object is gone are left\n"
"out. Damaged ones, and those of another kernel than the rest, are named, and the\n"
"status is 2. Targets without facts are those of 'klint check', read now.\n"
"\n"
"What was found is remembered, with all that it follows from. The next run says it\n"
"again of functions for which nothing of that has changed, and solves the others; the\n"
"output is the same as with --no-cache, byte for byte.\n",
	.example =
"  make -j8 CC=\"klint cc clang-22\" && klint link .\n",
	.accepts = OPT_HELP | OPT_RESOURCE | OPT_ANALYSE | OPT_REPORT | OPT_CHECK | OPT_TARGETS |
		   OPT_CACHE,
	.run = cmd_link,
};
