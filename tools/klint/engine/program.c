/* SPDX-License-Identifier: MIT */
/*
 * The program: its units, what their names mean, and the order in which functions are
 * solved, callees first.  Strongly connected components of the call graph are the
 * steps; those that do not need each other are solved by several threads at once.
 */
#include "imports.h"
#include "solver.h"
#include "unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ROUNDS 6	/* of a recursive component, until its contracts stand */

struct program *program_new(const struct rules *r, const struct engine_options *opt)
{
	struct program *p = xcalloc(1, sizeof(*p));

	p->rules = r;
	p->opt = *opt;
	p->names = names_new();
	return p;
}

void program_free(struct program *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->nunits; i++)
		unit_free(p->units[i]);
	free(p->units);
	free(p->defs);
	free(p->def_of_name);
	free(p->hooks);
	free(p->entries);
	imports_free(p->imports);
	names_free(p->names);
	free(p);
}

void program_add(struct program *p, const struct kir_module *m)
{
	struct engine *e = unit_new(p, m);

	e->index = (uint32_t)p->nunits;
	vec_push(p->units, p->nunits, p->units_cap) = e;
}

struct def *program_def(const struct program *p, uint32_t name)
{
	uint32_t id = name < p->nnames ? p->def_of_name[name] : KIR_NONE;

	return id == KIR_NONE ? NULL : &p->defs[id];
}

static int by_source(const void *x, const void *y)
{
	const struct engine *a = *(struct engine *const *)x, *b = *(struct engine *const *)y;

	return strcmp(kir_string(a->m, a->m->source), kir_string(b->m, b->m->source));
}

/* May the function be the same as one of another unit? */
static bool is_shared(const struct kir_func *f)
{
	return (f->flags & KIR_F_HEADER) && (f->flags & KIR_F_STATIC);
}

struct hash_slot {
	uint64_t hash;
	uint32_t def;
};

struct linker {
	struct program *p;
	struct hash_slot *slots;	/* open addressing */
	size_t nslots, nshared;
	size_t cap;
};

static struct hash_slot *find_shared(struct linker *l, uint64_t hash)
{
	size_t i = hash & (l->nslots - 1);

	while (l->slots[i].hash && l->slots[i].hash != hash)
		i = (i + 1) & (l->nslots - 1);
	return &l->slots[i];
}

static void grow_shared(struct linker *l)
{
	struct hash_slot *old = l->slots;
	size_t n = l->nslots;

	l->nslots = n ? 2 * n : 1024;
	l->slots = xcalloc(l->nslots, sizeof(*l->slots));
	for (size_t i = 0; i < n; i++)
		if (old[i].hash)
			*find_shared(l, old[i].hash) = old[i];
	free(old);
}

static uint32_t add_def(struct linker *l, struct engine *e, uint32_t name, uint32_t func,
			uint64_t hash)
{
	struct program *p = l->p;
	uint32_t id = p->ndefs;

	if (id >= l->cap) {
		l->cap = l->cap ? 2 * l->cap : 1024;
		p->defs = xrealloc(p->defs, l->cap * sizeof(*p->defs));
	}
	p->defs[p->ndefs++] = (struct def){ .id = id, .name = name, .unit = e, .func = func,
					    .hash = hash, .next = p->def_of_name[name] };
	p->def_of_name[name] = id;
	return id;
}

/* Number the unit's functions; @ids receives their defs. */
static void define_functions(struct linker *l, struct engine *e, uint32_t *ids)
{
	uint64_t *hashes = xcalloc(e->m->nfuncs + 1u, sizeof(*hashes));
	uint64_t *values = xcalloc(e->m->nvalues + 1u, sizeof(*values));

	for (uint32_t i = 0; i < e->m->nfuncs; i++) {
		const struct kir_func *f = e->funcs[i].f;
		struct hash_slot *slot;
		uint64_t hash;

		ids[i] = KIR_NONE;
		if (!(f->flags & KIR_F_DEFINED) || !f->block_count)
			continue;
		if (l->p->nunits == 1 || !is_shared(f)) {
			ids[i] = add_def(l, e, e->funcs[i].name, i, 0);
			continue;
		}
		hash = unit_hash_function(e, i, hashes, values);
		if (2 * (l->nshared + 1) > l->nslots)
			grow_shared(l);
		slot = find_shared(l, hash);
		if (!slot->hash) {
			*slot = (struct hash_slot){ hash, add_def(l, e, e->funcs[i].name, i, hash) };
			l->nshared++;
		}
		ids[i] = slot->def;
	}
	free(hashes);
	free(values);
}

