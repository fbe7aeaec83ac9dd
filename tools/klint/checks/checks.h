/* SPDX-License-Identifier: MIT */
/* From a module and the rules to findings: the one entry that the command line
 * uses. */
#ifndef KLINT_CHECKS_H
#define KLINT_CHECKS_H

#include <stdio.h>
#include "finding.h"
#include "kir/kir.h"
#include "rules/rules.h"

struct check_options {
	bool rt;			/* judge for PREEMPT_RT too */
	const char *const *only;	/* lint ids, NULL-terminated; NULL: all */
	uint32_t budget;		/* states per function; 0: the default */
	unsigned int jobs;		/* threads; 0: one */
};

/* Solve @m bottom-up and append what the lints find, and what could not be
 * analysed, to @out.  Pure: same input, same findings in the same order. */
void checks_run(const struct kir_module *m, const struct rules *r,
		const struct check_options *opt, struct finding_list *out);

/* The same for a program of @n units: calls from one to another are followed.  The
 * findings do not depend on the order of the units or on the number of threads. */
void checks_program(const struct kir_module *const *modules, size_t n, const struct rules *r,
		    const struct check_options *opt, struct finding_list *out);

/* `klint show FUNCTION`: print the inferred contract of @function, of which nothing is
 * solved but what it calls.  False when the units have no such function. */
bool checks_show(const struct kir_module *const *modules, size_t n, const struct rules *r,
		 const char *function, FILE *out);

#endif
