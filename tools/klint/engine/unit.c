/* SPDX-License-Identifier: MIT */
/*
 * One unit: its names, constants and initialisers, by the numbers that the engine
 * works with; and what goes on from one function of it to the next: nothing.
 */
#include "observe.h"
#include "solver.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

struct imported {
	uint32_t def;
	const struct summary *sum;
};

static uint32_t add_name(struct engine *e, kir_str name, kir_id loc, bool is_static)
{
	const struct kir_module *m = e->m;

	if (!is_static)
		return sym_name(e->t, kir_string(m, name));
	return names_add_static(e->p->names, kir_string(m, name),
				kir_string(m, loc == KIR_NONE ? m->source : m->locs[loc].file));
}

/* Of the variable @at (an index or KIR_NONE), which is called @name. */
static uint32_t global_name(struct engine *e, uint32_t at, const char *name)
{
	const struct kir_global *g = e->m->globals;

	return at == KIR_NONE ? sym_name(e->t, name) :
		add_name(e, g[at].name, g[at].loc, g[at].flags & KIR_G_STATIC);
}

static void name_values(struct engine *e)
{
	const struct kir_module *m = e->m;

	e->names = xcalloc(m->nvalues + 1u, sizeof(*e->names));
	e->index_of = xmalloc((m->nvalues + 1u) * sizeof(*e->index_of));
	for (uint32_t i = 0; i < m->nvalues; i++) {
		const struct kir_value *v = &m->values[i];
		uint32_t at = KIR_NONE;

		switch (v->kind) {
		case KIR_V_GLOBAL:
			at = strmap_get(e->globals, kir_string(m, v->a));
			e->names[i] = global_name(e, at, kir_string(m, v->a));
			break;
		case KIR_V_FUNC:
			at = strmap_get(e->by_name, kir_string(m, v->a));
			e->names[i] = at == KIR_NONE ? sym_name(e->t, kir_string(m, v->a)) :
				e->funcs[at].name;
			break;
		case KIR_V_FIELD: case KIR_V_CONTAINER:
			e->names[i] = sym_name(e->t, kir_string(m, v->b));
			break;
		default:
			break;
		}
		e->index_of[i] = at;
	}
}

/* Members of an anonymous member are members of the record around it. */
static void name_records(struct engine *e)
{
	const struct kir_module *m = e->m;
	kir_id *outer = xmalloc((m->nrecords + 1u) * sizeof(*outer));

	memset(outer, 0xff, (m->nrecords + 1u) * sizeof(*outer));
	for (uint32_t r = 0; r < m->nrecords; r++)
		for (uint32_t i = 0; i < m->records[r].field_count; i++) {
			const struct kir_field *f = &m->fields[m->records[r].field_first + i];

			if (!*kir_string(m, f->name) && f->type.kind == KIR_T_RECORD)
				outer[f->type.record] = r;
		}
	e->records = xcalloc(m->nrecords + 1u, sizeof(*e->records));
	for (uint32_t r = 0; r < m->nrecords; r++) {
		kir_id named = r;

		for (unsigned int depth = 0; depth < 16 && outer[named] != KIR_NONE; depth++)
			named = outer[named];
		e->records[r] = sym_name(e->t, kir_string(m, m->records[named].name));
	}
	free(outer);
}

static void index_names(struct engine *e)
{
	const struct kir_module *m = e->m;

	e->funcs = xcalloc(m->nfuncs + 1u, sizeof(*e->funcs));
	e->by_name = strmap_new();
	for (uint32_t i = 0; i < m->nfuncs; i++) {
		const char *name = kir_string(m, m->funcs[i].name);

		e->funcs[i].f = &m->funcs[i];
		e->funcs[i].index = i;
		e->funcs[i].name = add_name(e, m->funcs[i].name, m->funcs[i].loc,
					    m->funcs[i].flags & KIR_F_STATIC);
		e->funcs[i].rule = rules_find(e->rules, name);
		strmap_set(e->by_name, name, i);
	}
	e->consts = strmap_new();
	for (uint32_t i = 0; i < m->nconsts; i++)
		strmap_set(e->consts, kir_string(m, m->consts[i].name), i);
	e->globals = strmap_new();
	for (uint32_t i = 0; i < m->nglobals; i++)
		strmap_set(e->globals, kir_string(m, m->globals[i].name), i);
}

sym unit_global(struct engine *e, const char *name)
{
	return sym_atom(e->t, S_GLOBAL, global_name(e, strmap_get(e->globals, name), name));
}

