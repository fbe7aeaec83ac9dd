// SPDX-License-Identifier: MIT
/*
 * Reading the little languages of the vocabulary (EXPR, COND, returns) from
 * left to right.  The first mistake is reported with a mark below it.
 */
#include "rules/rules_internal.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

void cursor_init(struct cursor *c, struct load *l, const struct node *n,
		 const char *what, uint32_t max_args)
{
	*c = (struct cursor){
		.load = l, .node = n, .what = what, .p = n->text, .max_args = max_args,
	};
}

bool cursor_fail(struct cursor *c, const char *expected)
{
	problem_at(c->load, c->node, (size_t)(c->p - c->node->text), "bad %s: %s",
		   c->what, expected);
	return false;
}

void skip_blanks(struct cursor *c)
{
	while (*c->p == ' ' || *c->p == '\t' || *c->p == '\n')
		c->p++;
}

bool cursor_take(struct cursor *c, const char *token)
{
	size_t n = strlen(token);

	if (strncmp(c->p, token, n))
		return false;
	c->p += n;
	return true;
}

bool cursor_end(struct cursor *c)
{
	skip_blanks(c);
	return !*c->p || cursor_fail(c, "unexpected text behind it; remove it");
}

static bool name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

const char *cursor_name(struct cursor *c)
{
	const char *start = c->p;

	if (!name_char(*start) || isdigit((unsigned char)*start))
		return NULL;
	while (name_char(*c->p))
		c->p++;
	return arena_strndup(c->load->rules->arena, start, (size_t)(c->p - start));
}

bool at_integer(const struct cursor *c)
{
	return isdigit((unsigned char)c->p[*c->p == '-']);
}

/* Decimal or 0x…, in the range of int64_t; a hexadecimal one may also fill all
 * 64 bits, as a mask does. */
bool cursor_integer(struct cursor *c, int64_t *out)
{
	bool negative = *c->p == '-';
	const char *digits = c->p + negative;
	bool hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
	unsigned long long value;
	char *end;

	if (hex && !isxdigit((unsigned char)digits[2]))
		return cursor_fail(c, "a hexadecimal number without digits");
	if (!hex && digits[0] == '0' && isdigit((unsigned char)digits[1]))
		return cursor_fail(c, "no octal numbers; write it decimal or with 0x");
	errno = 0;
	value = strtoull(digits, &end, hex ? 16 : 10);
	if (errno || (value > INT64_MAX && (negative || !hex)))
		return cursor_fail(c, "a number that does not fit 64 bits");
	if (name_char(*end))
		return cursor_fail(c, "a number with letters behind it; "
				      "write it without a suffix");
	c->p = end;
	*out = negative ? -(int64_t)value : (int64_t)value;
	return true;
}
