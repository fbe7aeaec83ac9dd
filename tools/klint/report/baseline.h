/* SPDX-License-Identifier: MIT */
/* The baseline in memory and the marks of its file format. */
#ifndef KLINT_REPORT_BASELINE_H
#define KLINT_REPORT_BASELINE_H

#include "report/report.h"

#define BASELINE_HEADER "klint-baseline"
#define BASELINE_VERSION 1

struct baseline {
	struct baseline_entry *v;
	size_t n, cap;
	struct arena *arena;
};

/* The order of the file: by file, lint, function, message, fingerprint. */
int compare_baseline_entries(const void *a, const void *b);

/* Which entries the run could have found again: those of files and lints that
 * ran, outside of functions that could not be analysed. */
struct baseline_sight {
	const struct report *r;
	struct strmap *paths, *gaps;
};
void baseline_sight_init(struct baseline_sight *s, const struct report *r);
void baseline_sight_free(struct baseline_sight *s);
bool baseline_sees(const struct baseline_sight *s, const struct baseline_entry *e);

#endif
