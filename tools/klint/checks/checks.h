/* SPDX-License-Identifier: MIT */
/* From a module and the rules to findings: the one entry that the command line
 * uses. */
#ifndef KLINT_CHECKS_H
#define KLINT_CHECKS_H

#include <stdio.h>
#include "finding.h"
#include "kir/kir.h"
#include "rules/rules.h"

/* What a run over a program leaves for the next one: bytes that nobody else reads. */
struct check_memory {
	const void *data;	/* of the last run, with NULL and 0 if there is none */
	size_t size;
	uint64_t stamp;		/* of klint and the rules: others leave other bytes */
	unsigned char *next;	/* of this one, malloc'd; NULL: the same as before */
	size_t next_size;
	bool refused;		/* the data could not be used, and was not: */
	char why[100];
};

struct check_options {
	bool rt;			/* judge for PREEMPT_RT too */
	const char *const *only;	/* lint ids, NULL-terminated; NULL: all */
	uint32_t budget;		/* states per function; 0: the default */
	unsigned int jobs;		/* threads; 0: one */
	const void *contracts;		/* of functions that no unit defines, as
					 * checks_export() makes them and
					 * checks_contracts_valid() has found them; or NULL */
	size_t contracts_size;
	struct check_memory *memory;	/* of checks_program(), or NULL */
};

/* Solve @m bottom-up and append what the lints find, and what could not be
 * analysed, to @out.  Pure: same input, same findings in the same order. */
void checks_run(const struct kir_module *m, const struct rules *r,
		const struct check_options *opt, struct finding_list *out);

/* The same for a program of @n units: calls from one to another are followed.  The
 * findings do not depend on the order of the units, on the number of threads or on what
 * is remembered. */
void checks_program(const struct kir_module *const *modules, size_t n, const struct rules *r,
		    const struct check_options *opt, struct finding_list *out);

/* The contracts of all functions of the program, for check_options.contracts of other
 * runs: malloc'd.  *count: how many. */
unsigned char *checks_export(const struct kir_module *const *modules, size_t n,
			     const struct rules *r, const struct check_options *opt,
			     size_t *size, size_t *count);

/* Is it what checks_export() has made, undamaged?  Else false with a line in @err. */
bool checks_contracts_valid(const void *data, size_t size, char *err, size_t errlen);

/* `klint show FUNCTION,…`: print the inferred contracts of @names, of which nothing is
 * solved but what they call.  @found[i]: have the units a function @names[i], or the contracts of
 * @opt or the rules, when the units declare it? */
void checks_show(const struct kir_module *const *modules, size_t n, const struct rules *r,
		 const struct check_options *opt, const char *const *names, size_t nnames, bool *found, FILE *out);

/* `klint show RECORD.FIELD`: in which contexts the program calls it, site by site, and the
 * row that the rules have for it.  False when nothing calls it and there is no row. */
bool checks_show_ops(const struct kir_module *const *modules, size_t n, const struct rules *r,
		     unsigned int jobs, const char *member, FILE *out);

/* `klint ops`: hold the rows for ops members against their callers, one line for each
 * row; with @all, also for the members without one; with @sites, all calls.  Returns how many are contradicted. */
size_t checks_ops(const struct kir_module *const *modules, size_t n, const struct rules *r,
		  unsigned int jobs, bool all, bool sites, FILE *out);

#endif
