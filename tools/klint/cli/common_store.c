// SPDX-License-Identifier: MIT
/*
 * Where precompiled headers are kept:
 *
 *	CACHE/common/KEY/headers-XXXXXX/common.{h,macros,refused,pch,table,files}
 *
 * KEY is a hash of what they are compiled with but for macros, which common.macros
 * lists.  common.refused has the hashes of keys that have more macros, one of which the
 * headers ask for.  common.files (common_files.c) is the last to get its name: a directory without
 * it is not complete.  (Clang wants common.h to stay where it was compiled, so that the
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
	uint64_t h = key->firm;

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

/* How many of @wanted (NULL: of whatever) the headers in @dir hold. */
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
		n += !wanted || string_list_has(wanted, open + 1);
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

static bool write_macros(const char *dir, const struct common_key *key)
{
	char *path = xasprintf("%s/common.macros", dir);
	FILE *out = fopen(path, "we");

	free(path);
	for (size_t i = 0; out && i < key->macros.n; i++)
		fprintf(out, "%s\n", key->macros.v[i]);
	return out && !fclose(out);
}

/* The key of the headers in @dir, as far as it tells them from their neighbours. */
static bool read_macros(struct common_key *to, const char *dir, const struct common_key *beside)
{
	char *path = xasprintf("%s/common.macros", dir), *line = NULL;
	FILE *in = fopen(path, "re");
	bool found = in;
	size_t cap = 0;

	*to = (struct common_key){ .firm = beside->firm };
	while (in && getline(&line, &cap, in) > 0) {
		line[strcspn(line, "\n")] = '\0';
		string_list_add(&to->macros, xstrdup(line));
	}
	if (in)
		fclose(in);
	free(line);
	free(path);
	return found;
}

/* Is the macro of "-DNAME=VALUE" the one of a reason, "it changes NAME, …"? */
static bool speaks_of(const char *reason, const char *macro)
{
	static const char begin[] = "it changes ";
	size_t n = strcspn(macro + 2, "=");

	return !strncmp(reason, begin, sizeof(begin) - 1) &&
	       !strncmp(reason + sizeof(begin) - 1, macro + 2, n) &&
	       reason[sizeof(begin) - 1 + n] == ',';
}

void common_refused(const struct job *job, const char *reason)
{
	char *path = xasprintf("%s/common.refused", job->common);
	struct common_key key;

	common_key_of(&key, job);
	for (size_t i = 0; i < key.macros.n; i++) {
		char line[32];
		int fd;

		if (!speaks_of(reason, key.macros.v[i]))
			continue;
		snprintf(line, sizeof(line), "%016llx\n", (unsigned long long)key.all);
		fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
		if (fd >= 0 && write(fd, line, strlen(line)) < 0)
			unlink(path);
		if (fd >= 0)
			close(fd);
		break;
	}
	common_key_free(&key);
	free(path);
}

static bool was_refused(const char *dir, const struct common_key *key)
{
	char *path = xasprintf("%s/common.refused", dir), line[32];
	FILE *in = fopen(path, "re");
	bool found = false;

	while (in && !found && fgets(line, sizeof(line), in))
		found = strtoull(line, NULL, 16) == key->all;
	if (in)
		fclose(in);
	free(path);
	return found;
}

enum match { NOT_COVERED, COVERED, SAME };

/* Can a unit of @key begin with the headers in @dir? */
static enum match match(const char *dir, const struct common_key *key)
{
	struct common_key of;
	enum match m = NOT_COVERED;

	if (read_macros(&of, dir, key) && common_key_covers(key, &of))
		m = common_key_covers(&of, key) ? SAME : COVERED;
	for (size_t i = 0; i < of.macros.n; i++)
		free((char *)of.macros.v[i]);
	common_key_free(&of);
	if (m == COVERED && was_refused(dir, key))
		m = NOT_COVERED;
	return m;
}

/* The headers in @home that hold most of @wanted, or without that the best ones: made
 * for the same macros, holding most.  NULL when there are none that are fresh and hold
 * enough. */
static char *find(const char *home, const struct common_key *key, const struct job *job,
		  const struct string_list *wanted)
{
	enum match best_match = wanted ? SAME : COVERED;
	size_t most = wanted ? wanted->n * 2 / 3 : 0;
	DIR *d = opendir(home);
	struct dirent *entry;
	char *best = NULL;

	while (d && (entry = readdir(d))) {
		char *path = xasprintf("%s/%s", home, entry->d_name);
		enum match m = is_headers(entry) ? match(path, key) : NOT_COVERED;
		size_t n = m >= best_match ? overlap(path, wanted) : 0;

		if (m >= best_match && (m > best_match || n >= most) && common_files_hold(path, job)) {
			free(best);
			best = path;
			best_match = m;
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
	bool fine = mkdtemp(path) && write_macros(path, key) && common_make(path, key, job, a, wanted);

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
	char *path = home ? find(home, key, job, wanted) : NULL;

	if (home && !path && wanted && wanted->n)
		path = make_new(home, key, job, a, wanted);
	free(home);
	return path;
}
