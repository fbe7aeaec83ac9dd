/* SPDX-License-Identifier: MIT */
/*
 * The module as a whole: the call graph and its strongly connected components,
 * solved callees first; then the contexts in which registrations enter functions
 * are held against what the summaries need.
 */
#include "engine.h"
#include "solver.h"

#include <stdlib.h>
#include <string.h>

#define MAX_ROUNDS 6	/* of a recursive component, until its summaries stand */

static void name_values(struct engine *e)
{
	const struct kir_module *m = e->m;

	e->names = xcalloc(m->nvalues + 1u, sizeof(*e->names));
	for (uint32_t i = 0; i < m->nvalues; i++) {
		const struct kir_value *v = &m->values[i];
		kir_str s = 0;

		if (v->kind == KIR_V_GLOBAL || v->kind == KIR_V_FUNC)
			s = v->a;
		else if (v->kind == KIR_V_FIELD || v->kind == KIR_V_CONTAINER)
			s = v->b;
		if (s)
			e->names[i] = sym_name(e->t, kir_string(m, s));
	}
}

static void index_functions(struct engine *e)
{
	const struct kir_module *m = e->m;

	e->funcs = xcalloc(m->nfuncs + 1u, sizeof(*e->funcs));
	e->by_name = strmap_new();
	for (uint32_t i = 0; i < m->nfuncs; i++) {
		const char *name = kir_string(m, m->funcs[i].name);

		e->funcs[i].f = &m->funcs[i];
		e->funcs[i].index = i;
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

/* The address of a place that needs no state to be told: of a global. */
sym program_static_addr(struct engine *e, kir_id place)
{
	const struct kir_value *v = &e->m->values[place];
	sym base;

	switch (v->kind) {
	case KIR_V_GLOBAL:
		return sym_atom(e->t, S_GLOBAL, e->names[place]);
	case KIR_V_FIELD:
		base = program_static_addr(e, v->a);
		return base == SYM_NONE ? base : sym_field(e->t, base, e->names[place]);
	case KIR_V_INDEX:
		base = program_static_addr(e, v->a);
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
	case KIR_V_ADDR: return program_static_addr(e, v->a);
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
			struct binding b = { program_static_addr(e, in->place), static_init(e, in->value) };

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
	const struct kir_value *v = &e->m->values[value];
	uint32_t func;

	if (v->kind != KIR_V_FUNC || record == KIR_NONE)
		return;
	func = strmap_get(e->by_name, kir_string(e->m, v->a));
	if (func == UINT32_MAX)
		return;
	vec_push(l->v, l->n, l->cap) = (struct target){
		.record = sym_name(e->t, kir_string(e->m, e->m->records[record].name)),
		.field = field, .func = func, .loc = loc, .by = by };
}

void program_for_each_event(struct engine *e, uint32_t func,
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

static void visit_store(struct engine *e, uint32_t func, uint32_t at, void *data)
{
	const struct kir_event *ev = &e->m->events[at];
	const struct kir_value *dst;

	if (ev->kind != KIR_E_STORE)
		return;
	dst = &e->m->values[ev->dst];
	if (dst->kind == KIR_V_FIELD)
		add_target(e, data, ev->value, dst->c, e->names[ev->dst], func, ev->loc);
}

static void index_targets(struct engine *e)
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
		program_for_each_event(e, f, visit_store, &l);
	e->targets = l.v;
	e->ntargets = l.n;
}

/* Tarjan's algorithm with its own stack: components come out callees first. */
struct scc {
	struct engine *e;
	uint32_t *index, *low, *stack;
	bool *on_stack;
	uint32_t next, depth;
	uint32_t **callees;
	uint32_t *ncallees;
};

struct callee_list {
	uint32_t *v;
	size_t n, cap;
};

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
					vec_push(l->v, l->n, l->cap) = e->targets[k].func;
			continue;
		}
		if (v->kind != KIR_V_FUNC)
			continue;
		target = strmap_get(e->by_name, kir_string(e->m, v->a));
		if (target == UINT32_MAX)
			continue;
		if (!i)
			e->funcs[target].ncallers++;
		vec_push(l->v, l->n, l->cap) = target;
	}
}

