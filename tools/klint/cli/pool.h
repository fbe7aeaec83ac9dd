/* SPDX-License-Identifier: MIT */
#ifndef KLINT_POOL_H
#define KLINT_POOL_H

#include "analyse.h"
#include "progress.h"

/*
 * Analyse all @n jobs, @nworkers at a time.  outcomes[i] is of jobs[i], so that
 * what follows does not depend on who was first.  The jobs are given common headers
 * (common.h) first.
 */
void run_jobs(struct job *jobs, size_t n, size_t nworkers,
	      const struct analysis *a, struct outcome *outcomes);

/* How long runs differ from that. */
struct run_how {
	enum progress_style progress;
	/* Called as each job ends, in the order in which they do; or NULL. */
	void (*ended)(void *to, size_t job, const struct outcome *o);
	void *to;
};
void run_jobs_how(struct job *jobs, size_t n, size_t nworkers, const struct analysis *a,
		  struct outcome *outcomes, const struct run_how *how);

#endif
