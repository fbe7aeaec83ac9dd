/* SPDX-License-Identifier: MIT */
/*
 * What is known of one value: which of four classes it may be in, and perhaps
 * which constant it is or is not.  The classes are those that kernel code tells
 * apart: an error number (or error pointer), another negative number (or a
 * valid kernel pointer), zero (or null), a positive number.
 */
#ifndef KLINT_CONS_H
#define KLINT_CONS_H

#include <stdbool.h>
#include <stdint.h>

enum cons_class {
	C_ERR = 1,	/* -4095 … -1 */
	C_LOW = 2,	/* below -4095 */
	C_ZERO = 4,
	C_POS = 8,
	C_ANY = 15
};

#define CONS_NNEQ 3

struct cons {
	uint8_t mask;	/* enum cons_class; 0 only in an impossible value */
	bool has_eq;	/* it is `eq` */
	uint8_t nneq;	/* it is none of neq[] (kept sorted) */
	int64_t eq;
	int64_t neq[CONS_NNEQ];
};

static inline struct cons cons_any(void)
{
	return (struct cons){ .mask = C_ANY };
}

static inline struct cons cons_mask(unsigned int mask)
{
	return (struct cons){ .mask = (uint8_t)mask };
}

struct cons cons_eq(int64_t v);
/* x such that (x op v), op an enum kir_op among EQ NE LT LE GT GE. */
struct cons cons_cmp(int op, int64_t v);
/* Both hold; false when nothing can. */
bool cons_meet(const struct cons *a, const struct cons *b, struct cons *out);
/* Either holds. */
struct cons cons_join(const struct cons *a, const struct cons *b);
bool cons_same(const struct cons *a, const struct cons *b);
/* Every value of @a is a value of @b. */
bool cons_implies(const struct cons *a, const struct cons *b);
bool cons_is_any(const struct cons *c);
/* 1: never zero; 0: always zero; -1: not known. */
int cons_truth(const struct cons *c);

#endif
