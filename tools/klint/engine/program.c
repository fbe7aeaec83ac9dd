/* SPDX-License-Identifier: MIT */
/*
 * The program: its units, and the order in which functions are solved, callees first.
 * Components of the call graph are the steps; those that do not need each other are
 * solved by several threads at once.
 */
#include "base/parallel.h"
#include "imports.h"
#include "memo.h"
#include "scc.h"
#include "solver.h"
#include "targets.h"
#include "unit.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ROUNDS 8	/* of a recursive component, until its contracts stand */

struct program *program_new(const struct rules *r, const struct engine_options *opt)
{
	struct program *p = xcalloc(1, sizeof(*p));

	/* Each unit and function takes and gives back its memory: not from and to the
	 * system. */
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	mallopt(M_MMAP_THRESHOLD, 8 << 20);
	p->rules = r;
	p->opt = *opt;
	if (!p->opt.jobs)
		p->opt.jobs = 1;
	p->names = names_new();
	return p;
}

static void free_one(void *data, size_t i)
{
	unit_free(((struct program *)data)->units[i]);
}

void program_free(struct program *p)
{
	if (!p)
		return;
	in_parallel(p->nunits, p->opt.jobs, free_one, p);
	free(p->units);
	free(p->defs);
	free(p->def_of_name);
	free(p->hooks);
	targets_free(p->targets);
	free(p->entries);
	imports_free(p->imports);
	remembered_free(p->remembered);
	free(p->by_ident);
	names_free(p->names);
	free(p);
}

struct addition {
	struct program *p;
	const struct kir_module *const *modules;
};

static void add_one(void *data, size_t i)
{
	struct addition *a = data;

	a->p->units[i] = unit_new(a->p, a->modules[i]);
}

void program_add(struct program *p, const struct kir_module *const *modules, size_t n)
{
	struct addition a = { p, modules };

	p->units = xcalloc(n + 1, sizeof(*p->units));
	p->nunits = n;
	in_parallel(n, p->opt.jobs, add_one, &a);
}

struct def *program_def(const struct program *p, uint32_t name)
{
	uint32_t id = name < p->nnames ? p->def_of_name[name] : KIR_NONE;

	return id == KIR_NONE ? NULL : &p->defs[id];
}

struct work {
	struct scc s;
	const struct audience *to;	/* or NULL */
	pthread_mutex_t lock;
	pthread_cond_t more;
	pthread_mutex_t *busy;		/* [unit]: one function of a unit at a time */
	uint32_t *waits;		/* [component]: callees' components to be solved */
	uint32_t **callers;		/* [component]: those that wait for it */
	uint32_t *ncallers;
	uint32_t *ready;		/* a queue */
	uint32_t first, last, done;
};

static struct record *solve_def(struct work *wk, struct def *d, uint64_t key)
{
	struct engine *e = d->unit;
	struct func_info *fi = &e->funcs[d->func];
	const struct contract *c = NULL;
	const struct summary *sum;
	struct blob told = { 0 };
	struct record *r;

	engine_begin(e);
	sum = solve_function(e, fi);
	if (wk->to)
		wk->to->solved(wk->to->data, e, fi, &told);
	if (sum)
		c = contract_make(e, fi->f, sum);
	r = memo_keep(e, d, key, c, sum ? NULL : d->gap, &told);
	free(told.v);
	return r;
}

/* Find out about the function with the contracts that there are. */
static void settle(struct work *wk, struct def *d)
{
	uint64_t key = memo_key(d);
	struct record *r = memo_find(wk->s.p, d, key);

	memo_use(d, r ? r : solve_def(wk, d, key));
}

/* A recursion: until the contracts stand. */
static void settle_together(struct work *wk, const uint32_t *members, uint32_t n)
{
	bool changed = true;

	for (int round = 0; changed && round < MAX_ROUNDS; round++) {
		changed = false;
		for (uint32_t i = 0; i < n; i++) {
			struct def *d = &wk->s.p->defs[members[i]];
			uint64_t before = d->says;

			settle(wk, d);
			changed |= before != d->says;
		}
	}
}

static void hear(struct work *wk, const struct def *d)
{
	if (wk->to)
		wk->to->hear(wk->to->data, d, false, d->record->told, d->record->ntold);
}

static int by_unit(const void *x, const void *y)
{
	const struct engine *a = *(struct engine *const *)x, *b = *(struct engine *const *)y;

	return a->index < b->index ? -1 : a->index > b->index;
}

static void solve_component(struct work *wk, uint32_t c)
{
	const uint32_t *members = wk->s.members + wk->s.starts[c];
	uint32_t n = wk->s.starts[c + 1] - wk->s.starts[c], nunits = 0;
	struct engine *one[1], **units = n == 1 ? one : xcalloc(n, sizeof(*units));

	for (uint32_t i = 0; i < n; i++)
		units[nunits++] = wk->s.p->defs[members[i]].unit;
	if (n > 1)
		qsort(units, nunits, sizeof(*units), by_unit);
	for (uint32_t i = 0; i < nunits; i++)
		if (!i || units[i] != units[i - 1])
			pthread_mutex_lock(&wk->busy[units[i]->index]);
	if (n > 1 || scc_calls_itself(&wk->s, members[0]))
		settle_together(wk, members, n);
	else
		settle(wk, &wk->s.p->defs[members[0]]);
	for (uint32_t i = 0; i < n; i++)
		hear(wk, &wk->s.p->defs[members[i]]);
	for (uint32_t i = 0; i < nunits; i++)
		if (!i || units[i] != units[i - 1])
			pthread_mutex_unlock(&wk->busy[units[i]->index]);
	if (units != one)
		free(units);
}

