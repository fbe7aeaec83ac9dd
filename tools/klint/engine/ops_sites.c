/* SPDX-License-Identifier: MIT */
/*
 * Calls through members: those that stand there, those of a function to which the member
 * is passed, and those through another member that it has been copied to.
 */
#include "observe.h"
#include "ops_sites.h"
#include "solver.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static void visit_site(struct engine *e, uint32_t func, uint32_t at, void *data)
{
	struct collector *c = data;
	uint64_t key = ways_key(e, func, at);

	/* A call that no path comes to tells nothing. */
	if (key && e->seen[at].states)
		vec_push(c->sites, c->nsites, c->sites_cap) = (struct raw_site){
			key, e->funcs[func].def, at, engine_site(e, at) };
}

static bool may_be_hook(const struct program *p, uint64_t key)
{
	return key && (uint32_t)key < p->nnames && p->hooks[(uint32_t)key];
}

static void visit_alias(struct engine *e, uint32_t func, uint32_t at, void *data)
{
	const struct kir_event *ev = &e->m->events[at];
	struct collector *c = data;
	struct alias a;

	if (ev->kind == KIR_E_CALL && e->m->values[ev->callee].kind == KIR_V_PARAM)
		vec_push(c->params, c->nparams, c->params_cap) = (struct param_call){
			e->funcs[func].def->id, e->m->values[ev->callee].a, at };
	if (ev->kind != KIR_E_STORE || e->m->values[ev->dst].kind != KIR_V_FIELD)
		return;
	a = (struct alias){ ways_value_key(e, func, ev->value), ways_value_key(e, func, ev->dst) };
	if (a.from != a.to && may_be_hook(c->p, a.from) && may_be_hook(c->p, a.to))
		vec_push(c->aliases, c->naliases, c->aliases_cap) = a;
}

static int compare_param(const void *x, const void *y)
{
	const struct param_call *a = x, *b = y;

	if (a->def != b->def)
		return a->def < b->def ? -1 : 1;
	return a->event < b->event ? -1 : a->event > b->event;
}

/* `call_timer_fn(timer, timer->function)`: it is called there. */
static void visit_passed(struct engine *e, uint32_t func, uint32_t at, void *data)
{
	const struct kir_event *ev = &e->m->events[at];
	struct collector *c = data;
	const struct func_info *fi = ev->kind == KIR_E_CALL ? engine_named(e, ev->callee) : NULL;
	const struct def *to = fi ? fi->target : NULL;

	if (!to || !to->unit)
		return;
	for (size_t i = first_not(c->nparams, k, c->params[k].def < to->id);
	     i < c->nparams && c->params[i].def == to->id; i++) {
		const struct param_call *pc = &c->params[i];
		uint64_t key = pc->param < ev->arg_count ?
			ways_value_key(e, func, e->m->args[ev->arg_first + pc->param]) : 0;

		if (may_be_hook(c->p, key) && to->unit->seen[pc->event].states)
			vec_push(c->sites, c->nsites, c->sites_cap) = (struct raw_site){
				key, &c->p->defs[to->id], pc->event,
				engine_site(to->unit, pc->event) };
	}
}

static int compare_site(const void *x, const void *y)
{
	const struct raw_site *a = x, *b = y;
	int c;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	c = strcmp(a->at.file, b->at.file);
	if (c)
		return c;
	if (a->at.line != b->at.line)
		return a->at.line < b->at.line ? -1 : 1;
	if (a->at.col != b->at.col)
		return a->at.col < b->at.col ? -1 : 1;
	return a->caller->id < b->caller->id ? -1 : a->caller->id > b->caller->id;
}

static int compare_target(const void *x, const void *y)
{
	const struct ways_target *a = x, *b = y;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return a->def < b->def ? -1 : a->def > b->def;
}

static int compare_alias(const void *x, const void *y)
{
	const struct alias *a = x, *b = y;

	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return a->from < b->from ? -1 : a->from > b->from;
}

/* What is copied from member to member is called, and stored, in both. */
static void follow_aliases(struct collector *c)
{
	size_t nsites = c->nsites, ntargets = c->ntargets;

	c->naliases = sort_unique(c->aliases, c->naliases, sizeof(*c->aliases), compare_alias);
	for (size_t i = 0; i < nsites; i++) {
		struct raw_site copy = c->sites[i];
		uint64_t key = copy.key;

		for (size_t k = first_not(c->naliases, m, c->aliases[m].to < key);
		     k < c->naliases && c->aliases[k].to == key; k++) {
			copy.key = c->aliases[k].from;
			vec_push(c->sites, c->nsites, c->sites_cap) = copy;
		}
	}
	if (ntargets)
		qsort(c->targets, ntargets, sizeof(*c->targets), compare_target);
	for (size_t i = 0; i < c->naliases; i++) {
		struct alias a = c->aliases[i];

		for (size_t k = first_not(ntargets, m, c->targets[m].key < a.from);
		     k < ntargets && c->targets[k].key == a.from; k++) {
			struct ways_target copy = { a.to, c->targets[k].def };

			vec_push(c->targets, c->ntargets, c->targets_cap) = copy;
		}
	}
}

void sites_collect(struct collector *c)
{
	for (uint32_t i = 0; i < c->p->ndefs; i++)
		if (c->p->defs[i].unit)
			unit_for_each_event(c->p->defs[i].unit, c->p->defs[i].func, visit_alias, c);
	if (c->nparams)
		qsort(c->params, c->nparams, sizeof(*c->params), compare_param);
	for (uint32_t i = 0; i < c->p->ndefs && c->nparams; i++)
		if (c->p->defs[i].unit)
			unit_for_each_event(c->p->defs[i].unit, c->p->defs[i].func, visit_passed, c);
	for (uint32_t i = 0; i < c->p->ndefs; i++)
		if (c->p->defs[i].unit)
			unit_for_each_event(c->p->defs[i].unit, c->p->defs[i].func, visit_site, c);
	for (size_t u = 0; u < c->p->nunits; u++) {
		const struct engine *e = c->p->units[u];

		for (size_t i = 0; i < e->ntargets; i++) {
			const struct target *t = &e->targets[i];
			const struct def *d = e->funcs[t->func].target;

			if (d)
				vec_push(c->targets, c->ntargets, c->targets_cap) = (struct ways_target){
					(uint64_t)t->record << 32 | t->field, d->id };
		}
	}
	follow_aliases(c);
	/* Each call once, by member. */
	c->nsites = sort_unique(c->sites, c->nsites, sizeof(*c->sites), compare_site);
	if (c->ntargets)
		qsort(c->targets, c->ntargets, sizeof(*c->targets), compare_target);
}

void sites_free(struct collector *c)
{
	free(c->aliases);
	free(c->params);
	free(c->sites);
	free(c->targets);
}
