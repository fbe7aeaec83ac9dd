// SPDX-License-Identifier: MIT
/* From recorded commands to facts, as far as those that are there do not hold, and from
 * the facts of all units to one report. */
#define _GNU_SOURCE
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/base.h"
#include "gathered.h"
#include "kernel_files.h"
#include "pool.h"
#include "record.h"
#include "result.h"
#include "targets.h"
#include "journal.h"

struct lowering {
	const struct kernel *k;
	struct session *s;
	struct plan plan;
	uint64_t *keys;		/* of plan.v[] */
	struct facts *facts;	/* of plan.v[]; m is NULL: there are none yet */
	struct journal *units;
	struct job *jobs;	/* those that are lowered now */
	size_t *unit_of, n;	/* jobs[] to plan.v[] */
	const char *scratch[3];	/* where clang reads what klint has made of the sources */
	size_t failed, raced;
};

static bool is_wanted(const struct kernel *k, const char *output)
{
	for (size_t i = 0; i < k->dirs.n; i++)
		if (!strncmp(output, k->dirs.v[i], strlen(k->dirs.v[i])))
			return true;
	/* Probes of kbuild are no code of the kernel's. */
	return !k->dirs.n && strncmp(output, "scripts/", 8);
}

static bool plan_units(struct lowering *l)
{
	const struct kernel *k = l->k;
	struct db db;

	if (!kernel_commands(k, &db))
		return false;
	for (size_t i = 0; i < db.n; i++) {
		const char *object = kernel_object(&db.v[i]);
		struct db one = { .v = &db.v[i], .n = 1 };
		size_t before = l->plan.n;

		if (!is_wanted(k, object))
			continue;
		plan_commands(&l->plan, l->s, &one, k->clean ? NULL : k->source,
			      k->clean ? NULL : k->tree);
		if (l->plan.n > before)
			l->plan.v[before].object = object;
	}
	l->failed = l->plan.trouble;
	if (l->plan.n || l->failed)
		return true;
	fprintf(stderr, "klint kernel: kbuild compiles nothing %s with this configuration; what it said is in %s/klint/log/record\n",
		k->dirs.n ? "there" : "at all", k->build);
	return false;
}

/* What the facts of every unit depend on besides the unit. */
static uint64_t hash_of_front_end(const struct lowering *l, const struct frontend *fe)
{
	struct stat clang = { 0 };
	uint64_t parts[6];

	stat(fe->clang, &clang);
	parts[0] = (uint64_t)clang.st_size;
	parts[1] = (uint64_t)clang.st_mtim.tv_sec;
	parts[2] = (uint64_t)clang.st_mtim.tv_nsec;
	parts[3] = hash_file(fe->plugin);
	parts[4] = hash_file(l->s->analysis.names);
	parts[5] = hash_bytes(KLINT_VERSION, strlen(KLINT_VERSION));
	return hash_bytes(parts, sizeof(parts));
}

static uint64_t key_of(const struct job *job, uint64_t front_end)
{
	uint64_t key = front_end ^ hash_bytes(job->dir, strlen(job->dir));

	for (size_t i = 0; i < job->args.n; i++) {
		uint64_t both[2] = { key, hash_bytes(job->args.v[i], strlen(job->args.v[i])) };

		key = hash_bytes(both, sizeof(both));
	}
	return key;
}

static void compute_keys(struct lowering *l)
{
	const struct frontend *last = NULL;
	uint64_t front_end = 0;

	l->keys = xcalloc(l->plan.n + 1, sizeof(*l->keys));
	for (size_t i = 0; i < l->plan.n; i++) {
		const struct job *job = &l->plan.v[i];

		if (!last || strcmp(last->clang, job->fe.clang) ||
		    strcmp(last->plugin, job->fe.plugin)) {
			last = &job->fe;
			front_end = hash_of_front_end(l, last);
		}
		l->keys[i] = key_of(job, front_end);
	}
}

static bool open_facts(struct lowering *l, size_t i, bool tell)
{
	char *path = xasprintf("%s/%s.klint", l->k->build, l->plan.v[i].object), err[512];
	bool fine = facts_open(&l->facts[i], path, err, sizeof(err));

	if (!fine && tell)
		fprintf(stderr, "klint: %s\n", err);
	free(path);
	return fine;
}

