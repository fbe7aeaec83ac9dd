// SPDX-License-Identifier: MIT
/*
 * Which headers units have in common: those that their sources, and the headers of
 * their own that these include by "", include by <>, as the text says it.  One that is
 * no use makes the header larger or is refused by clang and left out; nothing else
 * hangs on the choice.  Trace events are no use: some unit reads each of them in its
 * own way, which makes their code.
 */
#define _GNU_SOURCE
#include "common.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/base.h"

/* A header is worth its place if one unit in so many includes it, and at least
 * this many do. */
#define SHARE 33
#define FEWEST 3
#define MAX_NEIGHBOURS 2000	/* reading so many takes less time than one compile */

/* What is counted, and the files that were read: each once for a unit. */
struct header {
	const char *name;
	size_t units;
	size_t last;	/* unit that counted it */
};

struct headers {
	struct arena *arena;
	struct strmap *map;	/* name to index */
	struct header *v;
	size_t n, cap;
};

/* False: this unit has counted it. */
static bool count_header(struct headers *h, const char *name, size_t len, size_t unit)
{
	char *copy = arena_strndup(h->arena, name, len);
	uint32_t at = strmap_get(h->map, copy);

	if (at == UINT32_MAX) {
		at = (uint32_t)h->n;
		vec_push(h->v, h->n, h->cap) = (struct header){ copy, 0, SIZE_MAX };
		strmap_set(h->map, copy, at);
	}
	if (h->v[at].last == unit)
		return false;
	h->v[at].units++;
	h->v[at].last = unit;
	return true;
}

/* The name in "# include <name>" or "# include "name"", or NULL. */
static const char *included(const char *line, const char *end, size_t *len, bool *own)
{
	const char *close;

	while (line < end && isblank((unsigned char)*line))
		line++;
	if (line == end || *line++ != '#')
		return NULL;
	while (line < end && isblank((unsigned char)*line))
		line++;
	if (end - line < 7 || strncmp(line, "include", 7))
		return NULL;
	for (line += 7; line < end && isblank((unsigned char)*line); line++)
		;
	if (line == end || (*line != '<' && *line != '"'))
		return NULL;
	*own = *line++ == '"';
	close = memchr(line, *own ? '"' : '>', (size_t)(end - line));
	*len = close ? (size_t)(close - line) : 0;
	return *len ? line : NULL;
}

char *job_path(const struct job *job, const char *path)
{
	return path[0] == '/' || !job->dir ? xstrdup(path) : xasprintf("%s/%s", job->dir, path);
}

const char *common_source(const struct job *job)
{
	for (size_t i = 0; i < job->args.n; i++) {
		const char *arg = job->args.v[i];
		size_t n = strlen(arg);

		if (option_takes_next(arg))
			i++;
		else if (arg[0] != '-' && n > 2 && !strcmp(arg + n - 2, ".c"))
			return arg;
	}
	return NULL;
}

struct unit {
	struct headers *counted, *read;
	const struct job *job;
	size_t number;
};

static void count_file(const struct unit *u, const char *path);

/* "name", included by the file @from: beside it, or where the unit looks besides the
 * kernel's directories. */
static void count_own(const struct unit *u, const char *from, const char *name, int len)
{
	const struct string_list *args = &u->job->args;
	const char *slash = strrchr(from, '/');
	char *path = xasprintf("%.*s%.*s", slash ? (int)(slash + 1 - from) : 0, from, len, name);
	bool behind = false;

	for (size_t i = 0; access(path, R_OK) && i < args->n; i++) {
		behind |= !strcmp(args->v[i], "-include");
		if (behind && !strncmp(args->v[i], "-I", 2)) {
			char *dir = job_path(u->job, args->v[i] + 2);

			free(path);
			path = xasprintf("%s/%.*s", dir, len, name);
			free(dir);
		}
	}
	if (count_header(u->read, path, strlen(path), u->number))
		count_file(u, path);
	free(path);
}

static void count_file(const struct unit *u, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text;

	if (fd < 0)
		return;
	text = read_all(fd);
	close(fd);
	for (const char *line = text; *line;) {
		const char *end = strchrnul(line, '\n');
		bool own = false;
		size_t len;
		const char *name = included(line, end, &len, &own);

		if (name && own)
			count_own(u, path, name, (int)len);
		else if (name && strncmp(name, "trace/", 6))
			count_header(u->counted, name, len, u->number);
		line = *end ? end + 1 : end;
	}
	free(text);
}

static void count_unit(const struct unit *u)
{
	const char *source = common_source(u->job);
	char *path = source ? job_path(u->job, source) : NULL;

	if (path)
		count_file(u, path);
	free(path);
}

static int by_units(const void *a, const void *b)
{
	const struct header *x = a, *y = b;

	if (x->units != y->units)
		return x->units < y->units ? 1 : -1;
	return strcmp(x->name, y->name);
}

void common_headers_of(struct string_list *to, const struct job *const *jobs, size_t n)
{
	struct headers h = { .arena = arena_new(), .map = strmap_new() };
	struct headers read = { .arena = h.arena, .map = strmap_new() };

	for (size_t i = 0; i < n; i++)
		count_unit(&(struct unit){ &h, &read, jobs[i], i });
	if (h.n)
		qsort(h.v, h.n, sizeof(*h.v), by_units);
	for (size_t i = 0; i < h.n; i++)
		if (h.v[i].units >= FEWEST && h.v[i].units * SHARE >= n &&
		    !string_list_has(to, h.v[i].name))
			string_list_add(to, xstrdup(h.v[i].name));
	free(h.v);
	free(read.v);
	strmap_free(h.map);
	strmap_free(read.map);
	arena_free(h.arena);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Where the sources are, each directory once. */
static void directories_of(struct string_list *to, const struct string_list *sources)
{
	for (size_t i = 0; i < sources->n; i++) {
		const char *slash = strrchr(sources->v[i], '/');
		char *dir = slash ? xasprintf("%.*s", (int)(slash - sources->v[i]), sources->v[i]) :
				    xstrdup(".");

		if (string_list_has(to, dir))
			free(dir);
		else
			string_list_add(to, dir);
	}
}

void common_neighbours(struct string_list *to, const struct job *job,
		       const struct string_list *sources)
{
	struct string_list dirs = { 0 };

	directories_of(&dirs, sources);
	for (size_t i = 0; i < dirs.n; i++) {
		char *path = job_path(job, dirs.v[i]);
		DIR *d = opendir(path);
		struct dirent *entry;
		size_t first = to->n;

		while (d && to->n < MAX_NEIGHBOURS && (entry = readdir(d))) {
			size_t len = strlen(entry->d_name);

			if (len > 2 && !strcmp(entry->d_name + len - 2, ".c"))
				string_list_add(to, xasprintf("%s/%s", dirs.v[i], entry->d_name));
		}
		if (d)
			closedir(d);
		free(path);
		if (to->n > first)
			qsort(to->v + first, to->n - first, sizeof(*to->v), by_name);
	}
}
