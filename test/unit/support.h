/* SPDX-License-Identifier: MIT */
/* What the unit tests share.  Using any of it also brings a registry of three
 * lints: atomic-sleep, lock-order, and rt-wait-context, which runs with --rt. */
#ifndef KLINT_TEST_SUPPORT_H
#define KLINT_TEST_SUPPORT_H

#include <stdio.h>
#include "checks/finding.h"

#define check(condition) unit_check((condition), #condition, __FILE__, __LINE__)
#define check_text(got, wanted) unit_check_text((got), (wanted), #got, __FILE__, __LINE__)

bool unit_check(bool ok, const char *condition, const char *file, int line);
bool unit_check_text(const char *got, const char *wanted, const char *what,
		     const char *file, int line);
/* Prints the sum; the exit status of main(). */
int unit_finish(void);

/* An atomic-sleep warning at line:3 of @file in @function, keyed by @key, with a
 * chain of two steps. */
void unit_add(struct finding_list *l, const char *file, uint32_t line,
	      const char *function, const char *key);

/* A new file in the directory of this run, and that directory.  Their names are
 * valid until unit_clean(), which removes them and which unit_finish() calls. */
const char *unit_file(const char *name, const char *text);
const char *unit_dir(void);
void unit_clean(void);

#endif
