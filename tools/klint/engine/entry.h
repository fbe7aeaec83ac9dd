/* SPDX-License-Identifier: MIT */
/* Needs, and what is left behind, against registered entry contexts. */
#ifndef KLINT_ENTRY_H
#define KLINT_ENTRY_H

#include "engine.h"

/* The violation when @d, which needs @n, is entered by @en; NULL when all is
 * well.  Lives until engine_begin(). */
const struct violation *entry_meet(struct engine *e, const struct def *d,
				   const struct need *n, const struct entry *en);

/* The violation when @d, which @en enters with no lock held by anybody above, keeps lock
 * @lock of its first outcome at every return; NULL when all is well.  Lives as long. */
const struct violation *entry_keeps(struct engine *e, const struct def *d,
				    const struct summary *sum, unsigned int lock,
				    const struct entry *en);

#endif
