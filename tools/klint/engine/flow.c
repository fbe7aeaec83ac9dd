/* SPDX-License-Identifier: MIT */
#include "flow_reader.h"

#include <stdlib.h>
#include <string.h>

/* Bits of the largest table that is still worth it (32 MiB). */
#define MAX_BITS (256ull << 20)

static void clear_bit(uint64_t *set, uint32_t i)
{
	set[i / 64] &= ~(1ull << (i % 64));
}

uint32_t flow_var(const struct kir_func *f, const struct kir_value *v)
{
	switch (v->kind) {
	case KIR_V_PARAM: return v->a;
	case KIR_V_LOCAL: return f->param_count + v->a;
	case KIR_V_TEMP: return f->param_count + f->local_count + v->a;
	default: return KIR_NONE;
	}
}

/* Every variable that evaluating @v reads; a place reads its own base. */
static void mark_uses(const struct reader *r, kir_id v, uint64_t *set)
{
	const struct kir_value *n;
	uint32_t var;

	if (v == KIR_NONE)
		return;
	n = &r->m->values[v];
	var = flow_var(r->f, n);
	if (var != KIR_NONE) {
		set_bit(set, var);
		return;
	}
	switch (n->kind) {
	case KIR_V_FIELD: case KIR_V_DEREF: case KIR_V_CONTAINER:
		mark_uses(r, n->a, set);
		break;
	case KIR_V_ADDR:
		mark_uses(r, n->a, set);
		mark_uses(r, n->a, r->fl->used_by_address);
		break;
	case KIR_V_INDEX: case KIR_V_OP:
		mark_uses(r, n->a, set);
		mark_uses(r, n->b, set);
		break;
	default:
		break;
	}
}

static void event_uses(const struct reader *r, const struct kir_event *ev, uint64_t *set)
{
	if (ev->kind == KIR_E_CALL || ev->kind == KIR_E_MACRO) {
		mark_uses(r, ev->callee, set);
		for (uint32_t i = 0; i < ev->arg_count; i++)
			mark_uses(r, r->m->args[ev->arg_first + i], set);
	}
	mark_uses(r, ev->value, set);
	if (ev->dst != KIR_NONE && flow_var(r->f, &r->m->values[ev->dst]) == KIR_NONE)
		mark_uses(r, ev->dst, set);	/* a store through it */
}

static void infer_live(const struct reader *r)
{
	struct flow *fl = r->fl;
	bool changed = true;
	uint64_t *set = xcalloc(fl->words, sizeof(*set));

	while (changed) {
		changed = false;
		for (uint32_t b = fl->nblocks; b-- > 0;) {
			const struct kir_block *blk = &r->m->blocks[r->f->block_first + b];
			uint64_t *in = fl->live + (size_t)b * fl->words;

			memset(set, 0, fl->words * sizeof(*set));
			for (uint32_t i = 0; i < blk->succ_count; i++) {
				uint32_t to = r->m->succs[blk->succ_first + i].block;
				const uint64_t *out = flow_row(fl, fl->live, to);

				for (uint32_t w = 0; w < fl->words; w++)
					set[w] |= out[w];
			}
			mark_uses(r, blk->value, set);
			for (uint32_t i = blk->event_count; i-- > 0;) {
				const struct kir_event *ev = &r->m->events[blk->event_first + i];
				uint32_t var = ev->dst == KIR_NONE ? KIR_NONE :
					flow_var(r->f, &r->m->values[ev->dst]);

				if (var != KIR_NONE && ev->kind != KIR_E_ASM)
					clear_bit(set, var);
				event_uses(r, ev, set);
			}
			if (memcmp(in, set, fl->words * sizeof(*set))) {
				memcpy(in, set, fl->words * sizeof(*set));
				changed = true;
			}
		}
	}
	free(set);
}

/* Is a value of this kind the same in every round of a loop, or made anew by
 * an event?  Everything else may grow round by round. */
