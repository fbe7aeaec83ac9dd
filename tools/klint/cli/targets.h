/* SPDX-License-Identifier: MIT */
/* From what a user names to the units that it stands for. */
#ifndef KLINT_TARGETS_H
#define KLINT_TARGETS_H

#include "record.h"
#include "session.h"

struct plan {
	struct job *v;
	size_t n, cap;
	size_t skipped;		/* commands that compile something else than C */
	size_t trouble;		/* targets that could not be understood */
	const char *kernel;	/* build directory of the kernel that modules are for, or NULL */
};

/*
 * Append the units of every operand and of --files-from.  @args (NULL-terminated)
 * are the compiler's, for targets that are C files.  What cannot be done is told
 * on stderr and counted in plan->trouble.
 */
void plan_targets(struct plan *plan, const struct session *s,
		  const struct string_list *targets, char *const *args);

/* One C file, compiled as @args say (a compiler's name first, or not). */
bool plan_source(struct plan *plan, const struct session *s, const char *source,
		 char *const *args);
/* All entries of @db.  Paths below @overlay, if given, stand for @dir. */
void plan_commands(struct plan *plan, const struct session *s, const struct db *db,
		   const char *overlay, const char *dir);

/* module.c: what kbuild would compile for the module in @dir, without leaving a
 * file there.  Returns false with messages. */
bool plan_module(struct plan *plan, const struct session *s, const char *dir);

/* The build directory of the kernel that modules are built for: --kernel, KDIR, or the
 * newest that is installed; NULL with a message when there is none. */
const char *module_kernel(const struct options *opt);

#endif
