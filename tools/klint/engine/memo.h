/* SPDX-License-Identifier: MIT */
/*
 * What has been found of functions, and from what: the key that says what the function
 * and its unit are, and the subjects that were asked for on the way (contracts of other
 * functions, what a name means).  Where all of them are what they were, solving it again
 * would find the same.  So a round of a recursion need not solve what has not changed,
 * and neither need the next run over the program.
 */
#ifndef KLINT_MEMO_H
#define KLINT_MEMO_H

#include "engine.h"

struct record {
	uint64_t key;
	uint64_t in;		/* what the subjects were */
	uint64_t says, whole;	/* of the contract, see contract_print() */
	const struct subject *subjects;
	uint32_t nsubjects;
	uint32_t ntold;
	bool exact;		/* `in` is of whole contracts: it tells places of others */
	bool used;		/* in this run */
	const char *gap;
	const struct contract *contract;	/* NULL: none, or not read yet */
	size_t stored;		/* where the memo has the contract, + 1; 0: nowhere */
	const void *told;	/* what is to be said of the function */
	struct record *next;	/* of the same function */
};

/* What a function, or its registrations, are found from besides the subjects. */
uint64_t memo_key(const struct def *d);
uint64_t memo_entries_key(const struct def *d);
/* The record of @d that solving it would make again, or NULL. */
struct record *memo_find(const struct program *p, const struct def *d, uint64_t key);
/* What @d is from now on. */
void memo_use(struct def *d, struct record *r);
/* Keep what the engine has found of @d and noted on the way: @c or the gap, and @told. */
struct record *memo_keep(struct engine *e, struct def *d, uint64_t key,
			 const struct contract *c, const char *gap, const struct blob *told);

/* remember.c: the contract of @d, from the memo that the program was given. */
const struct contract *memo_contract(const struct program *p, const struct def *d);
void remembered_free(struct remembered *m);

#endif