static bool is_bounded(const struct kir_module *m, kir_id v)
{
	switch (v == KIR_NONE ? KIR_V_OPAQUE : m->values[v].kind) {
	case KIR_V_FIELD: case KIR_V_DEREF: case KIR_V_INDEX: case KIR_V_OP:
	case KIR_V_CONTAINER: case KIR_V_ADDR:
		return false;
	default:
		return true;
	}
}

static void mark_loop(struct flow *fl, uint32_t head, uint32_t tail)
{
	for (uint32_t b = head; b <= tail; b++)
		fl->in_loop[b] = true;
}

static void infer_loops(const struct reader *r)
{
	struct flow *fl = r->fl;

	for (uint32_t b = 0; b < fl->nblocks; b++) {
		const struct kir_block *blk = &r->m->blocks[r->f->block_first + b];

		for (uint32_t i = 0; i < blk->succ_count; i++) {
			uint32_t head = r->m->succs[blk->succ_first + i].block;
			uint64_t *grows = fl->grows + (size_t)head * fl->words;

			fl->npreds[head]++;
			if (head > b)
				continue;
			fl->loop_head[head] = true;
			mark_loop(fl, head, b);
			for (uint32_t in = head; in <= b; in++) {
				const struct kir_block *body = &r->m->blocks[r->f->block_first + in];

				for (uint32_t k = 0; k < body->event_count; k++) {
					const struct kir_event *ev =
						&r->m->events[body->event_first + k];
					uint32_t var;

					if (ev->kind != KIR_E_STORE || is_bounded(r->m, ev->value))
						continue;
					var = flow_var(r->f, &r->m->values[ev->dst]);
					if (var != KIR_NONE)
						set_bit(grows, var);
				}
			}
		}
	}
}

static void collect_fields(struct engine *e, kir_id v, uint32_t **names, size_t *n, size_t *cap)
{
	const struct kir_value *k;

	if (v == KIR_NONE)
		return;
	k = &e->m->values[v];
	switch (k->kind) {
	case KIR_V_FIELD:
		vec_push(*names, *n, *cap) = e->names[v];
		/* fall through */
	case KIR_V_DEREF: case KIR_V_ADDR: case KIR_V_CONTAINER:
		collect_fields(e, k->a, names, n, cap);
		break;
	case KIR_V_INDEX: case KIR_V_OP:
		collect_fields(e, k->a, names, n, cap);
		collect_fields(e, k->b, names, n, cap);
		break;
	default:
		break;
	}
}

static void collect_sym(struct engine *e, sym x, uint32_t **names, size_t *n, size_t *cap)
{
	const struct sym_node *k = sym_get(e->t, x);

	while (k->depth) {
		if (k->kind == S_FIELD)
			vec_push(*names, *n, *cap) = k->b;
		if ((k->kind == S_OP || k->kind == S_INDEX) && k->b != SYM_NONE)
			collect_sym(e, k->b, names, n, cap);
		k = sym_get(e->t, k->a);
	}
}

const struct summary *flow_called(struct engine *e, const struct kir_event *ev)
{
	const struct func_info *fi;

	if (ev->kind != KIR_E_CALL && ev->kind != KIR_E_MACRO)
		return NULL;
	fi = engine_named(e, ev->callee);
	return fi && !fi->rule ? func_summary(e, fi) : NULL;
}

/* What a callee's outcomes depend on is tested by the call. */
static void collect_callee(struct engine *e, const struct kir_event *ev, uint32_t **names,
			   size_t *n, size_t *cap)
{
	const struct summary *sum = flow_called(e, ev);

	for (uint32_t i = 0; sum && i < sum->noutcomes; i++) {
		const struct outcome *o = &sum->outcomes[i];

		for (uint32_t k = 0; k < o->nguards; k++)
			collect_sym(e, o->guards[k].what, names, n, cap);
		if (o->ret_sym != SYM_NONE)
			collect_sym(e, o->ret_sym, names, n, cap);
	}
}

