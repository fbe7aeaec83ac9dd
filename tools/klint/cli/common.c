// SPDX-License-Identifier: MIT
/*
 * Who shares headers with whom.  A group is the units whose key is the same.  One
 * that is large enough to pay for it gets headers of its own: those that many of its
 * units include, and those that many units include which differ from it by nothing
 * but macros.  The units of a small group use what is there for its key, or else the
 * headers of the largest group that differs from it by nothing but macros that these
 * units define besides.
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
	bool family_known;
	struct string_list family;	/* headers of the units that differ by nothing but
					 * macros */
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

/* The headers of the family; it is asked once, for the first of its groups. */
static const struct string_list *family_of(struct groups *all, const struct group *g)
{
	struct group *first = all->v;
	const struct job **jobs = NULL;
	size_t n = 0, cap = 0;

	while (first->key.firm != g->key.firm)
		first++;
	if (first->family_known)
		return &first->family;
	for (const struct group *other = first; other < all->v + all->n; other++)
		for (size_t k = 0; other->key.firm == g->key.firm && k < other->n; k++)
			vec_push(jobs, n, cap) = other->jobs[k];
	common_headers_of(&first->family, jobs, n);
	first->family_known = true;
	free(jobs);
	return &first->family;
}

static void find_for_group(struct groups *all, struct group *g, const struct analysis *a)
{
	struct string_list names = { 0 };

	if (g->n >= WORTH_IT) {
		const struct string_list *family = family_of(all, g);

		for (size_t i = 0; i < family->n; i++)
			string_list_add(&names, family->v[i]);
		common_headers_of(&names, g->jobs, g->n);
		g->common = common_get(&g->key, g->jobs[0], a, &names);
	} else {
		g->common = common_get(&g->key, g->jobs[0], a, NULL);
	}
}

void common_assign(struct job *jobs, size_t n, const struct analysis *a)
{
	struct groups g = { 0 };

	if (a->no_common)
		return;
	make_groups(&g, jobs, n);
	/* The small ones may use what the large ones have made. */
	for (int large = 1; large >= 0; large--)
		for (size_t i = 0; i < g.n; i++)
			if ((g.v[i].n >= WORTH_IT) == large)
				find_for_group(&g, &g.v[i], a);
	for (size_t i = 0; i < n; i++)
		if (g.of[i] != UINT32_MAX)
			jobs[i].common = g.v[g.of[i]].common;
	for (size_t i = 0; i < g.n; i++) {
		common_key_free(&g.v[i].key);
		free(g.v[i].jobs);
		free(g.v[i].family.v);
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

/*
 * The units of a build that have asked so far: for each a line with the hash of its key
 * and its source, in one file for those that differ by nothing but macros.  Short lines
 * are appended whole, whoever else does so at the time.
 */
struct asked {
	struct string_list own, all;	/* the sources of this key, and all of them */
	size_t turn;	/* which of its key's units the job is, from 1; 0: it has asked before */
};

#define ASKED_MAX (1 << 18)	/* bytes: after so many nothing new is to be learnt */

static void sort_line(struct asked *asked, const struct common_key *key, char *line)
{
	unsigned long long of;
	int at = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%llx %n", &of, &at) == 1 && at && line[at]) {
		char *source = xstrdup(line + at);

		string_list_add(&asked->all, source);
		if (of == key->all)
			string_list_add(&asked->own, source);
	}
}

static void read_asked(struct asked *asked, const struct common_key *key, const char *path)
{
	FILE *in = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;

	memset(asked, 0, sizeof(*asked));
	while (in && getline(&line, &cap, in) > 0)
		sort_line(asked, key, line);
	if (in)
		fclose(in);
	free(line);
}

static void remember(struct asked *asked, const struct common_key *key, const struct job *job,
		     const struct analysis *a)
{
	char *home = common_home(key, job, a), *path = home ? xasprintf("%s/asked", home) : NULL;
	const char *source = common_source(job);
	struct stat st;

	memset(asked, 0, sizeof(*asked));
	if (path && source && (stat(path, &st) || st.st_size < ASKED_MAX)) {
		read_asked(asked, key, path);
		if (!string_list_has(&asked->own, source)) {
			char *line = xasprintf("%016llx %s\n", (unsigned long long)key->all, source);
			int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

			if (fd >= 0 && write(fd, line, strlen(line)) > 0) {
				read_asked(asked, key, path);
				if (string_list_has(&asked->own, source))
					asked->turn = string_list_find(&asked->own, source) + 1;
			}
			if (fd >= 0)
				close(fd);
			free(line);
		}
	}
	free(path);
	free(home);
}

/* The more units have asked, the more is known of what they include.  To look again
 * makes all headers anew: worth it when there are four times as many. */
static bool is_turn(size_t n)
{
	size_t at = WORTH_IT;

	while (at < n)
		at *= 4;
	return at == n;
}

/* The headers of the directories that the sources are in. */
static void add_headers(struct string_list *wanted, const struct job *job,
			const struct string_list *sources)
{
	struct string_list names = { 0 };
	const struct job **list;
	struct job *others;

	common_neighbours(&names, job, sources);
	others = xcalloc(names.n + 1, sizeof(*others));
	list = xcalloc(names.n + 1, sizeof(*list));
	for (size_t i = 0; i < names.n; i++) {
		others[i] = (struct job){ .kind = JOB_SOURCE, .name = names.v[i], .dir = job->dir };
		string_list_add(&others[i].args, names.v[i]);
		for (size_t k = 0; k < job->args.n; k++)	/* for their -I */
			string_list_add(&others[i].args, job->args.v[k]);
		list[i] = &others[i];
	}
	common_headers_of(wanted, list, names.n);
	free(list);
	free(others);
}

void common_assign_one(struct job *job, const struct analysis *a)
{
	struct string_list wanted = { 0 };
	struct common_key key;
	struct asked asked;

	if (a->no_common || job->kind != JOB_SOURCE || job->bare)
		return;
	common_key_of(&key, job);
	remember(&asked, &key, job, a);
	if (is_turn(asked.turn)) {
		add_headers(&wanted, job, &asked.all);
		add_headers(&wanted, job, &asked.own);
	}
	job->common = common_get(&key, job, a, wanted.n ? &wanted : NULL);
	common_key_free(&key);
}
