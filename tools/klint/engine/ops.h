/* SPDX-License-Identifier: MIT */
/*
 * In which context the program calls each member of its ops tables: what its callers,
 * seen one by one, say of `record.field`, beside the row that the rules have for it.
 */
#ifndef KLINT_OPS_H
#define KLINT_OPS_H

#include "engine.h"

/* What a call through a member tells. */
enum ops_class {
	OPS_ATOMIC,	/* the calling function has made the context one that must not sleep,
			 * on each of its paths that come here */
	OPS_ENTERED,	/* it has not, but is entered in such a context only */
	OPS_MIXED,	/* sometimes so, sometimes not, as far as can be told */
	OPS_SLEEPS,	/* it may sleep: the caller does so around the call, or is entered by
			 * what can only be process context */
	OPS_UNKNOWN,
	OPS_EXCEPTED,	/* the row does not speak of this caller */
	OPS_NCLASSES
};

/* Ways in which a function is entered, as bits. */
enum ops_way { WAY_PROCESS = 1, WAY_ATOMIC = 2, WAY_UNKNOWN = 4 };

struct ops_site {
	struct def *caller;
	struct site at;
	enum ops_class class;
	uint32_t parts;		/* OPS_ATOMIC: the parts that are never zero here */
	const char *why;	/* a phrase for people: "under a spinlock, since line 12" */
};

struct ops_field {
	const char *record, *field;
	const struct rule_ops *row;	/* or NULL */
	uint32_t nsites;
	struct ops_site *sites;		/* by file and line */
	uint32_t count[OPS_NCLASSES];
	uint32_t ntargets;		/* functions that the program stores in it */
};

struct ops_table {
	struct arena *a;
	uint32_t n;
	struct ops_field *fields;	/* by record and field */
};

enum ops_verdict {
	OPS_NO_ROW,
	OPS_CONFIRMED,
	OPS_CONTRADICTED,
	OPS_UNDECIDED,		/* it is called, in contexts that nobody can tell */
	OPS_UNCALLED		/* nothing in the program calls it */
};

/* Does that context allow sleeping? */
bool ops_may_sleep(const struct rules *r, const struct rule_ops *row);
/* What the callers say of the field's row; *site: the first that does, or NULL. */
enum ops_verdict ops_judge(const struct rules *r, const struct ops_field *f,
			   const struct ops_site **site);

/* Of a program that was solved with engine_options.observe.  Rows of fields that nothing
 * mentions are there, without sites. */
struct ops_table *ops_infer(struct program *p);
void ops_free(struct ops_table *t);

#endif
