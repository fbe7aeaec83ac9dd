/* SPDX-License-Identifier: MIT */
/*
 * A report: the sorted findings, and for each what the output forms share: its
 * path, its fingerprint, whether it is shown.
 *
 * A fingerprint says "the same finding" across edits, so it is made of names
 * only; findings of one fingerprint are told apart by their order.
 */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "report/report.h"
#include "report/report_int.h"
#include "report/source.h"

const struct lint_info report_suppression_lint = REPORT_SUPPRESSION_LINT;

const struct lint_info *report_lint_find(const char *id)
{
	const struct lint_info *lint = lint_find(id);

	if (!lint && !strcmp(id, report_suppression_lint.id))
		lint = &report_suppression_lint;
	return lint;
}

bool scope_ran(const struct report_scope *scope, const char *id)
{
	const struct lint_info *lint = report_lint_find(id);

	if (lint && lint->rt_only && !scope->rt)
		return false;
	if (!scope->only)
		return true;
	for (size_t i = 0; scope->only[i]; i++)
		if (!strcmp(scope->only[i], id))
			return true;
	return false;
}

static uint64_t fingerprint_of(const struct klint_finding *f, const char *path)
{
	const char *part[] = { "klint/v1", f->lint, path, f->function,
			       *f->key ? f->key : f->message };
	size_t n = 0, at = 0;
	uint64_t hash;
	char *all;

	for (size_t i = 0; i < 5; i++)
		n += strlen(part[i]) + 1;
	all = xmalloc(n);
	for (size_t i = 0; i < 5; i++) {
		size_t len = strlen(part[i]) + 1;

		memcpy(all + at, part[i], len);
		at += len;
	}
	hash = hash_bytes(all, n);
	free(all);
	return hash;
}

struct by_print {
	uint64_t fingerprint;
	size_t item;
};

static int compare_prints(const void *pa, const void *pb)
{
	const struct by_print *a = pa, *b = pb;

	if (a->fingerprint != b->fingerprint)
		return a->fingerprint < b->fingerprint ? -1 : 1;
	return (a->item > b->item) - (a->item < b->item);
}

static void number_equal_ones(struct report *r)
{
	size_t n = r->list->n;
	struct by_print *order = xcalloc(n, sizeof(*order));

	for (size_t i = 0; i < n; i++)
		order[i] = (struct by_print){ r->items[i].fingerprint, i };
	qsort(order, n, sizeof(*order), compare_prints);
	for (size_t i = 0; i < n; i++) {
		bool same = i && order[i].fingerprint == order[i - 1].fingerprint;

		r->items[order[i].item].ordinal =
			same ? r->items[order[i - 1].item].ordinal + 1 : 1;
	}
	free(order);
}

void report_refresh(struct report *r)
{
	finding_list_sort(r->list);
	r->items = arena_alloc(r->arena, (r->list->n + 1) * sizeof(*r->items));
	for (size_t i = 0; i < r->list->n; i++) {
		const struct klint_finding *f = &r->list->v[i];
		struct report_item *item = &r->items[i];

		item->path = path_map_find(r->paths, f->at.file)->path;
		item->fingerprint = fingerprint_of(f, item->path);
	}
	number_equal_ones(r);
}

void report_init(struct report *r, struct finding_list *list,
		 const struct report_scope *scope)
{
	memset(r, 0, sizeof(*r));
	r->list = list;
	r->scope = scope;
	r->arena = arena_new();
	r->paths = path_map_new(scope->source_root);
	report_refresh(r);
}

void report_free(struct report *r)
{
	path_map_free(r->paths);
	arena_free(r->arena);
	memset(r, 0, sizeof(*r));
}

size_t report_count_state(const struct report *r, enum report_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < r->list->n; i++)
		n += r->items[i].state == state;
	return n;
}

size_t report_count(const struct report *r, enum severity at_least)
{
	size_t n = 0;

	for (size_t i = 0; i < r->list->n; i++)
		n += r->items[i].state == REPORT_OPEN &&
		     r->list->v[i].severity >= at_least;
	return n;
}

const char *severity_name(enum severity s)
{
	switch (s) {
	case SEV_NOTE:
		return "note";
	case SEV_WARNING:
		return "warning";
	case SEV_ERROR:
		return "error";
	}
	return "warning";
}

const char *step_role_name(enum step_role role)
{
	switch (role) {
	case STEP_CONTEXT:
		return "context";
	case STEP_CALL:
		return "call";
	case STEP_BREAK:
		return "break";
	case STEP_NOTE:
		return "note";
	}
	return "note";
}

const char *step_word(const struct klint_finding *f, const struct klint_step *s)
{
	static const struct {
		const char *lint, *word;
	} breaks[] = {
		{ "atomic-sleep", "sleeps" },
		{ "rt-wait-context", "sleeps" },
		{ "flush-deadlock", "waits" },
	};

	if (s->role != STEP_BREAK)
		return step_role_name(s->role);
	for (size_t i = 0; i < sizeof(breaks) / sizeof(*breaks); i++)
		if (!strcmp(breaks[i].lint, f->lint))
			return breaks[i].word;
	return "here";
}
