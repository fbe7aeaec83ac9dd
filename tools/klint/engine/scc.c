/* SPDX-License-Identifier: MIT */
/* Tarjan's algorithm with its own stack. */
#define _GNU_SOURCE
#include "scc.h"
#include "solver.h"
#include "targets.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

struct callee_list {
	uint32_t *v;
	size_t n, cap;
};

static void add_callee(struct engine *e, struct callee_list *l, uint32_t func)
{
	if (e->funcs[func].target && e->funcs[func].target->unit)
		vec_push(l->v, l->n, l->cap) = e->funcs[func].target->id;
}

static void add_named(struct engine *e, struct callee_list *l, kir_id value)
{
	const struct func_info *fi = engine_named(e, value);

	if (fi)
		add_callee(e, l, fi->index);
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

		if (v->kind == KIR_V_FIELD && ev->record != KIR_NONE && !i) {
			uint32_t record = e->records[ev->record], n;
			const uint32_t *defs;

			for (size_t k = 0; k < e->ntargets; k++)
				if (e->targets[k].record == record && e->targets[k].field == e->names[id])
					add_callee(e, l, e->targets[k].func);
			n = targets_of(e->p->targets, record, e->names[id], &defs);
			for (uint32_t k = 0; k < n; k++)
				vec_push(l->v, l->n, l->cap) = defs[k];
			continue;
		}
		/* Of a callee that has a rule nothing else is asked. */
		if (v->kind == KIR_V_FUNC && (i || !engine_rule(e, id)))
			add_named(e, l, id);
	}
}

/* What a constant table holds is as good as named. */
static void add_table(struct engine *e, struct callee_list *l, kir_id value)
{
	const struct kir_module *m = e->m;
	uint32_t g = e->index_of[value];

	if (g == KIR_NONE || !(m->globals[g].flags & KIR_G_CONST))
		return;
	for (uint32_t i = 0; i < m->globals[g].init_count; i++) {
		kir_id in = m->inits[m->globals[g].init_first + i].value;

		if (m->values[in].kind == KIR_V_FUNC)
			add_named(e, l, in);
	}
}

/* The functions that the value mentions. */
static void add_mentioned(struct engine *e, struct callee_list *l, kir_id id)
{
	const struct kir_value *v;

	if (id == KIR_NONE)
		return;
	v = &e->m->values[id];
	switch (v->kind) {
	case KIR_V_FUNC:
		add_named(e, l, id);
		break;
	case KIR_V_GLOBAL:
		add_table(e, l, id);
		break;
	case KIR_V_FIELD: case KIR_V_DEREF: case KIR_V_ADDR: case KIR_V_CONTAINER:
		add_mentioned(e, l, v->a);
		break;
	case KIR_V_INDEX: case KIR_V_OP:
		add_mentioned(e, l, v->a);
		add_mentioned(e, l, v->b);
		break;
	default:
		break;
	}
}

static void visit_mentions(struct engine *e, uint32_t func, uint32_t at, void *data)
{
	const struct kir_event *ev = &e->m->events[at];

	(void)func;
	add_mentioned(e, data, ev->value);
	if (ev->callee == KIR_NONE)
		return;
	if (e->m->values[ev->callee].kind != KIR_V_FUNC)
		add_mentioned(e, data, ev->callee);
	for (uint32_t i = 0; i < ev->arg_count; i++)
		if (e->m->values[e->m->args[ev->arg_first + i]].kind != KIR_V_FUNC)
			add_mentioned(e, data, e->m->args[ev->arg_first + i]);
}

static int by_finish(const void *x, const void *y, void *finish)
{
	const uint32_t *f = finish;

	return compare_u32(&f[*(const uint32_t *)x], &f[*(const uint32_t *)y]);
}

static void close_component(struct scc *s, uint32_t v)
{
	uint32_t first = s->depth;

	do {
		first--;
		s->on_stack[s->stack[first]] = false;
	} while (s->stack[first] != v);
	/* Callees first, but where the recursion is closed. */
	qsort_r(&s->stack[first], s->depth - first, sizeof(*s->stack), by_finish, s->finish);
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
		s->finish[v] = s->finished++;
		if (s->low[v] == s->index[v])
			close_component(s, v);
		if (--top && s->low[v] < s->low[frames[top - 1].v])
			s->low[frames[top - 1].v] = s->low[v];
	}
}

void scc_find(struct scc *s, const uint32_t *wanted, size_t nwanted)
{
	uint32_t n = s->p->ndefs;
	struct frame *frames = xcalloc(n + 1u, sizeof(*frames));

	s->index = xmalloc((n + 1u) * sizeof(*s->index));
	memset(s->index, 0xff, (n + 1u) * sizeof(*s->index));
	s->low = xcalloc(n + 1u, sizeof(*s->low));
	s->stack = xcalloc(n + 1u, sizeof(*s->stack));
	s->finish = xcalloc(n + 1u, sizeof(*s->finish));
	s->on_stack = xcalloc(n + 1u, sizeof(*s->on_stack));
	s->callees = xcalloc(n + 1u, sizeof(*s->callees));
	s->ncallees = xcalloc(n + 1u, sizeof(*s->ncallees));
	s->mentions = xcalloc(n + 1u, sizeof(*s->mentions));
	s->nmentions = xcalloc(n + 1u, sizeof(*s->nmentions));
	s->component = xmalloc((n + 1u) * sizeof(*s->component));
	memset(s->component, 0xff, (n + 1u) * sizeof(*s->component));
	s->members = xcalloc(n + 1u, sizeof(*s->members));
	s->starts = xcalloc(n + 1u, sizeof(*s->starts));
	for (uint32_t i = 0; i < n; i++) {
		struct callee_list l = { 0 }, soft = { 0 };

		if (!s->p->defs[i].unit)
			continue;
		unit_for_each_event(s->p->defs[i].unit, s->p->defs[i].func, visit_mentions, &soft);
		s->mentions[i] = soft.v;
		s->nmentions[i] = (uint32_t)soft.n;
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
	for (uint32_t c = 0; c < s->ncomponents; c++)
		for (uint32_t i = s->starts[c]; i < s->starts[c + 1]; i++)
			s->component[s->members[i]] = c;
	free(frames);
	free(s->index);
	free(s->low);
	free(s->stack);
	free(s->finish);
	free(s->on_stack);
}

bool scc_calls_itself(const struct scc *s, uint32_t v)
{
	for (uint32_t i = 0; i < s->ncallees[v]; i++)
		if (s->callees[v][i] == v)
			return true;
	return false;
}

static bool is_in(const uint32_t *v, uint32_t n, uint32_t x)
{
	for (uint32_t i = 0; i < n; i++)
		if (v[i] == x)
			return true;
	return false;
}

bool scc_sees(const struct scc *s, uint32_t v, uint32_t w)
{
	if (!s->p->defs[w].unit || s->component[v] == s->component[w])
		return true;
	return s->component[w] < s->component[v] &&
	       (is_in(s->callees[v], s->ncallees[v], w) ||
		is_in(s->mentions[v], s->nmentions[v], w));
}

void scc_free(struct scc *s)
{
	for (uint32_t i = 0; i < s->p->ndefs; i++) {
		free(s->callees[i]);
		free(s->mentions[i]);
	}
	free(s->mentions);
	free(s->nmentions);
	free(s->component);
	free(s->callees);
	free(s->ncallees);
	free(s->members);
	free(s->starts);
}
