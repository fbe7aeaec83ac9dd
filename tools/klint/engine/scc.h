/* SPDX-License-Identifier: MIT */
/* The call graph of the program and its strongly connected components, callees first. */
#ifndef KLINT_SCC_H
#define KLINT_SCC_H

#include "engine.h"

struct scc {
	struct program *p;
	uint32_t **callees;	/* [def] */
	uint32_t *ncallees;
	uint32_t *members;	/* of all components, one after the other, each sorted */
	uint32_t *starts;	/* [component]: its first member; one more at the end */
	uint32_t ncomponents, nmembers;
	/* While they are searched for: */
	uint32_t *index, *low, *stack;
	bool *on_stack;
	uint32_t next, depth;
};

/* Fill in @s, whose program is set, from the @n functions @wanted (NULL: all). */
void scc_find(struct scc *s, const uint32_t *wanted, size_t n);
void scc_free(struct scc *s);
bool scc_calls_itself(const struct scc *s, uint32_t def);

#endif
