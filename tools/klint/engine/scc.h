/* SPDX-License-Identifier: MIT */
/* The call graph of the program and its strongly connected components, callees first. */
#ifndef KLINT_SCC_H
#define KLINT_SCC_H

#include "engine.h"

struct scc {
	struct program *p;
	uint32_t **callees;	/* [def] */
	uint32_t *ncallees;
	uint32_t **mentions;	/* [def]: functions whose addresses it uses besides: where they */
	uint32_t *nmentions;	/* do not call it in turn, they come first as well */
	uint32_t *component;	/* [def], or UINT32_MAX */
	uint32_t *members;	/* of all components, one after the other, in each
				 * mostly callees first */
	uint32_t *starts;	/* [component]: its first member; one more at the end */
	uint32_t ncomponents, nmembers;
	/* While they are searched for: */
	uint32_t *index, *low, *stack, *finish;
	bool *on_stack;
	uint32_t next, depth, finished;
};

/* Fill in @s, whose program is set, from the @n functions @wanted (NULL: all). */
void scc_find(struct scc *s, const uint32_t *wanted, size_t n);
void scc_free(struct scc *s);
/* Is @w, whose address @v has got hold of, solved before it whatever the number of
 * threads, or together with it? */
bool scc_sees(const struct scc *s, uint32_t v, uint32_t w);
bool scc_calls_itself(const struct scc *s, uint32_t def);

#endif
