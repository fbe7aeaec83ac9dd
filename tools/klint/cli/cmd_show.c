// SPDX-License-Identifier: MIT
/* `klint show` and `klint dump`: what klint made of a source. */
#define _GNU_SOURCE
#include "command.h"

#include <string.h>
#include "base/base.h"
#include "gathered.h"
#include "kir/kir_text.h"
#include "lower.h"
#include "outfile.h"
#include "spawn.h"
#include "tmpdir.h"

/* The defined function of the modules that is most like @name. */
static const char *nearest_function(const struct modules *mods, const char *name)
{
	const char **names = NULL, *near;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < mods->n; i++) {
		const struct kir_module *m = mods->v[i];

		for (uint32_t f = 0; f < m->nfuncs; f++)
			if (m->funcs[f].flags & KIR_F_DEFINED)
				vec_push(names, n, cap) = kir_string(m, m->funcs[f].name);
	}
	near = nearest_name(name, names, n);
	free(names);
	return near;
}

static void no_such_function(const struct modules *mods, const char *name)
{
	const char *near = strchr(name, '.') ? NULL : nearest_function(mods, name);

	if (strchr(name, '.'))
		fprintf(stderr, "klint: nothing in the targets calls '%s', and no rule speaks of it", name);
	else
		fprintf(stderr, "klint: there is no function '%s' in the targets", name);
	if (near)
		fprintf(stderr, ", did you mean '%s'?", near);
	fputc('\n', stderr);
}

static void close_modules(struct modules *mods)
{
	for (size_t i = 0; i < mods->n; i++)
		kir_close(mods->v[i]);
	free(mods->v);
}

/* What is mapped stays mapped; from here on a signal has nothing to remove. */
static void clean_up(void)
{
	tmpdir_remove_all();
	spawn_default_signals();
}

/* The names of a list with commas, which is cut up. */
static void split_names(char *list, struct string_list *names)
{
	for (char *at; (at = strsep(&list, ","));)
		if (*at)
			string_list_add(names, at);
}

static bool all_found(const struct modules *mods, const struct string_list *names,
		      const bool *found)
{
	bool all = names->n > 0;

	for (size_t i = 0; i < names->n; i++) {
		if (!found[i] && mods->n)
			no_such_function(mods, names->v[i]);
		all &= found[i];
	}
	return all;
}

/* Functions, whose program is solved once, or a member: RECORD.FIELD. */
static bool show(const struct modules *mods, const struct session *s,
		 const struct string_list *names)
{
	const struct kir_module *const *m = (const struct kir_module *const *)mods->v;
	bool *found = xcalloc(names->n + 1, sizeof(*found)), all;

	if (names->n == 1 && strchr(names->v[0], '.'))
		found[0] = checks_show_ops(m, mods->n, s->rules, 1, names->v[0], stdout);
	else
		checks_show(m, mods->n, s->rules, &s->analysis.check, names->v, names->n, found,
			    stdout);
	all = all_found(mods, names, found);
	free(found);
	return all;
}

/* Functions of a build, by its facts. */
static int show_linked(const struct session *s, const struct string_list *names,
		       const struct string_list *targets)
{
	struct modules mods = { 0 };
	struct gathered g;
	bool found;

	if (!gather_facts(&g, targets))
		return EXIT_TROUBLE;
	mods.v = (struct kir_module **)g.modules;
	mods.n = g.n;
	found = show(&mods, s, names);
	found = found && !g.failed && !fflush(stdout);
	gathered_free(&g);
	return found ? EXIT_CLEAN : EXIT_TROUBLE;
}

static bool is_name(const char *name)
{
	static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";

	if (*name && !name[strspn(name, word)])
		return true;
	fprintf(stderr, "klint: '%s' is no function's name\n", name);
	return false;
}

/* The functions as a unit that declares them and nothing else. */
static struct kir_module *declare(const struct string_list *names)
{
	char *text = NULL, err[200];
	struct kir_module *m;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	fputs("module \"contracts\" \"klint\"\n", out);
	for (size_t i = 0; i < names->n; i++)
		if (!strchr(names->v[i], '.'))
			fprintf(out, "func %s() -> void\n", names->v[i]);
	fclose(out);
	m = kir_parse(text, size, "names", err, sizeof(err));
	free(text);
	return m;
}

/* Functions of a kernel of which nothing is here but what klint knows of its series. */
static int show_exported(const struct command *self, struct session *s,
			 const struct string_list *names)
{
	const char *build = s->opt->contracts ? NULL : module_kernel(s->opt);
	struct modules mods = { 0 };
	bool found = false;

	if (!s->opt->contracts && !build)
		return EXIT_TROUBLE;
	if (build)
		session_contracts(s, build);
	if (!s->analysis.check.contracts)
		return command_misused(self, "name a target, or the contracts of a kernel: --kernel-contracts=6.12");
	for (size_t i = 0; i < names->n; i++)
		if (!is_name(names->v[i]))
			return EXIT_TROUBLE;
	mods.n = 1;
	mods.v = xcalloc(1, sizeof(*mods.v));
	mods.v[0] = declare(names);
	found = mods.v[0] && show(&mods, s, names) && !fflush(stdout);
	close_modules(&mods);
	return found ? EXIT_CLEAN : EXIT_TROUBLE;
}

