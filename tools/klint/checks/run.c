/* SPDX-License-Identifier: MIT */
/* All lints over one module. */
#include "check.h"
#include "engine/entry.h"

#include <string.h>

static bool is_wanted(const struct check_options *opt, const struct lint_info *info)
{
	if (info->rt_only && !opt->rt)
		return false;
	if (!opt->only)
		return true;
	for (const char *const *id = opt->only; *id; id++)
		if (!strcmp(*id, info->id))
			return true;
	return false;
}

static const struct check *const all_checks[] = {
	&check_atomic_sleep, &check_rt_wait_context, &check_context_imbalance,
	&check_lock_imbalance, &check_double_lock, &check_unlock_not_held,
	&check_guard_order, &check_lock_contract,
};
#define NCHECKS (sizeof(all_checks) / sizeof(all_checks[0]))

const struct lint_info *lint_registry(size_t *n)
{
	static struct lint_info infos[NCHECKS];

	for (size_t i = 0; i < NCHECKS; i++)
		infos[i] = all_checks[i]->info;
	*n = NCHECKS;
	return infos;
}

const struct lint_info *lint_find(const char *id)
{
	for (size_t i = 0; i < NCHECKS; i++)
		if (!strcmp(all_checks[i]->info.id, id))
			return &all_checks[i]->info;
	return NULL;
}

static void word(struct check_run *run, const struct violation *v)
{
	for (size_t i = 0; i < NCHECKS; i++) {
		size_t before = run->out->n;

		if (!all_checks[i]->violation || !all_checks[i]->violation(run, v))
			continue;
		if (!is_wanted(run->opt, &all_checks[i]->info))
			run->out->n = before;
		return;
	}
}

/* A need that several registrations break is told once, for the first. */
static void meet_entries(struct check_run *run, struct func_info *fi)
{
	for (uint32_t k = 0; fi->sum && k < fi->sum->nneeds; k++) {
		for (uint32_t i = 0; i < fi->nentries; i++) {
			const struct violation *v = entry_meet(run->e, fi, fi->sum->needs[k],
							       &fi->entries[i]);

			if (!v)
				continue;
			word(run, v);
			break;
		}
	}
}

static void add_gap(struct check_run *run, const struct func_info *fi, const char *why)
{
	const struct kir_loc *l = fi->f->loc == KIR_NONE ? NULL : &run->m->locs[fi->f->loc];
	struct klint_gap gap = { .function = kir_string(run->m, fi->f->name), .why = why };

	gap.at.file = kir_string(run->m, l ? l->file : run->m->source);
	gap.at.line = l ? l->line : 0;
	gap.at.col = l ? l->col : 0;
	finding_list_add_gap(run->out, &gap);
}

static void check_function(struct check_run *run, struct func_info *fi)
{
	bool header = fi->f->flags & KIR_F_HEADER;

	if (fi->f->flags & KIR_F_FAILED) {
		run->out->nfunctions++;
		add_gap(run, fi, kir_string(run->m, fi->f->why));
		return;
	}
	if (!(fi->f->flags & KIR_F_DEFINED))
		return;
	run->out->nfunctions++;
	if (fi->gap) {
		add_gap(run, fi, fi->gap);
		return;
	}
	for (uint32_t i = 0; i < fi->nviolations; i++)
		word(run, fi->violations[i]);
	meet_entries(run, fi);
	if (header)
		return;
	for (size_t i = 0; i < NCHECKS; i++)
		if (all_checks[i]->function && is_wanted(run->opt, &all_checks[i]->info))
			all_checks[i]->function(run, fi);
}

void checks_run(const struct kir_module *m, const struct rules *r,
		const struct check_options *opt, struct finding_list *out)
{
	struct engine_options eo = { .rt = opt->rt, .budget = opt->budget };
	struct check_run run = { .m = m, .r = r, .out = out, .opt = opt };

	run.e = engine_solve(m, r, &eo);
	run.a = arena_new();
	for (uint32_t i = 0; i < m->nfuncs; i++)
		check_function(&run, &run.e->funcs[i]);
	arena_free(run.a);
	engine_free(run.e);
}