sym unit_static_addr(struct engine *e, kir_id place)
{
	const struct kir_value *v = &e->m->values[place];
	sym base;

	switch (v->kind) {
	case KIR_V_GLOBAL:
		return sym_atom(e->t, S_GLOBAL, e->names[place]);
	case KIR_V_FIELD:
		base = unit_static_addr(e, v->a);
		return base == SYM_NONE ? base : sym_field(e->t, base, e->names[place]);
	case KIR_V_INDEX:
		base = unit_static_addr(e, v->a);
		if (base == SYM_NONE || e->m->values[v->b].kind != KIR_V_INT)
			return SYM_NONE;
		return sym_index(e->t, base, sym_int(e->t, e->m->values[v->b].imm));
	default:
		return SYM_NONE;
	}
}

static sym static_init(struct engine *e, kir_id value)
{
	const struct kir_value *v = &e->m->values[value];

	switch (v->kind) {
	case KIR_V_INT: return sym_int(e->t, v->imm);
	case KIR_V_NULL: return sym_int(e->t, 0);
	case KIR_V_FUNC: return sym_atom(e->t, S_FUNC, e->names[value]);
	case KIR_V_ADDR: return unit_static_addr(e, v->a);
	default: return SYM_NONE;
	}
}

static int compare_binding(const void *x, const void *y)
{
	const struct binding *a = x, *b = y;

	return a->addr < b->addr ? -1 : a->addr > b->addr;
}

static void index_statics(struct engine *e)
{
	const struct kir_module *m = e->m;
	size_t n = 0, cap = 0;
	struct binding *v = NULL;

	for (uint32_t g = 0; g < m->nglobals; g++) {
		if (!(m->globals[g].flags & KIR_G_CONST))
			continue;
		for (uint32_t i = 0; i < m->globals[g].init_count; i++) {
			const struct kir_init *in = &m->inits[m->globals[g].init_first + i];
			struct binding b = { unit_static_addr(e, in->place), static_init(e, in->value) };

			if (b.addr != SYM_NONE && b.value != SYM_NONE)
				vec_push(v, n, cap) = b;
		}
	}
	if (n)
		qsort(v, n, sizeof(*v), compare_binding);
	e->statics = v;
	e->nstatics = n;
}

struct target_list {
	struct target *v;
	size_t n, cap;
};

static void add_target(struct engine *e, struct target_list *l, kir_id value, kir_id record,
		       uint32_t field, uint32_t by, kir_id loc)
{
	const struct func_info *fi = engine_named(e, value);

	if (!fi || record == KIR_NONE)
		return;
	vec_push(l->v, l->n, l->cap) = (struct target){
		.record = e->records[record],
		.field = field, .func = fi->index, .loc = loc, .by = by };
}

void unit_for_each_event(struct engine *e, uint32_t func,
			 void (*visit)(struct engine *, uint32_t func, uint32_t event, void *),
			 void *data)
{
	const struct kir_func *f = e->funcs[func].f;

	for (uint32_t b = 0; b < f->block_count; b++) {
		const struct kir_block *blk = &e->m->blocks[f->block_first + b];

		for (uint32_t i = 0; i < blk->event_count; i++)
			visit(e, func, blk->event_first + i, data);
	}
}

static void visit_event(struct engine *e, uint32_t func, uint32_t at, void *data)
{
	const struct kir_event *ev = &e->m->events[at];
	const struct kir_value *dst;
	struct func_info *called;

	if (ev->kind == KIR_E_STORE) {
		dst = &e->m->values[ev->dst];
		if (dst->kind == KIR_V_FIELD)
			add_target(e, data, ev->value, dst->c, e->names[ev->dst], func, ev->loc);
	} else if (ev->kind == KIR_E_CALL || ev->kind == KIR_E_MACRO) {
		called = engine_named(e, ev->callee);
		if (called)
			called->ncalls++;
	}
}

/* What is stored in ops members, and who is called how often. */
static void index_events(struct engine *e)
{
	const struct kir_module *m = e->m;
	struct target_list l = { 0 };

	for (uint32_t g = 0; g < m->nglobals; g++)
		for (uint32_t i = 0; i < m->globals[g].init_count; i++) {
			const struct kir_init *in = &m->inits[m->globals[g].init_first + i];

			add_target(e, &l, in->value, in->record,
				   sym_name(e->t, kir_string(m, in->field)), KIR_NONE, in->loc);
		}
	for (uint32_t f = 0; f < m->nfuncs; f++)
		unit_for_each_event(e, f, visit_event, &l);
	e->targets = l.v;
	e->ntargets = l.n;
}

struct engine *unit_new(struct program *p, const struct kir_module *m)
{
	struct engine *e = xcalloc(1, sizeof(*e));