/* How many leading directories the two paths share. */
static size_t kinship(const char *a, const char *b)
{
	size_t n = 0;

	for (size_t i = 0; a[i] && a[i] == b[i]; i++)
		n += a[i] == '/';
	return n;
}

/* The definition that a call from @e by that name reaches.  Modules may have functions
 * of one name: then it is the one nearest in the tree. */
static struct def *resolve(const struct engine *e, uint32_t name)
{
	const char *here = kir_string(e->m, e->m->source);
	struct def *best = NULL;
	size_t most = 0;
	bool strong = false;

	for (struct def *d = program_def(e->p, name); d;
	     d = d->next == KIR_NONE ? NULL : &e->p->defs[d->next]) {
		const struct engine *u = d->unit;
		bool is_strong = u && !(u->funcs[d->func].f->flags & KIR_F_WEAK);
		size_t near = u ? kinship(here, kir_string(u->m, u->m->source)) : 0;

		/* Defs are met from the last to the first: equal ones fall to the first. */
		if (best && (is_strong != strong ? strong : near < most))
			continue;
		best = d;
		most = near;
		strong = is_strong;
	}
	return best;
}

static void count_call(struct engine *e, uint32_t func, uint32_t at, void *data)
{
	const struct kir_event *ev = &e->m->events[at];
	const struct kir_value *v;
	uint32_t target;

	(void)func;
	(void)data;
	if (ev->kind != KIR_E_CALL && ev->kind != KIR_E_MACRO)
		return;
	v = &e->m->values[ev->callee];
	if (v->kind != KIR_V_FUNC)
		return;
	target = strmap_get(e->by_name, kir_string(e->m, v->a));
	if (target == UINT32_MAX)
		return;
	if (e->funcs[target].target)
		e->funcs[target].target->ncallers++;
}

static int compare_entry(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;
	int c;

	if (a->func != b->func)
		return a->func < b->func ? -1 : 1;
	if (a->context != b->context)
		return a->context < b->context ? -1 : 1;
	c = strcmp(a->at.file, b->at.file);
	if (c)
		return c;
	if (a->at.line != b->at.line)
		return a->at.line < b->at.line ? -1 : 1;
	return a->at.col < b->at.col ? -1 : a->at.col > b->at.col;
}

static void find_entries(struct program *p)
{
	struct entry_list l = { 0 };

	for (size_t i = 0; i < p->nunits; i++)
		unit_registrations(p->units[i], &l);
	if (l.n)
		qsort(l.v, l.n, sizeof(*l.v), compare_entry);
	p->entries = l.v;
	for (size_t i = 0; i < l.n; i++) {
		struct def *d = &p->defs[l.v[i].func];

		if (!d->nentries++)
			d->entries = &l.v[i];
	}
}

static void find_hooks(struct program *p)
{
	p->hooks = xcalloc(p->nnames + 1, sizeof(*p->hooks));
	for (size_t i = 0; i < p->nunits; i++) {
		const struct engine *e = p->units[i];

		for (uint32_t f = 0; f < e->m->nfields; f++) {
			const struct kir_field *fd = &e->m->fields[f];
			uint32_t name;

			if (fd->type.kind != KIR_T_FUNCPTR)
				continue;
			name = names_find(p->names, kir_string(e->m, fd->name));
			if (name != UINT32_MAX && name < p->nnames)
				p->hooks[name] = true;
		}
	}
}

