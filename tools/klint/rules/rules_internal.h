/* SPDX-License-Identifier: MIT */
/*
 * Shared by the files of rules/ and by nobody else.
 *
 * Loading has three passes.  tree.c turns each file into nodes that know their
 * line; define.c takes the entries that others refer to by name (lock kinds and
 * contexts, in any file); entries.c takes the rest.  A problem is reported and
 * loading goes on, so that one run tells everything that is wrong; any problem
 * makes the whole load fail in the end.
 */
#ifndef KLINT_RULES_INTERNAL_H
#define KLINT_RULES_INTERNAL_H

#include "base/base.h"
#include "rules/rules.h"

enum node_kind { NODE_SCALAR, NODE_SEQ, NODE_MAP };

/* A YAML node, in the arena.  A map's items are key, value, key, value, …, and
 * every key is a scalar that occurs once. */
struct node {
	enum node_kind kind;
	uint32_t line;		/* from 1 */
	bool quoted;
	const char *text;	/* NODE_SCALAR */
	size_t n;
	struct node **items;
};

/* Where something is defined. */
struct place {
	const char *file;
	uint32_t line;
};

/* What undoes something; the next one for the same thing, or RULES_NONE. */
struct rule_undone {
	const char *name, *by;
	uint32_t next;
};

struct rules {
	struct arena *arena;
	uint64_t hash;		/* of all texts, in the order in which they were read */
	struct strmap *rule_index, *annotation_index, *ops_index;
	struct strmap *kind_index, *context_index;
	struct rule *rules;
	size_t nrules, cap_rules;
	struct rule_ops *ops;
	size_t nops, cap_ops;
	struct strmap *touch_index;	/* name → the last one read */
	struct rule_touch *touches;
	size_t ntouches, cap_touches;
	struct rule_pinned *pinned;
	size_t npinned, cap_pinned;
	struct strmap *phase_index;	/* "record.field" → enum rule_phase */
	struct strmap *undone_index;	/* NAME → its first entry, */
	struct strmap *undoes_index;	/* or whether there is one */
	struct rule_undone *undone;
	size_t nundone, cap_undone;
	struct rule_member *carriers;
	size_t ncarriers, cap_carriers;
	struct rule_lock_kind *kinds;
	struct place *kind_places;
	size_t nkinds, cap_kinds, nkind_places, cap_kind_places;
	struct rule_context *contexts;
	struct place *context_places;
	size_t ncontexts, cap_contexts, ncontext_places, cap_context_places;
};

/* A load in progress. */
struct load {
	struct rules *rules;
	FILE *err;
	const char *file;	/* the file that is being read */
	unsigned int nproblems;
	/* Definitions were not all read: an unknown name is no problem of its own. */
	bool incomplete;
};