static bool is_solvable(const struct func_info *fi)
{
	return (fi->f->flags & KIR_F_DEFINED) && fi->f->block_count;
}

static void solve_component(struct engine *e, const uint32_t *members, uint32_t n, bool recursive)
{
	bool changed = true;

	for (int round = 0; changed && round < (recursive ? MAX_ROUNDS : 1); round++) {
		changed = false;
		for (uint32_t i = 0; i < n; i++) {
			struct func_info *fi = &e->funcs[members[i]];
			const struct summary *before = fi->sum;

			if (!is_solvable(fi))
				continue;
			solve_function(e, fi);
			changed |= !summary_same(before, fi->sum);
		}
	}
}

static bool calls_itself(const struct scc *s, uint32_t v)
{
	for (uint32_t i = 0; i < s->ncallees[v]; i++)
		if (s->callees[v][i] == v)
			return true;
	return false;
}

static void close_component(struct scc *s, uint32_t v)
{
	uint32_t first = s->depth;

	do {
		first--;
		s->on_stack[s->stack[first]] = false;
	} while (s->stack[first] != v);
	qsort(&s->stack[first], s->depth - first, sizeof(*s->stack), compare_u32);
	solve_component(s->e, &s->stack[first], s->depth - first,
			s->depth - first > 1 || calls_itself(s, v));
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

static void solve_all(struct engine *e)
{
	uint32_t n = e->m->nfuncs;
	struct scc s = { .e = e };
	struct frame *frames = xcalloc(n + 1u, sizeof(*frames));

	s.index = xmalloc((n + 1u) * sizeof(*s.index));
	memset(s.index, 0xff, (n + 1u) * sizeof(*s.index));
	s.low = xcalloc(n + 1u, sizeof(*s.low));
	s.stack = xcalloc(n + 1u, sizeof(*s.stack));
	s.on_stack = xcalloc(n + 1u, sizeof(*s.on_stack));
	s.callees = xcalloc(n + 1u, sizeof(*s.callees));
	s.ncallees = xcalloc(n + 1u, sizeof(*s.ncallees));
	for (uint32_t i = 0; i < n; i++) {
		struct callee_list l = { 0 };

		program_for_each_event(e, i, visit_callee, &l);
		s.callees[i] = l.v;
		s.ncallees[i] = (uint32_t)l.n;
	}
	for (uint32_t i = 0; i < n; i++)
		if (s.index[i] == UINT32_MAX)
			search(&s, i, frames);
	for (uint32_t i = 0; i < n; i++)
		free(s.callees[i]);
	free(s.callees);
	free(s.ncallees);
	free(s.on_stack);
	free(s.stack);
	free(s.low);
	free(s.index);
	free(frames);
}

struct engine *engine_solve(const struct kir_module *m, const struct rules *r,
			    const struct engine_options *opt)
{
	struct engine *e = xcalloc(1, sizeof(*e));

	e->m = m;
	e->rules = r;
	e->opt = *opt;
	e->t = symtab_new();
	e->arena = arena_new();
	name_values(e);
	index_functions(e);
	index_statics(e);
	index_targets(e);
	annots_index_fields(e);
	entries_index(e);
	solve_all(e);
	return e;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	symtab_free(e->t);
	arena_free(e->arena);
	strmap_free(e->by_name);
	strmap_free(e->consts);
	strmap_free(e->globals);
	free(e->guarded);
	free(e->funcs);
	free(e->names);
	free(e->statics);
	free(e->targets);
	free(e);
}

kir_id engine_loc(const struct engine *e, origin at)
{
	return at >= ORIGIN_BLOCK ? e->m->blocks[at - ORIGIN_BLOCK].loc : e->m->events[at].loc;
}

struct func_info *engine_func(const struct engine *e, const char *name)
{
	uint32_t i = strmap_get(e->by_name, name);

	return i == UINT32_MAX ? NULL : &e->funcs[i];
}
