// SPDX-License-Identifier: MIT
/*
 * Where precompiled headers are kept:
 *
 *	CACHE/common/KEY/headers-XXXXXX/common.{h,pch,table,files}
 *
 * KEY is a hash of what they are compiled with.  common.files (common_files.c) is the
 * last to get its name: a directory without it is not complete.  (Clang wants common.h to stay where it was compiled, so that the
 * directory itself cannot be made elsewhere and renamed.)
 */
#define _GNU_SOURCE
#include "common.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/base.h"
#include "tmpdir.h"

#define MAX_KEPT 24	/* directories of headers; about 25 MB each */
#define IN_USE 3600	/* seconds after its last use in which none is removed */

static uint64_t mix_file(uint64_t h, const char *path)
{
	struct stat st;
	uint64_t of[4] = { h };

	if (!stat(path, &st)) {
		of[1] = (uint64_t)st.st_size;
		of[2] = (uint64_t)st.st_mtim.tv_sec;
		of[3] = (uint64_t)st.st_mtim.tv_nsec;
	}
	return hash_bytes(of, sizeof(of));
}

static uint64_t mix_content(uint64_t h, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t of[2] = { h };
	char *text;

	if (fd >= 0) {
		text = read_all(fd);
		of[1] = hash_bytes(text, strlen(text));
		free(text);
		close(fd);
	}
	return hash_bytes(of, sizeof(of));
}

char *common_home(const struct common_key *key, const struct job *job,
		  const struct analysis *a)
{
	char *clang = find_program(job->fe.clang), *name, *path;
	uint64_t h = key->all;

	h = mix_file(h, clang ? clang : job->fe.clang);
	h = mix_file(h, job->fe.plugin);
	h = mix_content(h, a->names);
	free(clang);
	path = cache_file("common");
	if (path)
		mkdir(path, 0777);
	free(path);
	name = xasprintf("common/%016llx", (unsigned long long)h);
	path = cache_file(name);
	if (path && mkdir(path, 0777) && errno != EEXIST) {
		free(path);
		path = NULL;
	}
	free(name);
	return path;
}

/* How many of @wanted the headers in @dir hold. */
static size_t overlap(const char *dir, const struct string_list *wanted)
{
	char *path = xasprintf("%s/common.h", dir), *line = NULL;
	FILE *in = fopen(path, "re");
	size_t cap = 0, n = 0;

	while (in && getline(&line, &cap, in) > 0) {
		char *open = strchr(line, '<'), *close = open ? strchr(open, '>') : NULL;

		if (!close)
			continue;
		*close = '\0';
		for (size_t i = 0; i < wanted->n; i++)
			n += !strcmp(wanted->v[i], open + 1);
	}
	if (in)
		fclose(in);
	free(line);
	free(path);
	return n;
}

static bool is_headers(const struct dirent *entry)
{
	return !strncmp(entry->d_name, "headers-", 8);
}

/* The headers in @home that hold most of @wanted, NULL when there are none that are
 * fresh and hold enough. */
static char *find(const char *home, const struct job *job, const struct string_list *wanted)
{
	static const struct string_list none;
	const struct string_list *want = wanted ? wanted : &none;
	size_t most = want->n * 2 / 3;
	DIR *d = opendir(home);
	struct dirent *entry;
	char *best = NULL;

	while (d && (entry = readdir(d))) {
		char *path = xasprintf("%s/%s", home, entry->d_name);
		size_t n = is_headers(entry) ? overlap(path, want) : 0;

		if (is_headers(entry) && n >= most && common_files_hold(path, job)) {
			free(best);
			best = path;
			most = n;
		} else {
			free(path);
		}
	}
	if (d)
		closedir(d);
	if (best)
		utimensat(AT_FDCWD, best, NULL, 0);
	return best;
}

struct kept {
	char *path;
	struct timespec used;
};

static int by_use(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	if (x->used.tv_sec != y->used.tv_sec)
		return x->used.tv_sec < y->used.tv_sec ? 1 : -1;
	return x->used.tv_nsec < y->used.tv_nsec ? 1 : -1;
}

static void list_kept(struct kept **v, size_t *n, size_t *cap, const char *home)
{
	DIR *d = opendir(home);
	struct dirent *entry;
	struct stat st;

	while (d && (entry = readdir(d))) {
		char *path;

		if (!is_headers(entry))
			continue;
		path = xasprintf("%s/%s", home, entry->d_name);
		if (stat(path, &st))
			free(path);
		else
			vec_push(*v, *n, *cap) = (struct kept){ path, st.st_mtim };
	}
	if (d)
		closedir(d);
}

/* Remove what has not been used for the longest time. */
static void prune(const char *home)
{
	char *all = xasprintf("%.*s", (int)(strrchr(home, '/') - home), home);
	struct kept *v = NULL;
	size_t n = 0, cap = 0;
	DIR *d = opendir(all);
	struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (strlen(entry->d_name) == 16) {
			char *path = xasprintf("%s/%s", all, entry->d_name);

			list_kept(&v, &n, &cap, path);
			free(path);
		}
	if (d)
		closedir(d);
	if (n)
		qsort(v, n, sizeof(*v), by_use);
	for (size_t i = 0; i < n; i++) {
		if (i >= MAX_KEPT && v[i].used.tv_sec < time(NULL) - IN_USE)
			remove_tree(v[i].path);
		free(v[i].path);
	}
	free(v);
	free(all);
}

static char *make_new(const char *home, const struct common_key *key, const struct job *job,
		      const struct analysis *a, const struct string_list *wanted)
{
	char *path = xasprintf("%s/headers-XXXXXX", home);
	bool fine = mkdtemp(path) && common_make(path, key, job, a, wanted);

	prune(home);
	if (fine)
		return path;
	remove_tree(path);
	free(path);
	return NULL;
}

char *common_get(const struct common_key *key, const struct job *job,
		 const struct analysis *a, const struct string_list *wanted)
{
	char *home = common_home(key, job, a);
	char *path = home ? find(home, job, wanted) : NULL;

	if (home && !path && wanted && wanted->n)
		path = make_new(home, key, job, a, wanted);
	free(home);
	return path;
}
