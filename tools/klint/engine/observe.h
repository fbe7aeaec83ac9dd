/* SPDX-License-Identifier: MIT */
/* What the path states of a function showed at each of its calls, for who asks about a
 * whole program afterwards (ops.c).  Kept only when engine_options.observe says so. */
#ifndef KLINT_OBSERVE_H
#define KLINT_OBSERVE_H

#include "engine.h"

struct observed {
	uint16_t states;	/* that came to the call; all counts stop at 65535: */
	uint16_t atomic;	/* in which this function, or a callee, had made the context
				 * one that must not sleep */
	uint16_t clean;		/* in which neither had */
	uint16_t doubtful;	/* clean, but what is held cannot be told */
	uint16_t gives_back;	/* clean, and something of the caller's was given back before */
	uint16_t conditional;	/* clean, and only for some values of a number or flag that
				 * the caller passes */
	uint16_t sleeps;	/* in which the call may sleep, whoever is the caller */
	bool slept;		/* the state that is being taken is counted in `sleeps` */
	bool around;		/* every path to the call, or from it, sleeps somewhere */
	uint32_t parts;		/* of the context that are not zero in any atomic state */
	origin cause;		/* what made the first atomic state so: an event */
	uint32_t lock_kind;	/* by taking such a lock, or RULES_NONE: */
	enum ctx_part part;	/* by entering this part */
};

struct solver;
struct work_state;
struct call_args;

/* The function is solved anew: what was seen of it is gone. */
void observe_begin(struct engine *e, const struct kir_func *f);
/* The state @w comes to the call @at. */
void observe_call(struct solver *sv, const struct work_state *w, uint32_t at);
/* The call meets the need @n, which is about sleeping. */
void observe_need(struct solver *sv, struct work_state *w, const struct need *n,
		  const struct call_args *c);

#endif