/* The units whose facts do not hold, as jobs. */
static void choose_jobs(struct lowering *l)
{
	l->jobs = xcalloc(l->plan.n + 1, sizeof(*l->jobs));
	l->unit_of = xcalloc(l->plan.n + 1, sizeof(*l->unit_of));
	l->facts = xcalloc(l->plan.n + 1, sizeof(*l->facts));
	for (size_t i = 0; i < l->plan.n; i++) {
		struct job *job = &l->jobs[l->n];

		if (journal_hold(l->units, l->plan.v[i].object, l->keys[i]) &&
		    open_facts(l, i, false))
			continue;
		*job = l->plan.v[i];
		job->facts = xasprintf("%s.klint", job->object);
		job->facts_only = true;
		string_list_add(&job->args, "-MD");
		string_list_add(&job->args, "-MF");
		string_list_add(&job->args, xasprintf("%s/%zu.d", l->s->analysis.tmp, l->n));
		l->unit_of[l->n++] = i;
	}
}

static const char *depfile_of(const struct job *job)
{
	return job->args.v[job->args.n - 1];
}

/* Facts of what could not be read are facts of something else. */
static void unit_ended(void *to, size_t at, const struct outcome *o)
{
	struct lowering *l = to;
	const struct job *job = &l->jobs[at];

	if (o->status != OUTCOME_DONE)
		unlink(job->facts);
	else if (!journal_add(l->units, job->object, l->keys[l->unit_of[at]], depfile_of(job),
			    l->scratch))
		l->raced++;
	unlink(depfile_of(job));
}

static void tell_of_outcomes(struct lowering *l, struct outcome *outcomes)
{
	for (size_t i = 0; i < l->n; i++) {
		if (outcomes[i].status != OUTCOME_DONE) {
			l->failed++;
			outcome_complain(&l->jobs[i], "not analysed: ", outcomes[i].message);
		} else if (!open_facts(l, l->unit_of[i], true)) {
			l->failed++;
		}
		outcome_free(&outcomes[i]);
	}
	if (l->raced)
		kernel_say(l->k, "%zu files were changed while they were read; the next run reads them again",
			   l->raced);
}

static bool lower(struct lowering *l)
{
	const struct run_how how = {
		.progress = l->k->quiet ? PROGRESS_NONE : PROGRESS_LINES,
		.ended = unit_ended, .to = l,
	};
	int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct outcome *outcomes = xcalloc(l->n + 1, sizeof(*outcomes));
	bool fine = journal_begin(l->units);

	/* Facts hold the directory of their build, and the kernel's release that is there. */
	if (fine && (here < 0 || chdir(l->k->build))) {
		fprintf(stderr, "klint kernel: %s: %s\n", l->k->build, strerror(errno));
		fine = false;
	}
	if (fine) {
		run_jobs_how(l->jobs, l->n, l->k->jobs, &l->s->analysis, outcomes, &how);
		fine = !fchdir(here);
		tell_of_outcomes(l, outcomes);
	}
	if (here >= 0)
		close(here);
	free(outcomes);
	return fine;
}

static bool lower_changed(struct lowering *l, struct kernel_state *st)
{
	char *journal = kernel_file(l->k, "units");
	bool fine;

	if (!strcmp(st->doing, "facts"))
		kernel_forget_pieces(l->k);
	st->doing = "facts";
	l->scratch[0] = l->s->analysis.tmp;
	l->scratch[1] = cache_file("common");
	compute_keys(l);
	l->units = journal_read(journal, l->k->build);
	choose_jobs(l);
	kernel_say(l->k, "%zu files: %zu to read, %zu as they were", l->plan.n, l->n,
		   l->plan.n - l->n);
	fine = !l->n || (kernel_state_write(st, l->k) && lower(l));
	fine = journal_end(l->units) && fine;
	st->doing = "";
	if (l->n)
		fine = kernel_state_write(st, l->k) && fine;
	free(journal);
	return fine;
}

int kernel_link(const struct kernel *k, struct kernel_state *st, struct session *s,
		struct result *r)
{
	struct lowering l = { .k = k, .s = s };
	struct gathered all = { 0 };
	int status;

	if (!plan_units(&l) || !lower_changed(&l, st)) {
		outfile_abandon(&r->out);
		return EXIT_TROUBLE;
	}
	r->failed = l.failed;
	for (size_t i = 0; i < l.plan.n; i++)
		if (l.facts[i].m)
			vec_push(all.v, all.n, all.cap) = l.facts[i];
	all.modules = xcalloc(all.n + 1, sizeof(*all.modules));
	for (size_t i = 0; i < all.n; i++)
		all.modules[i] = all.v[i].m;
	if (l.failed)
		fprintf(stderr, "klint: %zu of %zu files could not be analysed\n", l.failed,
			l.plan.n);
	s->analysis.check.jobs = (unsigned int)k->jobs;
	checks_program(all.modules, all.n, s->rules, &s->analysis.check, &r->findings);
	gathered_name(&all, r);
	status = result_report(r);
	gathered_free(&all);
	return status;
}
