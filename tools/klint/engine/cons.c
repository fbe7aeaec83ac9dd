/* SPDX-License-Identifier: MIT */
#include "cons.h"

#include <string.h>
#include "kir/kir.h"

static uint8_t class_of(int64_t v)
{
	if (v == 0)
		return C_ZERO;
	if (v > 0)
		return C_POS;
	return v >= -4095 ? C_ERR : C_LOW;
}

struct cons cons_eq(int64_t v)
{
	return (struct cons){ .mask = class_of(v), .has_eq = true, .eq = v };
}

static struct cons cons_ne(int64_t v)
{
	if (v == 0)
		return cons_mask(C_ANY & ~C_ZERO);
	return (struct cons){ .mask = C_ANY, .nneq = 1, .neq = { v } };
}

/* Classes that hold a value below @v. */
static unsigned int below(int64_t v)
{
	unsigned int mask = C_LOW;

	if (v > -4095)
		mask |= C_ERR;
	if (v > 0)
		mask |= C_ZERO;
	if (v > 1)
		mask |= C_POS;
	return mask;
}

/* Classes that hold a value above @v. */
static unsigned int above(int64_t v)
{
	unsigned int mask = C_POS;

	if (v < 0)
		mask |= C_ZERO;
	if (v < -1)
		mask |= C_ERR;
	if (v < -4096)
		mask |= C_LOW;
	return mask;
}

struct cons cons_cmp(int op, int64_t v)
{
	switch (op) {
	case KIR_OP_EQ: return cons_eq(v);
	case KIR_OP_NE: return cons_ne(v);
	case KIR_OP_LT: return cons_mask(below(v));
	case KIR_OP_LE: return cons_mask(below(v) | class_of(v));
	case KIR_OP_GT: return cons_mask(above(v));
	default: return cons_mask(above(v) | class_of(v));
	}
}

static bool excludes(const struct cons *c, int64_t v)
{
	for (unsigned int i = 0; i < c->nneq; i++)
		if (c->neq[i] == v)
			return true;
	return !(c->mask & class_of(v)) || (c->has_eq && c->eq != v);
}

/* Forgets the exclusion when there is no room: a weaker fact is still true. */
static void add_neq(struct cons *c, int64_t v)
{
	unsigned int i;

	for (i = 0; i < c->nneq && c->neq[i] < v; i++)
		;
	if ((i < c->nneq && c->neq[i] == v) || c->nneq == CONS_NNEQ)
		return;
	memmove(&c->neq[i + 1], &c->neq[i], (c->nneq - i) * sizeof(c->neq[0]));
	c->neq[i] = v;
	c->nneq++;
}

bool cons_meet(const struct cons *a, const struct cons *b, struct cons *out)
{
	struct cons c = *a;

	c.mask &= b->mask;
	if (!c.mask)
		return false;
	if (a->has_eq && excludes(b, a->eq))
		return false;
	if (b->has_eq) {
		if (excludes(a, b->eq))
			return false;
		c = cons_eq(b->eq);
	} else if (!a->has_eq) {
		for (unsigned int i = 0; i < b->nneq; i++)
			add_neq(&c, b->neq[i]);
	}
	*out = c;
	return true;
}

struct cons cons_join(const struct cons *a, const struct cons *b)
{
	struct cons c = { .mask = a->mask | b->mask };

	if (a->has_eq && b->has_eq && a->eq == b->eq)
		return *a;
	for (unsigned int i = 0; i < a->nneq; i++)
		if (excludes(b, a->neq[i]))
			add_neq(&c, a->neq[i]);
	for (unsigned int i = 0; i < b->nneq; i++)
		if (excludes(a, b->neq[i]))
			add_neq(&c, b->neq[i]);
	return c;
}

bool cons_same(const struct cons *a, const struct cons *b)
{
	return a->mask == b->mask && a->has_eq == b->has_eq && a->nneq == b->nneq &&
	       (!a->has_eq || a->eq == b->eq) &&
	       !memcmp(a->neq, b->neq, a->nneq * sizeof(a->neq[0]));
}

bool cons_implies(const struct cons *a, const struct cons *b)
{
	if (a->mask & ~b->mask)
		return false;
	if (b->has_eq && !(a->has_eq && a->eq == b->eq))
		return false;
	for (unsigned int i = 0; i < b->nneq; i++)
		if (!excludes(a, b->neq[i]))
			return false;
	return true;
}

bool cons_is_any(const struct cons *c)
{
	return c->mask == C_ANY && !c->has_eq && !c->nneq;
}

int cons_truth(const struct cons *c)
{
	if (!(c->mask & C_ZERO))
		return 1;
	return c->mask == C_ZERO ? 0 : -1;
}
