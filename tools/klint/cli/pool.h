/* SPDX-License-Identifier: MIT */
#ifndef KLINT_POOL_H
#define KLINT_POOL_H

#include "analyse.h"

/*
 * Analyse all @n jobs, @nworkers at a time.  outcomes[i] is of jobs[i], so that
 * what follows does not depend on who was first.  The jobs are given common headers
 * (common.h) first.
 */
void run_jobs(struct job *jobs, size_t n, size_t nworkers,
	      const struct analysis *a, struct outcome *outcomes);

#endif
