// SPDX-License-Identifier: MIT
/*
 * Who shares headers with whom.  A group is the units whose key is the same.  One
 * that is large enough to pay for it gets headers of its own; the units of a small
 * one use what is there for its key, or else the headers of the largest group that
 * differs from it by nothing but macros that these units define besides.
 */
#define _GNU_SOURCE
#include "common.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/base.h"

/* Making headers costs as much as reading a few units plainly. */
#define WORTH_IT 8

struct group {
	struct common_key key;
	const struct job **jobs;
	size_t n, cap;
	char *common;
};

struct groups {
	struct group *v;
	size_t n, cap;
	uint32_t *of;	/* group of each job, UINT32_MAX when it has none */
};

/* There are few groups compared with units; neighbours are mostly of one. */
static uint32_t group_of(struct groups *g, const struct job *job, uint32_t hint)
{
	struct common_key key;

	common_key_of(&key, job);
	if (hint < g->n && g->v[hint].key.all == key.all) {
		common_key_free(&key);
		return hint;
	}
	for (size_t i = 0; i < g->n; i++)
		if (g->v[i].key.all == key.all) {
			common_key_free(&key);
			return (uint32_t)i;
		}
	vec_push(g->v, g->n, g->cap) = (struct group){ .key = key };
	return (uint32_t)g->n - 1;
}

static void make_groups(struct groups *g, struct job *jobs, size_t n)
{
	uint32_t hint = UINT32_MAX;

	g->of = xcalloc(n, sizeof(*g->of));
	for (size_t i = 0; i < n; i++) {
		g->of[i] = UINT32_MAX;
		if (jobs[i].kind != JOB_SOURCE || jobs[i].bare)
			continue;
		hint = g->of[i] = group_of(g, &jobs[i], hint);
		vec_push(g->v[hint].jobs, g->v[hint].n, g->v[hint].cap) = &jobs[i];
	}
}

static void find_for_group(struct group *g, const struct analysis *a)
{
	struct string_list names = { 0 };

	if (g->n >= WORTH_IT) {
		common_headers_of(&names, g->jobs, g->n);
		g->common = common_get(&g->key, g->jobs[0], a, &names);
	} else {
		g->common = common_get(&g->key, g->jobs[0], a, NULL);
	}
}

static const char *borrow(const struct groups *g, const struct group *for_whom)
{
	const struct group *best = NULL;

	for (size_t i = 0; i < g->n; i++)
		if (g->v[i].common && (!best || g->v[i].n > best->n) &&
		    common_key_covers(&for_whom->key, &g->v[i].key))
			best = &g->v[i];
	return best ? best->common : NULL;
}

void common_assign(struct job *jobs, size_t n, const struct analysis *a)
{
	struct groups g = { 0 };

	if (a->no_common)
		return;
	make_groups(&g, jobs, n);
	for (size_t i = 0; i < g.n; i++)
		find_for_group(&g.v[i], a);
	for (size_t i = 0; i < n; i++)
		if (g.of[i] != UINT32_MAX) {
			const struct group *own = &g.v[g.of[i]];

			jobs[i].common = own->common ? own->common : borrow(&g, own);
		}
	for (size_t i = 0; i < g.n; i++) {
		common_key_free(&g.v[i].key);
		free(g.v[i].jobs);
	}
	free(g.v);
	free(g.of);
}

void common_tell(const struct job *jobs, const struct outcome *outcomes, size_t n, bool each)
{
	size_t had = 0, plain = 0;

	for (size_t i = 0; i < n; i++) {
		had += jobs[i].common != NULL;
		plain += outcomes[i].plain != NULL;
		if (each && outcomes[i].plain)
			fprintf(stderr, "klint: %s: read plainly: %s\n", jobs[i].name,
				outcomes[i].plain);
	}
	if (had)
		fprintf(stderr, "klint: %zu of %zu files began with precompiled headers; %zu of them were read again plainly\n",
			had, n, plain);
}

/* The units that have asked so far, a name a line; short lines are appended whole. */
static size_t remember(const char *home, const struct job *job, struct string_list *names)
{
	const char *source = common_source(job);
	char *path = xasprintf("%s/asked", home), *line = NULL;
	char *mine = xasprintf("%s\n", source ? source : "");
	int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	FILE *in = fd >= 0 && write(fd, mine, strlen(mine)) > 0 ? fopen(path, "re") : NULL;
	size_t cap = 0;

	while (in && getline(&line, &cap, in) > 0) {
		line[strcspn(line, "\n")] = '\0';
		string_list_add(names, xstrdup(line));
	}
	if (in)
		fclose(in);
	if (fd >= 0)
		close(fd);
	free(line);
	free(mine);
	free(path);
	return names->n;
}

/* The one that finds itself the last of enough makes the headers; should it fail,
 * the one that doubles their number tries again. */
static bool is_turn(size_t n)
{
	return n >= WORTH_IT && !(n & (n - 1));
}

static void forget_asked(const char *home)
{
	char *path = xasprintf("%s/asked", home);

	unlink(path);
	free(path);
}

/* A job like @job for another source. */
static struct job job_for(const struct job *job, const char *source)
{
	struct job other = { .kind = JOB_SOURCE, .name = source, .dir = job->dir };

	string_list_add(&other.args, source);
	return other;
}

void common_assign_one(struct job *job, const struct analysis *a)
{
	struct string_list names = { 0 }, wanted = { 0 };
	struct common_key key;
	char *home;

	if (a->no_common || job->kind != JOB_SOURCE || job->bare)
		return;
	common_key_of(&key, job);
	job->common = common_get(&key, job, a, NULL);
	home = job->common ? NULL : common_home(&key, job, a);
	if (home && is_turn(remember(home, job, &names))) {
		struct job *others = xcalloc(names.n, sizeof(*others));
		const struct job **list = xcalloc(names.n, sizeof(*list));

		for (size_t i = 0; i < names.n; i++) {
			others[i] = job_for(job, names.v[i]);
			list[i] = &others[i];
		}
		common_headers_of(&wanted, list, names.n);
		job->common = common_get(&key, job, a, &wanted);
		if (job->common)
			forget_asked(home);
		free(list);
		free(others);
	}
	free(home);
	common_key_free(&key);
}
