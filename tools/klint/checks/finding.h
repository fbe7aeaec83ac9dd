/* SPDX-License-Identifier: MIT */
/*
 * A finding, as the checks hand it to the reports.  All strings live in the
 * finding list's arena.
 */
#ifndef KLINT_FINDING_H
#define KLINT_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum severity { SEV_NOTE, SEV_WARNING, SEV_ERROR };

/* Why a step of the chain is there. */
enum step_role {
	STEP_CONTEXT,	/* sets the context: takes the lock, disables interrupts, registers */
	STEP_CALL,	/* a call on the way */
	STEP_BREAK,	/* where it is broken: the sleep, the return, the second lock */
	STEP_NOTE
};

struct klint_place {
	const char *file;	/* as the compiler names it */
	uint32_t line, col;	/* from 1; 0 = unknown */
};

struct klint_step {
	enum step_role role;
	struct klint_place at;
	const char *function;	/* whose body holds the step; "" when none */
	const char *text;	/* "takes the spinlock dev->lock" */
};

struct klint_finding {
	const char *lint;	/* id: "atomic-sleep" */
	enum severity severity;
	struct klint_place at;
	const char *function;	/* where the finding stands */
	const char *message;	/* one line, no full stop */
	const char *key;	/* what makes it the same finding after lines have
				 * moved: names only, no numbers of lines */
	const char *fix;	/* the shortest change that settles it, or NULL */
	size_t nsteps;
	const struct klint_step *steps;	/* in the order in which they happen */
};

/* A function that klint could not answer for. */
struct klint_gap {
	const char *function;
	struct klint_place at;
	const char *why;
};

/* Growing list with its own arena. */
struct finding_list {
	size_t n, cap;
	struct klint_finding *v;
	size_t ngaps, gaps_cap;
	struct klint_gap *gaps;
	size_t nfunctions;	/* definitions that were looked at, gaps included */
	struct arena *arena;
};

/* What a lint is, for --help, explain, lints and SARIF's rule table. */
struct lint_info {
	const char *id;		/* "atomic-sleep" */
	const char *summary;	/* one line */
	enum severity severity;
	bool rt_only;		/* runs only with --rt */
	bool opt_in;		/* runs only when --only names it */
};

/* The registry, in a fixed order; *n receives how many. */
const struct lint_info *lint_registry(size_t *n);
const struct lint_info *lint_find(const char *id);

void finding_list_init(struct finding_list *l);
void finding_list_free(struct finding_list *l);
/* Deep copies. */
void finding_list_add(struct finding_list *l, const struct klint_finding *f);
void finding_list_add_gap(struct finding_list *l, const struct klint_gap *g);
/* Move everything of @from to the end of @to; @from is empty after. */
void finding_list_splice(struct finding_list *to, struct finding_list *from);
/* By file, line, column, lint, message; equal findings once. */
void finding_list_sort(struct finding_list *l);

#endif
