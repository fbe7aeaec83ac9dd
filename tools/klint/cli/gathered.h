/* SPDX-License-Identifier: MIT */
/* The facts that make up a program. */
#ifndef KLINT_GATHERED_H
#define KLINT_GATHERED_H

#include "facts.h"
#include "result.h"

struct gathered {
	struct facts *v;
	const struct kir_module **modules;	/* of v[], in its order */
	size_t n, cap;
	size_t failed;	/* facts that cannot be used; each was told */
};

/* Is all of it facts, or a directory that has some? */
bool has_facts(const struct string_list *targets);
/* Open the facts below each directory and in each file of @targets.  False with
 * messages when nothing, or nothing that belongs together, is there. */
bool gather_facts(struct gathered *g, const struct string_list *targets);
void gathered_free(struct gathered *g);

/* The release of the kernel that they are of, or "". */
const char *gathered_kernel(const struct gathered *g);

/* Name files in the findings for people, and tell the result its sources. */
void gathered_name(const struct gathered *g, struct result *r);

#endif
