/* SPDX-License-Identifier: MIT */
/* Needs against registered entry contexts. */
#ifndef KLINT_ENTRY_H
#define KLINT_ENTRY_H

#include "engine.h"

/* The violation when @d, which needs @n, is entered by @en; NULL when all is
 * well.  Lives until engine_begin(). */
const struct violation *entry_meet(struct engine *e, const struct def *d,
				   const struct need *n, const struct entry *en);

#endif
