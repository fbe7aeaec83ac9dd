/* SPDX-License-Identifier: MIT */
/* What tells how far a long run is: one line on a terminal that is drawn again and
 * again; elsewhere nothing, or a line from time to time. */
#ifndef KLINT_PROGRESS_H
#define KLINT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

enum progress_style {
	PROGRESS_TERMINAL,	/* only on a terminal */
	PROGRESS_LINES,		/* elsewhere a line every half a minute */
	PROGRESS_NONE
};

struct progress {
	enum progress_style style;
	bool shown;		/* stderr is a terminal, or lines are wanted */
	bool terminal;
	size_t total, done, findings;
	double start, last;
};

/* @total 0: it is not known. */
void progress_begin(struct progress *p, size_t total, enum progress_style style);
/* Draw again, at most ten times a second. */
void progress_draw(struct progress *p);
/* Take the line away. */
void progress_end(struct progress *p);

#endif
