// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/base.h"
#include "compiler.h"
#include "outfile.h"

/* The whole file, or NULL. */
static void *map_file(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *map = MAP_FAILED;
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size) {
		*size = (size_t)st.st_size;
		map = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
	}
	if (fd >= 0)
		close(fd);
	return map == MAP_FAILED ? NULL : map;
}

/* Another build of klint may find something else in the same facts.  0: not known. */
static uint64_t hash_klint(void)
{
	size_t size;
	void *map = map_file("/proc/self/exe", &size);
	uint64_t h = map ? hash_bytes(map, size) : 0;

	if (map)
		munmap(map, size);
	return h;
}

/* The innermost directory that all targets are in; malloc'd, or NULL. */
static char *common_directory(const struct string_list *targets)
{
	char *common = NULL;

	for (size_t i = 0; i < targets->n; i++) {
		char *full = realpath(targets->v[i], NULL);
		struct stat st;
		size_t n = 0;

		if (!full)
			continue;
		if (!stat(full, &st) && !S_ISDIR(st.st_mode))
			*strrchr(full, '/') = '\0';
		if (!common) {
			common = full;
			continue;
		}
		while (common[n] && common[n] == full[n])
			n++;
		/* Whole names only. */
		while (n && !((!common[n] || common[n] == '/') && (!full[n] || full[n] == '/')))
			n--;
		common[n] = '\0';
		free(full);
	}
	return common;
}

static char *find_path(const struct options *opt, const struct string_list *targets)
{
	char *where, *name, *path;

	if (opt->no_cache)
		return NULL;
	if (opt->cache)
		return xstrdup(opt->cache);
	where = common_directory(targets);
	if (!where)
		return NULL;
	name = xasprintf("link-%016llx.memory",
			 (unsigned long long)hash_bytes(where, strlen(where)));
	path = cache_file(name);
	free(name);
	free(where);
	return path;
}

void memory_begin(struct memory *x, struct session *s, const struct string_list *targets)
{
	uint64_t klint = hash_klint();

	*x = (struct memory){ .path = klint ? find_path(s->opt, targets) : NULL };
	if (!x->path)
		return;
	x->map = map_file(x->path, &x->mapped);
	x->m.size = x->map ? x->mapped : 0;
	x->m.data = x->map;
	x->m.stamp = klint * 31 + rules_hash(s->rules);
	s->analysis.check.memory = &x->m;
}

void memory_end(struct memory *x)
{
	struct outfile f;

	if (x->m.refused)
		fprintf(stderr, "klint: note: %s is not used: %s\n", x->path, x->m.why);
	if (x->m.next && outfile_open(&f, x->path)) {
		if (fwrite(x->m.next, 1, x->m.next_size, f.out) == x->m.next_size) {
			outfile_commit(&f);
		} else {
			fprintf(stderr, "klint: cannot write %s: %s\n", x->path, strerror(errno));
			outfile_abandon(&f);
		}
	}
	if (x->map)
		munmap(x->map, x->mapped);
	free(x->m.next);
	free(x->path);
	*x = (struct memory){ 0 };
}
