// SPDX-License-Identifier: MIT
/* `klint check`: targets, their findings in one report, one exit status. */
#define _GNU_SOURCE
#include "command.h"

#include <string.h>
#include <unistd.h>
#include "base/base.h"
#include "common.h"
#include "pool.h"
#include "result.h"
#include "spawn.h"
#include "targets.h"

struct check {
	const struct options *opt;
	struct session s;
	struct plan plan;
	struct result result;
};

/* In the order of the targets, so that nothing depends on which was first. */
static void gather(struct check *c)
{
	struct result *r = &c->result;
	size_t n = c->plan.n;
	struct outcome *outcomes = xcalloc(n, sizeof(*outcomes));

	run_jobs(c->plan.v, n, options_jobs(c->opt), &c->s.analysis, outcomes);
	if (c->opt->summary || c->opt->gaps)
		common_tell(c->plan.v, outcomes, n, c->opt->gaps);
	r->sources = xcalloc(n + 1, sizeof(*r->sources));
	for (size_t i = 0; i < n; i++) {
		struct outcome *o = &outcomes[i];

		if (o->status == OUTCOME_DONE) {
			r->sources[r->nsources++] = xstrdup(o->message);
			finding_list_splice(&r->findings, &o->findings);
		} else {
			r->failed++;
			outcome_complain(&c->plan.v[i], "not analysed: ", o->message);
		}
		outcome_free(o);
	}
	free(outcomes);
}

static int check(struct check *c, const struct string_list *targets, char *const *args)
{
	if (!result_begin(&c->result, &c->s, c->opt))
		return EXIT_TROUBLE;
	plan_targets(&c->plan, &c->s, targets, args);
	c->result.trouble = c->plan.trouble;
	if (c->plan.kernel)
		session_contracts(&c->s, c->plan.kernel);
	gather(c);
	if (c->result.failed)
		fprintf(stderr, "klint: %zu of %zu files could not be analysed\n",
			c->result.failed, c->plan.n);
	return result_report(&c->result);
}

static int cmd_check(const struct command *self, int argc, char **argv)
{
	struct options opt = { .fail_on = SEV_WARNING };
	struct check c = { .opt = &opt };
	struct string_list targets = { 0 };
	int at, status;

	if (!command_begin(self, argc, argv, &opt, &targets, &at, &status))
		return status;
	if (!targets.n && !opt.files_from)
		return command_misused(self, "no target is given");
	spawn_init();
	return check(&c, &targets, argv + at);
}

/*
 * make C=1 CHECK="klint check-cmd": sparse's flags, the compiler's flags and the
 * source.  The build goes on whatever is found, unless KLINT_FLAGS says otherwise.
 */
static int cmd_check_cmd(const struct command *self, int argc, char **argv)
{
	struct options opt = { .fail_on = FAIL_NEVER };
	struct check c = { .opt = &opt };
	struct string_list targets = { 0 };
	struct compile compile;
	int status;

	if (argc == 2 && !strcmp(argv[1], "--help")) {
		int at;

		command_begin(self, argc, argv, &opt, NULL, &at, &status);
		return status;
	}
	if (!options_from_environment(&opt, self->accepts, self->name))
		return EXIT_TROUBLE;
	compile_read(&compile, argv + 1);
	if (!compile.source)
		return command_misused(self, "there is no C file among the arguments");
	string_list_add(&targets, compile.source);
	spawn_init();
	if (!opt.output)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	status = check(&c, &targets, argv + 1);
	/* A file that klint cannot read is told; it does not stop the build. */
	return status == EXIT_TROUBLE && opt.fail_on == FAIL_NEVER ? EXIT_CLEAN : status;
}

const struct command command_check = {
	.name = "check",
	.summary = "analyse files, a module's directory or a compile database",
	.synopsis = "klint check [options] TARGET… [-- COMPILER ARGUMENTS]",
	.text =
"A TARGET is a .c file, with the compiler's arguments behind --; a\n"
"compile_commands.json, or what 'klint cc --record' wrote; the directory of a\n"
"module, with Kbuild or Makefile, where nothing is written; or KIR (.kir, .kirb).\n"
"Every file is analysed in a process of its own: one that cannot be read, crashes\n"
"or takes too long is named, the others are still done, and the status is 2.\n",
	.example =
"  klint check drivers/foo/\n"
"  klint check --format=sarif -o klint.sarif compile_commands.json\n"
"  klint check foo.c -- gcc -D__KERNEL__ -Iinclude -c foo.c\n",
	.accepts = OPT_HELP | OPT_RESOURCE | OPT_ANALYSE | OPT_REPORT | OPT_CHECK | OPT_TARGETS,
	.run = cmd_check,
};

const struct command command_check_cmd = {
	.name = "check-cmd",
	.summary = "analyse one file, called by kbuild as sparse is",
	.synopsis = "make C=1 CHECK=\"klint check-cmd\"",
	.text =
"Takes the flags that kbuild gives to sparse, and the source. Options come from\n"
"KLINT_FLAGS only. Findings go to standard error; the build goes on unless\n"
"--fail-on is set. C=1 checks what is compiled again, C=2 every file.\n",
	.example =
"  make C=2 CHECK=\"klint check-cmd\" KLINT_FLAGS=--fail-on=error drivers/net/\n",
	.accepts = OPT_HELP | OPT_RESOURCE | OPT_ANALYSE | OPT_REPORT | OPT_CHECK,
	.run = cmd_check_cmd,
};
