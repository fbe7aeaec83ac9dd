/* SPDX-License-Identifier: MIT */
/*
 * One function: path states are carried through the blocks until nothing new
 * turns up.  Each block keeps the states that have entered it.  A new state that
 * an old one covers is dropped; when too many of one property have gathered they
 * are joined, and if that forgets something that a later branch may ask for, the
 * result is marked as widened.
 */
#include "observe.h"
#include "solver.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_BUDGET 6000	/* states walked per function */
#define MAX_SAME 12		/* states of one property in one block */
#define MAX_SAME_PLAIN 8	/* when nothing is held or touched */
#define MAX_BETWEEN 32	/* of one property between two events */
#define MAX_PER_BLOCK 96

struct block_states {
	struct state **v;
	bool *done;
	size_t n, cap, done_cap;
};

struct walk {
	struct solver *sv;
	struct block_states *blocks;
	uint32_t lowest;	/* no block below it has a state to walk */
};

/* Nothing held, nothing touched: no imbalance can rest on such a state. */
static bool is_plain(const struct state *s)
{
	for (unsigned int i = 0; i < CTX_NPARTS; i++)
		if (s->ctx[i])
			return false;
	return !s->nlocks && !s->ctx_may;
}

static void join_same(struct walk *wk, struct block_states *bs, struct work_state *w)
{
	struct solver *sv = wk->sv;
	struct state *joined = state_save(sv->tmp, &w->s);
	bool plain = is_plain(&w->s);
	struct work_state next;
	size_t n = 0;

	for (size_t i = 0; i < bs->n; i++) {
		if (!state_same_property(bs->v[i], joined)) {
			bs->v[n] = bs->v[i];
			bs->done[n++] = bs->done[i];
			continue;
		}
		state_join(&next, joined, bs->v[i]);
		joined = state_save(sv->tmp, &next.s);
	}
	bs->n = n;
	if (joined->widened < (plain ? BLURRED : WIDENED))
		joined->widened = plain ? BLURRED : WIDENED;
	state_load(w, joined);
}

static void push_state(struct walk *wk, struct block_states *bs, const struct state *s)
{
	if (bs->n >= MAX_PER_BLOCK) {
		wk->sv->gap = "too many combinations of locks";
		return;
	}
	vec_push(bs->v, bs->n, bs->cap) = state_save(wk->sv->tmp, s);
	if (bs->done_cap < bs->cap) {
		bs->done = xrealloc(bs->done, bs->cap * sizeof(*bs->done));
		bs->done_cap = bs->cap;
	}
	bs->done[bs->n - 1] = false;
}

static bool is_covered(const struct block_states *bs, const struct state *s)
{
	for (size_t i = 0; i < bs->n; i++)
		if (state_covers(bs->v[i], s))
			return true;
	return false;
}

static void add_state(struct walk *wk, uint32_t from, uint32_t to, struct work_state *w)
{
	struct solver *sv = wk->sv;
	struct block_states *bs = &wk->blocks[to];
	size_t same = 0;

	if (to <= from) {
		forget_round(sv, w, to);
		doubt_forget_volatile(sv, w, SYM_NONE);	/* time goes by */
	}
	if (sv->fl->npreds[to] > 1)
		forget_error_numbers(sv, w);
	forget_unused(sv, w, to, false);
	state_seal(&w->s);
	if (is_covered(bs, &w->s))
		return;
	if (w->s.widened == WIDENED && bs->n >= MAX_SAME) {
		/* Nothing may rest on it: it is not worth what a join would lose. */
		for (size_t i = 0; i < bs->n; i++)
			if (state_same_property(bs->v[i], &w->s))
				return;
	}
	for (size_t i = 0; i < bs->n; i++)
		same += state_same_property(bs->v[i], &w->s);
	if (same >= MAX_SAME) {
		forget_unused(sv, w, to, true);
		state_seal(&w->s);
		if (is_covered(bs, &w->s))
			return;
	}
	if (same >= (is_plain(&w->s) ? MAX_SAME_PLAIN : 2 * MAX_SAME) ||
	    (same && bs->n >= MAX_PER_BLOCK))
		join_same(wk, bs, w);
	push_state(wk, bs, &w->s);
	if (to < wk->lowest)
		wk->lowest = to;
}