void program_link(struct program *p)
{
	struct linker l = { .p = p };
	uint32_t **ids = xcalloc(p->nunits + 1, sizeof(*ids));

	/* The result is the same for any order of the units. */
	if (p->nunits > 1)
		qsort(p->units, p->nunits, sizeof(*p->units), by_source);
	p->nnames = names_count(p->names);
	p->def_of_name = xmalloc((p->nnames + 1) * sizeof(*p->def_of_name));
	memset(p->def_of_name, 0xff, (p->nnames + 1) * sizeof(*p->def_of_name));
	for (uint32_t i = 0; i < imports_count(p->imports); i++) {
		uint32_t id = add_def(&l, NULL, imports_name(p->imports, i), 0, 0);

		p->defs[id].offset = imports_offset(p->imports, i);
	}
	for (size_t i = 0; i < p->nunits; i++) {
		struct engine *e = p->units[i];

		e->index = (uint32_t)i;
		ids[i] = xcalloc(e->m->nfuncs + 1u, sizeof(**ids));
		define_functions(&l, e, ids[i]);
	}
	for (size_t i = 0; i < p->nunits; i++) {
		struct engine *e = p->units[i];

		for (uint32_t f = 0; f < e->m->nfuncs; f++) {
			struct func_info *fi = &e->funcs[f];

			fi->def = ids[i][f] != KIR_NONE ? &p->defs[ids[i][f]] : NULL;
			fi->target = fi->def;
			if (fi->def ? fi->f->flags & KIR_F_WEAK :
			    !(fi->f->flags & (KIR_F_STATIC | KIR_F_DEFINED)))
				fi->target = resolve(e, fi->name);
		}
		free(ids[i]);
	}
	for (size_t i = 0; i < p->nunits; i++)
		for (uint32_t f = 0; f < p->units[i]->m->nfuncs; f++)
			unit_for_each_event(p->units[i], f, count_call, NULL);
	free(ids);
	free(l.slots);
	find_hooks(p);
	find_entries(p);
}

/* The call graph of the program, and Tarjan's algorithm with its own stack:
 * components come out callees first. */
struct scc {
	struct program *p;
	uint32_t *index, *low, *stack;
	bool *on_stack;
	uint32_t next, depth;
	uint32_t **callees;
	uint32_t *ncallees;
	uint32_t *members;	/* of all components, one after the other */
	uint32_t *starts;	/* [component]: its first member; one more at the end */
	uint32_t ncomponents, nmembers;
};

struct callee_list {
	uint32_t *v;
	size_t n, cap;
};

static void add_callee(struct engine *e, struct callee_list *l, uint32_t func)
{
	if (e->funcs[func].target && e->funcs[func].target->unit)
		vec_push(l->v, l->n, l->cap) = e->funcs[func].target->id;
}

static void visit_callee(struct engine *e, uint32_t func, uint32_t at, void *data)
{
	const struct kir_event *ev = &e->m->events[at];
	struct callee_list *l = data;

	(void)func;
	if (ev->kind != KIR_E_CALL && ev->kind != KIR_E_MACRO)
		return;
	for (uint32_t i = 0; i <= ev->arg_count; i++) {
		kir_id id = i ? e->m->args[ev->arg_first + i - 1] : ev->callee;
		const struct kir_value *v = &e->m->values[id];
		uint32_t target;

		if (v->kind == KIR_V_FIELD && ev->record != KIR_NONE && !i) {
			uint32_t record = sym_name(e->t, kir_string(e->m,
						e->m->records[ev->record].name));

			for (size_t k = 0; k < e->ntargets; k++)
				if (e->targets[k].record == record && e->targets[k].field == e->names[id])
					add_callee(e, l, e->targets[k].func);
			continue;
		}
		if (v->kind != KIR_V_FUNC)
			continue;
		target = strmap_get(e->by_name, kir_string(e->m, v->a));
		if (target != UINT32_MAX)
			add_callee(e, l, target);
	}
}

static void close_component(struct scc *s, uint32_t v)
{
	uint32_t first = s->depth;

	do {
		first--;
		s->on_stack[s->stack[first]] = false;
	} while (s->stack[first] != v);
	qsort(&s->stack[first], s->depth - first, sizeof(*s->stack), compare_u32);
	s->starts[s->ncomponents++] = s->nmembers;
	for (uint32_t i = first; i < s->depth; i++)
		s->members[s->nmembers++] = s->stack[i];
	s->depth = first;
}

