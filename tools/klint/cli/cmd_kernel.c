// SPDX-License-Identifier: MIT
/* `klint kernel`: a kernel's source, from its configuration to one report. */
#define _GNU_SOURCE
#include "command.h"

#include "kernel.h"
#include "outfile.h"
#include "result.h"
#include "spawn.h"

static int scan(struct kernel *k, struct session *s, struct result *r,
		const struct string_list *operands)
{
	struct kernel_state st;
	bool trouble = false;

	if (!kernel_open(k, s, operands))
		goto abandon;
	kernel_state_read(&st, k);
	if (!kbuild_update(k, &st, &trouble))
		goto abandon;
	r->trouble = trouble;
	return kernel_link(k, &st, s, r);
abandon:
	outfile_abandon(&r->out);
	return EXIT_TROUBLE;
}

static int cmd_kernel(const struct command *self, int argc, char **argv)
{
	struct options opt = { .fail_on = SEV_WARNING };
	struct string_list operands = { 0 };
	struct kernel k;
	struct session s;
	struct result r;
	int at, status;

	if (!command_begin(self, argc, argv, &opt, &operands, &at, &status))
		return status;
	if (at < argc)
		return command_misused(self, "it takes no compiler arguments");
	if (!operands.n)
		return command_misused(self, "no source of a kernel is given");
	spawn_init();
	if (!result_begin(&r, &s, &opt))
		return EXIT_TROUBLE;
	return scan(&k, &s, &r, &operands);
}

const struct command command_kernel = {
	.name = "kernel",
	.summary = "analyse a kernel's source as one program, without compiling it",
	.synopsis = "klint kernel [options] TREE [DIR…]",
	.text =
"Configures the source TREE outside of it, asks kbuild what it would compile, below\n"
"each DIR (drivers/net) or at all, reads those files and takes them as one program,\n"
"as 'klint link' does after a build. No code is generated, and nothing is written\n"
"into TREE. What was read is kept: the next run reads only files that have changed,\n"
"or include one that has, and a run that was stopped goes on where it was. The\n"
"report does not depend on it. Facts are in the build directory, for 'klint show'.\n",
	.example =
"  klint kernel ~/linux                        # its .config, or defconfig\n"
"  klint kernel ~/linux --config=allmodconfig drivers/net/wireless\n"
"  klint kernel -q ~/linux --format=sarif -o klint.sarif\n",
	.accepts = OPT_HELP | OPT_RESOURCE | OPT_ANALYSE | OPT_REPORT | OPT_CHECK | OPT_KERNEL,
	.run = cmd_kernel,
};
