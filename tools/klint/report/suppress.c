/* SPDX-License-Identifier: MIT */
/*
 * Applies the suppressions of the source to the findings, and the house's law
 * to the suppressions: each has a reason, names a lint, and allows something.
 * One that breaks the first two allows nothing.
 *
 * "Allows nothing" is said only where klint could have found something: in the
 * main files, for lints that ran, and not behind a function of the same file
 * that could not be analysed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "report/comments.h"
#include "report/report.h"
#include "report/report_int.h"
#include "report/source.h"

struct scanned_file {
	const char *name;	/* as the compiler names it */
	bool analysed;		/* one of scope->sources */
	struct allow_list allows;
	bool **used;		/* by comment, by lint */
	uint32_t gap_line;	/* of the first function not analysed, or 0 */
};

struct suppressor {
	struct report *r;
	struct source_cache *cache;
	struct arena *arena;
	struct strmap *index;	/* by path */
	struct scanned_file *v;
	size_t n, cap;
};

static struct scanned_file *find_file(struct suppressor *s, const char *name)
{
	uint32_t i = strmap_get(s->index, path_map_find(s->r->paths, name)->path);

	return i == UINT32_MAX ? NULL : &s->v[i];
}

static struct scanned_file *scan_file(struct suppressor *s, const char *name)
{
	struct scanned_file *known = find_file(s, name);
	struct scanned_file file = { .name = name };
	const struct source_file *text;

	if (known)
		return known;
	text = source_cache_get(s->cache, name);
	if (text)
		find_allows(text, s->arena, &file.allows);
	file.used = arena_alloc(s->arena, (file.allows.n + 1) * sizeof(*file.used));
	for (size_t i = 0; i < file.allows.n; i++)
		file.used[i] = arena_alloc(s->arena, file.allows.v[i].nlints + 1);
	strmap_set(s->index, path_map_find(s->r->paths, name)->path, (uint32_t)s->n);
	vec_push(s->v, s->n, s->cap) = file;
	return &s->v[s->n - 1];
}

static void scan_files(struct suppressor *s)
{
	const struct report_scope *scope = s->r->scope;
	const struct finding_list *l = s->r->list;

	source_cache_fill(s->cache, scope->sources, scope->nsources);
	for (size_t i = 0; i < scope->nsources; i++)
		scan_file(s, scope->sources[i])->analysed = true;
	for (size_t i = 0; i < l->n; i++)
		if (!i || strcmp(l->v[i].at.file, l->v[i - 1].at.file))
			scan_file(s, l->v[i].at.file);
	for (size_t i = 0; i < l->ngaps; i++) {
		struct scanned_file *file = find_file(s, l->gaps[i].at.file);
		uint32_t line = l->gaps[i].at.line;

		if (file && (!file->gap_line || line < file->gap_line))
			file->gap_line = line ? line : 1;
	}
}

/* Which of the comment's lints covers the finding; nlints when none does. */
static size_t covering_lint(const struct allow *allow, const struct klint_finding *f)
{
	size_t i = 0;

	if (allow->problem || !f->at.line ||
	    (allow->covers[0] != f->at.line && allow->covers[1] != f->at.line))
		return allow->nlints;
	while (i < allow->nlints && strcmp(allow->lints[i], f->lint))
		i++;
	return i;
}

static void match_finding(struct suppressor *s, size_t i)
{
	const struct klint_finding *f = &s->r->list->v[i];
	struct scanned_file *file = find_file(s, f->at.file);

	if (!file || !strcmp(f->lint, report_suppression_lint.id))
		return;
	for (size_t k = 0; k < file->allows.n; k++) {
		const struct allow *allow = &file->allows.v[k];
		size_t lint = covering_lint(allow, f);

		if (lint < allow->nlints) {
			file->used[k][lint] = true;
			s->r->items[i].state = REPORT_SUPPRESSED;
			s->r->items[i].reason = arena_strdup(s->r->arena, allow->reason);
			return;
		}
	}
}

static void match_findings(struct suppressor *s)
{
	for (size_t i = 0; i < s->r->list->n; i++)
		match_finding(s, i);
}

static void complain(struct suppressor *s, const struct scanned_file *file,
		     const struct allow *allow, enum severity severity,
		     const char *message, const char *fix)
{
	struct klint_finding f = {
		.lint = report_suppression_lint.id,
		.severity = severity,
		.at = { file->name, allow->line, allow->col },
		.message = message,
		.key = message,
		.fix = fix,
	};

	finding_list_add(s->r->list, &f);
}

static bool is_allowable(const char *lint)
{
	return report_lint_find(lint) && strcmp(lint, report_suppression_lint.id);
}

static void judge_lint(struct suppressor *s, const struct scanned_file *file, size_t k, size_t i)
{
	const struct allow *allow = &file->allows.v[k];
	const char *lint = allow->lints[i];

	if (!strcmp(lint, report_suppression_lint.id)) {
		complain(s, file, allow, SEV_ERROR,
			 "a finding about suppressions cannot be suppressed",
			 "settle what it says, or add it to the baseline");
	} else if (!is_allowable(lint)) {
		complain(s, file, allow, SEV_ERROR,
			 arena_printf(s->arena, "suppression of the unknown lint %s", lint),
			 "write the id as `klint lints` lists it");
	} else if (!allow->problem && file->analysed && !file->used[k][i] &&
		   scope_ran(s->r->scope, lint) &&
		   (!file->gap_line || allow->line < file->gap_line)) {
		complain(s, file, allow, SEV_WARNING,
			 arena_printf(s->arena, "unused suppression of %s", lint),
			 "remove it, or move it to the line of the finding or alone above it");
	}
}

static void judge_allow(struct suppressor *s, const struct scanned_file *file, size_t k)
{
	const struct allow *allow = &file->allows.v[k];

	if (allow->problem)
		complain(s, file, allow, SEV_ERROR, allow->problem,
			 arena_printf(s->arena, "write `klint: allow(%s): why this is right here`",
				      allow->nlints ? allow->lints[0] : "LINT"));
	for (size_t i = 0; i < allow->nlints; i++)
		judge_lint(s, file, k, i);
}

static void judge_files(struct suppressor *s)
{
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < s->v[i].allows.n; k++)
			judge_allow(s, &s->v[i], k);
}

static void release(struct suppressor *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i].allows.v);
	free(s->v);
	strmap_free(s->index);
	source_cache_free(s->cache);
	arena_free(s->arena);
}

void report_suppress(struct report *r)
{
	struct suppressor s = {
		.r = r,
		.cache = source_cache_new(r->paths),
		.arena = arena_new(),
		.index = strmap_new(),
	};

	scan_files(&s);
	match_findings(&s);
	if (scope_ran(r->scope, report_suppression_lint.id)) {
		judge_files(&s);
		/* The new findings take their places in the order. */
		report_refresh(r);
		match_findings(&s);
	}
	release(&s);
}
