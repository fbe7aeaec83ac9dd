// SPDX-License-Identifier: MIT
/* `klint lints`: what klint can find, and the contracts that it knows. */
#define _GNU_SOURCE
#include "command.h"

#include <string.h>
#include "base/base.h"
#include "lower.h"
#include "spawn.h"

static const char *severity_name(enum severity s)
{
	static const char *const names[] = { "note", "warning", "error" };

	return names[s];
}

static int list_lints(bool names_only)
{
	size_t n;
	const struct lint_info *lints = lint_registry(&n);
	int width = 0;

	for (size_t i = 0; i < n; i++)
		if ((int)strlen(lints[i].id) > width)
			width = (int)strlen(lints[i].id);
	for (size_t i = 0; i < n; i++) {
		if (names_only)
			printf("%s\n", lints[i].id);
		else
			printf("%-*s  %-7s  %s%s\n", width, lints[i].id,
			       severity_name(lints[i].severity), lints[i].summary,
			       lints[i].rt_only ? " (with --rt)" :
			       lints[i].opt_in ? " (with --only)" : "");
	}
	return fflush(stdout) ? EXIT_TROUBLE : EXIT_CLEAN;
}

static void print_rule(const struct rule *rule)
{
	printf("%s:%u: %s%s\n", rule->file, rule->line, rule->name,
	       rule->annotation ? " (annotation)" : "");
}

static int list_rules(const struct options *opt)
{
	struct resources res;
	struct rules *rules;

	if (!resources_find(&res, opt))
		return EXIT_TROUBLE;
	rules = resources_rules(&res, opt);
	if (!rules)
		return EXIT_TROUBLE;
	for (size_t i = 0; i < rules_count(rules); i++) {
		if (opt->names)
			printf("%s\n", rules_at(rules, i)->name);
		else
			print_rule(rules_at(rules, i));
	}
	for (size_t i = 0; !opt->names && i < rules_ops_count(rules); i++) {
		const struct rule_ops *ops = rules_ops_at(rules, i);

		printf("%s:%u: %s.%s (ops)\n", ops->file, ops->line, ops->record, ops->field);
	}
	rules_free(rules);
	return fflush(stdout) ? EXIT_TROUBLE : EXIT_CLEAN;
}

/* Functions that the unit declares or defines, macros that it expands,
 * annotations that it carries: any of them makes a rule's name used. */
static void note_names(struct strmap *seen, const struct kir_module *m)
{
	for (uint32_t i = 0; i < m->nvalues; i++)
		if (m->values[i].kind == KIR_V_FUNC)
			strmap_set(seen, kir_string(m, m->values[i].a), 1);
	for (uint32_t i = 0; i < m->nfuncs; i++)
		strmap_set(seen, kir_string(m, m->funcs[i].name), 1);
	for (uint32_t i = 0; i < m->nannots; i++)
		strmap_set(seen, kir_string(m, m->annots[i].name), 1);
	for (uint32_t i = 0; i < m->nlocs; i++)
		strmap_set(seen, kir_string(m, m->locs[i].macro), 1);
}

static int list_unused(const struct options *opt, const struct string_list *targets,
		       char *const *args)
{
	struct strmap *seen = strmap_new();
	struct modules mods = { 0 };
	struct session s;
	size_t unused = 0;

	spawn_init();
	if (!session_begin(&s, opt))
		return EXIT_TROUBLE;
	lower_targets(&mods, &s, targets, args);
	for (size_t i = 0; i < mods.n; i++)
		note_names(seen, mods.v[i]);
	for (size_t i = 0; i < rules_count(s.rules); i++) {
		const struct rule *rule = rules_at(s.rules, i);

		if (strmap_get(seen, rule->name) != UINT32_MAX)
			continue;
		unused++;
		if (opt->names)
			printf("%s\n", rule->name);
		else
			print_rule(rule);
	}
	fflush(stdout);
	fprintf(stderr, "klint: %zu of %zu contracts are of names that %zu unit%s do%s not use\n",
		unused, rules_count(s.rules), mods.n, mods.n == 1 ? "" : "s",
		mods.n == 1 ? "es" : "");
	strmap_free(seen);
	return mods.failed || !mods.n ? EXIT_TROUBLE : EXIT_CLEAN;
}

static int cmd_lints(const struct command *self, int argc, char **argv)
{
	struct options opt = { 0 };
	struct string_list targets = { 0 };
	int at, status;

	if (!command_begin(self, argc, argv, &opt, &targets, &at, &status))
		return status;
	if (opt.rules_unused) {
		if (!targets.n && !opt.files_from)
			return command_misused(self, "--rules-unused needs targets");
		return list_unused(&opt, &targets, argv + at);
	}
	if (targets.n)
		return command_misused(self, "'%s' is unexpected: targets belong to --rules-unused",
				       targets.v[0]);
	return opt.rules_table ? list_rules(&opt) : list_lints(opt.names);
}

const struct command command_lints = {
	.name = "lints",
	.summary = "list the lints, or the contracts that the rules hold",
	.synopsis = "klint lints [--names] [--contracts | --rules-unused TARGET…]",
	.text =
"Lists each lint with its level and what it finds. --contracts lists the kernel's\n"
"functions, macros and callbacks that the rules know, with file and line;\n"
"--rules-unused those that none of the targets mentions: names that are misspelt,\n"
"or gone from this version of the kernel. Targets are those of 'klint check'.\n",
	.example =
"  klint lints\n"
"  klint lints --rules-unused --names compile_commands.json\n",
	.accepts = OPT_HELP | OPT_RESOURCE | OPT_ANALYSE | OPT_TARGETS | OPT_LINTS,
	.run = cmd_lints,
};
