// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "lower.h"

#include <stdio.h>
#include <unistd.h>
#include "base/base.h"
#include "pool.h"
#include "spawn.h"
#include "tmpdir.h"

static void open_kept(struct modules *to, const struct job *job, const struct outcome *o)
{
	char err[512] = "";
	struct kir_module *m = NULL;

	if (o->status == OUTCOME_DONE)
		m = kir_open(job->keep, err, sizeof(err));
	if (m) {
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
	struct outcome *outcomes;

	plan_targets(&plan, s, targets, args);
	to->failed += plan.trouble;
	for (size_t i = 0; i < plan.n; i++)
		plan.v[i].keep = xasprintf("%s/keep-%zu.kirb", s->analysis.tmp, i);
	outcomes = xcalloc(plan.n, sizeof(*outcomes));
	run_jobs(plan.v, plan.n, cpus > 0 ? (size_t)cpus : 1, &s->analysis, outcomes);
	for (size_t i = 0; i < plan.n; i++) {
		open_kept(to, &plan.v[i], &outcomes[i]);
		outcome_free(&outcomes[i]);
	}
	free(outcomes);
	/* What is mapped stays mapped. */
	tmpdir_remove_all();
	spawn_default_signals();
}
