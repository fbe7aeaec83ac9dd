/* SPDX-License-Identifier: MIT */
/* Inside pin: what functions do with all that they call. */
#ifndef KLINT_PIN_SETS_H
#define KLINT_PIN_SETS_H

#include "pin.h"

struct pin_sets *pin_sets_new(struct pin *pin);
void pin_sets_free(struct pin_sets *s);

/* stats.c: pin->stats, once all functions have been looked at. */
void pin_stats_make(struct pin *pin);

/* May the sets of @a have what @b does: a function of the same directory, or of a header? */
bool pin_is_near(const struct pin *pin, const struct def *a, const struct def *b);

/* reach.c: on whose behalf each function runs. */
void pin_reach_make(struct pin *pin);

#endif
