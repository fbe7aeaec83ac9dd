/* SPDX-License-Identifier: MIT */
/* Inside the engine: one unit of the program. */
#ifndef KLINT_UNIT_H
#define KLINT_UNIT_H

#include "engine.h"

struct engine *unit_new(struct program *p, const struct kir_module *m);
void unit_free(struct engine *e);
/* Visit each event of the function. */
void unit_for_each_event(struct engine *e, uint32_t func,
			 void (*visit)(struct engine *, uint32_t func, uint32_t event, void *),
			 void *data);
/* The address of a place that needs no state to be told, of a global, or SYM_NONE. */
sym unit_static_addr(struct engine *e, kir_id place);

/* The address of the variable that the unit means by @name. */
sym unit_global(struct engine *e, const char *name);

/* hash.c: may the function be the same as one of another unit?  And what the code of
 * each such function says, with all that it calls in headers, in the unit's order and
 * malloc'd; equal for functions that are the same in two units. */
bool unit_is_shared(const struct kir_func *f);
uint64_t *unit_hash_shared(struct engine *e);

/* register.c: who enters what, of one unit: entries whose texts live in e->keep are
 * added to *list. */
struct entry_list {
	struct entry *v;
	size_t n, cap;
};
void unit_registrations(struct engine *e, struct entry_list *list);

#endif
