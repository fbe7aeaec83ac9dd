/* SPDX-License-Identifier: MIT */
/*
 * Which parameters a function may write through, by itself or in what it calls:
 * only what those point to is unknown to the caller afterwards.  Flow-insensitive;
 * a callee of which nothing is known writes through all that it gets.
 */
#include "solver.h"

#include <string.h>

struct scan {
	struct solver *sv;
	uint64_t *from;		/* per variable: parameters it may be derived from */
	uint64_t writes;
	uint64_t hidden;	/* written in callees, or in parts: not only `*p = v` */
	bool changed;
	bool impure;		/* stores to memory, or calls what may */
};

static uint64_t pointers_in(const struct scan *s, kir_id v);

/* The parameters through which @place is reached. */
static uint64_t place_through(const struct scan *s, kir_id place)
{
	const struct kir_value *n = &s->sv->e->m->values[place];

	switch (n->kind) {
	case KIR_V_FIELD: case KIR_V_INDEX:
		return place_through(s, n->a);
	case KIR_V_DEREF:
		return pointers_in(s, n->a);
	default:
		return 0;
	}
}

/* The parameters that the pointer value @v may be derived from. */
static uint64_t pointers_in(const struct scan *s, kir_id v)
{
	const struct kir_value *n;
	uint32_t var;

	if (v == KIR_NONE)
		return 0;
	n = &s->sv->e->m->values[v];
	var = flow_var(s->sv->f, n);
	if (var != KIR_NONE)
		return s->from[var];
	switch (n->kind) {
	case KIR_V_ADDR:
		return place_through(s, n->a);
	case KIR_V_CONTAINER:
		return pointers_in(s, n->a);
	case KIR_V_OP:
		return pointers_in(s, n->a) | pointers_in(s, n->b);
	default:	/* a load: another object */
		return 0;
	}
}

/* Rules whose answer follows from the arguments: IS_ERR() and its like. */
static bool is_pure_call(struct engine *e, kir_id callee)
{
	const struct func_info *fi = engine_named(e, callee);
	const struct rule *rule = engine_rule(e, callee);
	const struct summary *sum;

	if (rule)
		return rule->ret.kind != RET_UNKNOWN && rule->ret.kind != RET_TEST &&
		       rule->ret.kind != RET_TEST_NOT && rule->ret.kind != RET_LAST &&
		       rule->ret.kind != RET_NOT_LAST && !rule->neffects && !rule->ncalls;
	sum = fi ? func_summary(e, fi) : NULL;
	return sum && sum->pure;
}

/* A value that is read anew each time (READ_ONCE). */
static bool is_opaque(const struct kir_module *m, kir_id v)
{
	const struct kir_value *n;

	if (v == KIR_NONE)
		return false;
	n = &m->values[v];
	switch (n->kind) {
	case KIR_V_OPAQUE: return true;
	case KIR_V_FIELD: case KIR_V_DEREF: case KIR_V_ADDR: case KIR_V_CONTAINER:
		return is_opaque(m, n->a);
	case KIR_V_OP:
		if (n->op == KIR_OP_ONCE)
			return true;
		/* fall through */
	case KIR_V_INDEX:
		return is_opaque(m, n->a) || is_opaque(m, n->b);
	default: return false;
	}
}

/* Through which pointers the call may write; *hidden: the same, other than by what its
 * outcomes tell of `*p`. */