/* problem.c: "file:line: error: …", at most 20 of them. */
void problem(struct load *l, uint32_t line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same, then the text of @n with a mark below the byte at @offset. */
void problem_at(struct load *l, const struct node *n, size_t offset,
		const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The word that a mistyped one was most likely meant to be. */
struct nearest {
	const char *wrong;
	const char *best;	/* NULL: nothing is near */
	size_t distance;
};
void nearest_try(struct nearest *near, const char *candidate);

/* tree.c: the list of entries in @text, or NULL after a problem or when there
 * are none. */
struct node *tree_read(struct load *l, const char *text, size_t len);

/*
 * node.c: typed access.  Each function that returns bool reports what is wrong
 * and returns false.
 */
const struct node *map_get(const struct node *map, const char *key);
bool map_check(struct load *l, const struct node *map, const char *const *keys);
/* map_get() of a key that must be there; NULL after a problem. */
const struct node *map_need(struct load *l, const struct node *map, const char *key);
/* Must be a map that has only @keys (NULL-terminated). */
bool node_map(struct load *l, const struct node *n, const char *what,
	      const char *const *keys);
bool node_bool(struct load *l, const struct node *n, const char *what, bool *out);
bool node_text(struct load *l, const struct node *n, const char *what, const char **out);
bool node_name(struct load *l, const struct node *n, const char *what, const char **out);
bool node_wait(struct load *l, const struct node *n, enum wait_type *out);
/* A part or a list of parts, as bits. */
bool node_parts(struct load *l, const struct node *n, uint32_t *out);
bool node_kind_index(struct load *l, const struct node *n, uint32_t *out);
bool node_context_index(struct load *l, const struct node *n, uint32_t *out);
/* One thing and a list of things are written alike: how many, and each. */
size_t node_count(const struct node *n);
const struct node *node_item(const struct node *n, size_t i);
bool is_name(const char *s);
/* By name, with a suggestion after @line; CTX_NPARTS after a problem. */
enum ctx_part part_need(struct load *l, const struct node *n, const char *name,
			size_t offset);

/* cursor.c: a text that is read from left to right. */
struct cursor {
	struct load *load;
	const struct node *node;
	const char *what;	/* "condition": what the text is, for messages */
	const char *p;
	uint32_t max_args;
};
void cursor_init(struct cursor *c, struct load *l, const struct node *n,
		 const char *what, uint32_t max_args);
bool cursor_fail(struct cursor *c, const char *expected);
void skip_blanks(struct cursor *c);
/* Take @token when it stands here. */
bool cursor_take(struct cursor *c, const char *token);
/* After blanks, the text must be at its end. */
bool cursor_end(struct cursor *c);
/* A C identifier, in the arena, or NULL when there is none here. */
const char *cursor_name(struct cursor *c);
bool at_integer(const struct cursor *c);
bool cursor_integer(struct cursor *c, int64_t *out);

/* expr.c */
bool expr_parse(struct cursor *c, struct rule_expr *out);
bool node_expr(struct load *l, const struct node *n, uint32_t max_args,
	       struct rule_expr *out);
/* cond.c */
bool node_cond(struct load *l, const struct node *n, uint32_t max_args,
	       struct rule_cond *out);
bool cond_on_result(const struct rule_cond *cond);
/* ret.c */
bool node_ret(struct load *l, const struct node *n, uint32_t max_args,
	      struct rule_ret *out);

/* A rule while its keys are read. */
struct draft {
	struct rule rule;
	struct rule_effect *effects;
	size_t neffects, cap_effects;
	struct rule_call *calls;
	size_t ncalls, cap_calls;
	bool override;
};

/* effects.c, locks.c, calls.c: what a key adds to the draft. */
struct rule_effect *draft_effect(struct draft *d, enum rule_effect_kind kind,
				 const struct node *n);
void read_sleeps(struct load *l, struct draft *d, const struct node *n);
void read_waits(struct load *l, struct draft *d, const struct node *n);
void read_enters(struct load *l, struct draft *d, const struct node *n);
void read_leaves(struct load *l, struct draft *d, const struct node *n);
void read_restores(struct load *l, struct draft *d, const struct node *n);
/* entries.c: the record and the member that RECORD.FIELD names; else a problem. */
bool split_ops(struct load *l, const struct node *n, struct rule_ops *ops);

/* pinned.c */
void read_pinned(struct load *l, const struct node *entry);
void read_sets(struct load *l, struct draft *d, const struct node *n);
void read_resets(struct load *l, struct draft *d, const struct node *n);
void read_acquires(struct load *l, struct draft *d, const struct node *n);
void read_releases(struct load *l, struct draft *d, const struct node *n);
void read_requires(struct load *l, struct draft *d, const struct node *n);
void read_calls(struct load *l, struct draft *d, const struct node *n);

/* define.c, entries.c: the entries of one file. */
void define_entries(struct load *l, const struct node *list);
void read_entries(struct load *l, const struct node *list);
/* Report that @name at @n is already defined at @first. */
void problem_duplicate(struct load *l, const struct node *n, const char *what,
		       const char *name, struct place first);

#endif
