// SPDX-License-Identifier: MIT
/*
 * Asking kbuild what it compiles.  It is run with klint's recorder in the place of the
 * compiler, so that headers and sources are generated as in a build, and objects are
 * empty.  What is made of objects then fails here and there, which does not matter; a
 * file that no rule can make does.
 *
 * kbuild itself knows what to do again when a source has changed.  Which objects there
 * are is asked anew when a Makefile, the configuration or the compiler has changed, since
 * kbuild forgets none.  When a run was cut off in the middle
 * of kbuild, what it has made is not believed.
 */
#define _GNU_SOURCE
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/base.h"
#include "kbuild_log.h"
#include "kernel_files.h"
#include "outfile.h"
#include "overlay.h"
#include "progress.h"
#include "record.h"
#include "spawn.h"

/* Lines that were recorded since *at, which moves on. */
static size_t new_lines(int fd, off_t *at)
{
	char buffer[65536];
	size_t lines = 0;
	ssize_t n;

	while (fd >= 0 && (n = pread(fd, buffer, sizeof(buffer), *at)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			lines += buffer[i] == '\n';
		*at += n;
	}
	return lines;
}

static int wait_and_tell(const struct kernel *k, pid_t pid)
{
	char *commands = kernel_file(k, "commands");
	int fd = open(commands, O_RDONLY | O_CREAT | O_CLOEXEC, 0666), status = 0;
	struct pollfd ended = { .fd = pidfd_open(pid, 0), .events = POLLIN };
	struct progress progress;
	off_t at = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);

	progress_begin(&progress, 0, k->quiet ? PROGRESS_NONE : PROGRESS_LINES);
	while (!spawn_ended(pid, &status)) {
		poll(&ended, 1, 250);
		spawn_die_if_interrupted();
		progress.done += new_lines(fd, &at);
		if (progress.done)
			progress_draw(&progress);
	}
	progress_end(&progress);
	if (fd >= 0)
		close(fd);
	if (ended.fd >= 0)
		close(ended.fd);
	free(commands);
	return status;
}

static void make_words(const struct kernel *k, struct string_list *argv)
{
	char *linker = xasprintf("ld.lld-%d", k->major), *ar = xasprintf("llvm-ar-%d", k->major);
	char *found[2] = { find_program(linker), find_program(ar) };

	string_list_add(argv, "make");
	string_list_add(argv, "-C");
	string_list_add(argv, k->source);
	string_list_add(argv, xasprintf("O=%s", k->build));
	/* All of LLVM if it is there; binutils do as well. */
	if (found[0] && found[1])
		string_list_add(argv, xasprintf("LLVM=-%d", k->major));
	string_list_add(argv, xasprintf("CC=%s/klint/klint cc --record %s/klint/commands -- %s",
					k->build, k->build, k->clang));
	free(linker);
	free(ar);
	free(found[0]);
	free(found[1]);
}

/* Run make for @goals with its output in log/@name.  Its status; -1: it did not start. */
static int run_make(const struct kernel *k, const char *name, const char *const *options,
		    const struct string_list *goals)
{
	char *path = xasprintf("%s/klint/log/%s", k->build, name);
	int log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), status = -1;
	struct spawn_how how = { .out = log, .err = log, .group = true };
	struct string_list argv = { 0 };
	pid_t pid = -1;

	make_words(k, &argv);
	string_list_add(&argv, xasprintf("-j%zu", k->jobs));
	for (; *options; options++)
		string_list_add(&argv, *options);
	for (size_t i = 0; i < goals->n; i++)
		string_list_add(&argv, goals->v[i]);
	if (log >= 0)
		pid = spawn((char **)argv.v, &how);
	if (pid < 0)
		fprintf(stderr, "klint kernel: %s: %s\n", log < 0 ? path : "make", strerror(errno));
	else
		status = wait_and_tell(k, pid);
	if (log >= 0)
		close(log);
	free(path);
	return status;
}

