/* SPDX-License-Identifier: MIT */
/* Blocks, events and terminators of the function under construction. */
#include "builder.h"

#include <string.h>

struct kir_draft_block *kir_draft_block(struct kir_builder *b, uint32_t nr)
{
	if (b->draft.open && nr < b->draft.nblocks)
		return &b->draft.blocks[nr];
	kir_misuse(b, "block %u of %u of a function", nr, b->draft.nblocks);
	return NULL;
}

uint32_t kir_block(struct kir_builder *b)
{
	struct kir_draft *d = &b->draft;

	if (!d->open) {
		kir_misuse(b, "a block outside of a function");
		return 0;
	}
	vec_push(d->blocks, d->nblocks, d->cap_blocks) = (struct kir_draft_block){
		.b = {.term = KIR_TERM_UNREACHABLE, .value = KIR_NONE},
		.head = KIR_NONE, .tail = KIR_NONE,
	};
	return d->nblocks - 1;
}

static void append(struct kir_builder *b, uint32_t block, struct kir_event e,
		   const kir_id *args, uint32_t nargs)
{
	struct kir_draft_block *to = kir_draft_block(b, block);
	struct kir_draft *d = &b->draft;
	uint32_t nr = d->nevents;

	if (!to || to->terminated)
		return;
	e.loc = kir_some_loc(e.loc);
	e.arg_first = d->nargs;
	e.arg_count = nargs;
	for (uint32_t i = 0; i < nargs; i++)
		vec_push(d->args, d->nargs, d->cap_args) = args[i];
	vec_push(d->events, d->nevents, d->cap_events) = (struct kir_draft_event){e, KIR_NONE};
	if (to->tail == KIR_NONE)
		to->head = nr;
	else
		d->events[to->tail].next = nr;
	to->tail = nr;
}

void kir_e_call(struct kir_builder *b, uint32_t block, kir_id dst, kir_id callee,
		kir_id record, const kir_id *args, uint32_t nargs, uint8_t flags, kir_id loc)
{
	append(b, block, (struct kir_event){
		.kind = KIR_E_CALL, .flags = flags, .dst = dst, .callee = callee,
		.value = KIR_NONE, .record = record, .loc = loc,
	}, args, nargs);
}

void kir_e_macro(struct kir_builder *b, uint32_t block, kir_id dst, const char *name,
		 const kir_id *args, uint32_t nargs, kir_id loc)
{
	append(b, block, (struct kir_event){
		.kind = KIR_E_MACRO, .dst = dst, .callee = kir_v_func(b, name),
		.value = KIR_NONE, .record = KIR_NONE, .loc = loc,
	}, args, nargs);
}

void kir_e_store(struct kir_builder *b, uint32_t block, kir_id dst, kir_id value,
		 uint8_t flags, kir_id loc)
{
	append(b, block, (struct kir_event){
		.kind = KIR_E_STORE, .flags = flags, .dst = dst, .callee = KIR_NONE,
		.value = value, .record = KIR_NONE, .loc = loc,
	}, NULL, 0);
}

void kir_e_copy(struct kir_builder *b, uint32_t block, kir_id dst, kir_id value,
		kir_id record, uint8_t flags, kir_id loc)
{
	append(b, block, (struct kir_event){
		.kind = KIR_E_COPY, .flags = flags, .dst = dst, .callee = KIR_NONE,
		.value = value, .record = record, .loc = loc,
	}, NULL, 0);
}

static void append_mark(struct kir_builder *b, uint32_t block, enum kir_event_kind kind,
			kir_id dst, kir_id loc)
{
	append(b, block, (struct kir_event){
		.kind = (uint8_t)kind, .dst = dst, .callee = KIR_NONE, .value = KIR_NONE,
		.record = KIR_NONE, .loc = loc,
	}, NULL, 0);
}

void kir_e_begin(struct kir_builder *b, uint32_t block, kir_id local, kir_id loc)
{
	append_mark(b, block, KIR_E_BEGIN, local, loc);
}

void kir_e_end(struct kir_builder *b, uint32_t block, kir_id local, kir_id loc)
{
	append_mark(b, block, KIR_E_END, local, loc);
}

void kir_e_asm(struct kir_builder *b, uint32_t block, kir_id dst, kir_id loc)
{
	append_mark(b, block, KIR_E_ASM, dst, loc);
}

bool kir_block_is_terminated(const struct kir_builder *b, uint32_t block)
{
	return block < b->draft.nblocks && b->draft.blocks[block].terminated;
}

