/* SPDX-License-Identifier: MIT */
/* Targets as KIR modules, for the commands that look at KIR itself. */
#ifndef KLINT_CLI_LOWER_H
#define KLINT_CLI_LOWER_H

#include "kir/kir.h"
#include "targets.h"

struct modules {
	struct kir_module **v;
	size_t n, cap, failed;
	const char *dir;	/* where the compiler of the first one ran, or NULL: here */
};

/* Lower or read every unit of the targets; what fails is told and counted.  What is on
 * disk for it is not needed any more on return: tmpdir_remove_all(). */
void lower_targets(struct modules *to, struct session *s,
		   const struct string_list *targets, char *const *args);

#endif
