/* SPDX-License-Identifier: MIT */
/*
 * Registrations: which functions somebody enters by itself, and in which context.  Told by the ops members that they are stored in, and by the rules of the
 * functions that they are handed to.
 */
#include "solver.h"
#include "unit.h"

#include <string.h>

/* A condition on constants: false only when it surely does not hold. */
static bool call_may_apply(struct engine *e, const struct rule_call *rc, const struct kir_event *ev)
{
	struct guard g[NEED_GUARDS];
	uint8_t n;

	if (!eval_rule_guards(e, &rc->cond, false, g, &n))
		return true;
	for (uint8_t i = 0; i < n; i++) {
		sym what = g[i].what;
		struct cons is, both;

		for (uint32_t a = 0; a < ev->arg_count; a++) {
			const struct kir_value *v = &e->m->values[e->m->args[ev->arg_first + a]];
			sym by = v->kind == KIR_V_INT ? sym_int(e->t, v->imm) :
				v->kind == KIR_V_NULL ? sym_int(e->t, 0) : SYM_NONE;

			if (by != SYM_NONE)
				what = sym_replace(e->t, what, sym_atom(e->t, S_PARAM, a), by);
		}
		if (!sym_is(e->t, what, S_INT))
			continue;
		is = cons_eq(sym_get(e->t, what)->imm);
		if (!cons_meet(&is, &g[i].is, &both))
			return false;
	}
	return true;
}

/* The function that the static object's member at @addr is initialised with. */
static uint32_t initialised_with(struct engine *e, sym addr)
{
	const struct kir_module *m = e->m;
	sym root = sym_root(e->t, addr);

	for (uint32_t g = 0; g < m->nglobals; g++) {
		if (unit_global(e, kir_string(m, m->globals[g].name)) != root)
			continue;
		for (uint32_t i = 0; i < m->globals[g].init_count; i++) {
			const struct kir_init *in = &m->inits[m->globals[g].init_first + i];
			const struct kir_value *v = &m->values[in->value];

			if (v->kind == KIR_V_FUNC && unit_static_addr(e, in->place) == addr)
				return e->index_of[in->value];
		}
	}
	return UINT32_MAX;
}

static struct site site_at(const struct engine *e, kir_id loc)
{
	struct site s = { .file = kir_string(e->m, e->m->source), .callee = "?", .def = KIR_NONE };

	if (loc != KIR_NONE) {
		s.file = kir_string(e->m, e->m->locs[loc].file);
		s.line = e->m->locs[loc].line;
		s.col = e->m->locs[loc].col;
	}
	return s;
}

/* The unit's function @target is entered, when the program has it. */
static void add_entry(struct engine *e, struct entry_list *l, uint32_t target, uint32_t context,
		      kir_id loc, uint32_t by, const char *how)
{
	if (target != UINT32_MAX && e->funcs[target].target)
		vec_push(l->v, l->n, l->cap) = (struct entry){
			.func = e->funcs[target].target->id, .context = context,
			.at = site_at(e, loc), .how = how,
			.by = by == KIR_NONE ? "" : kir_string(e->m, e->m->funcs[by].name) };
}

struct member_search {
	kir_id object;		/* the pointer that is registered */
	uint32_t field;
	uint32_t found;		/* function, or UINT32_MAX */
};

/* `object->field = function`, `place.field = function` with the object at &place. */
static void visit_member_store(struct engine *e, uint32_t func, uint32_t at, void *data)
{
	const struct kir_event *ev = &e->m->events[at];
	const struct kir_value *values = e->m->values, *dst, *object;
	struct member_search *s = data;

	(void)func;
	if (ev->kind != KIR_E_STORE || values[ev->value].kind != KIR_V_FUNC)
		return;
	dst = &values[ev->dst];
	object = &values[s->object];
	if (dst->kind != KIR_V_FIELD || e->names[ev->dst] != s->field)
		return;
	if (object->kind == KIR_V_ADDR ? dst->a == object->a :
	    values[dst->a].kind == KIR_V_DEREF && values[dst->a].a == s->object)
		s->found = e->index_of[ev->value];
}

/* `$1->notifier_call`: a member of the object that is registered, as the registering
 * function stores it, or else as it is initialised. */
static void register_member(struct engine *e, struct entry_list *l, const struct rule *rule,
			    const struct rule_call *rc, const struct kir_event *ev, uint32_t func)
{
	kir_id arg = e->m->args[ev->arg_first + rc->fn.arg - 1];
	const struct kir_value *v = &e->m->values[arg];
	sym object = v->kind == KIR_V_ADDR ? unit_static_addr(e, v->a) : SYM_NONE, member;
	const struct sym_node *n;
	struct member_search s;

	member = eval_rule_expr(e, &rc->fn);
	n = sym_get(e->t, member);
	if (n->kind != S_LOAD || sym_get(e->t, n->a)->kind != S_FIELD)
		return;
	s = (struct member_search){ arg, sym_get(e->t, n->a)->b, UINT32_MAX };
	unit_for_each_event(e, func, visit_member_store, &s);
	if (s.found == UINT32_MAX && object != SYM_NONE) {
		member = sym_replace(e->t, n->a, sym_atom(e->t, S_PARAM, rc->fn.arg - 1), object);
		s.found = initialised_with(e, member);
	}
	add_entry(e, l, s.found, rc->context, ev->loc, func, rule->name);
}

static void visit_registration(struct engine *e, uint32_t func, uint32_t at, void *data)
{
	const struct kir_event *ev = &e->m->events[at];
	struct entry_list *l = data;
	const struct rule *rule;

	if (ev->kind != KIR_E_CALL && ev->kind != KIR_E_MACRO)
		return;
	rule = engine_rule(e, ev->callee);
	for (uint32_t i = 0; rule && i < rule->ncalls; i++) {
		const struct rule_call *rc = &rule->calls[i];
		kir_id fn;

		if (rc->context == RULES_NONE || rc->fn.root != ROOT_ARG ||
		    rc->fn.arg > ev->arg_count || !call_may_apply(e, rc, ev))
			continue;
		fn = e->m->args[ev->arg_first + rc->fn.arg - 1];
		if (rc->fn.nsteps)
			register_member(e, l, rule, rc, ev, func);
		else if (e->m->values[fn].kind == KIR_V_FUNC)
			add_entry(e, l, e->index_of[fn], rc->context, ev->loc, func, rule->name);
	}
}

void unit_registrations(struct engine *e, struct entry_list *list)
{
	engine_begin(e);
	for (size_t i = 0; i < e->ntargets; i++) {
		const struct target *tg = &e->targets[i];
		const char *record = sym_name_text(e->t, tg->record);
		const char *field = sym_name_text(e->t, tg->field);
		const struct rule_ops *ops = rules_find_ops(e->rules, record, field);

		if (ops)
			add_entry(e, list, tg->func, ops->context, tg->loc, tg->by,
				  arena_printf(e->keep, "%s.%s", record, field));
	}
	for (uint32_t f = 0; f < e->m->nfuncs; f++)
		unit_for_each_event(e, f, visit_registration, list);
}
