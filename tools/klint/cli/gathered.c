// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "gathered.h"

#include <errno.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/base.h"
#include "base/parallel.h"

/* nftw() passes nothing on. */
static struct string_list *found;

static bool is_facts(const char *path)
{
	size_t n = strlen(path), len = strlen(".klint");

	return n > len && !strcmp(path + n - len, ".klint");
}

static int visit(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	if (type == FTW_F && is_facts(path))
		string_list_add(found, xstrdup(path));
	return 0;
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

bool has_facts(const struct string_list *targets)
{
	if (!targets->n)
		return false;
	for (size_t i = 0; i < targets->n; i++) {
		struct string_list facts = { 0 };
		struct stat st;

		if (stat(targets->v[i], &st))
			return false;
		found = &facts;
		if (S_ISDIR(st.st_mode) ? nftw(targets->v[i], visit, 32, FTW_PHYS) || !facts.n :
		    !is_facts(targets->v[i]))
			return false;
	}
	return true;
}

/* The facts below each directory, and the files that are named. */
static bool find_facts(const struct string_list *targets, struct string_list *facts)
{
	bool fine = true;

	found = facts;
	for (size_t i = 0; i < targets->n; i++) {
		size_t before = facts->n;
		struct stat st;

		if (stat(targets->v[i], &st)) {
			fprintf(stderr, "klint: %s: %s\n", targets->v[i], strerror(errno));
			fine = false;
		} else if (!S_ISDIR(st.st_mode)) {
			string_list_add(facts, targets->v[i]);
		} else if (nftw(targets->v[i], visit, 32, FTW_PHYS) || facts->n == before) {
			fprintf(stderr, "klint: %s: there are no facts (*.o.klint) in it; build there with CC=\"klint cc …\" first\n",
				targets->v[i]);
			fine = false;
		}
	}
	if (facts->n)
		qsort(facts->v, facts->n, sizeof(*facts->v), by_name);
	return fine;
}

/* The object that the facts speak of has been removed since. */
static bool is_gone(const struct facts *f, const char *path)
{
	size_t len = strlen(path) - strlen(".klint");
	char *object = xstrdup(path);
	bool gone;

	object[len] = '\0';
	gone = *f->object && access(object, F_OK);
	free(object);
	return gone;
}

struct opened {
	const char *path;
	struct facts f;
	bool fine, gone;
	char err[300];
};

static void open_one(void *data, size_t i)
{
	struct opened *o = &((struct opened *)data)[i];

	o->fine = facts_open(&o->f, o->path, o->err, sizeof(o->err));
	o->gone = o->fine && is_gone(&o->f, o->path);
}

static void add_facts(struct gathered *g, const struct opened *o)
{
	const struct facts *first = g->n ? &g->v[0] : NULL;
	const char *path = o->path;
	struct facts f = o->f;

	if (!o->fine) {
		fprintf(stderr, "klint: %s\n", o->err);
		g->failed++;
		return;
	}
	if (o->gone) {
		facts_close(&f);
		return;
	}
	if (first && *first->kernel && *f.kernel && strcmp(first->kernel, f.kernel)) {
		fprintf(stderr, "klint: %s: facts of Linux %s, but %s and others are of %s: link one kernel at a time\n",
			path, f.kernel, kir_string(first->m, first->m->source), first->kernel);
		facts_close(&f);
		g->failed++;
		return;
	}
	vec_push(g->v, g->n, g->cap) = f;
}

const char *gathered_kernel(const struct gathered *g)
{
	return g->n && g->v && g->v[0].kernel ? g->v[0].kernel : "";
}

bool gather_facts(struct gathered *g, const struct string_list *targets)
{
	struct string_list paths = { 0 };
	bool fine = find_facts(targets, &paths);
	struct opened *opened = xcalloc(paths.n + 1, sizeof(*opened));
	size_t n = 0;

	memset(g, 0, sizeof(*g));
	for (size_t i = 0; i < paths.n && fine; i++)
		if (!i || strcmp(paths.v[i - 1], paths.v[i]))
			opened[n++].path = paths.v[i];
	in_parallel(n, 0, open_one, opened);
	for (size_t i = 0; i < n; i++)
		add_facts(g, &opened[i]);
	free(opened);
	if (fine && !g->n && !g->failed) {
		fprintf(stderr, "klint: there are facts, but the objects that they speak of are gone; build again\n");
		fine = false;
	}
	g->modules = xcalloc(g->n + 1, sizeof(*g->modules));
	for (size_t i = 0; i < g->n; i++)
		g->modules[i] = g->v[i].m;
	return fine && g->n;
}

void gathered_free(struct gathered *g)
{
	for (size_t i = 0; i < g->n; i++)
		facts_close(&g->v[i]);
	free(g->v);
	free(g->modules);
	memset(g, 0, sizeof(*g));
}

void gathered_name(const struct gathered *g, struct result *r)
{
	struct job job = { .dir = g->n && *g->v[0].dir ? g->v[0].dir : NULL };

	/* One build has one directory: relative names are those of all its units. */
	r->sources = xcalloc(g->n + 1, sizeof(*r->sources));
	for (size_t i = 0; i < g->n; i++) {
		struct finding_list none;

		finding_list_init(&none);
		r->sources[r->nsources++] = xstrdup(paths_for_people(&none,
				kir_string(g->v[i].m, g->v[i].m->source), &job, r->root));
		finding_list_free(&none);
	}
	paths_for_people(&r->findings, "", &job, r->root);
}
