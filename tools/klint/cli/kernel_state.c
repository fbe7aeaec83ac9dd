// SPDX-License-Identifier: MIT
/* BUILD/klint/state: lines of key=value.  What cannot be read is as if it were not
 * there, and then everything is done again. */
#define _GNU_SOURCE
#include "kernel.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/base.h"
#include "outfile.h"

uint64_t hash_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	uint64_t hash = 0;

	if (fd >= 0 && !fstat(fd, &st) && st.st_size) {
		void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

		if (map != MAP_FAILED) {
			hash = hash_bytes(map, (size_t)st.st_size);
			munmap(map, (size_t)st.st_size);
		}
	}
	if (fd >= 0)
		close(fd);
	return hash;
}

static void store(struct kernel_state *st, const char *key, const char *value)
{
	uint64_t number = strtoull(value, NULL, 16);

	if (!strcmp(key, "tree"))
		st->tree = xstrdup(value);
	else if (!strcmp(key, "doing"))
		st->doing = xstrdup(value);
	else if (!strcmp(key, "recorded"))
		st->recorded = xstrdup(value);
	else if (!strcmp(key, "configured"))
		st->configured = number;
	else if (!strcmp(key, "rules"))
		st->rules = number;
	else if (!strcmp(key, "commands"))
		st->commands = number;
	else if (!strcmp(key, "config"))
		st->config = number;
	else if (!strcmp(key, "files"))
		st->files = number;
}

void kernel_state_read(struct kernel_state *st, const struct kernel *k)
{
	char *path = kernel_file(k, "state"), *line = NULL;
	FILE *in = fopen(path, "re");
	size_t cap = 0;

	*st = (struct kernel_state){ .tree = "", .doing = "", .recorded = "" };
	while (in && getline(&line, &cap, in) > 0) {
		char *equals;

		line[strcspn(line, "\n")] = '\0';
		equals = strchr(line, '=');
		if (!equals)
			continue;
		*equals = '\0';
		store(st, line, equals + 1);
	}
	if (in)
		fclose(in);
	free(line);
	free(path);
}

bool kernel_state_write(const struct kernel_state *st, const struct kernel *k)
{
	char *path = kernel_file(k, "state");
	struct outfile f;
	bool fine = outfile_open(&f, path);

	if (fine) {
		fprintf(f.out, "tree=%s\ndoing=%s\nconfigured=%lx\nconfig=%lx\ncommands=%lx\nrules=%lx\nfiles=%lx\nrecorded=%s\n",
			st->tree, st->doing, st->configured, st->config, st->commands,
			st->rules, st->files, st->recorded);
		fine = outfile_commit(&f);
	}
	free(path);
	return fine;
}
