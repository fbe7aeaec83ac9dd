// SPDX-License-Identifier: MIT
/* `klint link`: the whole program, from the facts that a build has left. */
#define _GNU_SOURCE
#include "command.h"

#include <string.h>
#include "base/base.h"
#include "gathered.h"
#include "result.h"
#include "spawn.h"

static int cmd_link(const struct command *self, int argc, char **argv)
{
	struct options opt = { .fail_on = SEV_WARNING };
	struct string_list targets = { 0 };
	struct gathered g;
	struct session s;
	struct result r;
	int at, status;

	if (!command_begin(self, argc, argv, &opt, &targets, &at, &status))
		return status;
	if (!targets.n)
		return command_misused(self, "no directory is given");
	spawn_init();
	if (!result_begin(&r, &s, &opt))
		return EXIT_TROUBLE;
	if (!gather_facts(&g, &targets)) {
		outfile_abandon(&r.out);
		return EXIT_TROUBLE;
	}
	r.failed = g.failed;
	s.analysis.check.jobs = (unsigned int)options_jobs(&opt);
	checks_program(g.modules, g.n, s.rules, &s.analysis.check, &r.findings);
	gathered_name(&g, &r);
	status = result_report(&r);
	gathered_free(&g);
	return status;
}

const struct command command_link = {
	.name = "link",
	.summary = "analyse a whole program, by the facts that a build has left",
	.synopsis = "klint link [options] DIR…",
	.text =
"Takes the facts (*.o.klint) below each directory as one program: calls from one\n"
"file to another are followed, and what a function needs meets the context of\n"
"callers and registrations in other files. Facts whose object is gone are left\n"
"out. Damaged ones, and those of another kernel than the rest, are named, and the\n"
"status is 2.\n",
	.example =
"  make -j8 CC=\"klint cc clang-22\" && klint link .\n",
	.accepts = OPT_HELP | OPT_RESOURCE | OPT_ANALYSE | OPT_REPORT | OPT_CHECK,
	.run = cmd_link,
};
