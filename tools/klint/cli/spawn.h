/* SPDX-License-Identifier: MIT */
/*
 * Child processes that do not outlive klint: a signal that ends klint is passed
 * on to them first, and so is the death of klint itself.
 */
#ifndef KLINT_SPAWN_H
#define KLINT_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

struct spawn_how {
	const char *dir;	/* working directory; NULL: here */
	int out, err;		/* file descriptors; -1: inherited */
	/* In a process group of its own, so that it is ended with all of its
	 * children; otherwise it stays in klint's, as if make had started it. */
	bool group;
};
#define SPAWN_PLAIN ((struct spawn_how){ .out = -1, .err = -1 })

/* Install the handlers.  Before the first child. */
void spawn_init(void);

/* Start @argv (argv[0] is looked up in PATH).  -1 with errno when it could not
 * be started, a failed exec included. */
pid_t spawn(char *const argv[], const struct spawn_how *how);

/* fork(2) in a group of its own.  The child has default signal handlers. */
pid_t spawn_fork(void);

/* Wait for @pid, at most @seconds (0: for ever).  The status of waitpid(), or
 * SPAWN_TIMEOUT after all of its group was killed. */
#define SPAWN_TIMEOUT (-1)
int spawn_wait(pid_t pid, long seconds);

/* Without waiting: true when it has ended, with its status in *status. */
bool spawn_ended(pid_t pid, int *status);
/* End it and its group now, and collect it. */
void spawn_kill(pid_t pid);

/* When a signal came that ends klint: remove temporary directories and die by
 * that signal.  Called by everything here that waits. */
void spawn_die_if_interrupted(void);
/* From now on such a signal ends klint at once: nothing is left to tidy up. */
void spawn_default_signals(void);

#endif
