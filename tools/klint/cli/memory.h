/* SPDX-License-Identifier: MIT */
/*
 * What `klint link` remembers of a program from one run to the next: a file in the
 * user's cache, named after the directory that the facts are in, or --cache=FILE.  It is
 * replaced as a whole, and one that cannot be used costs time and a note, no more.
 */
#ifndef KLINT_MEMORY_H
#define KLINT_MEMORY_H

#include "session.h"

struct memory {
	char *path;		/* NULL: nothing is remembered */
	void *map;
	size_t mapped;
	struct check_memory m;
};

/* Find and map what the last run over @targets has left; s->analysis.check gets it. */
void memory_begin(struct memory *x, struct session *s, const struct string_list *targets);
/* Say why it was not used, if so, and leave what this run has found. */
void memory_end(struct memory *x);

#endif
