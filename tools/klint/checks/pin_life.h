/* SPDX-License-Identifier: MIT */
/* What pin-dropped-live says of the life of a part, between its files. */
#ifndef KLINT_CHECKS_PIN_LIFE_H
#define KLINT_CHECKS_PIN_LIFE_H

#include "check.h"

/* What a part of its kind may be while it is live, "may be queued or running"; NULL: nothing
 * runs it. */
const char *pin_why(const struct pin *pin, uint32_t part);

/* Begin a finding of pin-dropped-live about the part, at the event of @f. */
void pin_life_begin(struct draft *d, struct check_run *run, struct pin *pin,
		    const struct pin_func *f, uint32_t event, uint32_t part);

/* Tell if what starts the part may do so behind the event @stop of @f, which stops it. */
void pin_restarted(struct check_run *run, struct pin *pin, const struct pin_func *f,
		   const struct pin_order *o, const struct pin_touch *stop);

#endif
