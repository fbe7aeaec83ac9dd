/* SPDX-License-Identifier: MIT */
/*
 * From the top down: a function is entered as its registrations say, and as its callers
 * are at the calls.  What cannot be followed (an address that is handed about) makes a
 * way of its own, unknown, so that "always" is said only of what is closed.
 */
#include "around.h"
#include "names.h"
#include "observe.h"
#include "ops.h"
#include "solver.h"
#include "unit.h"
#include "ways.h"

#include <stdlib.h>
#include <string.h>

/* `fn = ops->get; if (fn) fn(x)`: the member that the variable is set from, when it is
 * the only one. */
struct var_search {
	kir_id var;
	uint64_t key;
	bool several;
};

static uint64_t key_of(struct engine *e, kir_id record, kir_id value)
{
	return (uint64_t)e->records[record] << 32 |
	       e->names[value];
}

static void visit_var(struct engine *e, uint32_t func, uint32_t at, void *data)
{
	const struct kir_event *ev = &e->m->events[at];
	struct var_search *s = data;
	const struct kir_value *v;
	uint64_t key;

	(void)func;
	if (ev->kind != KIR_E_STORE || ev->dst != s->var)
		return;
	v = &e->m->values[ev->value];
	if (v->kind == KIR_V_OP && v->op == KIR_OP_ONCE)
		v = &e->m->values[v->a];
	key = v->kind == KIR_V_FIELD && v->c != KIR_NONE ?
		key_of(e, v->c, (kir_id)(v - e->m->values)) : 0;
	s->several |= s->key && s->key != key;
	s->key = key;
}

uint64_t ways_value_key(struct engine *e, uint32_t func, kir_id value)
{
	struct var_search s = { .var = value };
	const struct kir_value *v = &e->m->values[value];

	if (v->kind == KIR_V_OP && v->op == KIR_OP_ONCE)
		v = &e->m->values[v->a];
	if (v->kind == KIR_V_FIELD)
		return v->c == KIR_NONE ? 0 : key_of(e, v->c, (kir_id)(v - e->m->values));
	if (v->kind != KIR_V_LOCAL && v->kind != KIR_V_TEMP)
		return 0;
	unit_for_each_event(e, func, visit_var, &s);
	return s.several ? 0 : s.key;
}

uint64_t ways_key(struct engine *e, uint32_t func, uint32_t at)
{
	const struct kir_event *ev = &e->m->events[at];

	return ev->kind == KIR_E_CALL ? ways_value_key(e, func, ev->callee) : 0;
}

static int compare_field(const void *x, const void *y)
{
	const struct ways_field *a = x, *b = y;

	return a->key < b->key ? -1 : a->key > b->key;
}

struct ways_field *ways_find(const struct ways *w, uint64_t key)
{
	struct ways_field probe = { .key = key };

	return bsearch(&probe, w->fields, w->nfields, sizeof(probe), compare_field);
}

uint32_t ways_at(const struct ways *w, const struct def *d, uint32_t at)
{
	const struct observed *o = &d->unit->seen[at];
	uint32_t in = w->sleeps[d->id] ? WAY_PROCESS : w->of[d->id];
	uint32_t out = o->atomic ? WAY_ATOMIC : 0;

	if (!o->clean)
		return out;
	if (o->doubtful)
		return out | WAY_UNKNOWN;
	if (o->around)
		return out | WAY_PROCESS;
	out |= in & ~WAY_ATOMIC;
	if (in & WAY_ATOMIC)
		out |= o->gives_back || o->conditional ? WAY_UNKNOWN : WAY_ATOMIC;
	return out;
}

static void push(struct ways *w, uint32_t def, uint32_t bits, const struct ways_cause *cause)
{
	uint32_t fresh = bits & ~w->of[def];

	if (!fresh || !w->p->defs[def].unit)
		return;
	for (uint32_t bit = 1; bit <= WAY_UNKNOWN; bit <<= 1)
		if (fresh & bit)
			w->causes[def][way_index(bit)] = *cause;
	w->of[def] |= fresh;
	if (w->queued[def])
		return;
	w->queued[def] = true;
	w->queue[w->last++] = def;
	if (w->last > w->p->ndefs)
		w->last = 0;
}

