/* SPDX-License-Identifier: MIT */
/*
 * What a file name from the compiler means.  A fingerprint must be the same
 * wherever and from wherever klint runs, so names are made relative to the
 * source root, lexically; symbolic links are followed only when that fails.
 * A relative name is taken from the current directory if such a file exists
 * there, and from the root otherwise (kbuild names files from the tree's top).
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "report/source.h"

struct path_map {
	struct arena *arena;
	struct strmap *index;
	const char *cwd, *root, *real_root;
	const struct path_info **v;
	size_t n, cap;
};

/* Drop empty and "." parts, and let ".." take back the part before it. */
static char *normalise(struct arena *a, const char *path)
{
	char *out = arena_alloc(a, strlen(path) + 2);
	bool absolute = *path == '/';
	size_t n = 0, keep = 0;	/* before `keep` there is nothing to take back */

	if (absolute)
		out[n++] = '/', keep = 1;
	while (*path) {
		size_t len = strcspn(path, "/");
		bool up = len == 2 && !memcmp(path, "..", 2);

		if (up && n > keep) {
			while (n > keep && out[n - 1] != '/')
				n--;
			n -= n > keep;
		} else if (len && !(len == 1 && *path == '.') && !(up && absolute)) {
			if (n && out[n - 1] != '/')
				out[n++] = '/';
			memcpy(out + n, path, len);
			n += len;
			if (up)
				keep = n;
		}
		path += len;
		path += *path == '/';
	}
	if (!n)
		out[n++] = '.';
	out[n] = '\0';
	return out;
}

static const char *join(struct arena *a, const char *dir, const char *name)
{
	return arena_printf(a, "%s/%s", dir, name);
}

/* Symbolic links resolved, or NULL. */
static const char *resolve(struct arena *a, const char *path)
{
	char *real = realpath(path, NULL);
	const char *copy = real ? arena_strdup(a, real) : NULL;

	free(real);
	return copy;
}

struct path_map *path_map_new(const char *root)
{
	struct path_map *m = xcalloc(1, sizeof(*m));
	char *cwd = getcwd(NULL, 0);

	m->arena = arena_new();
	m->index = strmap_new();
	m->cwd = arena_strdup(m->arena, cwd ? cwd : "/");
	free(cwd);
	if (root) {
		const char *full = *root == '/' ? root : join(m->arena, m->cwd, root);

		m->root = normalise(m->arena, full);
		m->real_root = resolve(m->arena, m->root);
	}
	return m;
}

void path_map_free(struct path_map *m)
{
	if (!m)
		return;
	strmap_free(m->index);
	arena_free(m->arena);
	free(m->v);
	free(m);
}

const char *path_map_root(const struct path_map *m)
{
	return m->root;
}

/* The part of @path below @dir, or NULL. */
static const char *below(const char *path, const char *dir)
{
	size_t n = dir ? strlen(dir) : 0;

	if (!n || strncmp(path, dir, n))
		return NULL;
	if (dir[n - 1] == '/')
		return path + n;
	return path[n] == '/' ? path + n + 1 : NULL;
}

static const char *find_on_disk(struct path_map *m, const char *name)
{
	const char *in_root;

	if (*name == '/' || !m->root || !access(name, F_OK))
		return name;
	in_root = join(m->arena, m->root, name);
	return access(in_root, F_OK) ? name : in_root;
}

static const char *absolute_name(struct path_map *m, const struct path_info *info)
{
	const char *base = m->cwd;

	if (*info->disk == '/')
		return normalise(m->arena, info->disk);
	if (access(info->disk, F_OK))
		base = m->root;
	return normalise(m->arena, join(m->arena, base, info->disk));
}

static void place_in_root(struct path_map *m, struct path_info *info)
{
	const char *full = absolute_name(m, info);
	const char *part = below(full, m->root);

	if (!part) {
		const char *real = resolve(m->arena, info->disk);

		part = real ? below(real, m->real_root) : NULL;
	}
	info->inside = part != NULL;
	info->path = part ? part : full;
}

const struct path_info *path_map_find(struct path_map *m, const char *name)
{
	uint32_t i = strmap_get(m->index, name);
	struct path_info *info;

	if (i != UINT32_MAX)
		return m->v[i];
	info = arena_alloc(m->arena, sizeof(*info));
	name = arena_strdup(m->arena, name);
	info->disk = find_on_disk(m, name);
	if (!*name)
		info->path = "";
	else if (m->root)
		place_in_root(m, info);
	else
		info->path = normalise(m->arena, name);
	strmap_set(m->index, name, (uint32_t)m->n);
	vec_push(m->v, m->n, m->cap) = info;
	return info;
}
