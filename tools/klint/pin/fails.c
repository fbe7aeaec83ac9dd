/* SPDX-License-Identifier: MIT */
/*
 * Does control get from a place to a return that tells of a failure?
 *
 * A way fails once it takes the side of a branch on which a variable is an error code, or
 * assigns one, and then returns that variable; or it returns a negative number.  Blocks are
 * passed at most once for each variable that may hold the error.
 */
#include "pin.h"

#include <stdlib.h>

struct way {
	uint32_t block;
	uint32_t error;		/* value id of the variable that holds an error code, or KIR_NONE */
	uint32_t own;		/* of that which tells whether what the place does has failed */
};

struct fails {
	const struct kir_module *m;
	const struct kir_func *f;
	const struct pin_places *undone;
	struct way *stack;
	size_t n, cap;
	struct way *seen;
	size_t nseen, seen_cap;
};

static void push(struct fails *w, struct way way)
{
	for (size_t i = 0; i < w->nseen; i++)
		if (w->seen[i].block == way.block && w->seen[i].error == way.error &&
		    w->seen[i].own == way.own)
			return;
	vec_push(w->seen, w->nseen, w->seen_cap) = way;
	vec_push(w->stack, w->n, w->cap) = way;
}

static bool is_negative(const struct kir_value *v)
{
	return v->kind == KIR_V_INT && v->imm < 0 && v->imm >= -4095;
}

/* Is it a result, or a local that may hold a number? */
static bool may_be_code(const struct kir_module *m, const struct kir_func *f,
			const struct kir_value *v)
{
	if (v->kind == KIR_V_LOCAL && v->a < f->local_count)
		return m->vars[f->local_first + v->a].type.kind == KIR_T_INT ||
		       m->vars[f->local_first + v->a].type.kind == KIR_T_UINT;
	return v->kind == KIR_V_TEMP;
}

/* The variable that the condition finds to be an error code, on its way @way. */
static uint32_t found_failed(const struct kir_module *m, const struct kir_func *f, kir_id cond,
			     uint32_t way)
{
	const struct kir_value *values = m->values, *v = &values[cond];
	bool below = false;

	while (v->kind == KIR_V_OP && v->op == KIR_OP_NOT) {
		way = !way;
		cond = v->a;
		v = &values[cond];
	}
	if (v->kind == KIR_V_OP && v->b != KIR_NONE && values[v->b].kind == KIR_V_INT && !values[v->b].imm) {
		if (v->op != KIR_OP_LT && v->op != KIR_OP_NE && v->op != KIR_OP_EQ)
			return KIR_NONE;
		way ^= v->op == KIR_OP_EQ;
		below = v->op == KIR_OP_LT;
		cond = v->a;
		v = &values[cond];
	}
	return !way && (may_be_code(m, f, v) || (below && v->kind == KIR_V_FIELD)) ? cond : KIR_NONE;
}

/* What the event does to the variables that tell of failures. */
static void take_event(const struct fails *w, struct way *way, const struct kir_event *ev)
{
	bool store = ev->kind == KIR_E_STORE;

	if (ev->kind == KIR_E_BEGIN || ev->kind == KIR_E_END || ev->dst == KIR_NONE)
		return;
	if (store && way->own != KIR_NONE && ev->value == way->own)
		way->own = ev->dst;
	else if (ev->dst == way->own)
		way->own = KIR_NONE;
	if (store && (is_negative(&w->m->values[ev->value]) ||
		      (way->error != KIR_NONE && way->error == ev->value)))
		way->error = ev->dst;
	else if (ev->dst == way->error)
		way->error = KIR_NONE;
}

/* Follow the events of a block from @from on; false: it is undone on the way. */
static bool follow(const struct fails *w, struct way *way, int64_t from)
{
	const struct kir_block *b = &w->m->blocks[w->f->block_first + way->block];
	uint32_t block = way->block;

	for (uint32_t i = b->event_first; i < b->event_first + b->event_count; i++) {
		const struct kir_event *ev = &w->m->events[i];

		if (i <= from)
			continue;
		for (uint32_t k = 0; k < w->undone->n; k++)
			if (w->undone->v[k].block == block && w->undone->v[k].event == i)
				return false;
		take_event(w, way, ev);
	}
	for (uint32_t k = 0; k < w->undone->n; k++)	/* where it is asked whether to undo it */
		if (w->undone->v[k].block == block && w->undone->v[k].event == KIR_NONE)
			return false;
	return true;
}

