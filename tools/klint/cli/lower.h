/* SPDX-License-Identifier: MIT */
/* Targets as KIR modules, for the commands that look at KIR itself. */
#ifndef KLINT_CLI_LOWER_H
#define KLINT_CLI_LOWER_H

#include "kir/kir.h"
#include "targets.h"

struct modules {
	struct kir_module **v;
	size_t n, cap, failed;
};

/* Lower or read every unit of the targets; what fails is told and counted.  On
 * return nothing is left on disk that a signal would have to remove. */
void lower_targets(struct modules *to, struct session *s,
		   const struct string_list *targets, char *const *args);

#endif
