/* SPDX-License-Identifier: MIT */
/* What a function does after others can reach what it sets up: between the files of
 * pin-publish-before-init. */
#ifndef KLINT_CHECKS_PUBLICATION_H
#define KLINT_CHECKS_PUBLICATION_H

#include "pin_life.h"

#define PUBLICATIONS_TOLD 8	/* of one function */

struct publication {
	const char *lint;
	bool counts;		/* look at reference counts, and at nothing else */
	struct check_run *run;
	struct pin *pin;
	const struct pin_func *f;
	const struct kir_func *kf;
	struct pin_order *order;
	struct {
		uint32_t event, part;	/* what publishes, and what comes late */
	} told[PUBLICATIONS_TOLD];
	uint32_t ntold;
	const struct def *registering;	/* a callee that publishes in itself, or NULL */
};

/* Once for each event that publishes: the first thing that comes late stands for the rest.
 * And once for each part (or KIR_NONE) that comes late. */
bool publication_is_new(struct publication *p, uint32_t event, uint32_t part);
/* Steps: from the event on the callback may be called, be it registered there or in what the
 * event calls. */
void publication_registered(struct draft *d, struct pin *pin, const struct pin_func *f,
			    uint32_t event, const struct def *callback);
/* Does the function tell, by what it stores behind the place and the callback asks about, that
 * the object is whole from then on? */
bool publication_says_when_whole(struct publication *p, struct pin_place at,
				 const struct def *callback);

/* Does the callback use the part on a way on which it does not ask about a member of the object
 * that is zero until somebody sets it later? */
bool publication_uses_freely(struct publication *p, const struct pin_call *reg, uint32_t part);
/* Does the caller hold a lock around the registration, without which nobody calls what is
 * registered (RTNL), and does the function leave that so? */
bool publication_is_held_around(const struct publication *p, uint32_t block, uint32_t event);

/* pin_pointer.c: tell of pointers that are set after the callback is registered that follows
 * them: by @reg, or at @event of @block; or after the object is published by @out. */
void pointers_after(struct publication *p, const struct pin_call *reg);
void pointers_set_after(struct publication *p, uint32_t event, uint32_t block,
			const struct def *callback);
void pointers_after_object(struct publication *p, const struct pin_touch *out);

#endif
