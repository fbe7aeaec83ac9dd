/* SPDX-License-Identifier: MIT */
/*
 * Symbolic values: what the engine computes with.  A place is its address, so
 * "&p->lock" is FIELD(p, lock) and "p->lock" is LOAD(FIELD(p, lock)); two
 * expressions that mean the same thing at one point are one symbol, whatever
 * locals the source went through.  Symbols are hash-consed while one function is
 * solved: equality is identity.
 */
#ifndef KLINT_SYM_H
#define KLINT_SYM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "names.h"

typedef uint32_t sym;
#define SYM_NONE UINT32_MAX

enum sym_kind {
	S_INT,		/* imm */
	S_STR,		/* a string literal (a = name id) */
	S_FUNC,		/* a = name id: address of a function */
	S_GLOBAL,	/* a = name id: address of a variable with static storage */
	S_PARAM,	/* a = index: what the parameter held at entry */
	S_VAR,		/* a = index: address of a parameter, local or temporary */
	S_RET,		/* the result, in summaries only */
	S_FRESH,	/* a = program point that made it: one unknown value */
	S_OLD,		/* a = point: an earlier value of FRESH(a); not one value */
	S_LOAD,		/* a = address: what is stored there now */
	S_ENTRY,	/* a = address: what was stored there at entry, before a store */
	S_FIELD,	/* a = address, b = name id: address of a member */
	S_INDEX,	/* a = address, b = index: address of an element */
	S_CONTAINER,	/* a = address of a member, b = name id: of the whole */
	S_OP,		/* op (enum kir_op), a, b */
	S_PRED,		/* op (enum sym_pred), a */
	S_APPLY,	/* imm = name id of a function, a and b = arguments (b may be SYM_NONE) */
	S_TEST		/* a = bits of context parts, b = 1 when negated */
};

/* P_LAST: the reference that was given back to the count at the address was the last.
 * P_ONCE: what a volatile read of the place, a load, has found, or what a function that
 * is not known has answered to a question: it may be another the next time.
 * P_WAS: what was known of the value before a store to a member of that name, of this
 * object or of another one. */
enum sym_pred { P_IS_ERR, P_IS_ERR_OR_NULL, P_ERR_OR_ZERO, P_ONCE, P_LAST, P_WAS };

enum sym_flags {
	SF_FRESH = 1,	/* mentions FRESH */
	SF_OLD = 2,	/* mentions OLD: may be several objects */
	SF_VAR = 4,	/* mentions VAR: means nothing outside the function */
	SF_PARAM = 8,
	SF_LOAD = 16,
	SF_RET = 32,
	SF_ENTRY = 64
};

struct sym_node {
	uint8_t kind, op, flags, depth;
	uint32_t a, b;
	sym root;	/* set when the node is made, as are depth and flags of operands */
	int64_t imm;
	sym as_entry;	/* sym_as_entry(), once it was asked for */
};

struct symtab;
struct symtab *symtab_new(struct names *names);
void symtab_free(struct symtab *t);
/* Forget all symbols that were made since the mark was set. */
size_t symtab_mark(const struct symtab *t);
void symtab_rewind(struct symtab *t, size_t mark);

/* Nodes stand in blocks that never move: a pointer to one stays good until the table
 * is rewound to before it. */
#define SYM_BLOCK_BITS 12
static inline const struct sym_node *sym_get(const struct symtab *t, sym s)
{
	const struct sym_node *const *blocks = *(const struct sym_node *const *const *)t;

	return &blocks[s >> SYM_BLOCK_BITS][s & ((1u << SYM_BLOCK_BITS) - 1)];
}

/* Name ids, see names.h. */
uint32_t sym_name(struct symtab *t, const char *s);
const char *sym_name_text(const struct symtab *t, uint32_t id);

sym sym_int(struct symtab *t, int64_t v);
sym sym_atom(struct symtab *t, enum sym_kind kind, uint32_t a);
/* What @x was before the event @at changed it: one symbol for each two.  @once:
 * the event happens once only, so it is one value. */
sym sym_old(struct symtab *t, uint32_t at, sym x, bool once);
sym sym_load(struct symtab *t, sym addr);
sym sym_entry(struct symtab *t, sym addr);
/* Folds field(container(x, f), f) to x. */
sym sym_field(struct symtab *t, sym addr, uint32_t name);
sym sym_index(struct symtab *t, sym addr, sym index);
/* Folds container(field(x, f), f) to x. */
sym sym_container(struct symtab *t, sym addr, uint32_t name);
/* Folds constants and brings comparisons into one form (EQ, LT and NOT). */
sym sym_op(struct symtab *t, int op, sym a, sym b);
sym sym_pred(struct symtab *t, enum sym_pred op, sym a);
/* What the pure function called @name answers to @a and @b. */
sym sym_apply(struct symtab *t, uint32_t name, sym a, sym b);
sym sym_test(struct symtab *t, uint32_t parts, bool negated);

/* Is `b` of the node a symbol too?  `a` of every node with a depth is one. */
static inline bool sym_has_second(const struct sym_node *n)
{
	return n->kind == S_INDEX ||
	       ((n->kind == S_OP || n->kind == S_APPLY) && n->b != SYM_NONE);
}

static inline bool sym_is(const struct symtab *t, sym s, enum sym_kind k)
{
	return s != SYM_NONE && sym_get(t, s)->kind == k;
}

/* Does @s mention the symbol @what? */
bool sym_mentions(const struct symtab *t, sym s, sym what);
/* @s with every occurrence of @what replaced by @by. */
sym sym_replace(struct symtab *t, sym s, sym what, sym by);
/* A node without operands; @n with other operands. */
sym sym_leaf(struct symtab *t, const struct sym_node *n);
sym sym_with(struct symtab *t, const struct sym_node *n, sym a, sym b);
/* @s with every load read as one of the entry. */
sym sym_as_entry(struct symtab *t, sym s);
/* The variable, parameter, global … that the address or value starts from. */
static inline sym sym_root(const struct symtab *t, sym s)
{
	return sym_get(t, s)->root;
}

/* The outermost member name of a lock's address: its class; 0 when unknown. */
uint32_t sym_class(const struct symtab *t, sym s);

#endif
