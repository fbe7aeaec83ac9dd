// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "pool.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include "base/base.h"
#include "common.h"
#include "spawn.h"

struct slot {
	struct worker worker;
	size_t job;
	bool busy;
};

struct pool {
	const struct job *jobs;
	size_t n, next, running, nslots;
	const struct analysis *a;
	struct outcome *outcomes;
	struct slot *slots;
	struct progress progress;
	const struct run_how *how;
};

static void finish(struct pool *p, size_t job)
{
	p->progress.done++;
	p->progress.findings += p->outcomes[job].findings.n;
	if (p->how->ended)
		p->how->ended(p->how->to, job, &p->outcomes[job]);
}

static void start_next(struct pool *p, struct slot *slot)
{
	size_t job = p->next++;

	if (worker_start(&slot->worker, &p->jobs[job], p->a)) {
		slot->job = job;
		slot->busy = true;
		p->running++;
		return;
	}
	p->outcomes[job].status = OUTCOME_CRASHED;
	p->outcomes[job].message = xasprintf("no process: %s", strerror(errno));
	finding_list_init(&p->outcomes[job].findings);
	finish(p, job);
}

static void fill(struct pool *p)
{
	for (size_t i = 0; i < p->nslots; i++)
		while (!p->slots[i].busy && p->next < p->n)
			start_next(p, &p->slots[i]);
}

static void collect(struct pool *p)
{
	for (size_t i = 0; i < p->nslots; i++) {
		struct slot *slot = &p->slots[i];

		if (!slot->busy ||
		    !worker_collect(&slot->worker, p->a, &p->outcomes[slot->job]))
			continue;
		slot->busy = false;
		p->running--;
		finish(p, slot->job);
	}
}

/* Sleep until a worker ends, a deadline is reached or the line is to be drawn. */
static void sleep_until_news(struct pool *p)
{
	struct pollfd *fds = xcalloc(p->nslots, sizeof(*fds));
	double wait = 0.25, now = now_seconds();
	nfds_t n = 0;

	for (size_t i = 0; i < p->nslots; i++) {
		const struct worker *w = &p->slots[i].worker;

		if (!p->slots[i].busy)
			continue;
		if (w->deadline - now < wait)
			wait = w->deadline - now;
		if (w->pidfd >= 0)
			fds[n++] = (struct pollfd){ .fd = w->pidfd, .events = POLLIN };
		else if (wait > 0.02)
			wait = 0.02;
	}
	poll(fds, n, wait > 0 ? (int)(wait * 1000) + 1 : 0);
	free(fds);
	spawn_die_if_interrupted();
}

void run_jobs(struct job *jobs, size_t n, size_t nworkers,
	      const struct analysis *a, struct outcome *outcomes)
{
	static const struct run_how how = { .progress = PROGRESS_TERMINAL };

	run_jobs_how(jobs, n, nworkers, a, outcomes, &how);
}

void run_jobs_how(struct job *jobs, size_t n, size_t nworkers, const struct analysis *a,
		  struct outcome *outcomes, const struct run_how *how)
{
	struct pool p = {
		.jobs = jobs, .n = n, .a = a, .outcomes = outcomes, .how = how,
		.nslots = nworkers < n ? nworkers : n,
	};

	common_assign(jobs, n, a);
	p.slots = xcalloc(p.nslots, sizeof(*p.slots));
	progress_begin(&p.progress, n, how->progress);
	for (fill(&p); p.running; fill(&p)) {
		progress_draw(&p.progress);
		sleep_until_news(&p);
		collect(&p);
	}
	progress_end(&p.progress);
	free(p.slots);
}
