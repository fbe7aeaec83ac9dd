/* SPDX-License-Identifier: MIT */
/* The units of a program, whatever they come from. */
#ifndef KLINT_UNITS_H
#define KLINT_UNITS_H

#include "gathered.h"
#include "lower.h"

struct program_units {
	struct gathered facts;	/* all of them */
	struct modules lowered;
};

/* The facts below the targets; targets that hold none are lowered now.  False with
 * messages when there is nothing. */
bool find_units(struct program_units *u, struct session *s, const struct string_list *targets,
		char *const *args);

#endif
