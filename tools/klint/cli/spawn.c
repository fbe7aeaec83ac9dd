// SPDX-License-Identifier: MIT
/*
 * The handler may only set a flag and kill: what it kills stands in a small table
 * of the children that live.  Tidying up is left to the code that waits for them.
 */
#define _GNU_SOURCE
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tmpdir.h"

#define MAX_CHILDREN 1024

static volatile sig_atomic_t interrupted;
/* Positive: one process; negative: a process group; 0: free. */
static volatile pid_t children[MAX_CHILDREN];
static const int fatal[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
#define NFATAL (sizeof(fatal) / sizeof(fatal[0]))

static void on_signal(int sig)
{
	int saved = errno;

	interrupted = sig;
	for (size_t i = 0; i < MAX_CHILDREN; i++) {
		pid_t pid = children[i];

		if (pid)
			kill(pid, pid < 0 ? SIGKILL : sig);
	}
	errno = saved;
}

void spawn_init(void)
{
	struct sigaction sa = { .sa_handler = on_signal };	/* no SA_RESTART */

	for (size_t i = 0; i < NFATAL; i++) {
		struct sigaction old;

		sigaction(fatal[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)	/* nohup */
			sigaction(fatal[i], &sa, NULL);
	}
}

void spawn_default_signals(void)
{
	spawn_die_if_interrupted();
	for (size_t i = 0; i < NFATAL; i++) {
		struct sigaction old;

		sigaction(fatal[i], NULL, &old);
		if (old.sa_handler == on_signal)
			signal(fatal[i], SIG_DFL);
	}
}

void spawn_die_if_interrupted(void)
{
	int sig = interrupted;

	if (!sig)
		return;
	tmpdir_remove_all();
	signal(sig, SIG_DFL);
	raise(sig);
	_exit(128 + sig);
}

static void remember(pid_t id)
{
	for (size_t i = 0; i < MAX_CHILDREN; i++) {
		if (!children[i]) {
			children[i] = id;
			return;
		}
	}
}

static void forget(pid_t pid)
{
	for (size_t i = 0; i < MAX_CHILDREN; i++)
		if (children[i] == pid || children[i] == -pid)
			children[i] = 0;
}

/* fork(2) with the fatal signals held back, so that none comes between the
 * child's birth and its place in the table. */
static pid_t fork_child(bool group)
{
	sigset_t set, old;
	pid_t parent = getpid(), pid;

	sigemptyset(&set);
	for (size_t i = 0; i < NFATAL; i++)
		sigaddset(&set, fatal[i]);
	sigprocmask(SIG_BLOCK, &set, &old);
	pid = fork();
	if (pid > 0) {
		if (group)
			setpgid(pid, pid);
		remember(group ? -pid : pid);
	} else if (!pid) {
		memset((void *)children, 0, sizeof(children));
		spawn_default_signals();
		if (group) {
			setpgid(0, 0);
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (getppid() != parent)
				_exit(127);
		}
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return pid;
}

pid_t spawn_fork(void)
{
	return fork_child(true);
}

static void exec_child(char *const argv[], const struct spawn_how *how, int report)
{
	int error;

	if ((how->out < 0 || dup2(how->out, STDOUT_FILENO) >= 0) &&
	    (how->err < 0 || dup2(how->err, STDERR_FILENO) >= 0) &&
	    (!how->dir || !chdir(how->dir)))
		execvp(argv[0], argv);
	error = errno;
	if (write(report, &error, sizeof(error)) < 0)
		_exit(126);
	_exit(127);
}

pid_t spawn(char *const argv[], const struct spawn_how *how)
{
	int pipefd[2], error = 0;
	ssize_t got;
	pid_t pid;

	if (pipe2(pipefd, O_CLOEXEC))
		return -1;
	pid = fork_child(how->group);
	if (!pid)
		exec_child(argv, how, pipefd[1]);
	close(pipefd[1]);
	if (pid < 0) {
		close(pipefd[0]);
		return -1;
	}
	do {
		got = read(pipefd[0], &error, sizeof(error));
	} while (got < 0 && errno == EINTR);
	close(pipefd[0]);
	if (got <= 0)
		return pid;
	waitpid(pid, NULL, 0);
	forget(pid);
	errno = error;
	return -1;
}

void spawn_kill(pid_t pid)
{
	int status;

	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	forget(pid);
}

bool spawn_ended(pid_t pid, int *status)
{
	if (waitpid(pid, status, WNOHANG) != pid)
		return false;
	forget(pid);
	return true;
}

static bool wait_until_ended(pid_t pid, long seconds)
{
	struct pollfd fd = { .fd = pidfd_open(pid, 0), .events = POLLIN };
	int n;

	if (fd.fd < 0)
		return true;	/* an old kernel: no time limit */
	do {
		n = poll(&fd, 1, (int)(seconds * 1000));
	} while (n < 0 && errno == EINTR && !interrupted);
	close(fd.fd);
	return n != 0;
}

int spawn_wait(pid_t pid, long seconds)
{
	int status = 0;

	if (seconds && !wait_until_ended(pid, seconds)) {
		spawn_kill(pid);
		return SPAWN_TIMEOUT;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	forget(pid);
	spawn_die_if_interrupted();
	return status;
}
