/* SPDX-License-Identifier: MIT */
/* Inside the engine: in which ways each function of the program is entered. */
#ifndef KLINT_WAYS_H
#define KLINT_WAYS_H

#include "ops.h"

struct ways_field {
	uint64_t key;		/* record << 32 | field, name ids */
	const struct rule_ops *row;
	uint32_t nsites, ntargets;
	uint32_t first_target;	/* in ways.targets */
	uint32_t ways;		/* of its calls */
};

struct ways_target {
	uint64_t key;
	uint32_t def;
};

/* Why a function is entered in one way. */
struct ways_cause {
	enum { BY_NOBODY, BY_ENTRY, BY_ITSELF, BY_CALL, BY_STORE } by;
	uint32_t caller, event;		/* BY_CALL */
	bool here;			/* BY_CALL: it is the caller that makes it so */
	const struct entry *entry;	/* BY_ENTRY */
};

struct ways {
	struct program *p;
	uint8_t *of;			/* [def]: bits of enum ops_way */
	bool *sleeps;			/* [def]: on all of its paths */
	struct ways_cause (*causes)[3];	/* [def][way] */
	struct ways_field *fields;	/* by key */
	size_t nfields;
	struct ways_target *targets;	/* by key */
	size_t ntargets;
	uint32_t *queue, first, last;	/* a ring of ndefs + 1 */
	bool *queued;
};

static inline unsigned int way_index(uint32_t bit)
{
	return bit == WAY_PROCESS ? 0 : bit == WAY_ATOMIC ? 1 : 2;
}

/* The key of the member that the value is read from, or 0. */
uint64_t ways_value_key(struct engine *e, uint32_t func, kir_id value);
/* The key of the member that the event @at of @func calls through, or 0. */
uint64_t ways_key(struct engine *e, uint32_t func, uint32_t at);
struct ways_field *ways_find(const struct ways *w, uint64_t key);
/* In which ways the event at @at of @d calls. */
uint32_t ways_at(const struct ways *w, const struct def *d, uint32_t at);

/* Of a solved program; fields[].key, row and nsites are set, targets are there. */
void ways_infer(struct ways *w);
/* For people: how @d comes to be entered in the way @bit; in @a. */
const char *ways_chain(const struct ways *w, const struct def *d, uint32_t bit, struct arena *a);
/* What made the calls of the event atomic, or NULL when nothing in the function did. */
const char *ways_here(const struct ways *w, const struct def *d, uint32_t at, struct arena *a);

#endif
