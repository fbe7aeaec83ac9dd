/* SPDX-License-Identifier: MIT */
/* Inside the engine: what calls through members of records reach. */
#ifndef KLINT_TARGETS_H
#define KLINT_TARGETS_H

#include "engine.h"

/* With two or more, members that everybody calls make recursions of what is none: more
 * is lost in them than is found. */
#define TARGETS_MAX 1

struct targets;
/* Of a program whose names are resolved. */
struct targets *targets_find(struct program *p);
void targets_free(struct targets *t);
/* What the members of that name hold, the same in each run over the program. */
uint64_t targets_print(const struct targets *t, uint32_t field);
/* All functions that a call through the member may reach: how many, and their defs.  0:
 * there are too many, or others than are known by name. */
uint32_t targets_of(const struct targets *t, uint32_t record, uint32_t field,
		    const uint32_t **defs);

#endif
