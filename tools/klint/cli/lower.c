// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "lower.h"

#include <stdio.h>
#include <unistd.h>
#include "base/base.h"
#include "base/parallel.h"
#include "common.h"
#include "pool.h"
#include "spawn.h"

struct opening {
	const struct job *job;
	const struct outcome *outcome;	/* NULL: it was KIR already, and is opened where it is */
	struct kir_module *m;
	char err[300];
};

static void open_one(void *data, size_t i)
{
	struct opening *o = &((struct opening *)data)[i];

	if (!o->outcome)
		o->m = kir_open(o->job->path, o->err, sizeof(o->err));
	else if (o->outcome->status == OUTCOME_DONE)
		o->m = kir_open(o->job->keep, o->err, sizeof(o->err));
}

static void keep(struct modules *to, const struct opening *o)
{
	if (o->m) {
		if (!to->n)
			to->dir = o->job->dir;
		vec_push(to->v, to->n, to->cap) = o->m;
		return;
	}
	to->failed++;
	outcome_complain(o->job, "", *o->err ? o->err : o->outcome->message);
}

void lower_targets(struct modules *to, struct session *s,
		   const struct string_list *targets, char *const *args)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct plan plan = { 0 };
	struct outcome *outcomes, *next;
	struct opening *opening;
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
	opening = xcalloc(plan.n + 1, sizeof(*opening));
	for (size_t i = 0; i < plan.n; i++) {
		opening[i].job = &plan.v[i];
		opening[i].outcome = plan.v[i].kind == JOB_BINARY ? NULL : next++;
	}
	in_parallel(plan.n, 0, open_one, opening);
	for (size_t i = 0; i < plan.n; i++)
		keep(to, &opening[i]);
	for (size_t i = 0; i < n; i++)
		outcome_free(&outcomes[i]);
	free(opening);
	free(outcomes);
	free(jobs);
}
