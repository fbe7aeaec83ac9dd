/* SPDX-License-Identifier: MIT */
/* Between the lints of the life of a part: pin-*, refcount-init. */
#ifndef KLINT_CHECKS_PIN_LIFE_H
#define KLINT_CHECKS_PIN_LIFE_H

#include "check.h"

/* What a part of its kind may be while it is live, "may be queued or running"; NULL: nothing
 * runs it. */
const char *pin_why(const struct pin *pin, uint32_t part);

/* May it be live when its object goes, as far as the whole program stops it? */
bool pin_may_be_live(struct pin *pin, uint32_t part);

/* Begin a finding of pin-dropped-live about the part, at the event of @f. */
void pin_life_begin(struct draft *d, struct check_run *run, struct pin *pin,
		    const struct pin_func *f, uint32_t event, uint32_t part);

/* Tell if what starts the part may do so behind the event @stop of @f, which stops it. */
void pin_restarted(struct check_run *run, struct pin *pin, const struct pin_func *f,
		   const struct pin_order *o, const struct pin_touch *stop);

/* Does the part count references? */
bool pin_counts(const struct pin *pin, uint32_t part);

/* Tell, as @lint, of parts that are initialised after something by which others use them; and
 * of parts that the function uses before: of reference counts only, or (@counts false) of all
 * others. */
void pin_publications(struct check_run *run, struct pin *pin, const struct pin_func *f,
		      const char *lint, bool counts);
void pin_uses(struct check_run *run, struct pin *pin, const struct pin_func *f, const char *lint,
	      bool counts);

#endif
