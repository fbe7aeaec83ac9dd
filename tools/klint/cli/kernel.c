// SPDX-License-Identifier: MIT
/* The source, the configuration and the build directory of `klint kernel`. */
#define _GNU_SOURCE
#include "kernel.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "base/base.h"
#include "kernel_files.h"
#include "spawn.h"

/* What the top Makefile and scripts/kconfig offer in every kernel and is the same each
 * time (randconfig is not). */
static const char *const config_targets[] = {
	"defconfig", "allmodconfig", "allyesconfig", "allnoconfig", "alldefconfig", "tinyconfig",
};
#define NTARGETS (sizeof(config_targets) / sizeof(config_targets[0]))

void kernel_say(const struct kernel *k, const char *fmt, ...)
{
	va_list ap;

	if (k->quiet)
		return;
	fputs("klint: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	putc('\n', stderr);
}

char *kernel_file(const struct kernel *k, const char *name)
{
	return xasprintf("%s/klint/%s", k->build, name);
}

static bool is_there(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	bool there = !access(path, F_OK);

	free(path);
	return there;
}

/* The top Makefile of a kernel begins with its version. */
static bool has_version(const char *tree)
{
	char *path = xasprintf("%s/Makefile", tree), line[256];
	FILE *in = fopen(path, "re");
	int found = 0;

	for (int i = 0; in && i < 30 && fgets(line, sizeof(line), in); i++)
		found |= !strncmp(line, "VERSION =", 9) ? 1 :
			 !strncmp(line, "PATCHLEVEL =", 12) ? 2 : 0;
	if (in)
		fclose(in);
	free(path);
	return found == 3;
}

/* make takes words apart at blanks, and kbuild refuses colons. */
static bool usable_in_make(const char *what, const char *path)
{
	if (!strpbrk(path, " \t\n:'\"$#%"))
		return true;
	fprintf(stderr, "klint kernel: %s %s: kbuild cannot work in a directory of such a name; move it, or go by a link of another name\n",
		what, path);
	return false;
}

static bool find_tree(struct kernel *k, const char *name)
{
	char *full = realpath(name, NULL);

	if (!full) {
		fprintf(stderr, "klint kernel: %s: %s\n", name, strerror(errno));
		return false;
	}
	if (!is_there(full, "Kbuild") || !is_there(full, "Kconfig") || !has_version(full)) {
		fprintf(stderr, "klint kernel: %s: is no source of a kernel (Kbuild, Kconfig and a Makefile with VERSION and PATCHLEVEL are not all there); name the top directory of one, or use 'klint check' for a module\n",
			name);
		return false;
	}
	k->tree = full;
	return usable_in_make("the source", full);
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* "./kernel//locking" is "kernel/locking/". */
static char *plain_directory(const char *name)
{
	char *plain = xcalloc(strlen(name) + 2, 1), *to = plain;

	while (*name) {
		size_t len = strcspn(name, "/");

		if (len && !(len == 1 && name[0] == '.')) {
			memcpy(to, name, len);
			to += len;
			*to++ = '/';
		}
		name += len + (name[len] == '/');
	}
	return plain;
}

static bool find_directories(struct kernel *k, const struct string_list *operands)
{
	for (size_t i = 1; i < operands->n; i++) {
		const char *given = operands->v[i];
		size_t len = strlen(k->tree);
		char *dir;

		if (!strncmp(given, k->tree, len) && given[len] == '/')
			given += len;
		dir = plain_directory(given);
		if (given[0] == '/' && given == operands->v[i])
			*dir = '\0';
		if (*dir && is_there(k->tree, dir) && !strstr(dir, "../")) {
			string_list_add(&k->dirs, dir);
			continue;
		}
		fprintf(stderr, "klint kernel: %s: there is no such directory in %s; directories are named from there, as in drivers/net\n",
			operands->v[i], k->tree);
		return false;
	}
	if (k->dirs.n)
		qsort(k->dirs.v, k->dirs.n, sizeof(*k->dirs.v), by_name);
	return true;
}

static const char *architecture(void)
{
	static struct utsname host;
	const char *arch = getenv("ARCH");

	if (arch && *arch)
		return arch;
	uname(&host);
	return host.machine;
}

/* Does arch/ * /configs hold @name?  kbuild itself tells when it is of another one. */
static bool is_of_architecture(const char *tree, const char *name)
{
	char *path = xasprintf("%s/arch", tree);
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool found = false;

	free(path);
	while (dir && !found && (entry = readdir(dir))) {
		path = xasprintf("%s/arch/%s/configs/%s", tree, entry->d_name, name);
		found = entry->d_name[0] != '.' && !access(path, R_OK);
		free(path);
	}
	if (dir)
		closedir(dir);
	return found;
}

static bool use_config_file(struct kernel *k, const char *path)
{
	struct stat st;

	if (stat(path, &st) || !S_ISREG(st.st_mode) || access(path, R_OK))
		return false;
	k->config_file = realpath(path, NULL);
	k->config = "olddefconfig";
	return true;
}

static bool find_config(struct kernel *k, const struct options *opt)
{
	const char *name = opt->config, *near;
	char *own;

	if (!name) {
		own = xasprintf("%s/.config", k->tree);
		if (!use_config_file(k, own))
			k->config = "defconfig";
		free(own);
		return true;
	}
	for (size_t i = 0; i < NTARGETS; i++)
		if (!strcmp(name, config_targets[i]))
			k->config = config_targets[i];
	if (!k->config && !strchr(name, '/') && is_of_architecture(k->tree, name))
		k->config = name;
	if (k->config || use_config_file(k, name))
		return true;
	near = nearest_name(name, config_targets, NTARGETS);
	fprintf(stderr, "klint kernel: --config=%s: is neither a file nor a configuration of %s",
		name, k->tree);
	if (near)
		fprintf(stderr, ", did you mean '%s'?", near);
	fputs("\nuse defconfig, allmodconfig, tinyconfig, one of arch/*/configs, or a .config file\n",
	      stderr);
	return false;
}

/* One for each tree and configuration, with a name that people recognise. */
static char *default_build_dir(const struct kernel *k)
{
	const char *config = k->config_file ? k->config_file : k->config;
	const char *tree = strrchr(k->tree, '/') + 1, *base = strrchr(config, '/');
	char *key = xasprintf("%s\n%s\n%s", k->tree, config, architecture());
	char *name, *dir;

	base = base ? base + 1 : config;
	base += *base == '.';
	name = xasprintf("kernel/%s-%s-%08x", tree, base,
			 (unsigned int)hash_bytes(key, strlen(key)));
	dir = cache_file(name);
	if (!dir)
		fprintf(stderr, "klint kernel: there is no cache directory (neither XDG_CACHE_HOME nor HOME): name one with --build-dir\n");
	free(key);
	free(name);
	return dir;
}

static bool cannot_use(const char *dir)
{
	fprintf(stderr, "klint kernel: %s: %s; name another directory with --build-dir\n", dir,
		strerror(errno));
	return false;
}

/* Empty objects are written there: none of somebody's own may be lost. */
static bool is_foreign(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	bool any = false;

	while (d && (entry = readdir(d)))
		any |= strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") &&
		       strcmp(entry->d_name, "klint");
	if (d)
		closedir(d);
	return any && !is_there(dir, "klint/state");
}

static bool make_build_dir(struct kernel *k, const char *given)
{
	char *dir = given ? xstrdup(given) : default_build_dir(k), *path;
	size_t len = strlen(k->tree);
	bool fine;

	if (!dir)
		return false;
	if (!make_directories(dir) || !(k->build = realpath(dir, NULL)))
		return cannot_use(dir);
	if (!strncmp(k->build, k->tree, len) && (k->build[len] == '/' || !k->build[len])) {
		fprintf(stderr, "klint kernel: --build-dir=%s: is in the source; name a directory outside of it\n",
			dir);
		return false;
	}
	if (is_foreign(k->build)) {
		fprintf(stderr, "klint kernel: --build-dir=%s: is not empty, and was not made by klint kernel, which would write over objects there; name another directory\n",
			dir);
		return false;
	}
	path = kernel_file(k, "log");
	fine = make_directories(path) || cannot_use(path);
	free(path);
	free(dir);
	return fine && usable_in_make("the build directory", k->build);
}

/*
 * The lock is left to make, and to all that make starts: if klint is killed, the next
 * run waits for them.
 */
static bool lock_build_dir(struct kernel *k)
{
	char *path = kernel_file(k, "lock");

	k->lock = open(path, O_RDWR | O_CREAT, 0666);
	if (k->lock < 0)
		return cannot_use(path);
	if (flock(k->lock, LOCK_EX | LOCK_NB)) {
		kernel_say(k, "waiting for another run in %s", k->build);
		while (flock(k->lock, LOCK_EX)) {
			spawn_die_if_interrupted();
			if (errno != EINTR)
				return cannot_use(path);
		}
	}
	free(path);
	return true;
}

bool kernel_open(struct kernel *k, const struct session *s, const struct string_list *operands)
{
	struct frontend fe;
	char err[512];

	*k = (struct kernel){ .session = s, .jobs = options_jobs(s->opt), .quiet = s->opt->quiet, .lock = -1 };
	if (!frontend_find(&s->res, s->opt->clang, &fe, err, sizeof(err))) {
		fprintf(stderr, "klint kernel: %s\n", err);
		return false;
	}
	k->clang = fe.clang;
	k->major = fe.major;
	if (!find_tree(k, operands->v[0]) || !find_directories(k, operands) ||
	    !find_config(k, s->opt) || !make_build_dir(k, s->opt->build_dir) ||
	    !lock_build_dir(k))
		return false;
	kernel_look(k);
	k->source = k->clean ? k->tree : kernel_file(k, "source");
	return true;
}
