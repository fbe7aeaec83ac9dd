/* SPDX-License-Identifier: MIT */
#ifndef KLINT_WAIT_H
#define KLINT_WAIT_H

#include "check.h"

/* Word a V_WAIT violation as @lint; @verb is what the callee does ("may sleep").
 * Returns true. */
bool word_wait(struct check_run *run, const struct violation *v, const char *lint,
	       const char *verb);

#endif
