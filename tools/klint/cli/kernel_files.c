// SPDX-License-Identifier: MIT
/*
 * Files of a source and of a build directory, many at a time.
 *
 * Whether anything has changed in a source is told by a sum over its files (name, size,
 * times), which does not depend on the order of directories.  Two more are over those that
 * decide the configuration, and which commands kbuild runs.
 */
#define _GNU_SOURCE
#include "kernel_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/base.h"
#include "overlay.h"
#include "tmpdir.h"

static bool starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

static bool ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && !strcmp(s + n - m, suffix);
}

/* @path begins at the top of the source, without a slash. */
static bool is_of_config(const char *path, const char *name)
{
	return starts(name, "Kconfig") || starts(path, "scripts/") || strstr(path, "/configs/") ||
	       !strcmp(path, "Makefile");
}

static bool is_rule(const char *name)
{
	return starts(name, "Makefile") || starts(name, "Kbuild") || !strcmp(name, "Platform");
}

/* What a configuration or a build leaves in a source, by its place from the top. */
static bool is_generated(const char *inside)
{
	return !strcmp(inside, "/.config") || !strcmp(inside, "/include/config") ||
	       !strcmp(inside, "/include/generated") ||
	       (starts(inside, "/arch/") && ends(inside, "/include/generated"));
}

/* overlay_make() passes nothing on. */
static size_t tree_length;

static bool is_left_out(const char *path)
{
	return is_generated(path + tree_length);
}

static uint64_t hash_entry(const char *path, const struct stat *st)
{
	char *text = xasprintf("%s\n%lx %lx.%lx %lx.%lx", path, (unsigned long)st->st_size,
			       (unsigned long)st->st_mtim.tv_sec,
			       (unsigned long)st->st_mtim.tv_nsec,
			       (unsigned long)st->st_ctim.tv_sec,
			       (unsigned long)st->st_ctim.tv_nsec);
	uint64_t hash = hash_bytes(text, strlen(text));

	free(text);
	return hash;
}

static void look_at_directory(struct kernel *k, int parent, const char *name, const char *path)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	struct stat st;

	while (dir && (entry = readdir(dir))) {
		char *full;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
		    is_build_product(entry->d_name) || fstatat(fd, entry->d_name, &st,
							       AT_SYMLINK_NOFOLLOW))
			continue;
		full = xasprintf("%s/%s", path, entry->d_name);
		if (is_generated(full))
			k->clean = false;
		else if (S_ISDIR(st.st_mode) && strcmp(full, "/Documentation"))
			look_at_directory(k, fd, entry->d_name, full);
		else if (!S_ISDIR(st.st_mode)) {
			uint64_t hash = hash_entry(full, &st);

			k->files += hash;
			k->config_rules += is_of_config(full + 1, entry->d_name) ? hash : 0;
			k->rules += is_rule(entry->d_name) ? hash : 0;
		}
		free(full);
	}
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
}

void kernel_look(struct kernel *k)
{
	k->clean = true;
	look_at_directory(k, AT_FDCWD, k->tree, "");
}

bool kernel_make_links(const struct kernel *k)
{
	tree_length = strlen(k->tree);
	remove_tree(k->source);
	return overlay_make(k->tree, k->source, is_left_out);
}

/* nftw() passes nothing on. */
static size_t build_length;

static int forget_file(const char *path, const struct stat *st, int type, struct FTW *at)
{
	const char *inside = path + build_length;

	(void)st;
	(void)at;
	if (!strcmp(inside, "/klint") || starts(inside, "/klint/") || !*inside)
		return 0;
	if (type == FTW_DP)
		rmdir(path);	/* unless there are facts in it */
	else if (!ends(path, ".klint"))
		unlink(path);
	return 0;
}

static int forget_piece(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	if (type == FTW_F && strstr(path, ".klint.tmp."))
		unlink(path);
	return 0;
}

void kernel_forget_all(const struct kernel *k)
{
	build_length = strlen(k->build);
	nftw(k->build, forget_file, 32, FTW_PHYS | FTW_DEPTH);
}

void kernel_forget_pieces(const struct kernel *k)
{
	nftw(k->build, forget_piece, 32, FTW_PHYS);
}
