// SPDX-License-Identifier: MIT
/*
 * Any bytes as a rules file: either refused with a message, or loaded into
 * rules that hold together.  Seeds: rules/ *.yaml.
 */
#define _GNU_SOURCE
#include "rules/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void check_effect(const struct rules *r, const struct rule *rule,
			 const struct rule_effect *e)
{
	must(e->part < CTX_NPARTS && e->line);
	must(e->lock_kind == RULES_NONE || rules_lock_kind(r, e->lock_kind));
	must(e->lock.root != ROOT_ARG || e->lock.arg <= rule->max_args);
	must(e->lock.root != ROOT_INT || (!e->lock.nsteps && !e->lock.addr));
	must((e->kind == EFFECT_ACQUIRE || e->kind == EFFECT_RELEASE) <=
	     (e->lock.root != ROOT_NONE));
	for (uint32_t i = 0; i < e->cond.nterms; i++)
		must(e->cond.terms[i].lhs.root == ROOT_RET ||
		     e->cond.terms[i].lhs.root == ROOT_ARG);
}

static void check_rule(const struct rules *r, const struct rule *rule)
{
	must((rule->annotation ? rules_find_annotation(r, rule->name)
			       : rules_find(r, rule->name)) == rule);
	must(rule->min_args <= rule->max_args && rule->line);
	for (uint32_t i = 0; i < rule->neffects; i++)
		check_effect(r, rule, &rule->effects[i]);
	for (uint32_t i = 0; i < rule->ncalls; i++)
		must(rule->calls[i].fn.root != ROOT_NONE &&
		     (rule->calls[i].context == RULES_NONE ||
		      rules_context(r, rule->calls[i].context)));
}

static void check_rules(const struct rules *r, FILE *sink)
{
	for (size_t i = 0; i < rules_count(r); i++)
		check_rule(r, rules_at(r, i));
	for (size_t i = 0; i < rules_ops_count(r); i++) {
		const struct rule_ops *ops = rules_ops_at(r, i);

		must(rules_find_ops(r, ops->record, ops->field) == ops);
		must(rules_context(r, ops->context));
	}
	rules_write_names(r, sink);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *said = NULL;
	size_t len = 0;
	FILE *err = open_memstream(&said, &len);
	struct rules *r = rules_load_memory((const char *)data, size, "fuzz", err);

	fflush(err);
	must((r == NULL) == (len != 0));
	if (r)
		check_rules(r, err);
	rules_free(r);
	fclose(err);
	free(said);
	return 0;
}
