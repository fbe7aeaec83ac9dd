/* SPDX-License-Identifier: MIT */
/* The klint: allow(...) comments of a C file. */
#ifndef KLINT_REPORT_COMMENTS_H
#define KLINT_REPORT_COMMENTS_H

#include "base/base.h"
#include "report/source.h"

struct allow {
	uint32_t line, col;	/* of the word "klint:" */
	uint32_t covers[2];	/* lines whose findings it allows; 0: none */
	size_t nlints;
	const char *const *lints;
	const char *reason;	/* "" when there is none */
	const char *problem;	/* why it cannot be read, or NULL */
};

struct allow_list {
	struct allow *v;
	size_t n, cap;
};

/* Append the comments of @f; strings go to @a, the vector is the caller's to
 * free. */
void find_allows(const struct source_file *f, struct arena *a, struct allow_list *out);

#endif