void flow_sort_names(uint32_t *names, size_t *n)
{
	size_t out = 0;

	if (*n)
		qsort(names, *n, sizeof(*names), compare_u32);
	for (size_t i = 0; i < *n; i++)
		if (!out || names[out - 1] != names[i])
			names[out++] = names[i];
	*n = out;
}

/* `ret == -EAGAIN`: such a variable's exact value matters. */
static void note_constant_test(const struct reader *r, kir_id v)
{
	const struct kir_value *n = &r->m->values[v], *rhs;
	uint32_t var;

	if (n->kind != KIR_V_OP || n->b == KIR_NONE)
		return;
	rhs = &r->m->values[n->b];
	var = flow_var(r->f, &r->m->values[n->a]);
	if ((n->op == KIR_OP_EQ || n->op == KIR_OP_NE) && rhs->kind == KIR_V_INT &&
	    rhs->imm < 0 && var != KIR_NONE)
		set_bit(r->fl->constant_tested, var);
}

static void infer_tests(struct engine *e, const struct reader *r, struct arena *a)
{
	uint32_t *names = NULL;
	size_t n = 0, cap = 0;

	for (uint32_t b = 0; b < r->fl->nblocks; b++) {
		const struct kir_block *blk = &r->m->blocks[r->f->block_first + b];

		for (uint32_t i = 0; i < blk->event_count; i++)
			collect_callee(e, &e->m->events[blk->event_first + i], &names, &n, &cap);
		if (blk->term != KIR_TERM_BRANCH && blk->term != KIR_TERM_SWITCH)
			continue;
		mark_uses(r, blk->value, r->fl->branched_on);
		collect_fields(e, blk->value, &names, &n, &cap);
		note_constant_test(r, blk->value);
	}
	/* A branch on a variable asks about what was copied into it. */
	for (uint32_t b = 0; b < r->fl->nblocks; b++) {
		const struct kir_block *blk = &r->m->blocks[r->f->block_first + b];

		for (uint32_t i = 0; i < blk->event_count; i++) {
			const struct kir_event *ev = &r->m->events[blk->event_first + i];
			uint32_t var = ev->kind != KIR_E_STORE ? KIR_NONE :
				flow_var(r->f, &r->m->values[ev->dst]);

			if (var != KIR_NONE && flow_has(r->fl->branched_on, var))
				collect_fields(e, ev->value, &names, &n, &cap);
		}
	}
	flow_sort_names(names, &n);
	r->fl->ntested = (uint32_t)n;
	r->fl->tested = arena_alloc(a, (n + 1) * sizeof(*names));
	if (n)
		memcpy(r->fl->tested, names, n * sizeof(*names));
	free(names);
}

bool flow_is_tested(const struct flow *fl, uint32_t name)
{
	return fl->ntested && bsearch(&name, fl->tested, fl->ntested, sizeof(name), compare_u32);
}

/* The parameters that evaluating @v dereferences. */
static uint64_t params_read_through(const struct reader *r, kir_id v)
{
	const struct kir_value *n, *in;

	if (v == KIR_NONE)
		return 0;
	n = &r->m->values[v];
	switch (n->kind) {
	case KIR_V_DEREF:
		in = &r->m->values[n->a];
		if (in->kind == KIR_V_PARAM)
			return in->a < 64 ? 1ull << in->a : 0;
		return params_read_through(r, n->a);
	case KIR_V_FIELD: case KIR_V_CONTAINER:
		return params_read_through(r, n->a);
	case KIR_V_ADDR:	/* &p->member reads nothing of *p */
		for (in = &r->m->values[n->a];
		     in->kind == KIR_V_FIELD || in->kind == KIR_V_INDEX;
		     in = &r->m->values[in->a])
			;
		return in->kind == KIR_V_DEREF ? params_read_through(r, in->a) : 0;
	case KIR_V_INDEX: case KIR_V_OP:
		return params_read_through(r, n->a) | params_read_through(r, n->b);
	default:
		return 0;
	}
}

