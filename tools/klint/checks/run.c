/* SPDX-License-Identifier: MIT */
/* All lints over one module. */
#include "check.h"
#include "engine/entry.h"

#include <stdlib.h>
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

/* The first of the registrations that break the need, or NULL. */
static const struct violation *broken_by(struct check_run *run, struct func_info *fi,
					 const struct need *n)
{
	const struct violation *v = NULL;

	for (uint32_t i = 0; i < fi->nentries && !v; i++)
		v = entry_meet(run->e, fi, n, &fi->entries[i]);
	return v;
}

/* Of the needs of one kind that one call brings, the plainest is told: that with the
 * fewest conditions. */
static void meet_entries(struct check_run *run, struct func_info *fi)
{
	const struct summary *sum = fi->sum;
	const struct violation **v;

	if (!sum || !fi->nentries)
		return;
	v = xcalloc(sum->nneeds + 1u, sizeof(*v));
	for (uint32_t k = 0; k < sum->nneeds; k++)
		v[k] = broken_by(run, fi, sum->needs[k]);
	for (uint32_t k = 0; k < sum->nneeds; k++) {
		const struct need *n = sum->needs[k];
		bool plainest = v[k];

		for (uint32_t i = 0; i < sum->nneeds && plainest; i++) {
			const struct need *other = sum->needs[i];

			if (v[i] && i != k && other->site == n->site && other->kind == n->kind)
				plainest = n->nguards < other->nguards ||
					   (n->nguards == other->nguards && k < i);
		}
		if (plainest)
			word(run, v[k]);
	}
	free(v);
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