/* Each way by itself, with its own cause. */
static void push_ways(struct ways *w, const struct def *d, uint32_t at, uint32_t to, uint32_t bits)
{
	const struct observed *o = &d->unit->seen[at];
	struct ways_cause cause = { .by = BY_CALL, .caller = d->id, .event = at };

	for (uint32_t bit = 1; bit <= WAY_UNKNOWN; bit <<= 1) {
		if (!(bits & bit))
			continue;
		cause.here = bit == WAY_ATOMIC ? o->atomic > 0 : bit == WAY_PROCESS && o->around;
		push(w, to, bit, &cause);
	}
}

static void push_field(struct ways *w, const struct def *d, uint32_t at, uint64_t key,
		       uint32_t bits)
{
	struct ways_field *f = ways_find(w, key);
	uint32_t fresh = f ? bits & ~f->ways : 0;

	if (!fresh)
		return;
	f->ways |= fresh;
	for (uint32_t i = 0; i < f->ntargets && !f->row; i++)
		push_ways(w, d, at, w->targets[f->first_target + i].def, fresh);
}

/* The function that the unit means by the value, or NULL. */
static const struct def *function_of(const struct engine *e, kir_id value)
{
	const struct func_info *fi = engine_named(e, value);

	return fi ? fi->target : NULL;
}

/* Does the rule call its argument @arg (from 1) at once? */
static bool calls_now(const struct rule *rule, uint32_t arg)
{
	for (uint32_t i = 0; rule && i < rule->ncalls; i++)
		if (rule->calls[i].context == RULES_NONE && rule->calls[i].fn.root == ROOT_ARG &&
		    rule->calls[i].fn.arg == arg && !rule->calls[i].fn.nsteps)
			return true;
	return false;
}

static void visit_call(struct engine *e, uint32_t func, uint32_t at, void *data)
{
	const struct kir_event *ev = &e->m->events[at];
	struct ways *w = data;
	const struct def *d = e->funcs[func].def, *to;
	const struct kir_value *v;
	uint32_t bits;
	uint64_t key;

	if (ev->kind != KIR_E_CALL && ev->kind != KIR_E_MACRO)
		return;
	bits = ways_at(w, d, at);
	if (!bits)
		return;
	v = &e->m->values[ev->callee];
	to = function_of(e, ev->callee);
	if (to)
		push_ways(w, d, at, to->id, bits);
	if (v->kind != KIR_V_FUNC) {
		key = ways_key(e, func, at);
		if (key)
			push_field(w, d, at, key, bits);
		return;
	}
	for (uint32_t i = 0; i < ev->arg_count; i++) {
		to = function_of(e, e->m->args[ev->arg_first + i]);
		if (to && calls_now(rules_find(e->rules, kir_string(e->m, v->a)), i + 1))
			push_ways(w, d, at, to->id, bits);
	}
}

/* A function whose address goes where nobody follows it. */
static void escape(struct ways *w, const struct engine *e, kir_id value)
{
	static const struct ways_cause stored = { .by = BY_STORE };
	const struct def *d = value == KIR_NONE ? NULL : function_of(e, value);

	if (d && !d->nentries)
		push(w, d->id, WAY_UNKNOWN, &stored);
}

static void visit_escape(struct engine *e, uint32_t func, uint32_t at, void *data)
{
	const struct kir_event *ev = &e->m->events[at];
	const struct kir_value *v;

	(void)func;
	if (ev->kind == KIR_E_STORE) {
		v = &e->m->values[ev->dst];
		if (v->kind != KIR_V_FIELD || v->c == KIR_NONE)
			escape(data, e, ev->value);
		return;
	}
	if (ev->kind != KIR_E_CALL && ev->kind != KIR_E_MACRO)
		return;
	v = &e->m->values[ev->callee];
	for (uint32_t i = 0; i < ev->arg_count; i++)
		if (v->kind != KIR_V_FUNC ||
		    !calls_now(rules_find(e->rules, kir_string(e->m, v->a)), i + 1))
			escape(data, e, e->m->args[ev->arg_first + i]);
}