static uint64_t block_derefs(const struct reader *r, const struct kir_block *blk,
			     uint64_t *assigned)
{
	uint64_t derefs = params_read_through(r, blk->value);

	for (uint32_t i = 0; i < blk->event_count; i++) {
		const struct kir_event *ev = &r->m->events[blk->event_first + i];

		derefs |= params_read_through(r, ev->value) | params_read_through(r, ev->dst);
		for (uint32_t k = 0; ev->callee != KIR_NONE && k < ev->arg_count; k++)
			derefs |= params_read_through(r, r->m->args[ev->arg_first + k]);
		if (ev->dst != KIR_NONE && r->m->values[ev->dst].kind == KIR_V_PARAM &&
		    r->m->values[ev->dst].a < 64)
			*assigned |= 1ull << r->m->values[ev->dst].a;
	}
	return derefs;
}

/* A pointer that has been dereferenced on every way to a return is no null pointer
 * when the function has returned. */
static void infer_derefs(const struct reader *r)
{
	struct flow *fl = r->fl;
	uint64_t *own = xcalloc(fl->nblocks, sizeof(*own)), assigned = 0, all = UINT64_MAX;
	uint64_t *in = xcalloc(fl->nblocks, sizeof(*in));
	bool changed = true;

	for (uint32_t b = 0; b < fl->nblocks; b++) {
		own[b] = block_derefs(r, &r->m->blocks[r->f->block_first + b], &assigned);
		in[b] = b ? UINT64_MAX : 0;
	}
	while (changed) {
		changed = false;
		for (uint32_t b = 0; b < fl->nblocks; b++) {
			const struct kir_block *blk = &r->m->blocks[r->f->block_first + b];

			for (uint32_t i = 0; i < blk->succ_count; i++) {
				uint32_t to = r->m->succs[blk->succ_first + i].block;
				uint64_t with = in[to] & (in[b] | own[b]);

				changed |= with != in[to];
				in[to] = with;
			}
		}
	}
	for (uint32_t b = 0; b < fl->nblocks; b++)
		if (r->m->blocks[r->f->block_first + b].term == KIR_TERM_RETURN)
			all &= in[b] | own[b];
	fl->derefs = all == UINT64_MAX ? 0 : all & ~assigned;
	free(own);
	free(in);
}

struct flow *flow_infer(struct engine *e, const struct kir_func *f, struct arena *a)
{
	struct flow *fl = arena_alloc(a, sizeof(*fl));
	struct reader r = { e->m, f, fl };
	size_t rows;

	fl->nblocks = f->block_count;
	fl->nparams = f->param_count;
	fl->nlocals = f->local_count;
	fl->nvars = f->param_count + f->local_count + f->temp_count;
	fl->words = fl->nvars / 64 + 1;
	rows = (size_t)fl->nblocks * fl->words;
	if (rows * 64 > MAX_BITS)
		return NULL;
	fl->live = arena_alloc(a, rows * sizeof(uint64_t));
	fl->grows = arena_alloc(a, rows * sizeof(uint64_t));
	fl->used_by_address = arena_alloc(a, fl->words * sizeof(uint64_t));
	fl->constant_tested = arena_alloc(a, fl->words * sizeof(uint64_t));
	fl->branched_on = arena_alloc(a, fl->words * sizeof(uint64_t));
	fl->loop_head = arena_alloc(a, fl->nblocks * sizeof(bool));
	fl->in_loop = arena_alloc(a, fl->nblocks * sizeof(bool));
	fl->npreds = arena_alloc(a, fl->nblocks * sizeof(uint32_t));
	infer_live(&r);
	infer_loops(&r);
	infer_tests(e, &r, a);
	flow_infer_stores(e, &r, a);
	infer_derefs(&r);
	return fl;
}
