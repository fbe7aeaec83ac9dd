// SPDX-License-Identifier: MIT
/*
 * How a mistake in a rules file is told: where, what is wrong, what to do.
 * Text that comes from the file is shown with its control bytes masked, since
 * it goes to a terminal.
 */
#define _GNU_SOURCE
#include "rules/rules_internal.h"

#include <string.h>

#define MAX_PROBLEMS 20
#define MAX_SHOWN 160	/* bytes of a text that is shown with a mark */
#define MAX_WORD 64	/* longer words get no suggestion */

/* Count one more problem; false when it is beyond those that are told. */
static bool count_problem(struct load *l)
{
	if (l->nproblems == MAX_PROBLEMS)
		fputs("error: too many errors; the rest is not shown\n", l->err);
	return l->nproblems++ < MAX_PROBLEMS;
}

static void put_masked(FILE *f, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		putc(c < 0x20 || c == 0x7f ? '?' : c, f);
	}
}

static void __attribute__((format(printf, 3, 0)))
put_problem(struct load *l, uint32_t line, const char *fmt, va_list ap)
{
	char *s;

	if (vasprintf(&s, fmt, ap) < 0)
		abort();
	fprintf(l->err, "%s:%u: error: ", l->file, line);
	put_masked(l->err, s, strlen(s));
	putc('\n', l->err);
	free(s);
}

void problem(struct load *l, uint32_t line, const char *fmt, ...)
{
	va_list ap;

	if (!count_problem(l))
		return;
	va_start(ap, fmt);
	put_problem(l, line, fmt, ap);
	va_end(ap);
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;	/* of a UTF-8 sequence */
}

void problem_at(struct load *l, const struct node *n, size_t offset,
		const char *fmt, ...)
{
	size_t len = strlen(n->text);
	va_list ap;

	if (!count_problem(l))
		return;
	va_start(ap, fmt);
	put_problem(l, n->line, fmt, ap);
	va_end(ap);
	if (!len || len > MAX_SHOWN)
		return;
	fputs("    ", l->err);
	put_masked(l->err, n->text, len);
	fputs("\n    ", l->err);
	for (size_t i = 0; i < offset && i < len; i++)
		if (!is_continuation(n->text[i]))
			putc(' ', l->err);
	fputs("^\n", l->err);
}

/* Insertions, deletions and substitutions that make @b of @a. */
static size_t edit_distance(const char *a, size_t na, const char *b, size_t nb)
{
	size_t row[MAX_WORD + 1];

	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (best > row[j] + 1)
				best = row[j] + 1;
			if (best > row[j - 1] + 1)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[nb];
}

void nearest_try(struct nearest *near, const char *candidate)
{
	size_t na = strlen(near->wrong), nb = strlen(candidate), d;

	if (na > MAX_WORD || nb > MAX_WORD)
		return;
	d = edit_distance(near->wrong, na, candidate, nb);
	if (d > 1 + nb / 4)
		return;
	if (!near->best || d < near->distance) {
		near->best = candidate;
		near->distance = d;
	}
}
