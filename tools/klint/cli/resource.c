// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "resource.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include "base/base.h"
#include "compiler.h"

/* The directory above the one that the executable is in. */
static char *root_beside_program(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n <= 0)
		return NULL;
	path[n] = '\0';
	for (int up = 0; up < 2; up++) {
		char *slash = strrchr(path, '/');

		if (!slash)
			return NULL;
		*slash = '\0';
	}
	return xstrdup(path);
}

bool resources_find(struct resources *res, const struct options *opt)
{
	const char *from = "--resource-dir", *dir = opt->resource_dir;
	char full[PATH_MAX];

	if (!dir) {
		from = "KLINT_RESOURCE_DIR";
		dir = getenv("KLINT_RESOURCE_DIR");
	}
	if (dir && *dir) {
		/* Compiles run in other directories. */
		res->root = xstrdup(realpath(dir, full) ? full : dir);
	} else {
		from = "the place of the program";
		res->root = root_beside_program();
	}
	res->rules = xasprintf("%s/share/klint/rules", res->root ? res->root : "");
	res->docs = xasprintf("%s/share/klint/docs", res->root ? res->root : "");
	res->contracts = xasprintf("%s/share/klint/contracts", res->root ? res->root : "");
	res->clangfix = xasprintf("%s/share/klint/include/klint-clangfix.h",
				  res->root ? res->root : "");
	if (res->root && !access(res->rules, R_OK | X_OK))
		return true;
	fprintf(stderr, "klint: no rules in %s (by %s): %s; name the directory that holds share/klint and lib/klint with --resource-dir\n",
		res->rules, from, strerror(errno));
	return false;
}

struct rules *resources_rules(const struct resources *res, const struct options *opt)
{
	struct string_list dirs = { 0 };
	struct rules *rules;

	string_list_add(&dirs, res->rules);
	for (size_t i = 0; i < opt->rules_dirs.n; i++) {
		if (access(opt->rules_dirs.v[i], R_OK)) {
			fprintf(stderr, "klint: --rules=%s: %s\n", opt->rules_dirs.v[i],
				strerror(errno));
			free(dirs.v);
			return NULL;
		}
		string_list_add(&dirs, opt->rules_dirs.v[i]);
	}
	rules = rules_load(dirs.v, dirs.n, stderr);
	if (!rules)
		fprintf(stderr, "klint: the rules cannot be used: correct what is named above\n");
	free(dirs.v);
	return rules;
}

char *plugin_for(const struct resources *res, int major)
{
	char *path = xasprintf("%s/lib/klint/klint-lower-%d.so", res->root, major);

	if (major > 0 && !access(path, R_OK))
		return path;
	free(path);
	return NULL;
}

static bool use_clang(const struct resources *res, const char *clang,
		      struct frontend *fe, char *err, size_t errlen)
{
	char *argv[] = { (char *)clang, NULL };
	char *program = find_program(clang);
	struct compiler c;

	if (!program) {
		snprintf(err, errlen, "there is no program '%s' in PATH", clang);
		return false;
	}
	compiler_identify(&c, argv);
	fe->plugin = c.kind == COMPILER_CLANG ? plugin_for(res, c.major) : NULL;
	if (!fe->plugin) {
		snprintf(err, errlen, "'%s' is no clang that klint has a plugin for (see %s/lib/klint)",
			 clang, res->root);
		free(program);
		return false;
	}
	fe->clang = program;
	fe->major = c.major;
	return true;
}

/* The clang of version @major, in PATH or where Debian keeps it. */
static char *clang_of(int major)
{
	char *name = xasprintf("clang-%d", major);
	char *program = find_program(name);

	free(name);
	if (program)
		return program;
	name = xasprintf("/usr/lib/llvm-%d/bin/clang", major);
	program = find_program(name);
	free(name);
	return program;
}

static int newest_below(const struct resources *res, int below)
{
	char *path = xasprintf("%s/lib/klint", res->root);
	DIR *dir = opendir(path);
	struct dirent *entry;
	int best = 0, major, end;

	while (dir && (entry = readdir(dir))) {
		end = 0;
		if (sscanf(entry->d_name, "klint-lower-%d.so%n", &major, &end) == 1 && end &&
		    !entry->d_name[end] && major < below && major > best)
			best = major;
	}
	if (dir)
		closedir(dir);
	free(path);
	return best;
}

bool frontend_find(const struct resources *res, const char *clang,
		   struct frontend *fe, char *err, size_t errlen)
{
	int major = INT_MAX;

	if (clang)
		return use_clang(res, clang, fe, err, errlen);
	while ((major = newest_below(res, major))) {
		fe->clang = clang_of(major);
		if (!fe->clang)
			continue;
		fe->major = major;
		fe->plugin = plugin_for(res, major);
		return fe->plugin != NULL;
	}
	snprintf(err, errlen, "no installed clang has a plugin in %s/lib/klint; install clang-22 or build klint for the clang that there is",
		 res->root);
	return false;
}

char *write_names(const struct rules *rules, const char *dir)
{
	char *path = xasprintf("%s/names", dir);
	FILE *out = fopen(path, "we");

	if (out) {
		rules_write_names(rules, out);
		bool fine = !ferror(out);

		if (!fclose(out) && fine)
			return path;
	}
	fprintf(stderr, "klint: %s: %s\n", path, strerror(errno));
	free(path);
	return NULL;
}
