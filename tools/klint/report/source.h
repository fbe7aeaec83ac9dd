/* SPDX-License-Identifier: MIT */
/*
 * Source files as the reports need them: what a name from the compiler means
 * (path_map), and the text behind it, read once (source_cache).
 */
#ifndef KLINT_REPORT_SOURCE_H
#define KLINT_REPORT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct path_info {
	const char *path;	/* normalised; relative to the root when inside it */
	const char *disk;	/* how to open it from the current directory */
	bool inside;
};

struct path_map;
/* @root may be NULL: then nothing is inside. */
struct path_map *path_map_new(const char *root);
void path_map_free(struct path_map *m);
/* Absolute path of the root without a slash at the end, or NULL. */
const char *path_map_root(const struct path_map *m);
/* Never NULL; lives as long as the map. */
const struct path_info *path_map_find(struct path_map *m, const char *name);

struct source_file {
	const char *text;	/* followed by a NUL */
	size_t size;
	uint32_t nlines;
	const size_t *starts;	/* offset of each line, and of the end */
};

struct source_cache;
struct source_cache *source_cache_new(struct path_map *paths);
void source_cache_free(struct source_cache *c);
/* NULL when it cannot be read. */
const struct source_file *source_cache_get(struct source_cache *c, const char *name);
/* Read those of @names that are not there yet, on all processors. */
void source_cache_fill(struct source_cache *c, const char *const *names, size_t n);
/* Line @line (from 1) without its end; NULL when there is no such line. */
const char *source_line(const struct source_file *f, uint32_t line, size_t *len);

/* A whole file, NUL-terminated, to be freed; NULL with errno when it cannot be
 * read. */
char *read_whole_file(const char *path, size_t *size);

#endif
