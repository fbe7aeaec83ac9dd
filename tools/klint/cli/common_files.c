// SPDX-License-Identifier: MIT
/*
 * common.files: the size and the time of change of every file that was read for
 * precompiled headers, and of what was made of them.  When one of them is another
 * now, the headers are made anew.
 */
#define _GNU_SOURCE
#include "common.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/base.h"
#include "depfile.h"

bool common_files_hold(const char *headers, const struct job *job)
{
	char *list = xasprintf("%s/common.files", headers), *line = NULL;
	FILE *in = fopen(list, "re");
	size_t cap = 0;
	bool fresh = in;

	while (fresh && getline(&line, &cap, in) > 0) {
		long long size, sec, nsec;
		struct stat st;
		int at = 0;
		char *path;

		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, "%lld %lld %lld %n", &size, &sec, &nsec, &at) < 3 || !at) {
			fresh = false;
			break;
		}
		path = job_path(job, line + at);
		fresh = !stat(path, &st) && st.st_size == size && st.st_mtim.tv_sec == sec &&
			st.st_mtim.tv_nsec == nsec;
		free(path);
	}
	if (in)
		fclose(in);
	free(line);
	free(list);
	return fresh;
}

static bool print_file(FILE *out, const char *path, const char *name)
{
	struct stat st;

	return !stat(path, &st) &&
	       fprintf(out, "%lld %lld %lld %s\n", (long long)st.st_size,
		       (long long)st.st_mtim.tv_sec, (long long)st.st_mtim.tv_nsec, name) > 0;
}

/* What was made counts as well: damaged headers are made anew. */
static bool print_results(FILE *out, const char *dir)
{
	static const char *const results[] = { "common.h", "common.pch", "common.table" };
	bool fine = true;

	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		char *path = xasprintf("%s/%s", dir, results[i]);

		fine = fine && print_file(out, path, path);
		free(path);
	}
	return fine;
}

static bool is_older(const char *path, const struct timespec *than)
{
	struct stat st;

	return !stat(path, &st) && (st.st_mtim.tv_sec < than->tv_sec ||
				    (st.st_mtim.tv_sec == than->tv_sec &&
				     st.st_mtim.tv_nsec < than->tv_nsec));
}

bool common_files_write(const char *dir, const struct job *job, const struct timespec *begin)
{
	char *deps = xasprintf("%s/common.d", dir), *files = xasprintf("%s/common.files", dir);
	char *part = xasprintf("%s.part", files);
	struct arena *arena = arena_new();
	struct string_list names = { 0 };
	FILE *out = fopen(part, "we");
	bool fine = out && depfile_read(&names, arena, deps) && names.n > 1;

	for (size_t i = 0; fine && i < names.n; i++) {
		char *path = job_path(job, names.v[i]);

		if (strncmp(path, dir, strlen(dir)))	/* common.h: print_results() */
			fine = is_older(path, begin) && print_file(out, path, names.v[i]);
		free(path);
	}
	fine = fine && print_results(out, dir);
	if (out && fclose(out))
		fine = false;
	fine = fine && !rename(part, files);
	unlink(deps);
	free(names.v);
	arena_free(arena);
	free(part);
	free(files);
	free(deps);
	return fine;
}