/* Does the block return what tells of a failure? */
static bool returns_failure(const struct fails *w, const struct kir_block *b, uint32_t error)
{
	if (b->term != KIR_TERM_RETURN || b->value == KIR_NONE)
		return false;
	return is_negative(&w->m->values[b->value]) || (error != KIR_NONE && b->value == error);
}

/* Go on behind the block, by its way @i, unless what the place does has failed there. */
static void go_on(struct fails *w, struct way way, const struct kir_block *b, uint32_t i)
{
	uint32_t found = b->term == KIR_TERM_BRANCH ? found_failed(w->m, w->f, b->value, i) : KIR_NONE;

	if (found != KIR_NONE && found == way.own)
		return;
	if (b->term == KIR_TERM_BRANCH && way.error != KIR_NONE &&
	    found_failed(w->m, w->f, b->value, !i) == way.error)
		return;		/* it is known to have failed */
	if (found != KIR_NONE)
		way.error = found;
	way.block = w->m->succs[b->succ_first + i].block;
	push(w, way);
}

bool pin_fails(const struct kir_module *m, const struct kir_func *f, struct pin_place from,
	       const struct pin_places *undone, kir_id *at)
{
	struct fails w = { .m = m, .f = f, .undone = undone };
	struct way way = { from.block, KIR_NONE, m->events[from.event].dst };
	int64_t behind = from.event;
	bool failed = false;

	for (;;) {
		const struct kir_block *b = &m->blocks[f->block_first + way.block];

		if (follow(&w, &way, behind)) {
			failed = returns_failure(&w, b, way.error) && b->value != way.own;
			*at = b->loc;
			for (uint32_t i = 0; !failed && i < b->succ_count; i++)
				go_on(&w, way, b, i);
		}
		if (failed || !w.n)
			break;
		way = w.stack[--w.n];
		behind = -1;
	}
	free(w.stack);
	free(w.seen);
	return failed;
}

static bool is_pointer(const struct kir_module *m, const struct kir_func *f,
		       const struct kir_value *v)
{
	const struct kir_record *r;

	if (v->kind == KIR_V_LOCAL && v->a < f->local_count)
		return m->vars[f->local_first + v->a].type.kind == KIR_T_PTR;
	if (v->kind != KIR_V_FIELD || v->c == KIR_NONE)
		return v->kind == KIR_V_TEMP;
	r = &m->records[v->c];
	for (uint32_t i = 0; i < r->field_count; i++)
		if (m->fields[r->field_first + i].name == v->b)
			return m->fields[r->field_first + i].type.kind == KIR_T_PTR;
	return false;
}

/* Does the condition find a pointer to be NULL on its way @way, as after an allocation that
 * has failed? */
static bool found_null(const struct kir_module *m, const struct kir_func *f, kir_id cond,
		       uint32_t way)
{
	const struct kir_value *values = m->values, *v = &values[cond];

	while (v->kind == KIR_V_OP && v->op == KIR_OP_NOT) {
		way = !way;
		v = &values[v->a];
	}
	if (v->kind == KIR_V_OP && (v->op == KIR_OP_EQ || v->op == KIR_OP_NE) &&
	    values[v->b].kind == KIR_V_NULL) {
		way ^= v->op == KIR_OP_EQ;
		v = &values[v->a];
	}
	return way && is_pointer(m, f, v);
}

bool pin_asks_failure(const struct kir_module *m, const struct kir_func *f, uint32_t guard,
		      uint32_t block)
{
	const struct kir_block *b = &m->blocks[f->block_first + guard];

	for (uint32_t i = 0; i < b->succ_count; i++)
		if (m->succs[b->succ_first + i].block == block &&
		    (found_failed(m, f, b->value, i) != KIR_NONE || found_null(m, f, b->value, i)))
			return true;
	return false;
}
