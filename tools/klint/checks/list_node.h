/* SPDX-License-Identifier: MIT */
/* list-exclusive, of nodes: between its files. */
#ifndef KLINT_CHECKS_LIST_NODE_H
#define KLINT_CHECKS_LIST_NODE_H

#include "check.h"

/* Tell of nodes that the function adds or deletes twice, and of walks that go on from what is
 * freed.  *order is made when it is needed, and is the caller's. */
void list_nodes(struct check_run *run, struct pin *pin, const struct pin_func *f,
		struct pin_order **order);

#endif