struct frame {
	uint32_t v, i;
};

static void search(struct scc *s, uint32_t root, struct frame *frames)
{
	uint32_t top = 0;

	frames[top++] = (struct frame){ root, 0 };
	s->index[root] = s->low[root] = s->next++;
	s->stack[s->depth++] = root;
	s->on_stack[root] = true;
	while (top) {
		struct frame *fr = &frames[top - 1];
		uint32_t v = fr->v;

		if (fr->i < s->ncallees[v]) {
			uint32_t w = s->callees[v][fr->i++];

			if (s->index[w] == UINT32_MAX) {
				s->index[w] = s->low[w] = s->next++;
				s->stack[s->depth++] = w;
				s->on_stack[w] = true;
				frames[top++] = (struct frame){ w, 0 };
			} else if (s->on_stack[w] && s->index[w] < s->low[v]) {
				s->low[v] = s->index[w];
			}
			continue;
		}
		if (s->low[v] == s->index[v])
			close_component(s, v);
		if (--top && s->low[v] < s->low[frames[top - 1].v])
			s->low[frames[top - 1].v] = s->low[v];
	}
}

static void find_components(struct scc *s, const uint32_t *wanted, size_t nwanted)
{
	uint32_t n = s->p->ndefs;
	struct frame *frames = xcalloc(n + 1u, sizeof(*frames));

	s->index = xmalloc((n + 1u) * sizeof(*s->index));
	memset(s->index, 0xff, (n + 1u) * sizeof(*s->index));
	s->low = xcalloc(n + 1u, sizeof(*s->low));
	s->stack = xcalloc(n + 1u, sizeof(*s->stack));
	s->on_stack = xcalloc(n + 1u, sizeof(*s->on_stack));
	s->callees = xcalloc(n + 1u, sizeof(*s->callees));
	s->ncallees = xcalloc(n + 1u, sizeof(*s->ncallees));
	s->members = xcalloc(n + 1u, sizeof(*s->members));
	s->starts = xcalloc(n + 1u, sizeof(*s->starts));
	for (uint32_t i = 0; i < n; i++) {
		struct callee_list l = { 0 };

		if (!s->p->defs[i].unit)
			continue;
		unit_for_each_event(s->p->defs[i].unit, s->p->defs[i].func, visit_callee, &l);
		s->callees[i] = l.v;
		s->ncallees[i] = (uint32_t)l.n;
	}
	for (size_t i = 0; i < (wanted ? nwanted : n); i++) {
		uint32_t root = wanted ? wanted[i] : (uint32_t)i;

		if (s->p->defs[root].unit && s->index[root] == UINT32_MAX)
			search(s, root, frames);
	}
	s->starts[s->ncomponents] = s->nmembers;
	free(frames);
	free(s->index);
	free(s->low);
	free(s->stack);
	free(s->on_stack);
}

static bool calls_itself(const struct scc *s, uint32_t v)
{
	for (uint32_t i = 0; i < s->ncallees[v]; i++)
		if (s->callees[v][i] == v)
			return true;
	return false;
}

struct work {
	struct scc s;
	void (*solved)(void *data, struct engine *e, struct func_info *fi);
	void *data;
	pthread_mutex_t lock;
	pthread_cond_t more;
	pthread_mutex_t *busy;		/* [unit]: one function of a unit at a time */
	uint32_t *component;		/* [def] */
	uint32_t *waits;		/* [component]: callees' components to be solved */
	uint32_t **callers;		/* [component]: those that wait for it */
	uint32_t *ncallers;
	uint32_t *ready;		/* a queue */
	uint32_t first, last, done;
};

static const struct contract *solve_def(struct work *wk, struct def *d, bool tell)
{
	struct engine *e = d->unit;
	struct func_info *fi = &e->funcs[d->func];
	const struct summary *sum;

	engine_begin(e);
	sum = solve_function(e, fi);
	if (tell && wk->solved)
		wk->solved(wk->data, e, fi);
	return sum ? contract_make(e, fi->f, sum) : NULL;
}

