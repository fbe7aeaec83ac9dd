// SPDX-License-Identifier: MIT
/*
 * Compilers name a file relative to the directory that they were run in, and
 * kbuild runs them elsewhere.  A report is about one place: where klint was run.
 * Files below it are named relative to it, others by their full names.
 */
#define _GNU_SOURCE
#include "analyse.h"

#include <string.h>
#include "base/base.h"

/* Remove "." and "name/.." where that is safe to do by name. */
static void simplify(char *path)
{
	char *to = path, *from = path;

	while (*from) {
		size_t len = strcspn(from, "/");

		if (len == 1 && *from == '.' && from[1] == '/') {
			from += 2;
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

static const char *path_for_people(struct arena *arena, const char *path,
				   const struct job *job, const char *cwd)
{
	size_t from = job->from ? strlen(job->from) : 0, here = strlen(cwd);
	char *full;

	if (!*path || *path == '<')
		return path;
	if (from && !strncmp(path, job->from, from) && (path[from] == '/' || !path[from]))
		full = arena_printf(arena, "%s%s", job->to, path + from);
	else if (*path != '/' && job->dir)
		full = arena_printf(arena, "%s/%s", job->dir, path);
	else
		full = arena_strdup(arena, path);
	simplify(full);
	if (!strncmp(full, cwd, here) && full[here] == '/')
		return full + here + 1;
	return full;
}

void paths_for_people(struct finding_list *l, const struct job *job, const char *cwd)
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
}
