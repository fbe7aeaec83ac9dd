/* SPDX-License-Identifier: MIT */
/* The text of source files, each read once and cut into lines. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "base/parallel.h"
#include "report/source.h"

struct source_cache {
	struct path_map *paths;
	struct strmap *index;	/* by path */
	struct source_file **v;	/* NULL: cannot be read */
	size_t n, cap;
};

/* Reads to the end rather than to st_size (@hint): a pipe or /proc file has none. */
static char *read_stream(FILE *f, size_t hint, size_t *size)
{
	size_t n = 0, cap = hint + 1;
	char *text = xmalloc(cap + 1);

	while ((n += fread(text + n, 1, cap - n, f)) == cap) {
		cap = cap * 2 + 16384;
		text = xrealloc(text, cap + 1);
	}
	text[n] = '\0';
	*size = n;
	return text;
}

char *read_whole_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "re");
	struct stat st = { 0 };
	char *text;

	if (!f)
		return NULL;
	if (!fstat(fileno(f), &st) && S_ISDIR(st.st_mode)) {
		fclose(f);
		errno = EISDIR;
		return NULL;
	}
	text = read_stream(f, (size_t)st.st_size, size);
	if (ferror(f)) {
		int saved = errno;

		free(text);
		text = NULL;
		errno = saved;
	}
	fclose(f);
	return text;
}

struct source_cache *source_cache_new(struct path_map *paths)
{
	struct source_cache *c = xcalloc(1, sizeof(*c));

	c->paths = paths;
	c->index = strmap_new();
	return c;
}

void source_cache_free(struct source_cache *c)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->v[i]) {
			free((char *)c->v[i]->text);
			free((size_t *)c->v[i]->starts);
		}
		free(c->v[i]);
	}
	free(c->v);
	strmap_free(c->index);
	free(c);
}

static void cut_lines(struct source_file *f)
{
	size_t *starts = NULL;
	size_t n = 0, cap = 0, pos = 0;

	while (pos < f->size) {
		const char *end = memchr(f->text + pos, '\n', f->size - pos);

		vec_push(starts, n, cap) = pos;
		pos = end ? (size_t)(end - f->text) + 1 : f->size;
	}
	f->nlines = (uint32_t)n;
	vec_push(starts, n, cap) = f->size;
	f->starts = starts;
}

static struct source_file *read_source(const char *path)
{
	size_t size;
	char *text = read_whole_file(path, &size);
	struct source_file *f;

	if (!text)
		return NULL;
	f = xcalloc(1, sizeof(*f));
	f->text = text;
	f->size = size;
	cut_lines(f);
	return f;
}

const struct source_file *source_cache_get(struct source_cache *c, const char *name)
{
	const struct path_info *info = path_map_find(c->paths, name);
	uint32_t i = strmap_get(c->index, info->path);

	if (i != UINT32_MAX)
		return c->v[i];
	strmap_set(c->index, info->path, (uint32_t)c->n);
	return vec_push(c->v, c->n, c->cap) = *name ? read_source(info->disk) : NULL;
}

struct reading {
	const char **paths;
	struct source_file **files;
};

static void read_one(void *data, size_t i)
{
	struct reading *r = data;

	r->files[i] = read_source(r->paths[i]);
}

void source_cache_fill(struct source_cache *c, const char *const *names, size_t n)
{
	struct reading r = { xcalloc(n + 1, sizeof(*r.paths)), xcalloc(n + 1, sizeof(*r.files)) };
	size_t first = c->n, wanted = 0;

	for (size_t i = 0; i < n; i++) {
		const struct path_info *info = path_map_find(c->paths, names[i]);

		if (!*names[i] || strmap_get(c->index, info->path) != UINT32_MAX)
			continue;
		strmap_set(c->index, info->path, (uint32_t)(first + wanted));
		r.paths[wanted++] = info->disk;
	}
	in_parallel(wanted, 0, read_one, &r);
	for (size_t i = 0; i < wanted; i++)
		vec_push(c->v, c->n, c->cap) = r.files[i];
	free(r.paths);
	free(r.files);
}

const char *source_line(const struct source_file *f, uint32_t line, size_t *len)
{
	size_t start, end;

	if (!line || line > f->nlines)
		return NULL;
	start = f->starts[line - 1];
	end = f->starts[line];
	while (end > start && (f->text[end - 1] == '\n' || f->text[end - 1] == '\r'))
		end--;
	*len = end - start;
	return f->text + start;
}
