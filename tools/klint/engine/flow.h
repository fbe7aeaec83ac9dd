/* SPDX-License-Identifier: MIT */
/*
 * What one look over a function tells before it is solved: which variables are
 * still read from a block on, which loops change which variables, and which
 * members its branches test.  The solver uses it to forget what cannot matter.
 * Blocks stand in reverse postorder (kir.h), so an edge to an equal or smaller
 * number closes a loop, whose body is taken to be the blocks between.
 */
#ifndef KLINT_FLOW_H
#define KLINT_FLOW_H

#include "engine.h"

struct flow {
	uint32_t nblocks, nvars, words;	/* words: of 64 bits, in a set of variables */
	uint32_t nparams, nlocals;	/* variables: parameters, locals, temporaries */
	uint64_t *live;		/* [block][words]: read at or after the block's start */
	uint64_t *used_by_address;	/* [words]: never dead, their address is about */
	uint64_t *grows;	/* [block][words]: loop heads: changed in the loop by
				 * more than constants and results of calls */
	bool *loop_head;
	uint32_t *npreds;
	uint64_t *constant_tested;	/* [words]: compared with a negative constant */
	uint64_t *branched_on;	/* [words]: stand in the condition of a branch */
	uint64_t derefs;	/* bit i: every return has dereferenced parameter i */
	uint32_t *tested;	/* names of members in branch conditions, sorted */
	uint32_t ntested;
	bool *in_loop;		/* [block]: may run more than once */
	uint32_t *stores;	/* names of members that it may store to, sorted; */
#define FLOW_POINTED 0x80000000u	/* + index: what a parameter points to */
	uint32_t nstores, store_words;
	uint64_t *stored;	/* [block][store_words]: may have been when it is entered */
	uint64_t **event_stores;	/* [event - event_first]: to what it may store, or NULL */
	uint32_t event_first;
};

/* Allocated in @a.  NULL when the function is too large (the caller says so). */
struct flow *flow_infer(struct engine *e, const struct kir_func *f, struct arena *a);

/* The variable that a KIR place or value names directly, or KIR_NONE. */
uint32_t flow_var(const struct kir_func *f, const struct kir_value *v);

static inline bool flow_has(const uint64_t *set, uint32_t i)
{
	return set[i / 64] >> (i % 64) & 1;
}

static inline const uint64_t *flow_row(const struct flow *fl, const uint64_t *rows, uint32_t b)
{
	return rows + (size_t)b * fl->words;
}

bool flow_is_tested(const struct flow *fl, uint32_t name);

/* Add the members that the event may store to, itself or in a callee, to @set. */
void flow_add_stores(const struct flow *fl, uint32_t event, uint64_t *set);
/* The index of the member called @name in fl->stores, or UINT32_MAX. */
uint32_t flow_store_index(const struct flow *fl, uint32_t name);
/* Is the member called @name in @set (of store_words)? */
bool flow_in_stores(const struct flow *fl, const uint64_t *set, uint32_t name);

#endif