/* What is known of the entry gets one name, whether the path has stored to the place
 * since or not. */
static void name_entry_facts(struct solver *sv, struct work_state *w)
{
	struct fact facts[STATE_FACTS];
	unsigned int n = 0;

	for (unsigned int i = 0; i < w->s.nfacts; i++)
		facts[n++] = w->facts[i];
	w->s.nfacts = 0;
	for (unsigned int i = 0; i < n; i++) {
		sym what = facts[i].entry ? sym_as_entry(sv->e->t, facts[i].what) : facts[i].what;

		state_set_fact(w, what, &facts[i].is);
		if (facts[i].entry)
			state_note_entry(w, what);
	}
}

static void add_exit(struct solver *sv, struct work_state *w, uint32_t block)
{
	const struct kir_block *blk = &sv->e->m->blocks[sv->f->block_first + block];
	struct exit_path x = { .ret = cons_any(), .ret_sym = SYM_NONE, .loc = blk->loc,
			       .block = block };

	if (blk->value != KIR_NONE) {
		if (sv->f->ret.kind == KIR_T_RECORD) {
			eval_copy(sv, w, sym_atom(sv->e->t, S_RET, 0), eval_addr(sv, w, blk->value));
		} else {
			x.ret_sym = eval_value(sv, w, blk->value);
			x.ret = eval_cons(sv, &w->s, x.ret_sym);
			if (sv->f->ret.kind == KIR_T_UINT || sv->f->ret.kind == KIR_T_BOOL)
				x.ret.mask = (uint8_t)(x.ret.mask & C_ZERO ? C_ZERO : 0) |
					     (x.ret.mask & ~C_ZERO ? C_POS | (x.ret.mask & ~C_ZERO) : 0);
		}
	}
	name_entry_facts(sv, w);
	x.state = state_save(sv->tmp, &w->s);
	vec_push(sv->exits, sv->nexits, sv->exits_cap) = x;
}

static bool assume_case(struct solver *sv, struct work_state *w, sym v, const struct kir_block *blk,
			const struct kir_succ *succ)
{
	struct cons c;

	if (succ->is_default) {
		for (uint32_t i = 0; i < blk->succ_count; i++) {
			const struct kir_succ *other = &sv->e->m->succs[blk->succ_first + i];

			if (other->is_default || other->lo != other->hi)
				continue;
			c = cons_cmp(KIR_OP_NE, other->lo);
			if (!eval_assume_cons(sv, w, v, &c))
				return false;
		}
		return true;
	}
	if (succ->lo == succ->hi) {
		c = cons_eq(succ->lo);
		return eval_assume_cons(sv, w, v, &c);
	}
	c = cons_cmp(KIR_OP_GE, succ->lo);
	if (!eval_assume_cons(sv, w, v, &c))
		return false;
	c = cons_cmp(KIR_OP_LE, succ->hi);
	return eval_assume_cons(sv, w, v, &c);
}

/* Take the block's way @i: false when it cannot be. */
static bool assume_way(struct solver *sv, struct work_state *w, sym v, const struct kir_block *blk,
		       uint32_t i)
{
	if (blk->term == KIR_TERM_BRANCH)
		return eval_assume(sv, w, v, i == 0);
	return blk->term != KIR_TERM_SWITCH ||
	       assume_case(sv, w, v, blk, &sv->e->m->succs[blk->succ_first + i]);
}