/* Terminate @block unless it is; then its successors may be pushed. */
static struct kir_draft_block *terminate(struct kir_builder *b, uint32_t block,
					 enum kir_term_kind kind, kir_id value, kir_id loc)
{
	struct kir_draft_block *t = kir_draft_block(b, block);

	if (!t || t->terminated)
		return NULL;
	t->terminated = true;
	t->b.term = (uint8_t)kind;
	t->b.value = value;
	t->b.loc = kir_some_loc(loc);
	t->b.succ_first = b->draft.nsuccs;
	return t;
}

static void push_succ(struct kir_builder *b, struct kir_draft_block *from, struct kir_succ s)
{
	struct kir_draft *d = &b->draft;

	if (s.block >= d->nblocks) {
		kir_misuse(b, "successor %u of %u blocks", s.block, d->nblocks);
		return;
	}
	vec_push(d->succs, d->nsuccs, d->cap_succs) = s;
	from->b.succ_count++;
}

/* A switch without any case goes nowhere. */
static void require_succ(struct kir_draft_block *t)
{
	if (t->b.succ_count)
		return;
	t->b.term = KIR_TERM_UNREACHABLE;
	t->b.value = KIR_NONE;
}

static void go(struct kir_builder *b, uint32_t block, enum kir_term_kind how, uint32_t to,
	       kir_id loc)
{
	struct kir_draft_block *t = terminate(b, block, how, KIR_NONE, loc);

	if (t)
		push_succ(b, t, (struct kir_succ){.block = to});
}

void kir_t_goto(struct kir_builder *b, uint32_t block, uint32_t to, kir_id loc)
{
	go(b, block, KIR_TERM_GOTO, to, loc);
}

void kir_t_jump(struct kir_builder *b, uint32_t block, uint32_t to, kir_id loc)
{
	go(b, block, KIR_TERM_JUMP, to, loc);
}

/* Of a condition only its truth matters: !!x is x. */
static kir_id truth_of(const struct kir_builder *b, kir_id v)
{
	const struct kir_value *x, *y;

	while (v < b->nvalues) {
		x = &b->values[v];
		if (x->kind != KIR_V_OP || x->op != KIR_OP_NOT)
			break;
		y = &b->values[x->a];
		if (y->kind != KIR_V_OP || y->op != KIR_OP_NOT)
			break;
		v = y->a;
	}
	return v;
}

void kir_t_branch(struct kir_builder *b, uint32_t block, kir_id cond,
		  uint32_t yes, uint32_t no, kir_id loc)
{
	struct kir_draft_block *t;

	t = terminate(b, block, KIR_TERM_BRANCH, truth_of(b, cond), loc);
	if (!t)
		return;
	push_succ(b, t, (struct kir_succ){.block = yes});
	push_succ(b, t, (struct kir_succ){.block = no});
}

void kir_t_switch(struct kir_builder *b, uint32_t block, kir_id value,
		  const struct kir_succ *succs, uint32_t nsuccs, kir_id loc)
{
	struct kir_draft_block *t = terminate(b, block, KIR_TERM_SWITCH, value, loc);
	const struct kir_succ *otherwise = NULL;

	for (uint32_t i = 0; t && i < nsuccs; i++) {
		if (succs[i].is_default)
			otherwise = &succs[i];
		else if (succs[i].lo <= succs[i].hi)
			push_succ(b, t, (struct kir_succ){.block = succs[i].block,
				  .lo = succs[i].lo, .hi = succs[i].hi});
	}
	if (t && otherwise)
		push_succ(b, t, (struct kir_succ){.block = otherwise->block, .is_default = 1});
	if (t)
		require_succ(t);
}

void kir_t_choice(struct kir_builder *b, uint32_t block,
		  const uint32_t *to, uint32_t nto, kir_id loc)
{
	struct kir_draft_block *t = terminate(b, block, KIR_TERM_CHOICE, KIR_NONE, loc);

	for (uint32_t i = 0; t && i < nto; i++)
		push_succ(b, t, (struct kir_succ){.block = to[i]});
	if (t)
		require_succ(t);
}

void kir_t_return(struct kir_builder *b, uint32_t block, kir_id value, kir_id loc)
{
	terminate(b, block, KIR_TERM_RETURN, value, loc);
}

void kir_t_unreachable(struct kir_builder *b, uint32_t block, kir_id loc)
{
	terminate(b, block, KIR_TERM_UNREACHABLE, KIR_NONE, loc);
}
