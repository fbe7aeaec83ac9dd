// SPDX-License-Identifier: MIT
/*
 * The compile commands of an external module.  kbuild writes beside the sources,
 * so it is run on an overlay: a temporary directory that holds a link to every
 * file of the module.  The compiler is klint's recorder, so nothing is compiled;
 * the link of the module then fails, which is expected and not told.
 */
#define _GNU_SOURCE
#include "targets.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/base.h"
#include "overlay.h"
#include "spawn.h"
#include "tmpdir.h"

/* Compare versions as people read them: 6.12.117 is newer than 6.9. */
static const char *newest_build(void)
{
	DIR *dir = opendir("/lib/modules");
	struct dirent *entry;
	char *best = NULL;

	while (dir && (entry = readdir(dir))) {
		char *path = xasprintf("/lib/modules/%s/build", entry->d_name);

		if (entry->d_name[0] != '.' && !access(path, F_OK) &&
		    (!best || strverscmp(path, best) > 0)) {
			free(best);
			best = path;
		} else {
			free(path);
		}
	}
	if (dir)
		closedir(dir);
	return best;
}

const char *module_kernel(const struct options *opt)
{
	const char *env = getenv("KDIR"), *build;
	char *makefile;

	build = opt->kernel ? opt->kernel : env && *env ? env : newest_build();
	if (!build) {
		fprintf(stderr, "klint: there is no /lib/modules/*/build: install the kernel's headers, or name a build directory with --kernel\n");
		return NULL;
	}
	makefile = xasprintf("%s/Makefile", build);
	if (access(makefile, R_OK)) {
		fprintf(stderr, "klint: %s: %s: no kernel build directory; name one with --kernel\n",
			makefile, strerror(errno));
		build = NULL;
	}
	free(makefile);
	return build;
}

/* The value of @name in the build's configuration, malloc'd, or NULL. */
static char *config_value(const char *build, const char *name)
{
	char *path = xasprintf("%s/include/config/auto.conf", build), line[1024];
	FILE *in = fopen(path, "re");
	size_t len = strlen(name);
	char *value = NULL;

	while (in && !value && fgets(line, sizeof(line), in))
		if (!strncmp(line, name, len) && line[len] == '=') {
			const char *text = line + len + 1 + (line[len + 1] == '"');

			value = xasprintf("%.*s", (int)strcspn(text, "\"\n"), text);
		}
	if (in)
		fclose(in);
	free(path);
	return value;
}

/* The compiler that the kernel was built with, or one of its kind: it is asked
 * what it knows, and its options are recorded. */
static char *kernel_compiler(const char *build)
{
	char *clang = config_value(build, "CONFIG_CLANG_VERSION");
	char *text = config_value(build, "CONFIG_CC_VERSION_TEXT"), *found = NULL;
	char *name;

	if (clang && atoi(clang)) {
		name = xasprintf("clang-%d", atoi(clang) / 10000);
		found = find_program(name);
		return found ? name : xstrdup("clang");
	}
	name = text ? xasprintf("%.*s", (int)strcspn(text, " "), text) : xstrdup("gcc");
	return *name && find_program(name) ? name : xstrdup("gcc");
}

static char *run_make(const struct session *s, const char *build, const char *tmp,
		      const char *overlay, const char *commands)
{
	char *self = xasprintf("%s/klint", tmp), *compiler = kernel_compiler(build);
	struct string_list argv = { 0 };
	int log = memfd_create("log", MFD_CLOEXEC);
	struct spawn_how how = { .out = log, .err = log, .group = true };
	char exe[PATH_MAX] = "", *text;
	pid_t pid;

	/* The name of the program may hold blanks, which make would split. */
	if (log < 0 || readlink("/proc/self/exe", exe, sizeof(exe) - 1) < 0 ||
	    symlink(exe, self))
		return xstrdup("*** klint cannot prepare the recorder");
	forget_make();
	string_list_add(&argv, "make");
	string_list_add(&argv, xasprintf("-j%ld", s->opt->jobs ? s->opt->jobs :
					 sysconf(_SC_NPROCESSORS_ONLN)));
	string_list_add(&argv, "-k");
	string_list_add(&argv, "-C");
	string_list_add(&argv, build);
	string_list_add(&argv, xasprintf("M=%s", overlay));
	string_list_add(&argv, xasprintf("CC=%s cc --record %s -- %s", self, commands, compiler));
	string_list_add(&argv, "modules");
	pid = spawn((char **)argv.v, &how);
	if (pid > 0)
		spawn_wait(pid, 0);
	text = pid > 0 ? read_all(log) : xasprintf("*** make: %s", strerror(errno));
	close(log);
	return text;
}

/* Lines of the log that tell of more than of the link that was bound to fail. */
static size_t print_failures(const char *dir, const char *log, bool all)
{
	size_t n = 0;

	for (const char *line = log; *line && n < 10;) {
		const char *end = strchrnul(line, '\n');
		size_t len = (size_t)(end - line);

		if (memmem(line, len, "No rule to make target", 22) ||
		    (all && (memmem(line, len, "***", 3) || memmem(line, len, "rror", 4)))) {
			fprintf(stderr, "klint: %s: make: %.*s\n", dir, (int)len, line);
			n++;
		}
		line = *end ? end + 1 : end;
	}
	return n;
}

static int compare_entries(const void *a, const void *b)
{
	return strcmp(((const struct db_entry *)a)->file, ((const struct db_entry *)b)->file);
}

bool plan_module(struct plan *plan, const struct session *s, const char *dir)
{
	const char *build = module_kernel(s->opt), *tmp = build ? tmpdir_new() : NULL;
	char full[PATH_MAX], tmpfull[PATH_MAX];
	char *overlay, *commands, *log;
	struct db db = { 0 };
	bool fine = true;

	if (!tmp)
		return false;
	if (!realpath(dir, full) || !realpath(tmp, tmpfull)) {
		fprintf(stderr, "klint: %s: %s\n", dir, strerror(errno));
		return false;
	}
	overlay = xasprintf("%s/module", tmpfull);
	commands = xasprintf("%s/commands", tmpfull);
	if (!overlay_make(full, overlay, NULL))
		return false;
	log = run_make(s, build, tmpfull, overlay, commands);
	if (access(commands, R_OK)) {
		print_failures(dir, log, true);
		fprintf(stderr, "klint: %s: make in %s compiled nothing for a kernel: is obj-m set?\n",
			dir, build);
		fine = false;
	} else if (print_failures(dir, log, false) || !db_read(&db, commands)) {
		fine = false;
	}
	/* make -j records in any order. */
	if (db.n)
		qsort(db.v, db.n, sizeof(*db.v), compare_entries);
	plan->kernel = build;
	plan_commands(plan, s, &db, overlay, xstrdup(full));
	free(log);
	return fine;
}
