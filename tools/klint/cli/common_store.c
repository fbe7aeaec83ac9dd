// SPDX-License-Identifier: MIT
/*
 * Where precompiled headers are kept:
 *
 *	CACHE/common/KEY/headers-XXXXXX/common.{h,pch,table,files}
 *
 * KEY is a hash of what they are compiled with.  common.files has the size and the
 * time of change of every file that was read; when one of them is another now, the
 * headers are made anew.  It is the last to get its name: a directory without it is
 * not complete.  (Clang wants common.h to stay where it was compiled, so that the
 * directory itself cannot be made elsewhere and renamed.)
 */
#define _GNU_SOURCE
#include "common.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/base.h"
#include "spawn.h"
#include "tmpdir.h"

#define MAX_KEPT 12	/* directories of headers; about 25 MB each */
#define MAX_TRIES 8	/* each leaves headers out that do not stand alone */

/* The macros by which kbuild names a unit; the plugin tells who depends on them. */
static const char *const unit_macros[] = {
	"KBUILD_MODNAME", "KBUILD_BASENAME", "KBUILD_MODFILE", "__KBUILD_MODNAME",
};
#define NMACROS (sizeof(unit_macros) / sizeof(unit_macros[0]))

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

static char *in_dir(const char *dir, const char *path)
{
	return path[0] == '/' || !dir ? xstrdup(path) : xasprintf("%s/%s", dir, path);
}

/* Is every file that the headers were made from as it was? */
static bool is_fresh(const char *headers, const struct job *job)
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
		path = in_dir(job->dir, line + at);
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

/* The names of a make rule, behind its colon. */
static void read_rule(struct string_list *to, char *text)
{
	char *at = strchr(text, ':'), *save;

	for (at = at ? strtok_r(at + 1, " \n", &save) : NULL; at;
	     at = strtok_r(NULL, " \n", &save))
		if (strcmp(at, "\\"))
			string_list_add(to, at);
}

/*
 * Write common.files from the dependency file of the compile.  False when a file
 * is no older than the compile: what was read of it cannot be told.
 */
static bool write_files(const char *dir, const struct job *job, const struct timespec *begin)
{
	char *deps = xasprintf("%s/common.d", dir), *files = xasprintf("%s/common.files", dir);
	char *part = xasprintf("%s.part", files);
	int fd = open(deps, O_RDONLY | O_CLOEXEC);
	FILE *out = fopen(part, "we");
	struct string_list names = { 0 };
	bool fine = fd >= 0 && out;
	char *text = fd >= 0 ? read_all(fd) : NULL;

	if (fine)
		read_rule(&names, text);
	for (size_t i = 0; fine && i < names.n; i++) {
		char *path = in_dir(job->dir, names.v[i]);
		struct stat st;

		if (!strncmp(path, dir, strlen(dir))) {
			free(path);	/* common.h */
			continue;
		}
		fine = !stat(path, &st) && (st.st_mtim.tv_sec < begin->tv_sec ||
					    (st.st_mtim.tv_sec == begin->tv_sec &&
					     st.st_mtim.tv_nsec < begin->tv_nsec));
		if (fine)
			fprintf(out, "%lld %lld %lld %s\n", (long long)st.st_size,
				(long long)st.st_mtim.tv_sec, (long long)st.st_mtim.tv_nsec,
				names.v[i]);
		free(path);
	}
	if (fd >= 0)
		close(fd);
	if (out && fclose(out))
		fine = false;
	fine = fine && names.n > 1 && !rename(part, files);
	unlink(deps);
	free(names.v);
	free(text);
	free(part);
	free(files);
	free(deps);
	return fine;
}

