/* SPDX-License-Identifier: MIT */
/* One line on a terminal that tells how far a long run is. */
#ifndef KLINT_PROGRESS_H
#define KLINT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct progress {
	bool shown;		/* stderr is a terminal */
	size_t total, done, findings;
	double start, last;
};

void progress_begin(struct progress *p, size_t total);
/* Draw again, at most ten times a second. */
void progress_draw(struct progress *p);
/* Take the line away. */
void progress_end(struct progress *p);

#endif
