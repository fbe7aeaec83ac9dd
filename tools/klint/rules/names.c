// SPDX-License-Identifier: MIT
/*
 * The list of names for a front end: what to keep as an event, and which
 * constants to look up.
 */
#include "rules/rules_internal.h"

#include <string.h>

struct name {
	char type;	/* 'm', 'p', 'a' or 'c' */
	const char *text;
};

struct names {
	struct name *v;
	size_t n, cap;
};

static void add_name(struct names *names, char type, const char *text)
{
	if (text)
		vec_push(names->v, names->n, names->cap) = (struct name){ type, text };
}

static void add_constants(struct names *names, const struct rule_cond *cond)
{
	for (uint32_t i = 0; i < cond->nterms; i++) {
		add_name(names, 'c', cond->terms[i].mask.name);
		add_name(names, 'c', cond->terms[i].rhs.name);
	}
}

static void add_rule_names(struct names *names, const struct rule *rule)
{
	add_name(names, rule->annotation ? 'a' : 'm', rule->name);
	for (uint32_t i = 0; i < rule->neffects; i++)
		add_constants(names, &rule->effects[i].cond);
	for (uint32_t i = 0; i < rule->ncalls; i++)
		add_constants(names, &rule->calls[i].cond);
}

static int compare_names(const void *pa, const void *pb)
{
	const struct name *a = pa, *b = pb;

	return a->type != b->type ? a->type - b->type : strcmp(a->text, b->text);
}

void rules_write_names(const struct rules *r, FILE *out)
{
	struct names names = { 0 };

	for (size_t i = 0; i < r->nrules; i++)
		add_rule_names(&names, &r->rules[i]);
	for (size_t i = 0; i < r->ntouches; i++)
		add_name(&names, 'p', r->touches[i].name);
	for (size_t i = 0; i < r->nundone; i++) {
		add_name(&names, 'p', r->undone[i].name);
		if (r->undone[i].by)
			add_name(&names, 'p', r->undone[i].by);
	}
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), compare_names);
	for (size_t i = 0; i < names.n; i++)
		if (!i || compare_names(&names.v[i - 1], &names.v[i]))
			fprintf(out, "%c %s\n", names.v[i].type, names.v[i].text);
	free(names.v);
}