static bool write_header(const char *dir, const struct string_list *names)
{
	char *path = xasprintf("%s/common.h", dir);
	FILE *out = fopen(path, "we");

	free(path);
	if (!out)
		return false;
	for (size_t i = 0; i < NMACROS; i++)
		fprintf(out, "#define %s \"klint\"\n", unit_macros[i]);
	for (size_t i = 0; i < names->n; i++)
		fprintf(out, "#include <%s>\n", names->v[i]);
	for (size_t i = 0; i < NMACROS; i++)
		fprintf(out, "#undef %s\n", unit_macros[i]);
	return !fclose(out);
}

static int run_compiler(const char *dir, const struct job *job, const struct analysis *a,
			const struct string_list *args, char **messages)
{
	struct string_list argv = { 0 };
	int err = memfd_create("messages", MFD_CLOEXEC), status;
	struct spawn_how how = { .dir = job->dir, .out = err, .err = err, .group = true };
	pid_t pid;

	string_list_add(&argv, job->fe.clang);
	for (size_t i = 0; i < args->n; i++)
		string_list_add(&argv, args->v[i]);
	string_list_add(&argv, "-w");
	string_list_add(&argv, "-fno-color-diagnostics");
	string_list_add(&argv, "-fno-crash-diagnostics");
	string_list_add(&argv, xasprintf("-fplugin=%s", job->fe.plugin));
	string_list_add(&argv, xasprintf("-fplugin-arg-klint-names=%s", a->names));
	string_list_add(&argv, xasprintf("-fplugin-arg-klint-make-common=%s/common.table", dir));
	string_list_add(&argv, "-MD");
	string_list_add(&argv, "-MF");
	string_list_add(&argv, xasprintf("%s/common.d", dir));
	string_list_add(&argv, "-x");
	string_list_add(&argv, "c-header");
	string_list_add(&argv, xasprintf("%s/common.h", dir));
	string_list_add(&argv, "-o");
	string_list_add(&argv, xasprintf("%s/common.pch", dir));
	pid = spawn((char **)argv.v, &how);
	status = pid < 0 ? -1 : spawn_wait(pid, a->timeout);
	*messages = read_all(err);
	close(err);
	free(argv.v);
	return status;
}

/* Leave those out in whose lines of common.h clang's errors begin. */
static bool leave_out(struct string_list *names, const char *messages)
{
	size_t kept = 0, first = NMACROS + 1;
	bool *bad = xcalloc(names->n + 1, sizeof(*bad));

	for (const char *at = messages; (at = strstr(at, "/common.h:")); at++) {
		size_t line = strtoul(at + strlen("/common.h:"), NULL, 10);

		if (line >= first && line - first < names->n)
			bad[line - first] = true;
	}
	for (size_t i = 0; i < names->n; i++)
		if (!bad[i])
			names->v[kept++] = names->v[i];
	free(bad);
	if (kept == names->n)
		return false;
	names->n = kept;
	return true;
}

static bool make(const char *dir, const struct common_key *key, const struct job *job,
		 const struct analysis *a, const struct string_list *wanted)
{
	struct string_list names = { 0 }, args = { 0 };
	struct timespec begin;
	bool fine = false;

	for (size_t i = 0; i < wanted->n; i++)
		string_list_add(&names, wanted->v[i]);
	for (size_t i = 0; i < key->args.n; i++)
		string_list_add(&args, key->args.v[i]);
	for (size_t i = 0; i < MAX_TRIES && !fine && names.n; i++) {
		char *messages;
		int status;

		clock_gettime(CLOCK_REALTIME, &begin);
		if (!write_header(dir, &names))
			break;
		status = run_compiler(dir, job, a, &args, &messages);
		fine = !status && write_files(dir, job, &begin);
		if (status && !leave_out(&names, messages) &&
		    !drop_unknown(&args, messages, job->fe.major))
			i = MAX_TRIES;
		else if (!status && !fine)
			i = MAX_TRIES;
		free(messages);
	}
	free(names.v);
	free(args.v);
	return fine;
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

		if (is_headers(entry) && n >= most && is_fresh(path, job)) {
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
		if (i >= MAX_KEPT)
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
	bool fine = mkdtemp(path) && make(path, key, job, a, wanted);

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
