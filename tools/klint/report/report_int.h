/* SPDX-License-Identifier: MIT */
/* What the files of this room share and others need not see. */
#ifndef KLINT_REPORT_INT_H
#define KLINT_REPORT_INT_H

#include "report/report.h"

/* Sort the list and start the items anew, all of them open. */
void report_refresh(struct report *r);

/* Did the lint run, so that its silence means something? */
bool scope_ran(const struct report_scope *scope, const char *lint);

const char *severity_name(enum severity s);	/* as SARIF calls its levels, too */
const char *step_role_name(enum step_role role);	/* for programs */
/* What a step is, for people: the role, but where the rule is broken what
 * happens there, if the lint has a word for it. */
const char *step_word(const struct klint_finding *f, const struct klint_step *s);

#endif
