/* SPDX-License-Identifier: MIT */
/* The text of source files, each read once and cut into lines. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "report/source.h"

struct source_cache {
	struct path_map *paths;
	struct strmap *index;	/* by path */
	struct source_file **v;	/* NULL: cannot be read */
	size_t n, cap;
};

/* Reads to the end rather than by st_size: a pipe or /proc file has none. */
static char *read_stream(FILE *f, size_t *size)
{
	char *text = xmalloc(1);
	size_t n = 0, cap = 0;

	do {
		cap = cap ? cap * 2 : 16384;
		text = xrealloc(text, cap + 1);
		n += fread(text + n, 1, cap - n, f);
	} while (n == cap);
	text[n] = '\0';
	*size = n;
	return text;
}

char *read_whole_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	char *text;

	if (!f)
		return NULL;
	if (!fstat(fileno(f), &st) && S_ISDIR(st.st_mode)) {
		fclose(f);
		errno = EISDIR;
		return NULL;
	}
	text = read_stream(f, size);
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
