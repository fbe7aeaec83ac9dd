/* SPDX-License-Identifier: MIT */
/* The halves of the SARIF form: the rule table, and the rest. */
#ifndef KLINT_REPORT_SARIF_H
#define KLINT_REPORT_SARIF_H

#include <jansson.h>
#include "report/report.h"

/* The rules in the order of ruleIndex: the registry, then the suppression lint
 * if it is not in there. */
json_t *sarif_rules(const struct report_options *opt);
/* Position of @lint in that table, or -1. */
int sarif_rule_index(const char *lint);

/* {"text": s} */
json_t *sarif_message(const char *s);

/* A location; members without a value are left out. */
json_t *sarif_location(const struct report *r, const struct klint_place *at,
		       const char *function);
/* "file:///root/" */
json_t *sarif_root_uri(const char *root);

#endif
