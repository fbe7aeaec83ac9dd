// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "overlay.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/base.h"

bool is_build_product(const char *name)
{
	static const char *const suffixes[] = {
		".o", ".ko", ".mod", ".mod.c", ".cmd", ".a", "modules.order",
		"Module.symvers", ".git", ".tmp_versions",
	};
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		size_t m = strlen(suffixes[i]);

		if (n >= m && !strcmp(name + n - m, suffixes[i]))
			return true;
	}
	return false;
}

bool overlay_make(const char *from, const char *to, bool (*leave_out)(const char *path))
{
	DIR *dir = opendir(from);
	struct dirent *entry;
	bool fine = dir && (!mkdir(to, 0777) || errno == EEXIST);

	while (fine && (entry = readdir(dir))) {
		char *source, *target;
		struct stat st;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
		    is_build_product(entry->d_name))
			continue;
		source = xasprintf("%s/%s", from, entry->d_name);
		target = xasprintf("%s/%s", to, entry->d_name);
		if (leave_out && leave_out(source))
			;
		else if (!lstat(source, &st) && S_ISDIR(st.st_mode))
			fine = overlay_make(source, target, leave_out);
		else
			fine = !symlink(source, target);
		free(source);
		free(target);
	}
	if (!fine)
		fprintf(stderr, "klint: %s: %s\n", dir ? to : from, strerror(errno));
	if (dir)
		closedir(dir);
	return fine;
}

void forget_make(void)
{
	static const char *const names[] = {
		"MAKEFLAGS", "MFLAGS", "GNUMAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES",
		"sub_make_done", "KBUILD_EXTMOD", "srctree", "objtree", "abs_srctree",
		"abs_objtree", "KBUILD_OUTPUT", "O", "M", "KLINT_FLAGS", "CC",
		"need_sub_make", "building_out_of_srctree", "KBUILD_CFLAGS",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unsetenv(names[i]);
}
