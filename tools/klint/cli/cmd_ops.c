// SPDX-License-Identifier: MIT
/* `klint ops`: the rows for ops members, held against their callers. */
#define _GNU_SOURCE
#include "command.h"

#include "base/base.h"
#include "outfile.h"
#include "spawn.h"
#include "units.h"

static int cmd_ops(const struct command *self, int argc, char **argv)
{
	struct options opt = { 0 };
	struct string_list targets = { 0 };
	struct program_units u = { 0 };
	struct session s;
	struct outfile f;
	int at, status;
	size_t wrong;

	if (!command_begin(self, argc, argv, &opt, &targets, &at, &status))
		return status;
	if (!targets.n && !opt.files_from)
		return command_misused(self, "no directory is given");
	spawn_init();
	if (!session_begin(&s, &opt) || !find_units(&u, &s, &targets, argv + at))
		return EXIT_TROUBLE;
	if (!outfile_open(&f, opt.output))
		return EXIT_TROUBLE;
	wrong = checks_ops(u.facts.modules, u.facts.n, s.rules, (unsigned int)options_jobs(&opt),
			   opt.all, opt.sites, f.out);
	status = !outfile_commit(&f) || u.facts.failed ? EXIT_TROUBLE : wrong ? EXIT_FINDINGS : EXIT_CLEAN;
	gathered_free(&u.facts);
	return status;
}

const struct command command_ops = {
	.name = "ops",
	.summary = "hold the rules' contexts of ops members against their callers",
	.synopsis = "klint ops [options] TARGET…",
	.text =
"Solves the program of the targets (those of 'klint link') and looks at every call\n"
"through a member of a record: what the caller holds there, whether it sleeps around\n"
"the call, and how it is entered itself. For each row of the rules that speaks of an\n"
"ops member it says whether callers confirm or contradict it; the status is 1 when\n"
"one is contradicted. 'klint show RECORD.FIELD' or 'klint show RECORD.' lists the\n"
"call sites.\n",
	.example =
"  klint ops ~/linux-build/\n"
"  klint show clk_ops.enable ~/linux-build/\n",
	.accepts = OPT_HELP | OPT_RESOURCE | OPT_ANALYSE | OPT_OPS | OPT_OUTPUT | OPT_JOBS | OPT_TARGETS,
	.run = cmd_ops,
};