/* A step without which there is no going on. */
static bool must_make(const struct kernel *k, const char *name, const char *goal)
{
	static const char *const none[] = { NULL };
	struct string_list goals = { 0 };
	char *path = xasprintf("%s/klint/log/%s", k->build, name);
	int status;

	string_list_add(&goals, goal);
	status = run_make(k, name, none, &goals);
	if (status > 0)
		kbuild_log_explain(path, goal);
	free(path);
	return !status;
}

static bool copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "re");
	struct outfile f;
	char buffer[65536];
	size_t n;

	if (!in || !outfile_open(&f, to)) {
		fprintf(stderr, "klint kernel: %s: %s\n", in ? to : from, strerror(errno));
		return false;
	}
	while ((n = fread(buffer, 1, sizeof(buffer), in)) > 0)
		fwrite(buffer, 1, n, f.out);
	fclose(in);
	return outfile_commit(&f);
}

static char *config_path(const struct kernel *k)
{
	return xasprintf("%s/.config", k->build);
}

/* allmodconfig and its like take instruments and -Werror as well, unless told. */
static void tell_allconfig(const struct kernel *k)
{
	char *path = xasprintf("%s/share/klint/include/klint-all.config", k->session->res.root);

	if (!strncmp(k->config, "all", 3) && !access(path, R_OK))
		setenv("KCONFIG_ALLCONFIG", path, 1);
	else
		unsetenv("KCONFIG_ALLCONFIG");
	free(path);
}

static bool configure(const struct kernel *k,
		      struct kernel_state *st, uint64_t by)
{
	char *config = config_path(k);
	bool fine;

	kernel_say(k, "configuring %s (%s) in %s", k->tree,
		   k->config_file ? k->config_file : k->config, k->build);
	tell_allconfig(k);
	fine = (!k->config_file || copy_file(k->config_file, config)) &&
	       must_make(k, "config", k->config);
	st->configured = by;
	free(config);
	return fine;
}

/* All that decides which commands there are, but for BUILD/.config. */
static uint64_t hash_of_request(const struct kernel *k)
{
	const char *arch = getenv("ARCH");
	struct string_list argv = { 0 };
	struct stat clang = { 0 };
	char *text, *more;
	uint64_t hash;

	make_words(k, &argv);
	stat(k->clang, &clang);
	text = xasprintf("%s\n%lx\n%s\n%lx %lx\n%lx\n%s", k->config,
			 k->config_file ? hash_file(k->config_file) : 0, arch ? arch : "",
			 (unsigned long)clang.st_size, (unsigned long)clang.st_mtim.tv_sec,
			 k->config_rules, KLINT_VERSION);
	for (size_t i = 0; i < argv.n; i++) {
		more = xasprintf("%s\n%s", text, argv.v[i]);
		free(text);
		text = more;
	}
	hash = hash_bytes(text, strlen(text));
	free(text);
	return hash;
}

static bool was_recorded(const struct kernel_state *st, const char *dir)
{
	char *word = xasprintf(" %s ", dir), *list = xasprintf(" %s", st->recorded);
	bool found = strstr(list, word) || !strncmp(st->recorded, "all ", 4);

	free(word);
	free(list);
	return found;
}

static bool all_recorded(const struct kernel *k, const struct kernel_state *st)
{
	if (!k->dirs.n)
		return was_recorded(st, "all");
	for (size_t i = 0; i < k->dirs.n; i++)
		if (!was_recorded(st, k->dirs.v[i]))
			return false;
	return true;
}

static void note_recorded(const struct kernel *k, struct kernel_state *st)
{
	if (!k->dirs.n)
		st->recorded = "all ";
	for (size_t i = 0; i < k->dirs.n; i++)
		if (!was_recorded(st, k->dirs.v[i]))
			st->recorded = xasprintf("%s%s ", st->recorded, k->dirs.v[i]);
}

