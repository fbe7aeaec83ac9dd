// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "lower.h"

#include <stdio.h>
#include <unistd.h>
#include "base/base.h"
#include "common.h"
#include "pool.h"
#include "spawn.h"

/* What is KIR already is opened where it is. */
static void open_kept(struct modules *to, const struct job *job, const struct outcome *o)
{
	char err[512] = "";
	struct kir_module *m = NULL;

	if (o->status == OUTCOME_DONE)
		m = kir_open(job->kind == JOB_BINARY ? job->path : job->keep, err, sizeof(err));
	if (m) {
		if (!to->n)
			to->dir = job->dir;
		vec_push(to->v, to->n, to->cap) = m;
		return;
	}
	to->failed++;
	outcome_complain(job, "", o->status == OUTCOME_DONE ? err : o->message);
}

void lower_targets(struct modules *to, struct session *s,
		   const struct string_list *targets, char *const *args)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct plan plan = { 0 };
	struct outcome *outcomes, *next;
	struct job *jobs;
	size_t n = 0;

	plan_targets(&plan, s, targets, args);
	to->failed += plan.trouble;
	jobs = xcalloc(plan.n + 1, sizeof(*jobs));
	for (size_t i = 0; i < plan.n; i++) {
		plan.v[i].keep = xasprintf("%s/keep-%zu.kirb", s->analysis.tmp, i);
		if (plan.v[i].kind != JOB_BINARY)
			jobs[n++] = plan.v[i];
	}
	next = outcomes = xcalloc(n + 1, sizeof(*outcomes));
	run_jobs(jobs, n, cpus > 0 ? (size_t)cpus : 1, &s->analysis, outcomes);
	if (s->opt->summary || s->opt->gaps)
		common_tell(jobs, outcomes, n, s->opt->gaps);
	for (size_t i = 0; i < plan.n; i++) {
		static const struct outcome none = { .status = OUTCOME_DONE };

		if (plan.v[i].kind == JOB_BINARY) {
			open_kept(to, &plan.v[i], &none);
			continue;
		}
		open_kept(to, &plan.v[i], next);
		outcome_free(next++);
	}
	free(outcomes);
	free(jobs);
}
