/* SPDX-License-Identifier: MIT */
/*
 * One unit, from its source to its findings, in a process of its own: whatever
 * goes wrong there - a crash of clang, of the plugin or of the analysis, or no
 * end to it - costs the findings of this unit and nothing else.
 */
#ifndef KLINT_ANALYSE_H
#define KLINT_ANALYSE_H

#include <sys/types.h>
#include "checks/checks.h"
#include "compiler.h"
#include "resource.h"

enum job_kind {
	JOB_SOURCE,	/* run clang by `args`, then analyse */
	JOB_BINARY,	/* analyse the .kirb file `path` */
	JOB_TEXT	/* analyse the .kir file `path` */
};

struct job {
	enum job_kind kind;
	const char *name;	/* the unit, as it is shown to people */
	const char *dir;	/* where clang runs; NULL: here */
	const char *path;	/* JOB_BINARY, JOB_TEXT */
	struct string_list args;/* JOB_SOURCE: clang's, without its name */
	struct frontend fe;	/* JOB_SOURCE */
	const char *common;	/* JOB_SOURCE: directory of its precompiled headers, or NULL */
	bool bare;		/* a source without any of its compiler's arguments */
	const char *keep;	/* leave the KIR here and run no check; or NULL */
	const char *facts;	/* leave the facts here, for the compile of `object`; or NULL */
	const char *object;
	bool facts_only;	/* that is all that is wanted: run no check */
	/* Paths that begin with `from` are shown with `to` in its place. */
	const char *from, *to;
};

enum outcome_status {
	OUTCOME_DONE,
	OUTCOME_UNREADABLE,	/* clang, or the reader of KIR, says why */
	OUTCOME_CRASHED,
	OUTCOME_TIMEOUT
};
struct outcome {
	enum outcome_status status;
	char *message;		/* when not DONE: one line that says why; when DONE: the
				 * unit's main file as the findings name it; malloc'd */
	char *plain;		/* why it was read without the headers that it was given; malloc'd */
	struct finding_list findings;
};
void outcome_free(struct outcome *o);
/* Say on standard error that @message is why @job has failed; KIR's readers name
 * file and line themselves.  @what: "not analysed: ", or "". */
void outcome_complain(const struct job *job, const char *what, const char *message);

struct analysis {
	const struct rules *rules;
	struct check_options check;
	const char *names;	/* file for the plugin */
	const char *tmp;	/* directory for KIR files */
	long timeout;		/* seconds for each unit */
	bool no_common;		/* read every unit plainly */
};

/* A unit that is being analysed. */
struct worker {
	pid_t pid;
	int pidfd, result;
	volatile unsigned char *phase;
	double deadline;	/* CLOCK_MONOTONIC, seconds */
};

double now_seconds(void);

/* False with errno when no process could be made. */
bool worker_start(struct worker *w, const struct job *job, const struct analysis *a);
/* When its time is over, end it; true when it is over, with @out filled. */
bool worker_collect(struct worker *w, const struct analysis *a, struct outcome *out);

/* Start, wait, collect. */
void analyse_one(const struct job *job, const struct analysis *a, struct outcome *out);

/* gather.c: the outcome as the worker sends it to its parent.  False when it
 * could not be written, or what was read is not complete. */
bool outcome_write(int fd, const struct outcome *o);
bool outcome_read(int fd, struct outcome *o);

/* paths.c: make every path in @l absolute or relative to the working directory
 * of klint, whichever of them people would type.  Returns @source, the main file
 * of the unit, named the same way; it lives as long as the list. */
const char *paths_for_people(struct finding_list *l, const char *source,
			     const struct job *job, const char *cwd);

/* The name of file @path for a person in @cwd; lives as long as @arena. */
const char *name_for_people(struct arena *arena, const char *path, const char *cwd);

/* The first error in @messages of clang, without file and line; malloc'd. */
char *first_error(const char *messages);
/* All of @fd as a string, malloc'd. */
char *read_all(int fd);

#endif