/* A recursion: until the contracts stand. */
static void solve_together(struct work *wk, const uint32_t *members, uint32_t n)
{
	bool changed = true;

	for (int round = 0; round < MAX_ROUNDS; round++) {
		/* What is told is what the contracts say in the end. */
		bool last = !changed || round == MAX_ROUNDS - 1;

		changed = false;
		for (uint32_t i = 0; i < n; i++) {
			struct def *d = &wk->s.p->defs[members[i]];
			const struct contract *before = d->contract;

			d->contract = solve_def(wk, d, last);
			changed |= !contract_same(before, d->contract);
		}
		if (last)
			return;
	}
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
	if (n > 1 || calls_itself(&wk->s, members[0])) {
		solve_together(wk, members, n);
	} else {
		struct def *d = &wk->s.p->defs[members[0]];

		d->contract = solve_def(wk, d, true);
	}
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
		uint32_t c;

		if (wk->first == wk->last) {
			pthread_cond_wait(&wk->more, &wk->lock);
			continue;
		}
		c = wk->ready[wk->first++];
		pthread_mutex_unlock(&wk->lock);
		solve_component(wk, c);
		pthread_mutex_lock(&wk->lock);
		wk->done++;
		for (uint32_t i = 0; i < wk->ncallers[c]; i++)
			if (!--wk->waits[wk->callers[c][i]])
				wk->ready[wk->last++] = wk->callers[c][i];
		pthread_cond_broadcast(&wk->more);
	}
	pthread_mutex_unlock(&wk->lock);
	return NULL;
}

/* Who waits for whom; two calls of one callee count as one. */
static void order_components(struct work *wk)
{
	struct scc *s = &wk->s;
	uint32_t *seen = xmalloc((s->ncomponents + 1u) * sizeof(*seen));
	uint32_t *cap = xcalloc(s->ncomponents + 1u, sizeof(*cap));

	memset(seen, 0xff, (s->ncomponents + 1u) * sizeof(*seen));
	wk->component = xcalloc(s->p->ndefs + 1u, sizeof(*wk->component));
	wk->waits = xcalloc(s->ncomponents + 1u, sizeof(*wk->waits));
	wk->callers = xcalloc(s->ncomponents + 1u, sizeof(*wk->callers));
	wk->ncallers = xcalloc(s->ncomponents + 1u, sizeof(*wk->ncallers));
	wk->ready = xcalloc(s->ncomponents + 1u, sizeof(*wk->ready));
	for (uint32_t c = 0; c < s->ncomponents; c++)
		for (uint32_t i = s->starts[c]; i < s->starts[c + 1]; i++)
			wk->component[s->members[i]] = c;
	for (uint32_t c = 0; c < s->ncomponents; c++) {
		for (uint32_t i = s->starts[c]; i < s->starts[c + 1]; i++) {
			uint32_t v = s->members[i];

			for (uint32_t k = 0; k < s->ncallees[v]; k++) {
				uint32_t to = wk->component[s->callees[v][k]];

				if (to == c || seen[to] == c)
					continue;
				seen[to] = c;
				wk->waits[c]++;
				vec_push(wk->callers[to], wk->ncallers[to], cap[to]) = c;
			}
		}
		if (!wk->waits[c])
			wk->ready[wk->last++] = c;
	}
	free(seen);
	free(cap);
}

void program_solve(struct program *p, const uint32_t *wanted, size_t nwanted,
		   unsigned int jobs,
		   void (*solved)(void *data, struct engine *e, struct func_info *fi), void *data)
{
	struct work wk = { .s.p = p, .solved = solved, .data = data };
	pthread_t *threads = xcalloc(jobs + 1u, sizeof(*threads));
	unsigned int n = 0;

	find_components(&wk.s, wanted, nwanted);
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
	for (uint32_t i = 0; i < p->ndefs; i++)
		free(wk.s.callees[i]);
	for (size_t i = 0; i < p->nunits; i++)
		pthread_mutex_destroy(&wk.busy[i]);
	free(wk.s.callees);
	free(wk.s.ncallees);
	free(wk.s.members);
	free(wk.s.starts);
	free(wk.busy);
	free(wk.component);
	free(wk.waits);
	free(wk.callers);
	free(wk.ncallers);
	free(wk.ready);
	free(threads);
}
