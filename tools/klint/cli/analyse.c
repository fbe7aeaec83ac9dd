// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "analyse.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/base.h"
#include "common.h"
#include "facts.h"
#include "kir/kir_text.h"
#include "spawn.h"

/* How far a worker has come; its parent reads it when the worker has died. */
enum phase { PHASE_START, PHASE_CLANG, PHASE_OPEN, PHASE_CHECKS };
static const char *const doing[] = {
	"starting", "reading the source", "opening its KIR", "the analysis",
};

double now_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

char *read_all(int fd)
{
	struct stat st;
	size_t size, got = 0;
	char *text;

	if (fstat(fd, &st))
		return xstrdup("");
	size = (size_t)st.st_size;
	text = xmalloc(size + 1);
	while (got < size) {
		ssize_t n = pread(fd, text + got, size - got, (off_t)got);

		if (n <= 0)
			break;
		got += (size_t)n;
	}
	text[got] = '\0';
	return text;
}

char *first_error(const char *messages)
{
	const char *at = strstr(messages, "error: ");
	const char *start, *end;

	if (!at)
		return NULL;
	end = strchrnul(at, '\n');
	for (start = at; start > messages && start[-1] != '\n'; start--)
		;
	return xasprintf("%.*s", (int)(end - start), start);
}

static void fail(struct outcome *out, enum outcome_status status, char *message)
{
	out->status = status;
	out->message = message;
}

static int run_clang(const struct job *job, const struct analysis *a,
		     const struct string_list *args, const char *kirb, char **messages)
{
	struct string_list argv = { 0 };
	int err = memfd_create("messages", MFD_CLOEXEC), status;
	struct spawn_how how = { .dir = job->dir, .out = err, .err = err };
	pid_t pid;

	string_list_add(&argv, job->fe.clang);
	for (size_t i = 0; i < args->n; i++)
		string_list_add(&argv, args->v[i]);
	string_list_add(&argv, xasprintf("-fplugin=%s", job->fe.plugin));
	string_list_add(&argv, xasprintf("-fplugin-arg-klint-out=%s", kirb));
	string_list_add(&argv, xasprintf("-fplugin-arg-klint-names=%s", a->names));
	string_list_add(&argv, "-fno-crash-diagnostics");
	string_list_add(&argv, "-fno-color-diagnostics");
	pid = spawn((char **)argv.v, &how);
	if (pid < 0) {
		*messages = xasprintf("error: cannot run %s in %s: %s", job->fe.clang,
				      job->dir ? job->dir : ".", strerror(errno));
		close(err);
		return 127 << 8;
	}
	status = spawn_wait(pid, 0);
	*messages = read_all(err);
	close(err);
	return status;
}

/* Clang in its own process reports a crash by 128 + signal. */
static int crash_signal(int status)
{
	if (WIFSIGNALED(status))
		return WTERMSIG(status);
	return WEXITSTATUS(status) > 128 ? WEXITSTATUS(status) - 128 : 0;
}

/* Why the plugin wants the plain parse, or what clang did not like; malloc'd. */
static char *reason_for_plain(const char *kirb, char *messages)
{
	char *file = xasprintf("%s.err", kirb), *reason = first_error(messages);
	int fd = reason ? -1 : open(file, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		reason = read_all(fd);
		reason[strcspn(reason, "\n")] = '\0';
		close(fd);
	}
	unlink(file);
	free(file);
	return reason ? reason : xstrdup("clang failed");
}

static bool lower_with_common(const struct job *job, const struct analysis *a,
			      const char *kirb, struct outcome *out)
{
	struct string_list args = { 0 };
	char *messages;
	int status;

	common_arguments(&args, job, &job->args);
	status = run_clang(job, a, &args, kirb, &messages);
	if (status || access(kirb, R_OK))
		out->plain = reason_for_plain(kirb, messages);
	if (out->plain)
		common_refused(job, out->plain);
	free(messages);
	free(args.v);
	return !out->plain;
}

static bool lower_plainly(const struct job *job, const struct analysis *a,
			  const char *kirb, struct outcome *out)
{
	struct string_list args = job->args;
	char *messages, *error;
	int status, sig;

	status = run_clang(job, a, &args, kirb, &messages);
	if (status && !crash_signal(status) && drop_unknown(&args, messages, job->fe.major)) {
		free(messages);
		status = run_clang(job, a, &args, kirb, &messages);
	}
	sig = crash_signal(status);
	if (sig) {
		fail(out, OUTCOME_CRASHED, xasprintf("clang-%d with klint's plugin crashed (%s)",
						     job->fe.major, strsignal(sig)));
		return false;
	}
	if (status) {
		error = first_error(messages);
		if (!error)
			error = xasprintf("clang ended with status %d and said nothing",
					  WEXITSTATUS(status));
		if (job->bare)
			error = xasprintf("%s (kernel code needs the compiler's arguments, behind --, or name the module's directory)",
					  error);
		fail(out, OUTCOME_UNREADABLE, error);
		return false;
	}
	free(messages);
	if (!access(kirb, R_OK))
		return true;
	fail(out, OUTCOME_UNREADABLE, xstrdup("klint's plugin wrote nothing for it"));
	return false;
}

static bool lower_source(const struct job *job, const struct analysis *a,
			 const char *kirb, struct outcome *out)
{
	return (job->common && lower_with_common(job, a, kirb, out)) ||
	       lower_plainly(job, a, kirb, out);
}

