// SPDX-License-Identifier: MIT
/*
 * Compilers name a file relative to the directory that they were run in, and
 * kbuild runs them elsewhere.  A report is about one place: where klint was run.
 * Files below it are named relative to it, others by their full names.
 */
#define _GNU_SOURCE
#include "analyse.h"

#include <string.h>
#include <sys/stat.h>
#include "base/base.h"

/* Remove "." and, with @up, "name/.." by name alone. */
static void simplify(char *path, bool up)
{
	char *to = path, *from = path;

	while (*from) {
		size_t len = strcspn(from, "/");

		if (len == 1 && *from == '.' && from[1] == '/') {
			from += 2;
			continue;
		}
		/* Behind "/" or "a/": nothing is above the root. */
		if (up && len == 2 && !strncmp(from, "..", 2) && to > path) {
			from += from[2] ? 3 : 2;
			if (to - path > 1)
				to--;
			while (to > path && to[-1] != '/')
				to--;
			continue;
		}
		memmove(to, from, len);
		to += len;
		from += len;
		if (*from)
			*to++ = *from++;
		while (*from == '/')
			from++;
	}
	*to = '\0';
}

/* "name/.." is not "." when name is a symbolic link elsewhere. */
static bool same_file(const char *a, const char *b)
{
	struct stat sa, sb;

	return !stat(a, &sa) && !stat(b, &sb) && sa.st_ino == sb.st_ino &&
	       sa.st_dev == sb.st_dev;
}

const char *name_for_people(struct arena *arena, const char *path, const char *cwd)
{
	char *full = arena_strdup(arena, path), *shorter;
	size_t here = strlen(cwd);

	simplify(full, false);
	if (*full == '/' && strstr(full, "/../")) {
		shorter = arena_strdup(arena, full);
		simplify(shorter, true);
		if (same_file(full, shorter))
			full = shorter;
	}
	if (here && !strncmp(full, cwd, here) && full[here] == '/')
		return full + here + 1;
	return full;
}

static const char *path_for_people(struct arena *arena, const char *path,
				   const struct job *job, const char *cwd)
{
	size_t from = job->from ? strlen(job->from) : 0;

	if (!*path || *path == '<')
		return path;
	if (from && !strncmp(path, job->from, from) && (path[from] == '/' || !path[from]))
		path = arena_printf(arena, "%s%s", job->to, path + from);
	else if (*path != '/' && job->dir)
		path = arena_printf(arena, "%s/%s", job->dir, path);
	return name_for_people(arena, path, cwd);
}

const char *paths_for_people(struct finding_list *l, const char *source,
			     const struct job *job, const char *cwd)
{
	for (size_t i = 0; i < l->n; i++) {
		struct klint_finding *f = &l->v[i];

		f->at.file = path_for_people(l->arena, f->at.file, job, cwd);
		for (size_t j = 0; j < f->nsteps; j++) {
			/* The list owns its steps; they are const to readers only. */
			struct klint_step *step = (struct klint_step *)&f->steps[j];

			step->at.file = path_for_people(l->arena, step->at.file, job, cwd);
		}
	}
	for (size_t i = 0; i < l->ngaps; i++)
		l->gaps[i].at.file = path_for_people(l->arena, l->gaps[i].at.file, job, cwd);
	return path_for_people(l->arena, source, job, cwd);
}
