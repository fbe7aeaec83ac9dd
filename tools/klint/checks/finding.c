/* SPDX-License-Identifier: MIT */
/*
 * Lists of findings: deep copies into the list's arena, and one total order, so
 * that the same findings come out as the same bytes whichever thread or unit
 * found them first.
 */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "checks/finding.h"

void finding_list_init(struct finding_list *l)
{
	memset(l, 0, sizeof(*l));
	l->arena = arena_new();
}

void finding_list_free(struct finding_list *l)
{
	free(l->v);
	free(l->gaps);
	arena_free(l->arena);
	memset(l, 0, sizeof(*l));
}

static const char *copy_text(struct arena *a, const char *s)
{
	return s && *s ? arena_strdup(a, s) : "";
}

static struct klint_place copy_place(struct arena *a, struct klint_place at)
{
	at.file = copy_text(a, at.file);
	return at;
}

static const struct klint_step *copy_steps(struct arena *a, const struct klint_finding *f)
{
	struct klint_step *steps;

	if (!f->nsteps)
		return NULL;
	steps = arena_alloc(a, f->nsteps * sizeof(*steps));
	for (size_t i = 0; i < f->nsteps; i++) {
		steps[i].role = f->steps[i].role;
		steps[i].at = copy_place(a, f->steps[i].at);
		steps[i].function = copy_text(a, f->steps[i].function);
		steps[i].text = copy_text(a, f->steps[i].text);
	}
	return steps;
}

void finding_list_add(struct finding_list *l, const struct klint_finding *f)
{
	struct arena *a = l->arena;
	struct klint_finding copy = {
		.lint = copy_text(a, f->lint),
		.severity = f->severity,
		.at = copy_place(a, f->at),
		.function = copy_text(a, f->function),
		.message = copy_text(a, f->message),
		.key = copy_text(a, f->key),
		.fix = f->fix ? copy_text(a, f->fix) : NULL,
		.nsteps = f->nsteps,
		.steps = copy_steps(a, f),
	};

	vec_push(l->v, l->n, l->cap) = copy;
}

void finding_list_add_gap(struct finding_list *l, const struct klint_gap *g)
{
	struct klint_gap copy = {
		.function = copy_text(l->arena, g->function),
		.at = copy_place(l->arena, g->at),
		.why = copy_text(l->arena, g->why),
	};

	vec_push(l->gaps, l->ngaps, l->gaps_cap) = copy;
}

void finding_list_splice(struct finding_list *to, struct finding_list *from)
{
	for (size_t i = 0; i < from->n; i++)
		vec_push(to->v, to->n, to->cap) = from->v[i];
	for (size_t i = 0; i < from->ngaps; i++)
		vec_push(to->gaps, to->ngaps, to->gaps_cap) = from->gaps[i];
	to->nfunctions += from->nfunctions;
	arena_join(to->arena, from->arena);
	from->arena = NULL;
	finding_list_free(from);
	finding_list_init(from);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_places(const struct klint_place *a, const struct klint_place *b)
{
	int c = strcmp(a->file, b->file);

	if (!c)
		c = compare_numbers(a->line, b->line);
	return c ? c : compare_numbers(a->col, b->col);
}

/* What makes two findings one to the reader. */
static int compare_identity(const struct klint_finding *a, const struct klint_finding *b)
{
	int c = compare_places(&a->at, &b->at);

	if (!c)
		c = strcmp(a->lint, b->lint);
	return c ? c : strcmp(a->message, b->message);
}

static int compare_steps(const struct klint_step *a, const struct klint_step *b)
{
	int c = compare_places(&a->at, &b->at);

	if (!c)
		c = compare_numbers(a->role, b->role);
	if (!c)
		c = strcmp(a->function, b->function);
	return c ? c : strcmp(a->text, b->text);
}

/* Of equal findings the one with the shortest chain comes first and stays; the
 * rest of the order only keeps the choice from depending on who was first. */
static int compare_findings(const void *pa, const void *pb)
{
	const struct klint_finding *a = pa, *b = pb;
	int c = compare_identity(a, b);

	if (!c)
		c = compare_numbers(a->nsteps, b->nsteps);
	for (size_t i = 0; !c && i < a->nsteps; i++)
		c = compare_steps(&a->steps[i], &b->steps[i]);
	if (!c)
		c = compare_numbers(b->severity, a->severity);
	if (!c)
		c = strcmp(a->function, b->function);
	if (!c)
		c = strcmp(a->key, b->key);
	return c ? c : strcmp(a->fix ? a->fix : "", b->fix ? b->fix : "");
}

static int compare_gaps(const void *pa, const void *pb)
{
	const struct klint_gap *a = pa, *b = pb;
	int c = compare_places(&a->at, &b->at);

	if (!c)
		c = strcmp(a->function, b->function);
	return c ? c : strcmp(a->why, b->why);
}

void finding_list_sort(struct finding_list *l)
{
	size_t kept = 0;

	l->ngaps = sort_unique(l->gaps, l->ngaps, sizeof(*l->gaps), compare_gaps);
	if (!l->n)
		return;
	qsort(l->v, l->n, sizeof(*l->v), compare_findings);
	for (size_t i = 0; i < l->n; i++)
		if (!kept || compare_identity(&l->v[kept - 1], &l->v[i]))
			l->v[kept++] = l->v[i];
	l->n = kept;
}
