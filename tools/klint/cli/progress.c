// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "progress.h"

#include <stdio.h>
#include <unistd.h>
#include "analyse.h"

void progress_begin(struct progress *p, size_t total)
{
	*p = (struct progress){
		.shown = isatty(STDERR_FILENO) && total > 1,
		.total = total,
		.start = now_seconds(),
	};
}

void progress_draw(struct progress *p)
{
	double now = now_seconds(), spent = now - p->start, rate;

	if (!p->shown || now - p->last < 0.1)
		return;
	p->last = now;
	rate = spent > 0 ? (double)p->done / spent : 0;
	fprintf(stderr, "\r\033[Kklint: %zu/%zu files", p->done, p->total);
	if (p->done && rate > 0) {
		long left = (long)((double)(p->total - p->done) / rate + 0.5);

		fprintf(stderr, ", %.1f/s, %ld:%02ld left", rate, left / 60, left % 60);
	}
	fprintf(stderr, ", %zu finding%s", p->findings, p->findings == 1 ? "" : "s");
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->shown && p->last > 0)
		fputs("\r\033[K", stderr);
	fflush(stderr);
}