static void terminate(struct walk *wk, uint32_t block, struct work_state *w)
{
	struct solver *sv = wk->sv;
	const struct kir_module *m = sv->e->m;
	const struct kir_block *blk = &m->blocks[sv->f->block_first + block];
	struct work_state next;
	sym v = SYM_NONE;

	if (blk->term == KIR_TERM_RETURN) {
		add_exit(sv, w, block);
		return;
	}
	if (blk->term == KIR_TERM_UNREACHABLE)
		return;
	if (blk->term == KIR_TERM_BRANCH || blk->term == KIR_TERM_SWITCH)
		v = eval_value(sv, w, blk->value);
	for (uint32_t i = 0; i < blk->succ_count; i++) {
		const struct kir_succ *succ = &m->succs[blk->succ_first + i];

		state_load(&next, &w->s);
		if (!assume_way(sv, &next, v, blk, i)) {
			/* Another volatile read has shown the opposite.  It may have
			 * changed, but that is mostly excluded in other ways. */
			state_load(&next, &w->s);
			if (v == SYM_NONE || !doubt_forget_volatile(sv, &next, v) ||
			    !assume_way(sv, &next, v, blk, i))
				continue;
			next.s.widened = WIDENED;
		}
		if (v != SYM_NONE && !eval_is_consistent(sv, &next.s))
			continue;
		if (v != SYM_NONE) {
			doubt_note_success(sv, &next);
			doubt_note_last(sv, &next, v);
			if (doubt_has_changed(sv, &next.s))
				next.s.widened = WIDENED;
			if (doubt_is_flag(sv->e->t, v))
				doubt_all(&next);
		}
		add_state(wk, block, succ->block, &next);
	}
}

static bool is_spent(struct solver *sv)
{
	if (++sv->steps > (sv->e->opt.budget ? sv->e->opt.budget : DEFAULT_BUDGET) * 16u)
		sv->gap = "too many paths for the budget of states";
	return sv->gap;
}

/* Calls that return in several ways: what they leave is sorted out before the next
 * call makes more of it. */
static void add_between(struct walk *wk, struct block_states *bs, struct work_state *w)
{
	size_t same = 0;

	state_seal(&w->s);
	if (is_covered(bs, &w->s))
		return;
	for (size_t i = 0; i < bs->n; i++)
		same += state_same_property(bs->v[i], &w->s);
	if (same >= MAX_BETWEEN || (same && bs->n >= MAX_PER_BLOCK))
		join_same(wk, bs, w);
	push_state(wk, bs, &w->s);
}

/* The event in the state @w; all that it leaves goes to @to, if it does at all or there
 * is more than @w.  False: nothing comes after it. */
static bool take_event(struct walk *wk, uint32_t event, struct work_state *w,
		       struct block_states *to, bool always)
{
	struct solver *sv = wk->sv;
	size_t n;

	sv->nout = 0;
	annots_access(sv, w, event);
	if (!call_event(sv, w, event))
		return false;
	n = sv->nout;
	if (always || n)
		add_between(wk, to, w);
	for (size_t i = 0; i < n; i++) {
		struct work_state other;

		state_fix(&sv->out[i]);
		state_load(&other, &sv->out[i].s);
		add_between(wk, to, &other);
	}
	return true;
}

/* Walk one state through @block.  As long as it is but one, it stays in @w. */
static void walk_block(struct walk *wk, uint32_t block, struct work_state *w)
{
	struct solver *sv = wk->sv;
	const struct kir_block *blk = &sv->e->m->blocks[sv->f->block_first + block];
	struct block_states now = { 0 }, next = { 0 }, swap;
	bool goes_on = true;

	for (uint32_t i = 0; i < blk->event_count && goes_on; i++) {
		uint32_t event = blk->event_first + i;

		if (!now.n) {
			goes_on = !is_spent(sv) && take_event(wk, event, w, &now, false);
		} else {
			next.n = 0;
			for (size_t k = 0; k < now.n && !is_spent(sv); k++) {
				state_load(w, now.v[k]);
				take_event(wk, event, w, &next, true);
			}
			swap = now;
			now = next;
			next = swap;
			goes_on = now.n && !sv->gap;
		}
		flow_add_stores(sv->fl, event, sv->changed);
	}
	for (size_t k = 0; k < (now.n ? now.n : 1) && goes_on; k++) {
		if (now.n)
			state_load(w, now.v[k]);
		annots_access_end(sv, w, sv->f->block_first + block);
		terminate(wk, block, w);
	}
	free(now.v);
	free(now.done);
	free(next.v);
	free(next.done);
}