static int cmd_show(const struct command *self, int argc, char **argv)
{
	struct options opt = { 0 };
	struct string_list targets = { 0 }, rest = { 0 }, names = { 0 };
	struct modules mods = { 0 };
	struct session s;
	bool found = false;
	int at, status;

	if (!command_begin(self, argc, argv, &opt, &targets, &at, &status))
		return status;
	if (targets.n < 1)
		return command_misused(self, "name a function");
	split_names(xstrdup(targets.v[0]), &names);
	for (size_t i = 1; i < targets.n; i++)
		string_list_add(&rest, targets.v[i]);
	spawn_init();
	if (!session_begin(&s, &opt))
		return EXIT_TROUBLE;
	if (!rest.n && !opt.files_from)
		return show_exported(self, &s, &names);
	if (rest.n && has_facts(&rest))
		return show_linked(&s, &names, &rest);
	lower_targets(&mods, &s, &rest, argv + at);
	clean_up();
	found = show(&mods, &s, &names);
	status = found && !mods.failed && !fflush(stdout) ? EXIT_CLEAN : EXIT_TROUBLE;
	close_modules(&mods);
	return status;
}

static bool dump_binary(const struct modules *mods, const char *path)
{
	char err[512];

	if (!kir_save(mods->v[0], path, err, sizeof(err)))
		return true;
	fprintf(stderr, "klint: %s\n", err);
	return false;
}

static bool dump_text(const struct modules *mods, const struct options *opt)
{
	struct outfile f;
	bool found = false;

	if (!outfile_open(&f, opt->output))
		return false;
	for (size_t i = 0; i < mods->n; i++)
		found |= kir_print(mods->v[i], opt->function, f.out);
	if (found)
		return outfile_commit(&f);
	outfile_abandon(&f);
	if (mods->n)
		no_such_function(mods, opt->function);
	return false;
}

static int cmd_dump(const struct command *self, int argc, char **argv)
{
	struct options opt = { 0 };
	struct string_list targets = { 0 };
	struct modules mods = { 0 };
	struct session s;
	int at, status = EXIT_TROUBLE;

	if (!command_begin(self, argc, argv, &opt, &targets, &at, &status))
		return status;
	if (!targets.n && !opt.files_from)
		return command_misused(self, "no target is given");
	if (opt.binary && !opt.output)
		return command_misused(self, "--binary needs a file to write to: -o FILE.kirb");
	if (opt.binary && opt.function)
		return command_misused(self, "the binary form holds whole units: leave out --function");
	spawn_init();
	if (!session_begin(&s, &opt))
		return EXIT_TROUBLE;
	lower_targets(&mods, &s, &targets, argv + at);
	clean_up();
	if (opt.binary && mods.n > 1)
		status = command_misused(self, "--binary takes one unit, the targets have %zu",
					 mods.n);
	else if (mods.n && (opt.binary ? dump_binary(&mods, opt.output) : dump_text(&mods, &opt)))
		status = mods.failed ? EXIT_TROUBLE : EXIT_CLEAN;
	else
		status = EXIT_TROUBLE;
	close_modules(&mods);
	return status;
}

const struct command command_show = {
	.name = "show",
	.summary = "print what klint inferred of a function",
	.synopsis = "klint show [options] FUNCTION[,FUNCTION…]|RECORD.FIELD [TARGET…] [-- COMPILER ARGUMENTS]",
	.text =
"Prints the contract that klint inferred: what the function needs of its context,\n"
"what it does to it, and why. With RECORD.FIELD, or 'RECORD.' for all of its\n"
"members: in which contexts the program calls that member, and the rules' row for it.\n"
"Targets are a directory with the facts of a build\n"
"(see 'klint link'), which know what functions of other files do, or those of\n"
"'klint check'. Without any, functions that a module can call are shown by what\n"
"klint brings for the kernel that modules are built for here, or for the one that\n"
"--kernel-contracts names.\n",
	.example =
"  klint show foo_probe drivers/foo/\n"
"  klint show vfs_read ~/linux-build/\n"
"  klint show --kernel-contracts=6.1 clk_prepare,regulator_enable\n",
	.accepts = OPT_HELP | OPT_RESOURCE | OPT_ANALYSE | OPT_TARGETS,
	.run = cmd_show,
};

const struct command command_dump = {
	.name = "dump",
	.summary = "print a source as KIR, the form that klint analyses",
	.synopsis = "klint dump [options] TARGET… [-- COMPILER ARGUMENTS]",
	.text =
"Prints the textual KIR of the targets, which are those of 'klint check'. The text\n"
"can be edited and checked as a .kir file; --binary saves a .kirb instead.\n",
	.example =
"  klint dump --function foo_probe drivers/foo/\n"
"  klint dump --binary -o foo.kirb foo.c -- -D__KERNEL__ -Iinclude\n",
	.accepts = OPT_HELP | OPT_RESOURCE | OPT_ANALYSE | OPT_TARGETS | OPT_DUMP | OPT_OUTPUT,
	.run = cmd_dump,
};
