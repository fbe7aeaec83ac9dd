/* SPDX-License-Identifier: MIT */
/* What the parts of the verifier share, private to this folder. */
#ifndef KLINT_KIR_VERIFY_H
#define KLINT_KIR_VERIFY_H

#include "image.h"

struct kir_check {
	const struct kir_module *m;
	const char *name;
	char *err;
	size_t errlen;
	struct kir_reach *reach;	/* per value, filled in order */
	const char *what;		/* the row that is being looked at */
	uint32_t nr;
	uint64_t total;			/* of the counts of the ranges seen */
};

/* Each writes what is wrong and returns false, or returns true. */
bool kir_bad(const struct kir_check *c, const char *why, uint64_t got);
bool kir_bad_ref(const struct kir_check *c, const char *to, uint32_t id, uint32_t n);
bool kir_range(struct kir_check *c, const char *to, uint32_t first, uint32_t count, uint32_t n);

/* Whether @id is an index into a table of @n. */
static inline bool kir_ref(const struct kir_check *c, const char *to, uint32_t id, uint32_t n)
{
	return id < n || kir_bad_ref(c, to, id, n);
}

/* Every row of every table on its own (verify_row.c); fills `reach`. */
bool kir_rows_ok(struct kir_check *c);

#endif
