// SPDX-License-Identifier: MIT
/*
 * COND: terms joined by "&&"; a term is [!] LHS, [!] (LHS & CONST), or either
 * compared with a constant.  Where C's own precedence would surprise a reader,
 * brackets are asked for.
 */
#include "rules/rules_internal.h"

#include <string.h>

#define MAX_TERMS 16

static const struct {
	const char *text;
	enum rule_cmp cmp;
} comparisons[] = {
	/* The longer one first. */
	{ "==", CMP_EQ }, { "!=", CMP_NE }, { "<=", CMP_LE }, { ">=", CMP_GE },
	{ "<", CMP_LT }, { ">", CMP_GT },
};

static bool take_comparison(struct cursor *c, enum rule_cmp *out)
{
	for (size_t i = 0; i < sizeof(comparisons) / sizeof(comparisons[0]); i++) {
		if (cursor_take(c, comparisons[i].text)) {
			*out = comparisons[i].cmp;
			return true;
		}
	}
	return false;
}

/* "&", but not the "&&" that joins terms. */
static bool take_mask(struct cursor *c)
{
	if (c->p[0] != '&' || c->p[1] == '&')
		return false;
	c->p++;
	return true;
}

static bool parse_const(struct cursor *c, struct rule_const *out)
{
	const char *start, *name;

	skip_blanks(c);
	if (at_integer(c))
		return cursor_integer(c, &out->imm);
	start = c->p;
	name = cursor_name(c);
	if (!name)
		return cursor_fail(c, "expected a number or the name of a constant");
	if (!strcmp(name, "NULL") || !strcmp(name, "false") || !strcmp(name, "true")) {
		c->p = start;
		return cursor_fail(c, "write 0 for NULL and false, 1 for true");
	}
	out->name = name;
	return true;
}

static bool parse_lhs(struct cursor *c, struct rule_expr *e)
{
	const char *start;

	skip_blanks(c);
	start = c->p;
	if (!expr_parse(c, e))
		return false;
	if (!e->addr && (e->root == ROOT_ARG || e->root == ROOT_RET))
		return true;
	c->p = start;
	return cursor_fail(c, "a condition speaks of $N or ret, and not of an address");
}

/* Behind "(": LHS & CONST ) */
static bool parse_masked(struct cursor *c, struct rule_term *t)
{
	if (!parse_lhs(c, &t->lhs))
		return false;
	skip_blanks(c);
	if (!take_mask(c))
		return cursor_fail(c, "expected '& CONSTANT'; "
				      "brackets stand around a mask only");
	t->masked = true;
	if (!parse_const(c, &t->mask))
		return false;
	skip_blanks(c);
	return cursor_take(c, ")") || cursor_fail(c, "expected ')'");
}

static bool parse_plain(struct cursor *c, struct rule_term *t)
{
	if (!parse_lhs(c, &t->lhs))
		return false;
	skip_blanks(c);
	if (!take_mask(c))
		return true;
	t->masked = true;
	return parse_const(c, &t->mask);
}

static bool parse_term(struct cursor *c, struct rule_term *t)
{
	bool negated, brackets;
	const char *op;

	skip_blanks(c);
	negated = cursor_take(c, "!");
	skip_blanks(c);
	brackets = cursor_take(c, "(");
	if (brackets ? !parse_masked(c, t) : !parse_plain(c, t))
		return false;
	if (negated && t->masked && !brackets)
		return cursor_fail(c, "write !( … & … )");
	t->cmp = negated ? CMP_EQ : CMP_NE;
	skip_blanks(c);
	op = c->p;
	if (!take_comparison(c, &t->cmp))
		return true;
	if (!negated && (!t->masked || brackets))
		return parse_const(c, &t->rhs);
	c->p = op;
	return cursor_fail(c, negated ? "no comparison behind '!'"
				      : "write ( … & … ) before a comparison");
}

static bool parse_terms(struct cursor *c, struct rule_term *terms, uint32_t *n)
{
	do {
		if (*n == MAX_TERMS)
			return cursor_fail(c, "too many terms");
		if (!parse_term(c, &terms[*n]))
			return false;
		++*n;
		skip_blanks(c);
	} while (cursor_take(c, "&&"));
	if (*c->p == '|')
		return cursor_fail(c, "there is no '||'; write a list with one effect "
				      "for each alternative");
	if (*c->p == '=')
		return cursor_fail(c, "'=' does not compare; write '=='");
	return cursor_end(c);
}

bool node_cond(struct load *l, const struct node *n, uint32_t max_args,
	       struct rule_cond *out)
{
	struct rule_term terms[MAX_TERMS] = { 0 }, *kept;
	struct cursor c;
	const char *text;
	uint32_t count = 0;

	if (!node_text(l, n, "a condition", &text))
		return false;
	cursor_init(&c, l, n, "condition", max_args);
	if (!parse_terms(&c, terms, &count))
		return false;
	kept = arena_alloc(l->rules->arena, count * sizeof(*kept));
	memcpy(kept, terms, count * sizeof(*kept));
	*out = (struct rule_cond){ .nterms = count, .terms = kept, .text = text };
	return true;
}

bool cond_on_result(const struct rule_cond *cond)
{
	for (uint32_t i = 0; i < cond->nterms; i++)
		if (cond->terms[i].lhs.root == ROOT_RET)
			return true;
	return false;
}