static bool record(const struct kernel *k, bool *trouble)
{
	/* -k: what depends on a real object fails.  Objects are not looked into. */
	static const char *const options[] = { "-k", "objtool=true", NULL };
	/* kbuild's own name for the objects of the kernel and of all modules, unlinked. */
	struct string_list everything = { 0 };
	char *path = xasprintf("%s/klint/log/record", k->build);
	int status;

	string_list_add(&everything, "compile_commands.json");
	kernel_say(k, "asking kbuild what it compiles");
	status = run_make(k, "record", options, k->dirs.n ? &k->dirs : &everything);
	if (status > 0 && kbuild_log_failures(path))
		*trouble = true;
	free(path);
	return status >= 0 && !(status > 0 && WIFSIGNALED(status));
}

/* kbuild calls klint by a name that does not hold blanks, and stays when klint moves. */
static bool link_to_klint(const struct kernel *k)
{
	char *self = kernel_file(k, "klint"), exe[PATH_MAX] = "";
	bool fine = readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0;

	unlink(self);
	fine = fine && !symlink(exe, self);
	if (!fine)
		fprintf(stderr, "klint kernel: %s: %s\n", self, strerror(errno));
	free(self);
	return fine;
}

/* Remove the empty objects, so that kbuild asks for all of them again. */
static void forget_commands(const struct kernel *k, struct kernel_state *st)
{
	char *commands = kernel_file(k, "commands");
	struct db db;

	if (!kernel_commands(k, &db))
		db.n = 0;
	for (size_t i = 0; i < db.n; i++) {
		char *object = xasprintf("%s/%s", k->build, kernel_object(&db.v[i]));

		unlink(object);
		free(object);
	}
	unlink(commands);
	free(commands);
	st->recorded = "";
	st->files = 0;
}

static bool run_steps(const struct kernel *k, struct kernel_state *st,
		      uint64_t request, bool reconfigure, bool *trouble)
{
	char *config;

	if (!k->clean && st->files != k->files && !kernel_make_links(k))
		return false;
	if (reconfigure && !configure(k, st, request))
		return false;
	kernel_say(k, "making generated headers");
	if (!must_make(k, "prepare", "prepare"))
		return false;
	config = config_path(k);
	st->config = hash_file(config);	/* kbuild has completed it now */
	free(config);
	/* What was recorded of a source that has changed since need not hold. */
	if (st->files != k->files)
		st->recorded = "";
	st->files = k->files;
	st->rules = k->rules;
	return record(k, trouble);
}

static uint64_t size_of_commands(const struct kernel *k)
{
	char *path = kernel_file(k, "commands");
	struct stat st;
	uint64_t size = stat(path, &st) ? 0 : (uint64_t)st.st_size;

	free(path);
	return size;
}

bool kbuild_update(const struct kernel *k, struct kernel_state *st, bool *trouble)
{
	uint64_t request = hash_of_request(k);
	char *config = config_path(k);
	bool cut_off = !strcmp(st->doing, "kbuild") || strcmp(st->tree, k->tree) ||
		       size_of_commands(k) != st->commands;
	bool reconfigure = cut_off || st->configured != request ||
			   st->config != hash_file(config);

	free(config);
	if (!reconfigure && st->files == k->files && all_recorded(k, st))
		return true;
	st->doing = "kbuild";
	st->tree = xstrdup(k->tree);
	if (!kernel_state_write(st, k))
		return false;
	if (cut_off) {
		char *commands = kernel_file(k, "commands");

		kernel_forget_all(k);
		unlink(commands);
		free(commands);
	}
	if (reconfigure || st->rules != k->rules)
		forget_commands(k, st);
	forget_make();
	if (!link_to_klint(k) ||
	    !run_steps(k, st, request, reconfigure, trouble))
		return false;
	/* What could not be made is asked for again, and told again. */
	if (*trouble)
		st->recorded = "";
	else
		note_recorded(k, st);
	st->commands = size_of_commands(k);
	st->doing = "";
	return kernel_state_write(st, k);
}
