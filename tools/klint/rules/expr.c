// SPDX-License-Identifier: MIT
/*
 * EXPR: ["&"] {"*"} root {"->" field | "." field}.
 *
 * Steps are kept from left to right: "->f" is a dereference and a field, "." a
 * field alone, and each prefix "*" a dereference behind all of them, since in C
 * a postfix binds tighter.
 */
#include "rules/rules_internal.h"

#include <ctype.h>
#include <string.h>

#define MAX_STEPS 32

struct steps {
	struct rule_step v[MAX_STEPS];
	uint32_t n;
};

static bool add_step(struct cursor *c, struct steps *s, const char *field)
{
	if (s->n == MAX_STEPS)
		return cursor_fail(c, "too long; the object is too far from its root");
	s->v[s->n++].field = field;
	return true;
}

static bool parse_arg(struct cursor *c, struct rule_expr *e)
{
	const char *start = c->p++;
	uint32_t n = 0;

	while (isdigit((unsigned char)*c->p) && n < 1000)
		n = n * 10 + (uint32_t)(*c->p++ - '0');
	if (!n) {
		c->p = start;
		return cursor_fail(c, "expected $1, $2, …; arguments are counted from 1");
	}
	if (n > c->max_args || n >= 1000) {
		problem_at(c->load, c->node, (size_t)(start - c->node->text),
			   "bad %s: $%u is beyond the last argument; correct it, or 'args'",
			   c->what, n);
		return false;
	}
	e->root = ROOT_ARG;
	e->arg = n;
	return true;
}

static bool parse_root(struct cursor *c, struct rule_expr *e)
{
	const char *name;

	if (*c->p == '$')
		return parse_arg(c, e);
	if (at_integer(c)) {
		e->root = ROOT_INT;
		return cursor_integer(c, &e->imm);
	}
	name = cursor_name(c);
	if (!name)
		return cursor_fail(c, "expected $N, ret, a name or a number");
	e->root = strcmp(name, "ret") ? ROOT_GLOBAL : ROOT_RET;
	e->name = e->root == ROOT_GLOBAL ? name : NULL;
	return true;
}

static bool parse_fields(struct cursor *c, struct steps *s)
{
	for (;;) {
		const char *field;

		if (cursor_take(c, "->")) {
			if (!add_step(c, s, NULL))
				return false;
		} else if (!cursor_take(c, ".")) {
			return true;
		}
		field = cursor_name(c);
		if (!field)
			return cursor_fail(c, "expected the name of a field");
		if (!add_step(c, s, field))
			return false;
	}
}

bool expr_parse(struct cursor *c, struct rule_expr *e)
{
	struct arena *arena = c->load->rules->arena;
	struct steps s = { .n = 0 };
	const char *start = c->p;
	uint32_t stars = 0;

	*e = (struct rule_expr){ .addr = cursor_take(c, "&") };
	while (cursor_take(c, "*"))
		stars++;
	if (*c->p == '&')
		return cursor_fail(c, "'&' stands once, and first");
	if (!parse_root(c, e))
		return false;
	if (e->root == ROOT_INT && (stars || e->addr)) {
		c->p = start;
		return cursor_fail(c, "a number has no '*' and no '&'");
	}
	if (e->root != ROOT_INT && !parse_fields(c, &s))
		return false;
	while (stars--)
		if (!add_step(c, &s, NULL))
			return false;
	if (s.n) {
		struct rule_step *steps = arena_alloc(arena, s.n * sizeof(*steps));

		memcpy(steps, s.v, s.n * sizeof(*steps));
		e->steps = steps;
		e->nsteps = s.n;
	}
	e->text = arena_strndup(arena, start, (size_t)(c->p - start));
	return true;
}

bool node_expr(struct load *l, const struct node *n, uint32_t max_args,
	       struct rule_expr *out)
{
	struct cursor c;
	const char *text;

	if (!node_text(l, n, "an expression", &text))
		return false;
	cursor_init(&c, l, n, "expression", max_args);
	skip_blanks(&c);
	return expr_parse(&c, out) && cursor_end(&c);
}