	e->p = p;
	e->m = m;
	e->rules = p->rules;
	e->opt = p->opt;
	e->t = symtab_new(p->names);
	e->arena = arena_new();
	e->keep = arena_new();
	index_names(e);
	name_values(e);
	name_records(e);
	index_statics(e);
	index_events(e);
	annots_index_fields(e);
	if (e->opt.observe)
		e->seen = xcalloc(m->nevents + 1u, sizeof(*e->seen));
	e->mark = symtab_mark(e->t);
	return e;
}

void unit_free(struct engine *e)
{
	symtab_free(e->t);
	arena_free(e->arena);
	arena_free(e->keep);
	strmap_free(e->by_name);
	strmap_free(e->consts);
	strmap_free(e->globals);
	free(e->guarded);
	free(e->funcs);
	free(e->names);
	free(e->index_of);
	free(e->records);
	free(e->statics);
	free(e->targets);
	free(e->sites);
	free(e->imported);
	free(e->seen);
	free(e->numbers);
	free(e->subjects);
	free(e);
}

void engine_begin(struct engine *e)
{
	symtab_rewind(e->t, e->mark);
	arena_reset(e->arena);
	e->nsites = e->nimported = e->nsubjects = 0;
	e->epoch++;
}

const struct contract *engine_contract(struct engine *e, const struct def *d)
{
	engine_note(e, SUBJECT_DEF, d->id);
	return def_contract(e->p, d);
}

struct def *engine_def(struct engine *e, uint32_t name)
{
	engine_note(e, SUBJECT_NAME, name);
	return program_def(e->p, name);
}

static const char *callee_text(const struct engine *e, const struct kir_value *v)
{
	if (v->kind == KIR_V_FUNC)
		return kir_string(e->m, v->a);
	return v->kind == KIR_V_FIELD ? kir_string(e->m, v->b) : "a function pointer";
}

struct site engine_site(const struct engine *e, origin at)
{
	struct site s = { .file = kir_string(e->m, e->m->source), .callee = "?", .def = KIR_NONE };
	kir_id loc;

	if (at >= ORIGIN_FOREIGN && at < ORIGIN_BLOCK)
		return e->sites[at - ORIGIN_FOREIGN];
	loc = at >= ORIGIN_BLOCK ? e->m->blocks[at - ORIGIN_BLOCK].loc : e->m->events[at].loc;
	if (loc != KIR_NONE) {
		s.file = kir_string(e->m, e->m->locs[loc].file);
		s.line = e->m->locs[loc].line;
		s.col = e->m->locs[loc].col;
	}
	if (at < ORIGIN_BLOCK && e->m->events[at].callee != KIR_NONE) {
		const struct kir_value *v = &e->m->values[e->m->events[at].callee];

		s.callee = callee_text(e, v);
		s.direct = v->kind == KIR_V_FUNC;
		if (s.direct) {
			const struct func_info *fi = engine_func(e, s.callee);

			if (fi && !fi->rule && fi->target &&
			    engine_contract((struct engine *)e, fi->target))
				s.def = fi->target->id;
		}
	}
	return s;
}

const struct summary *def_summary(struct engine *e, const struct def *d)
{
	const struct contract *c;
	const struct summary *sum;

	if (!d)
		return NULL;
	for (size_t i = 0; i < e->nimported; i++)
		if (e->imported[i].def == d->id)
			return e->imported[i].sum;
	c = engine_contract(e, d);
	if (!c)
		return NULL;
	sum = contract_read(e, c);
	vec_push(e->imported, e->nimported, e->imported_cap) = (struct imported){ d->id, sum };
	return sum;
}

const struct summary *func_summary(struct engine *e, const struct func_info *func)
{
	struct func_info *fi = &e->funcs[func->index];

	if (fi->epoch != e->epoch) {
		const struct contract *c = fi->target ? engine_contract(e, fi->target) : NULL;

		fi->sum = c ? contract_read(e, c) : NULL;
		fi->epoch = e->epoch;
	}
	return fi->sum;
}

struct func_info *engine_named(const struct engine *e, kir_id value)
{
	uint32_t i = e->index_of[value];

	return i == KIR_NONE || e->m->values[value].kind != KIR_V_FUNC ? NULL : &e->funcs[i];
}

const struct rule *engine_rule(const struct engine *e, kir_id value)
{
	const struct func_info *fi = engine_named(e, value);

	if (fi || e->m->values[value].kind != KIR_V_FUNC)
		return fi ? fi->rule : NULL;
	return rules_find(e->rules, kir_string(e->m, e->m->values[value].a));
}

struct func_info *engine_func(const struct engine *e, const char *name)
{
	uint32_t i = strmap_get(e->by_name, name);

	return i == UINT32_MAX ? NULL : &e->funcs[i];
}
