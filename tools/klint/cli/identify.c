// SPDX-License-Identifier: MIT
/*
 * Which compiler a program is.  A distribution's names tell it without running
 * anything (…/llvm-22/bin/clang, clang-22, x86_64-linux-gnu-gcc-12); a program
 * with another name is asked once, and the answer is kept in the cache for as
 * long as the file does not change.
 */
#define _GNU_SOURCE
#include "compiler.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/base.h"
#include "spawn.h"

char *find_program(const char *name)
{
	const char *path = getenv("PATH"), *end;

	if (strchr(name, '/'))
		return access(name, X_OK) ? NULL : xstrdup(name);
	for (; path; path = *end ? end + 1 : NULL) {
		char *full;

		end = strchrnul(path, ':');
		full = xasprintf("%.*s/%s", (int)(end - path), path, name);
		if (end > path && !access(full, X_OK))
			return full;
		free(full);
	}
	return NULL;
}

bool make_directories(char *path)
{
	for (char *p = path + 1; ; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0777) && errno != EEXIST)
			return false;
		*p = c;
		if (!c)
			return true;
	}
}

char *cache_file(const char *name)
{
	const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *dir, *file = NULL;

	if (base && *base == '/')
		dir = xasprintf("%s/klint", base);
	else if (home && *home == '/')
		dir = xasprintf("%s/.cache/klint", home);
	else
		return NULL;
	if (make_directories(dir))
		file = xasprintf("%s/%s", dir, name);
	free(dir);
	return file;
}

/* "clang", "clang-22", "x86_64-linux-gnu-gcc-12", "gcc", "cc-12". */
static bool is_named(const char *base, const char *tool, int *major)
{
	const char *at = strstr(base, tool);
	const char *rest;

	if (!at || (at > base && at[-1] != '-'))
		return false;
	rest = at + strlen(tool);
	*major = rest[0] == '-' && isdigit((unsigned char)rest[1]) ? atoi(rest + 1) : 0;
	return !*rest || *major;
}

static bool is_launcher(const char *base)
{
	static const char *const names[] = { "ccache", "sccache", "distcc", "icecc" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(base, names[i]))
			return true;
	return false;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool identify_by_name(struct compiler *c, const char *real)
{
	const char *base = base_name(real), *llvm = strstr(real, "/llvm-");
	int major = 0;

	if (is_named(base, "clang", &major)) {
		if (!major && llvm)
			major = atoi(llvm + strlen("/llvm-"));
		c->kind = COMPILER_CLANG;
		c->major = major;
		return major != 0;
	}
	if (is_named(base, "gcc", &major)) {
		c->kind = COMPILER_GCC;
		return true;
	}
	return false;
}

/* The first bytes that `program --version` prints. */
static void read_version(const char *program, char *text, size_t size)
{
	char *argv[] = { (char *)program, "--version", NULL };
	int out = memfd_create("version", MFD_CLOEXEC);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct spawn_how how = { .out = out, .err = null, .group = true };
	ssize_t n = 0;
	pid_t pid;

	if (out >= 0 && null >= 0) {
		pid = spawn(argv, &how);
		if (pid > 0 && spawn_wait(pid, 10) == 0)
			n = pread(out, text, size - 1, 0);
	}
	text[n > 0 ? n : 0] = '\0';
	if (out >= 0)
		close(out);
	if (null >= 0)
		close(null);
}

static void understand_version(struct compiler *c, const char *text)
{
	const char *version = strstr(text, "clang version ");

	if (version) {
		c->kind = COMPILER_CLANG;
		c->major = atoi(version + strlen("clang version "));
	} else if (strstr(text, "Free Software Foundation")) {
		c->kind = COMPILER_GCC;
	}
}

static bool read_cached(struct compiler *c, const char *file)
{
	char text[64] = "";
	int fd = open(file, O_RDONLY | O_CLOEXEC), kind, major;
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0 || sscanf(text, "compiler %d %d", &kind, &major) != 2 ||
	    kind < COMPILER_OTHER || kind > COMPILER_CLANG)
		return false;
	c->kind = (enum compiler_kind)kind;
	c->major = major;
	return true;
}

static void write_cached(const struct compiler *c, const char *file)
{
	char *temp = xasprintf("%s.%d", file, (int)getpid());
	int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd >= 0) {
		bool fine = dprintf(fd, "compiler %d %d\n", c->kind, c->major) > 0;

		if (close(fd) || !fine || rename(temp, file))
			unlink(temp);
	}
	free(temp);
}

static void identify_by_asking(struct compiler *c, const char *program, const char *real)
{
	char *key, *name, *file, text[512];
	struct stat st;

	if (stat(real, &st))
		return;
	/* A launcher's name decides whom it launches, so both names count. */
	key = xasprintf("%s %s %lld.%ld %lld", program, real, (long long)st.st_mtim.tv_sec,
			st.st_mtim.tv_nsec, (long long)st.st_size);
	name = xasprintf("compiler-%016llx",
			 (unsigned long long)hash_bytes(key, strlen(key)));
	file = cache_file(name);
	if (!file || !read_cached(c, file)) {
		read_version(program, text, sizeof(text));
		understand_version(c, text);
		if (file && c->kind != COMPILER_OTHER)
			write_cached(c, file);
	}
	free(key);
	free(name);
	free(file);
}

size_t launcher_words(char *const *argv)
{
	return is_launcher(base_name(argv[0])) && argv[1] && argv[1][0] != '-' ? 2 : 1;
}

void compiler_identify(struct compiler *c, char *const *argv)
{
	char *program, real[PATH_MAX];

	memset(c, 0, sizeof(*c));
	c->words = launcher_words(argv);
	c->launcher = c->words == 2;
	c->program = argv[c->words - 1];
	program = find_program(c->program);
	if (!program || !realpath(program, real)) {
		free(program);
		return;
	}
	/* A link called gcc that leads to ccache. */
	if (is_launcher(base_name(real)))
		c->launcher = true;
	if (!identify_by_name(c, real))
		identify_by_asking(c, program, real);
	free(program);
}