static void walk_function(struct walk *wk)
{
	struct solver *sv = wk->sv;
	uint32_t budget = sv->e->opt.budget ? sv->e->opt.budget : DEFAULT_BUDGET;
	uint32_t states = 0;
	struct work_state w;

	state_init(&w);
	push_state(wk, &wk->blocks[0], &w.s);
	for (uint32_t b = 0; b < sv->fl->nblocks && !sv->gap;) {
		struct block_states *bs = &wk->blocks[b];
		size_t i;

		for (i = 0; i < bs->n && bs->done[i]; i++)
			;
		if (i == bs->n) {
			b++;
			continue;
		}
		if (++states > budget) {
			sv->gap = "too many paths for the budget of states";
			return;
		}
		bs->done[i] = true;
		state_load(&w, bs->v[i]);
		wk->lowest = b;
		wk->sv->block = b;
		memcpy(wk->sv->changed, wk->sv->fl->stored + (size_t)b * wk->sv->fl->store_words,
		       wk->sv->fl->store_words * sizeof(uint64_t));
		walk_block(wk, b, &w);
		b = wk->lowest;
	}
}

/* A function that returns NULL in so many words does not mean it where it returns
 * an object that it has found. */
static void settle_pointers(struct solver *sv)
{
	bool says_null = false;

	if (sv->f->ret.kind != KIR_T_PTR)
		return;
	for (size_t i = 0; i < sv->nexits; i++)
		says_null |= sv->exits[i].ret_sym != SYM_NONE &&
			     sym_is(sv->e->t, sv->exits[i].ret_sym, S_INT);
	for (size_t i = 0; says_null && i < sv->nexits; i++)
		if (sv->exits[i].ret.mask == C_ANY)
			sv->exits[i].ret.mask = C_ANY & ~C_ZERO;
}

/* What may not sleep in this context need not be told that it asserts another one. */
static bool is_told(const struct solver *sv, const struct violation *v)
{
	if (v->kind != V_CONTRACT || v->need->kind != NEED_NO_PARTS)
		return false;
	for (size_t i = 0; i < sv->nviolations; i++)
		if (sv->violations[i]->kind == V_WAIT && sv->violations[i]->site == v->site)
			return true;
	return false;
}

static void keep_violations(struct solver *sv)
{
	struct func_info *fi = sv->fi;
	const struct violation **v = arena_alloc(sv->e->arena,
						 (sv->nviolations + 1) * sizeof(*v));

	fi->nviolations = 0;
	for (size_t i = 0; i < sv->nviolations; i++)
		if (!is_told(sv, sv->violations[i]))
			v[fi->nviolations++] = sv->violations[i];
	fi->violations = v;
}

const struct summary *solve_function(struct engine *e, struct func_info *fi)
{
	const struct summary *sum = NULL;
	struct solver sv = { .e = e, .fi = fi, .f = fi->f, .tmp = arena_new() };
	struct walk wk = { .sv = &sv };

	observe_begin(e, fi->f);
	sv.fl = flow_infer(e, fi->f, sv.tmp);
	if (!sv.fl) {
		sv.gap = "too large";
	} else {
		wk.blocks = xcalloc(sv.fl->nblocks, sizeof(*wk.blocks));
		sv.changed = xcalloc(sv.fl->store_words, sizeof(*sv.changed));
		sv.noted = xcalloc(sv.fl->store_words, sizeof(*sv.noted));
		walk_function(&wk);
		for (uint32_t b = 0; b < sv.fl->nblocks; b++) {
			free(wk.blocks[b].v);
			free(wk.blocks[b].done);
		}
		free(wk.blocks);
	}
	fi->def->gap = sv.gap;
	if (!sv.gap) {
		settle_pointers(&sv);
		check_exits(&sv);
		sum = summary_make(&sv);
		keep_violations(&sv);
	} else {
		fi->nviolations = 0;
	}
	/* From here on callers' eyes see what has been found, not what was believed. */
	fi->sum = sum;
	fi->epoch = e->epoch;
	free(sv.needs);
	free(sv.violations);
	free(sv.exits);
	free(sv.stored);
	free(sv.out);
	free(sv.changed);
	free(sv.noted);
	free(sv.applied);
	arena_free(sv.tmp);
	return sum;
}