static void *work_on(void *data)
{
	struct work *wk = data;

	pthread_mutex_lock(&wk->lock);
	while (wk->done < wk->s.ncomponents) {
		uint32_t c, before;

		if (wk->first == wk->last) {
			pthread_cond_wait(&wk->more, &wk->lock);
			continue;
		}
		c = wk->ready[wk->first++];
		pthread_mutex_unlock(&wk->lock);
		solve_component(wk, c);
		pthread_mutex_lock(&wk->lock);
		wk->done++;
		before = wk->last;
		for (uint32_t i = 0; i < wk->ncallers[c]; i++)
			if (!--wk->waits[wk->callers[c][i]])
				wk->ready[wk->last++] = wk->callers[c][i];
		/* One of them this thread takes itself. */
		if (wk->last - before > 1 || wk->done == wk->s.ncomponents)
			pthread_cond_broadcast(&wk->more);
	}
	pthread_mutex_unlock(&wk->lock);
	return NULL;
}

/* Component @c has to wait for that of @callee; @seen: it does already. */
static void wait_for(struct work *wk, uint32_t c, uint32_t callee, uint32_t *seen, uint32_t *cap)
{
	uint32_t to = wk->s.component[callee];

	if (to >= c || seen[to] == c)
		return;
	seen[to] = c;
	wk->waits[c]++;
	vec_push(wk->callers[to], wk->ncallers[to], cap[to]) = c;
}

/* Who waits for whom. */
static void order_components(struct work *wk)
{
	struct scc *s = &wk->s;
	uint32_t *seen = xmalloc((s->ncomponents + 1u) * sizeof(*seen));
	uint32_t *cap = xcalloc(s->ncomponents + 1u, sizeof(*cap));

	memset(seen, 0xff, (s->ncomponents + 1u) * sizeof(*seen));
	wk->waits = xcalloc(s->ncomponents + 1u, sizeof(*wk->waits));
	wk->callers = xcalloc(s->ncomponents + 1u, sizeof(*wk->callers));
	wk->ncallers = xcalloc(s->ncomponents + 1u, sizeof(*wk->ncallers));
	wk->ready = xcalloc(s->ncomponents + 1u, sizeof(*wk->ready));
	for (uint32_t c = 0; c < s->ncomponents; c++) {
		for (uint32_t i = s->starts[c]; i < s->starts[c + 1]; i++) {
			uint32_t v = s->members[i];

			for (uint32_t k = 0; k < s->ncallees[v]; k++)
				wait_for(wk, c, s->callees[v][k], seen, cap);
			for (uint32_t k = 0; k < s->nmentions[v]; k++)
				wait_for(wk, c, s->mentions[v][k], seen, cap);
		}
		if (!wk->waits[c])
			wk->ready[wk->last++] = c;
	}
	free(seen);
	free(cap);
}

/* What the registrations of a function make of its contract. */
static void meet_entries(struct program *p, struct def *d, const struct audience *to)
{
	uint64_t key = memo_entries_key(d);
	struct record *r = memo_find(p, d, key);
	struct blob told = { 0 };

	if (!r) {
		engine_begin(d->unit);
		to->entered(to->data, d->unit, d, &told);
		r = memo_keep(d->unit, d, key, NULL, NULL, &told);
		free(told.v);
	}
	r->used = true;
	to->hear(to->data, d, true, r->told, r->ntold);
}

void program_solve(struct program *p, const uint32_t *wanted, size_t nwanted,
		   const struct audience *to)
{
	struct work wk = { .s.p = p, .to = to };
	unsigned int jobs = p->opt.jobs;
	pthread_t *threads = xcalloc(jobs + 1u, sizeof(*threads));
	unsigned int n = 0;

	scc_find(&wk.s, wanted, nwanted);
	p->order = &wk.s;
	pthread_mutex_init(&wk.lock, NULL);
	pthread_cond_init(&wk.more, NULL);
	wk.busy = xcalloc(p->nunits + 1, sizeof(*wk.busy));
	for (size_t i = 0; i < p->nunits; i++)
		pthread_mutex_init(&wk.busy[i], NULL);
	if (jobs > 1) {
		order_components(&wk);
		while (n < jobs - 1 && !pthread_create(&threads[n], NULL, work_on, &wk))
			n++;
		work_on(&wk);
		for (unsigned int i = 0; i < n; i++)
			pthread_join(threads[i], NULL);
		for (uint32_t c = 0; c < wk.s.ncomponents; c++)
			free(wk.callers[c]);
	} else {
		for (uint32_t c = 0; c < wk.s.ncomponents; c++)
			solve_component(&wk, c);
	}
	for (uint32_t i = 0; to && i < p->ndefs; i++)
		if (p->defs[i].nentries && p->defs[i].unit && p->defs[i].record)
			meet_entries(p, &p->defs[i], to);
	p->order = NULL;
	scc_free(&wk.s);
	for (size_t i = 0; i < p->nunits; i++)
		pthread_mutex_destroy(&wk.busy[i]);
	free(wk.busy);
	free(wk.waits);
	free(wk.callers);
	free(wk.ncallers);
	free(wk.ready);
	free(threads);
}
