// SPDX-License-Identifier: MIT
/*
 * Which headers units have in common: those that their sources include by <>, as
 * the text says it.  One that is no use makes the header larger or is refused by
 * clang and left out; nothing else hangs on the choice.
 */
#define _GNU_SOURCE
#include "common.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/base.h"

/* A header is worth its place if one unit in so many includes it, and at least
 * this many do. */
#define SHARE 33
#define FEWEST 3

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

static void count_header(struct headers *h, const char *name, size_t len, size_t unit)
{
	char *copy = arena_strndup(h->arena, name, len);
	uint32_t at = strmap_get(h->map, copy);

	if (at == UINT32_MAX) {
		at = (uint32_t)h->n;
		vec_push(h->v, h->n, h->cap) = (struct header){ copy, 0, SIZE_MAX };
		strmap_set(h->map, copy, at);
	}
	if (h->v[at].last != unit)
		h->v[at].units++;
	h->v[at].last = unit;
}

/* The name in "# include <name>", or NULL. */
static const char *included(const char *line, const char *end, size_t *len)
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
	if (line == end || *line++ != '<')
		return NULL;
	close = memchr(line, '>', (size_t)(end - line));
	*len = close ? (size_t)(close - line) : 0;
	return *len ? line : NULL;
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

static void count_unit(struct headers *h, const struct job *job, size_t unit)
{
	const char *source = common_source(job);
	char *path, *text;
	int fd;

	if (!source)
		return;
	path = source[0] == '/' || !job->dir ? xstrdup(source) :
					       xasprintf("%s/%s", job->dir, source);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	free(path);
	if (fd < 0)
		return;
	text = read_all(fd);
	close(fd);
	for (const char *line = text; *line;) {
		const char *end = strchrnul(line, '\n');
		size_t len;
		const char *name = included(line, end, &len);

		if (name)
			count_header(h, name, len, unit);
		line = *end ? end + 1 : end;
	}
	free(text);
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

	for (size_t i = 0; i < n; i++)
		count_unit(&h, jobs[i], i);
	if (h.n)
		qsort(h.v, h.n, sizeof(*h.v), by_units);
	for (size_t i = 0; i < h.n; i++)
		if (h.v[i].units >= FEWEST && h.v[i].units * SHARE >= n)
			string_list_add(to, xstrdup(h.v[i].name));
	free(h.v);
	strmap_free(h.map);
	arena_free(h.arena);
}