static uint64_t call_writes(struct scan *s, const struct kir_event *ev, uint64_t *hidden)
{
	struct engine *e = s->sv->e;
	const struct func_info *fi = engine_named(e, ev->callee);
	uint64_t known = UINT64_MAX, untold = UINT64_MAX, all = 0;

	if (e->m->values[ev->callee].kind == KIR_V_FUNC) {
		const struct summary *sum = fi && !fi->rule ? func_summary(e, fi) : NULL;

		if (sum) {
			known = sum->writes;
			untold = sum->unclear ? UINT64_MAX : sum->hidden;
			for (uint32_t i = 0; i < sum->noutcomes; i++)
				untold |= sum->outcomes[i].unsure;
		}
		if (!is_pure_call(e, ev->callee))
			s->impure = true;
	} else {
		s->impure = true;
	}
	for (uint32_t i = 0; i < ev->arg_count; i++) {
		uint64_t through;

		if (i < 64 && !(known >> i & 1))
			continue;
		through = pointers_in(s, e->m->args[ev->arg_first + i]);
		all |= through;
		if (i >= 64 || (untold >> i & 1))
			*hidden |= through;
	}
	return all;
}

/* Not a variable of the function's own. */
static bool is_memory(const struct scan *s, kir_id place)
{
	const struct kir_value *n = &s->sv->e->m->values[place];

	while (n->kind == KIR_V_FIELD || n->kind == KIR_V_INDEX)
		n = &s->sv->e->m->values[n->a];
	return flow_var(s->sv->f, n) == KIR_NONE;
}

/* `*p`, where p is a parameter. */
static bool is_plain_deref(const struct scan *s, kir_id place)
{
	const struct kir_value *n = &s->sv->e->m->values[place];

	return n->kind == KIR_V_DEREF && s->sv->e->m->values[n->a].kind == KIR_V_PARAM;
}

static void scan_event(struct scan *s, const struct kir_event *ev)
{
	uint64_t writes = s->writes;
	uint32_t var;

	if (ev->kind == KIR_E_CALL || ev->kind == KIR_E_MACRO)
		writes |= call_writes(s, ev, &s->hidden);
	if ((ev->kind == KIR_E_STORE || ev->kind == KIR_E_COPY || ev->kind == KIR_E_ASM) &&
	    ev->dst != KIR_NONE) {
		var = flow_var(s->sv->f, &s->sv->e->m->values[ev->dst]);
		writes |= place_through(s, ev->dst);
		if (ev->kind != KIR_E_STORE || !is_plain_deref(s, ev->dst))
			s->hidden |= place_through(s, ev->dst);
		if (ev->kind == KIR_E_ASM || is_memory(s, ev->dst) ||
		    is_opaque(s->sv->e->m, ev->value))
			s->impure = true;
		if (ev->kind == KIR_E_STORE && var != KIR_NONE) {
			uint64_t from = s->from[var] | pointers_in(s, ev->value);

			s->changed |= from != s->from[var];
			s->from[var] = from;
		} else if (ev->kind == KIR_E_STORE) {
			writes |= pointers_in(s, ev->value);	/* kept somewhere */
			s->hidden |= pointers_in(s, ev->value);
		}
	}
	s->changed |= writes != s->writes;
	s->writes = writes;
}

uint64_t writes_infer(struct solver *sv, bool *pure, uint64_t *hidden)
{
	struct scan s = { .sv = sv, .changed = true };

	s.from = arena_alloc(sv->tmp, (sv->fl->nvars + 1) * sizeof(*s.from));
	for (uint32_t i = 0; i < sv->f->param_count && i < 64; i++)
		s.from[i] = 1ull << i;
	for (int round = 0; s.changed && round < 8; round++) {
		s.changed = false;
		for (uint32_t b = 0; b < sv->fl->nblocks; b++) {
			const struct kir_block *blk =
				&sv->e->m->blocks[sv->f->block_first + b];

			for (uint32_t i = 0; i < blk->event_count; i++)
				scan_event(&s, &sv->e->m->events[blk->event_first + i]);
			if (is_opaque(sv->e->m, blk->value) || blk->term == KIR_TERM_CHOICE)
				s.impure = true;
		}
	}
	*pure = !s.impure && !s.changed;
	*hidden = s.changed ? UINT64_MAX : s.hidden;
	return s.changed ? UINT64_MAX : s.writes;
}
