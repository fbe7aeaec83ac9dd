// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "tmpdir.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/base.h"

static char **dirs;
static size_t ndirs, cap;
static pid_t owner;

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (type == FTW_DP || type == FTW_DNR)
		rmdir(path);
	else
		unlink(path);
	return 0;
}

void remove_tree(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void tmpdir_remove_all(void)
{
	if (owner != getpid())
		return;
	while (ndirs) {
		remove_tree(dirs[--ndirs]);
		free(dirs[ndirs]);
	}
}

static void remember(char *path)
{
	if (!owner) {
		owner = getpid();
		atexit(tmpdir_remove_all);
	}
	vec_push(dirs, ndirs, cap) = path;
}

void tmpfile_remember(const char *path)
{
	remember(xstrdup(path));
}

void tmpfile_forget(const char *path)
{
	for (size_t i = 0; i < ndirs; i++) {
		if (strcmp(dirs[i], path))
			continue;
		free(dirs[i]);
		dirs[i] = dirs[--ndirs];
		return;
	}
}

const char *tmpdir_new(void)
{
	const char *base = getenv("TMPDIR");
	char *path = xasprintf("%s/klint-XXXXXX", base && *base ? base : "/tmp");

	if (!mkdtemp(path)) {
		fprintf(stderr, "klint: cannot make a temporary directory %s: %s; set TMPDIR\n",
			path, strerror(errno));
		free(path);
		return NULL;
	}
	remember(path);
	return path;
}
