// SPDX-License-Identifier: MIT
/* What `returns:` says of the result. */
#include "rules/rules_internal.h"

#include <string.h>

static const struct {
	const char *name;
	enum rule_ret_kind kind;
} predicates[] = {
	{ "is_err", RET_IS_ERR }, { "is_err_or_null", RET_IS_ERR_OR_NULL },
	{ "err_or_zero", RET_ERR_OR_ZERO }, { "err_ptr", RET_ERR_PTR },
	{ "last", RET_LAST }, { "not_last", RET_NOT_LAST },
	{ "test", RET_TEST }, { "test_not", RET_TEST_NOT },
};

static bool take_predicate(struct cursor *c, enum rule_ret_kind *kind)
{
	for (size_t i = 0; i < sizeof(predicates) / sizeof(predicates[0]); i++) {
		size_t n = strlen(predicates[i].name);

		if (!strncmp(c->p, predicates[i].name, n) && c->p[n] == '(') {
			c->p += n + 1;
			*kind = predicates[i].kind;
			return true;
		}
	}
	return false;
}

/* Part names have '-' within, so they are no C identifiers. */
static bool parse_part(struct cursor *c, uint32_t *parts)
{
	enum ctx_part part;
	const char *start;
	char *name;

	skip_blanks(c);
	start = c->p;
	c->p += strspn(c->p, "abcdefghijklmnopqrstuvwxyz-");
	if (c->p == start)
		return cursor_fail(c, "expected a part of the context");
	name = arena_strndup(c->load->rules->arena, start, (size_t)(c->p - start));
	part = part_need(c->load, c->node, name, (size_t)(start - c->node->text));
	if (part == CTX_NPARTS)
		return false;
	*parts |= 1u << part;
	skip_blanks(c);
	return true;
}

static bool parse_parts(struct cursor *c, uint32_t *parts)
{
	do {
		if (!parse_part(c, parts))
			return false;
	} while (cursor_take(c, ","));
	return true;
}

static bool parse_result(struct cursor *c, struct rule_expr *e)
{
	const char *start;

	skip_blanks(c);
	start = c->p;
	if (!expr_parse(c, e))
		return false;
	if (e->root != ROOT_RET)
		return true;
	c->p = start;
	return cursor_fail(c, "the result cannot be told by itself");
}

bool node_ret(struct load *l, const struct node *n, uint32_t max_args,
	      struct rule_ret *out)
{
	struct cursor c;
	const char *text;
	bool ok;

	if (!node_text(l, n, "'returns'", &text))
		return false;
	if (!strcmp(text, "nonnull")) {
		out->kind = RET_NONNULL;
		return true;
	}
	if (!strcmp(text, "not_null")) {
		out->kind = RET_NOT_NULL;
		return true;
	}
	if (!strcmp(text, "stable")) {
		out->kind = RET_STABLE;
		return true;
	}
	cursor_init(&c, l, n, "result", max_args);
	skip_blanks(&c);
	if (!take_predicate(&c, &out->kind)) {
		out->kind = RET_EXPR;
		return parse_result(&c, &out->expr) && cursor_end(&c);
	}
	if (out->kind == RET_TEST || out->kind == RET_TEST_NOT)
		ok = parse_parts(&c, &out->parts);
	else
		ok = parse_result(&c, &out->expr);
	if (!ok)
		return false;
	skip_blanks(&c);
	if (!cursor_take(&c, ")"))
		return cursor_fail(&c, "expected ')'");
	return cursor_end(&c);
}