static struct kir_module *open_text(const char *path, char *err, size_t errlen)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct kir_module *m;
	struct stat st;
	char *text;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		snprintf(err, errlen, "%s: %s", path, fd < 0 ? strerror(errno) : "is no file");
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	text = read_all(fd);
	close(fd);
	m = kir_parse(text, (size_t)st.st_size, path, err, errlen);
	free(text);
	return m;
}

static void work(const struct job *job, const struct analysis *a, const char *kirb,
		 volatile unsigned char *phase, struct outcome *out)
{
	char err[512] = "", cwd[PATH_MAX] = "";
	struct kir_module *m;

	if (job->kind == JOB_SOURCE) {
		*phase = PHASE_CLANG;
		if (!lower_source(job, a, kirb, out))
			return;
	}
	*phase = PHASE_OPEN;
	m = job->kind == JOB_TEXT ? open_text(job->path, err, sizeof(err)) :
	    kir_open(job->kind == JOB_SOURCE ? kirb : job->path, err, sizeof(err));
	if (!m) {
		fail(out, OUTCOME_UNREADABLE, xstrdup(err));
		return;
	}
	*phase = PHASE_CHECKS;
	/* Facts that cannot be kept cost the link, not what is found here. */
	if (job->facts && !facts_write(job->facts, m, job->object, err, sizeof(err))) {
		if (job->facts_only)
			fail(out, OUTCOME_UNREADABLE, xstrdup(err));
		else
			fprintf(stderr, "klint: %s\n", err);
	}
	if (job->facts_only)
		return;
	if (job->keep) {
		if (kir_save(m, job->keep, err, sizeof(err)))
			fail(out, OUTCOME_UNREADABLE, xstrdup(err));
		return;
	}
	checks_run(m, a->rules, &a->check, &out->findings);
	if (!getcwd(cwd, sizeof(cwd)))
		cwd[0] = '\0';
	out->message = xstrdup(paths_for_people(&out->findings, kir_string(m, m->source),
						job, cwd));
}

static void worker_main(const struct worker *w, const struct job *job, const struct analysis *a)
{
	char *kirb = xasprintf("%s/%d.kirb", a->tmp, (int)getpid());
	struct outcome out = { .status = OUTCOME_DONE };
	bool fine;

	finding_list_init(&out.findings);
	work(job, a, kirb, w->phase, &out);
	unlink(kirb);
	fine = outcome_write(w->result, &out);
	_exit(fine ? 0 : 1);
}

bool worker_start(struct worker *w, const struct job *job, const struct analysis *a)
{
	memset(w, 0, sizeof(*w));
	w->result = memfd_create("result", MFD_CLOEXEC);
	w->phase = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (w->result < 0 || w->phase == MAP_FAILED)
		return false;
	w->deadline = now_seconds() + (double)a->timeout;
	fflush(NULL);
	w->pid = spawn_fork();
	if (!w->pid)
		worker_main(w, job, a);
	w->pidfd = w->pid > 0 ? pidfd_open(w->pid, 0) : -1;
	return w->pid > 0;
}

static void worker_close(struct worker *w, const struct analysis *a)
{
	char *kirb = xasprintf("%s/%d.kirb", a->tmp, (int)w->pid);

	unlink(kirb);	/* of a worker that could not do it itself */
	free(kirb);
	if (w->pidfd >= 0)
		close(w->pidfd);
	close(w->result);
	munmap((void *)w->phase, 1);
}

bool worker_collect(struct worker *w, const struct analysis *a, struct outcome *out)
{
	const char *what;
	int status = 0;

	memset(out, 0, sizeof(*out));
	if (!spawn_ended(w->pid, &status)) {
		if (now_seconds() < w->deadline)
			return false;
		spawn_kill(w->pid);
		fail(out, OUTCOME_TIMEOUT, xasprintf("%s took more than %ld second%s (--timeout)",
						     doing[*w->phase % 4], a->timeout,
						     a->timeout == 1 ? "" : "s"));
		finding_list_init(&out->findings);
		worker_close(w, a);
		return true;
	}
	finding_list_init(&out->findings);
	if (status || !outcome_read(w->result, out)) {
		outcome_free(out);
		finding_list_init(&out->findings);
		what = WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "its result is lost";
		fail(out, OUTCOME_CRASHED, xasprintf("%s crashed (%s)", doing[*w->phase % 4], what));
	}
	worker_close(w, a);
	return true;
}

void outcome_complain(const struct job *job, const char *what, const char *message)
{
	size_t len = job->path ? strlen(job->path) : 0;

	if (len && !strncmp(message, job->path, len) && message[len] == ':')
		fprintf(stderr, "klint: %s%s\n", what, message);
	else
		fprintf(stderr, "klint: %s%s: %s\n", what, job->name, message);
}

void analyse_one(const struct job *job, const struct analysis *a, struct outcome *out)
{
	struct worker w;

	if (!worker_start(&w, job, a)) {
		memset(out, 0, sizeof(*out));
		finding_list_init(&out->findings);
		fail(out, OUTCOME_CRASHED, xasprintf("no process: %s", strerror(errno)));
		return;
	}
	while (!worker_collect(&w, a, out)) {
		struct pollfd fd = { .fd = w.pidfd, .events = POLLIN };

		poll(&fd, 1, w.pidfd < 0 ? 20 : (int)((w.deadline - now_seconds()) * 1000) + 1);
		spawn_die_if_interrupted();
	}
}
