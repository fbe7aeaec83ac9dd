/* SPDX-License-Identifier: MIT */
/* All lints over one program. */
#include "check.h"
#include "engine/entry.h"
#include "told.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static bool is_wanted(const struct check_options *opt, const struct lint_info *info)
{
	if (info->rt_only && !opt->rt)
		return false;
	if (!opt->only)
		return !info->opt_in;
	for (const char *const *id = opt->only; *id; id++)
		if (!strcmp(*id, info->id))
			return true;
	return false;
}

static const struct check *const all_checks[] = {
	&check_atomic_sleep, &check_rt_wait_context, &check_context_imbalance,
	&check_lock_imbalance, &check_double_lock, &check_unlock_not_held,
	&check_guard_order, &check_lock_contract, &check_pin_publish_before_init,
	&check_pin_use_before_init, &check_pin_dropped_live, &check_list_exclusive,
	&check_init_unwind, &check_pin_moved, &check_pin_stack, &check_pin_double_init,
	&check_refcount_init, &check_refcount_atomic,
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
static const struct violation *broken_by(struct check_run *run, const struct def *d,
					 const struct need *n)
{
	const struct violation *v = NULL;

	for (uint32_t i = 0; i < d->nentries && !v; i++)
		v = entry_meet(run->e, d, n, &d->entries[i]);
	return v;
}

/* Nobody is there to give back what an interrupt, a timer or a work item keeps. */
static void meet_kept(struct check_run *run, const struct def *d, const struct summary *sum)
{
	const struct violation *v;

	for (unsigned int l = 0; sum->noutcomes && l < sum->outcomes[0].nlocks; l++) {
		v = NULL;
		for (uint32_t i = 0; i < d->nentries && !v; i++)
			v = entry_keeps(run->e, d, sum, l, &d->entries[i]);
		if (v)
			word(run, v);
	}
}

/* Of the needs of one kind that one call brings, the plainest is told: that with the
 * fewest conditions. */
static void meet_entries(struct check_run *run, const struct def *d)
{
	const struct summary *sum;
	const struct violation **v;

	sum = def_summary(run->e, d);
	if (!sum)
		return;
	v = xcalloc(sum->nneeds + 1u, sizeof(*v));
	for (uint32_t k = 0; k < sum->nneeds; k++)
		v[k] = broken_by(run, d, sum->needs[k]);
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
	meet_kept(run, d, sum);
}

static void add_gap(struct check_run *run, struct finding_list *to, const struct func_info *fi,
		    const char *why)
{
	const struct kir_loc *l = fi->f->loc == KIR_NONE ? NULL : &run->m->locs[fi->f->loc];
	struct klint_gap gap = { .function = kir_string(run->m, fi->f->name), .why = why };

	gap.at.file = kir_string(run->m, l ? l->file : run->m->source);
	gap.at.line = l ? l->line : 0;
	gap.at.col = l ? l->col : 0;
	finding_list_add_gap(to, &gap);
}

/* One unit's part of the run: what it finds, in a list of its own, and the function that
 * is being looked at. */
struct unit_run {
	struct check_run run;
	struct finding_list found, one;
};

static void tell(struct unit_run *u, struct blob *told)
{
	told_write(told, &u->one);
	finding_list_free(&u->one);
	finding_list_init(&u->one);
	arena_reset(u->run.a);
}

static void check_function(void *data, struct engine *e, struct func_info *fi, struct blob *told)
{
	struct unit_run *u = &((struct unit_run *)data)[e->index];
	struct check_run *run = &u->run;

	for (uint32_t i = 0; i < fi->nviolations; i++)
		word(run, fi->violations[i]);
	for (size_t i = 0; i < NCHECKS && !fi->def->gap && !(fi->f->flags & KIR_F_HEADER); i++)
		if (all_checks[i]->function && is_wanted(run->opt, &all_checks[i]->info))
			all_checks[i]->function(run, fi);
	if (u->one.n)
		tell(u, told);
}

static void check_entries(void *data, struct engine *e, struct def *d, struct blob *told)
{
	struct unit_run *u = &((struct unit_run *)data)[e->index];

	meet_entries(&u->run, d);
	if (u->one.n)
		tell(u, told);
}

/* What this run or an earlier one has found. */
static void hear(void *data, const struct def *d, bool entered, const void *told, size_t n)
{
	struct unit_run *u = &((struct unit_run *)data)[d->unit->index];

	if (!told_read(told, n, &u->found))
		u->run.garbled = true;
	if (entered)
		return;
	u->found.nfunctions++;
	if (d->gap)
		add_gap(&u->run, &u->found, &d->unit->funcs[d->func], d->gap);
}

static void count_failures(struct check_run *run, struct finding_list *to)
{
	for (uint32_t i = 0; i < run->m->nfuncs; i++) {
		const struct func_info *fi = &run->e->funcs[i];

		if (!(fi->f->flags & KIR_F_FAILED))
			continue;
		to->nfunctions++;
		add_gap(run, to, fi, kir_string(run->m, fi->f->why));
	}
}

struct program *checks_link(const struct kir_module *const *modules, size_t n,
			    const struct rules *r, const struct check_options *opt)
{
	struct engine_options eo = { .rt = opt->rt, .budget = opt->budget, .jobs = opt->jobs };
	struct program *p = program_new(r, &eo);
	char err[200];

	/* They were looked at before: what fails here is not the caller's to mend. */
	if (opt->contracts && !program_import(p, opt->contracts, opt->contracts_size, err, sizeof(err)))
		fprintf(stderr, "klint: %s\n", err);
	program_add(p, modules, n);
	program_link(p);
	return p;
}

bool checks_contracts_valid(const void *data, size_t size, char *err, size_t errlen)
{
	return contracts_valid(data, size, err, errlen);
}

unsigned char *checks_export(const struct kir_module *const *modules, size_t n,
			     const struct rules *r, const struct check_options *opt,
			     size_t *size, size_t *count)
{
	struct program *p = checks_link(modules, n, r, opt);
	unsigned char *bytes;

	program_solve(p, NULL, 0, NULL);
	bytes = program_export(p, size, count);
	program_free(p);
	return bytes;
}

/* All that findings hang on besides the program: klint and the rules (opt->memory->stamp)
 * and what is asked for. */
static uint64_t stamp_of(const struct check_options *opt)
{
	uint64_t h = opt->memory->stamp * 31 + opt->budget * 2 + opt->rt;

	h = h * 31 + (opt->contracts ? hash_bytes(opt->contracts, opt->contracts_size) : 0);
	for (const char *const *id = opt->only; id && *id; id++)
		h = h * 31 + hash_bytes(*id, strlen(*id)) + 1;
	return h;
}

static struct unit_run *begin_units(struct program *p, const struct check_options *opt)
{
	struct unit_run *units = xcalloc(p->nunits + 1, sizeof(*units));

	for (size_t i = 0; i < p->nunits; i++) {
		units[i].run = (struct check_run){ .e = p->units[i], .m = p->units[i]->m,
						   .r = p->rules, .a = arena_new(),
						   .out = &units[i].one, .opt = opt };
		finding_list_init(&units[i].found);
		finding_list_init(&units[i].one);
	}
	return units;
}

static struct check_run *run_of(void *data, uint32_t unit)
{
	struct unit_run *u = &((struct unit_run *)data)[unit];

	u->run.out = &u->found;
	return &u->run;
}

/* The lints for pinned parts, which look at the whole program.  What they look at is
 * collected while the program is solved: neither needs the other. */
struct pinned_checks {
	const struct check *v[NCHECKS];
	size_t n;
	struct program *p;
	struct pin *pin;
	pthread_t thread;
	bool threaded;
};

static void *collect_pins(void *data)
{
	struct pinned_checks *c = data;

	c->pin = pin_new(c->p);
	return NULL;
}

static void begin_pinned(struct pinned_checks *c, struct program *p, const struct check_options *opt)
{
	*c = (struct pinned_checks){ .p = p };
	for (size_t i = 0; i < NCHECKS; i++)
		if (all_checks[i]->pinned && is_wanted(opt, &all_checks[i]->info))
			c->v[c->n++] = all_checks[i];
	c->threaded = c->n && opt->jobs > 1 && !pthread_create(&c->thread, NULL, collect_pins, c);
}

static void end_pinned(struct pinned_checks *c, struct unit_run *units)
{
	if (!c->n)
		return;
	if (c->threaded)
		pthread_join(c->thread, NULL);
	else
		collect_pins(c);
	pinned_run(c->pin, run_of, c->v, c->n, units);
	pin_free(c->pin);
}

/* False: what was remembered is not to be trusted. */
static bool end_units(struct program *p, struct unit_run *units, struct finding_list *out)
{
	bool fine = !program_betrayed(p);

	for (size_t i = 0; i < p->nunits; i++)
		fine &= !units[i].run.garbled;
	for (size_t i = 0; i < p->nunits; i++) {
		if (fine) {
			count_failures(&units[i].run, &units[i].found);
			finding_list_splice(out, &units[i].found);
		}
		finding_list_free(&units[i].found);
		finding_list_free(&units[i].one);
		arena_free(units[i].run.a);
	}
	free(units);
	return fine;
}

static bool solve(const struct kir_module *const *modules, size_t n, const struct rules *r,
		  const struct check_options *opt, struct finding_list *out)
{
	struct program *p = checks_link(modules, n, r, opt);
	struct check_memory *m = opt->memory;
	struct unit_run *units = begin_units(p, opt);
	struct audience to = { check_function, check_entries, hear, units };
	struct pinned_checks pinned;
	bool fine;

	if (m && m->size && !program_recall(p, m->data, m->size, stamp_of(opt), m->why, sizeof(m->why)))
		m->refused = true;
	begin_pinned(&pinned, p, opt);
	program_solve(p, NULL, 0, &to);
	end_pinned(&pinned, units);
	fine = end_units(p, units, out);
	if (fine && m)
		m->next = program_remember(p, stamp_of(opt), &m->next_size);
	program_free(p);
	return fine;
}

void checks_program(const struct kir_module *const *modules, size_t n, const struct rules *r,
		    const struct check_options *opt, struct finding_list *out)
{
	struct check_memory *m = opt->memory;

	if (solve(modules, n, r, opt, out))
		return;
	m->refused = true;
	m->size = 0;
	snprintf(m->why, sizeof(m->why), "damaged");
	solve(modules, n, r, opt, out);
}

void checks_run(const struct kir_module *m, const struct rules *r,
		const struct check_options *opt, struct finding_list *out)
{
	checks_program(&m, 1, r, opt, out);
}
