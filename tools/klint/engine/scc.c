/* SPDX-License-Identifier: MIT */
/* Tarjan's algorithm with its own stack. */
#include "scc.h"
#include "solver.h"
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

void scc_find(struct scc *s, const uint32_t *wanted, size_t nwanted)
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

bool scc_calls_itself(const struct scc *s, uint32_t v)
{
	for (uint32_t i = 0; i < s->ncallees[v]; i++)
		if (s->callees[v][i] == v)
			return true;
	return false;
}

void scc_free(struct scc *s)
{
	for (uint32_t i = 0; i < s->p->ndefs; i++)
		free(s->callees[i]);
	free(s->callees);
	free(s->ncallees);
	free(s->members);
	free(s->starts);
}
