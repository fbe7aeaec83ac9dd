// SPDX-License-Identifier: MIT
/* `klint link`: the whole program, from the facts that a build has left. */
#define _GNU_SOURCE
#include "command.h"

#include <errno.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/base.h"
#include "result.h"

/* nftw() passes nothing on. */
static struct string_list *found;

static bool ends_in(const char *path, const char *end)
{
	size_t n = strlen(path), len = strlen(end);

	return n > len && !strcmp(path + n - len, end);
}

static int visit(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	if (type == FTW_F && ends_in(path, ".klint"))
		string_list_add(found, xstrdup(path));
	return 0;
}

/* The facts below each directory, and the files that are named. */
static bool find_facts(const struct string_list *targets, struct string_list *facts)
{
	bool fine = true;

	found = facts;
	for (size_t i = 0; i < targets->n; i++) {
		size_t before = facts->n;
		struct stat st;

		if (stat(targets->v[i], &st)) {
			fprintf(stderr, "klint: %s: %s\n", targets->v[i], strerror(errno));
			fine = false;
		} else if (!S_ISDIR(st.st_mode)) {
			string_list_add(facts, targets->v[i]);
		} else if (nftw(targets->v[i], visit, 32, FTW_PHYS) || facts->n == before) {
			fprintf(stderr, "klint: %s: there are no facts (*.o.klint) in it: build with CC=\"klint cc …\" first\n",
				targets->v[i]);
			fine = false;
		}
	}
	return fine;
}

static const struct kir_module **open_facts(const struct string_list *facts, struct result *r,
					    size_t *n)
{
	const struct kir_module **modules = xcalloc(facts->n + 1, sizeof(*modules));

	for (size_t i = 0; i < facts->n; i++) {
		char err[512];
		struct kir_module *m = kir_open(facts->v[i], err, sizeof(err));

		if (m) {
			modules[(*n)++] = m;
		} else {
			fprintf(stderr, "klint: %s\n", err);
			r->failed++;
		}
	}
	return modules;
}

static int cmd_link(const struct command *self, int argc, char **argv)
{
	struct options opt = { .fail_on = SEV_WARNING };
	struct string_list targets = { 0 }, facts = { 0 };
	const struct kir_module **modules;
	struct session s;
	struct result r;
	size_t n = 0;
	int at, status;

	if (!command_begin(self, argc, argv, &opt, &targets, &at, &status))
		return status;
	if (!targets.n)
		return command_misused(self, "no directory is given");
	if (!result_begin(&r, &s, &opt))
		return EXIT_TROUBLE;
	r.trouble = !find_facts(&targets, &facts);
	modules = open_facts(&facts, &r, &n);
	s.analysis.check.jobs = (unsigned int)options_jobs(&opt);
	checks_program(modules, n, s.rules, &s.analysis.check, &r.findings);
	return result_report(&r);
}

const struct command command_link = {
	.name = "link",
	.summary = "analyse a whole program, by the facts that a build has left",
	.synopsis = "klint link [options] DIR…",
	.text =
"Takes the facts (*.o.klint) below each directory as one program: calls from one\n"
"file to another are followed, and what a function needs meets the context of\n"
"callers and registrations in other files.\n",
	.example =
"  make -j8 CC=\"klint cc clang-22\" && klint link .\n",
	.accepts = OPT_HELP | OPT_RESOURCE | OPT_ANALYSE | OPT_REPORT | OPT_CHECK,
	.run = cmd_link,
};