static void find_escapes(struct ways *w, struct engine *e)
{
	for (uint32_t f = 0; f < e->m->nfuncs; f++)
		if (e->funcs[f].f->block_count)
			unit_for_each_event(e, f, visit_escape, w);
	for (uint32_t b = 0; b < e->m->nblocks; b++)
		if (e->m->blocks[b].term == KIR_TERM_RETURN)
			escape(w, e, e->m->blocks[b].value);
	for (uint32_t i = 0; i < e->m->ninits; i++)
		if (e->m->inits[i].record == KIR_NONE)
			escape(w, e, e->m->inits[i].value);
}

/* Is the function in members? */
enum stored {
	NOWHERE,
	CALLED,		/* and all of them are called, or have a row */
	UNCALLED	/* and nobody is seen to call some of them */
};

static bool is_atomic(const struct ways *w, const struct entry *en)
{
	const struct rule_context *ctx = rules_context(w->p->rules, en->context);

	for (unsigned int k = 0; k < CTX_NPARTS; k++)
		if ((ctx->parts >> k & 1) && ctx_part_wait(k) < WAIT_SLEEP)
			return true;
	return false;
}

/* How the function is entered whatever its callers do. */
static void seed(struct ways *w, struct def *d, enum stored stored)
{
	struct ways_cause cause = { .by = BY_ENTRY };

	for (uint32_t i = 0; i < d->nentries; i++) {
		cause.entry = &d->entries[i];
		push(w, d->id, is_atomic(w, cause.entry) ? WAY_ATOMIC : WAY_PROCESS, &cause);
	}
	cause = (struct ways_cause){ .by = BY_ITSELF };
	if (w->sleeps[d->id])
		push(w, d->id, WAY_PROCESS, &cause);
	cause.by = BY_STORE;
	if (stored == UNCALLED || (!d->nentries && !d->ncallers && stored == NOWHERE))
		push(w, d->id, WAY_UNKNOWN, &cause);
}

static void note_stored(const struct ways *w, uint8_t *stored)
{
	for (size_t i = 0; i < w->nfields; i++) {
		const struct ways_field *f = &w->fields[i];

		for (uint32_t k = 0; k < f->ntargets; k++) {
			uint32_t def = w->targets[f->first_target + k].def;

			if (!f->nsites && !f->row)
				stored[def] = UNCALLED;
			else if (stored[def] == NOWHERE)
				stored[def] = CALLED;
		}
	}
}

/* What is registered for an atomic context and seems to sleep has a mistake, or klint
 * has: it is no witness. */
static bool is_witness(const struct ways *w, const struct def *d)
{
	for (uint32_t i = 0; i < d->nentries; i++)
		if (is_atomic(w, &d->entries[i]))
			return false;
	return d->unit;
}

void ways_infer(struct ways *w)
{
	struct program *p = w->p;
	uint8_t *stored = xcalloc(p->ndefs + 1u, sizeof(*stored));

	w->of = xcalloc(p->ndefs + 1u, sizeof(*w->of));
	w->sleeps = xcalloc(p->ndefs + 1u, sizeof(*w->sleeps));
	w->causes = xcalloc(p->ndefs + 1u, sizeof(*w->causes));
	w->queue = xcalloc(p->ndefs + 1u, sizeof(*w->queue));
	w->queued = xcalloc(p->ndefs + 1u, sizeof(*w->queued));
	for (uint32_t i = 0; i < p->ndefs; i++)
		if (is_witness(w, &p->defs[i]))
			w->sleeps[i] = around_infer(p->defs[i].unit,
						    p->defs[i].unit->funcs[p->defs[i].func].f);
	note_stored(w, stored);
	for (size_t i = 0; i < p->nunits; i++)
		find_escapes(w, p->units[i]);
	for (uint32_t i = 0; i < p->ndefs; i++) {
		seed(w, &p->defs[i], stored[i]);
		/* Its own locks and sleeps say something even if nobody calls it. */
		if (p->defs[i].unit)
			unit_for_each_event(p->defs[i].unit, p->defs[i].func, visit_call, w);
	}
	while (w->first != w->last) {
		const struct def *d = &p->defs[w->queue[w->first++]];

		if (w->first > p->ndefs)
			w->first = 0;
		w->queued[d->id] = false;
		unit_for_each_event(d->unit, d->func, visit_call, w);
	}
	free(w->queue);
	free(w->queued);
	free(stored);
}
