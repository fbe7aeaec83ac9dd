// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "progress.h"

#include <stdio.h>
#include <unistd.h>
#include "analyse.h"

#define REDRAW 0.1	/* seconds */
#define LINE_EVERY 30.0

void progress_begin(struct progress *p, size_t total, enum progress_style style)
{
	bool terminal = isatty(STDERR_FILENO);
	double now = now_seconds();

	*p = (struct progress){
		.style = style,
		.terminal = terminal,
		.shown = total != 1 && style != PROGRESS_NONE &&
			 (terminal || style == PROGRESS_LINES),
		.total = total,
		.start = now,
		.last = terminal ? 0 : now,
	};
}

static void print_rest(const struct progress *p, double rate)
{
	long left = (long)((double)(p->total - p->done) / rate + 0.5);

	fprintf(stderr, ", %.1f/s, %ld:%02ld left", rate, left / 60, left % 60);
}

void progress_draw(struct progress *p)
{
	double now = now_seconds(), spent = now - p->start, rate;

	if (!p->shown || now - p->last < (p->terminal ? REDRAW : LINE_EVERY))
		return;
	p->last = now;
	rate = spent > 0 ? (double)p->done / spent : 0;
	fprintf(stderr, "%sklint: %zu", p->terminal ? "\r\033[K" : "", p->done);
	if (p->total)
		fprintf(stderr, "/%zu", p->total);
	fputs(" files", stderr);
	if (p->total && p->done && rate > 0)
		print_rest(p, rate);
	if (p->style == PROGRESS_TERMINAL)
		fprintf(stderr, ", %zu finding%s", p->findings, p->findings == 1 ? "" : "s");
	if (!p->terminal)
		putc('\n', stderr);
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->shown && p->terminal && p->last > 0)
		fputs("\r\033[K", stderr);
	fflush(stderr);
}
