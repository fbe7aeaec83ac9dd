// SPDX-License-Identifier: MIT
/* The name that was probably meant: the least edit distance, if it is small. */
#include "options.h"

#include <string.h>
#include "base/base.h"

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Insertions, deletions and replacements that turn @a into @b. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t n = strlen(b);
	size_t *row = xcalloc(n + 1, sizeof(*row));
	size_t result;

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			size_t above = row[j + 1];

			row[j + 1] = min3(above + 1, row[j] + 1, diagonal + (a[i] != b[j]));
			diagonal = above;
		}
	}
	result = row[n];
	free(row);
	return result;
}

const char *nearest_name(const char *word, const char *const *names, size_t n)
{
	size_t best = strlen(word) / 3 + 2;
	const char *name = NULL;

	if (strlen(word) > 64)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t d = edit_distance(word, names[i]);

		if (d < best && d < strlen(names[i])) {
			best = d;
			name = names[i];
		}
	}
	return name;
}
