/* SPDX-License-Identifier: MIT */
/*
 * The baseline: findings that were there when klint came, kept out of the way
 * until somebody touches them.  A file of JSON lines, a header first, sorted, one
 * line per finding, so that a change of it reads well in a diff.  It holds no
 * line numbers; n equal lines cover n equal findings.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "report/baseline.h"
#include "report/report_int.h"
#include "report/source.h"

#define REWRITE "; write the baseline anew with this klint"

struct loader {
	struct baseline *b;
	const char *path;
	char *err;
	size_t errlen;
	uint32_t line;
};

static bool refuse(struct loader *l, const char *what)
{
	snprintf(l->err, l->errlen, "%s:%" PRIu32 ": %s%s", l->path, l->line, what, REWRITE);
	return false;
}

static bool load_header(struct loader *l, const json_t *object)
{
	const json_t *version = json_object_get(object, BASELINE_HEADER);
	char what[96];

	if (!json_is_integer(version))
		return refuse(l, "this is not a klint baseline");
	if (json_integer_value(version) != BASELINE_VERSION) {
		snprintf(what, sizeof(what), "baseline of version %" JSON_INTEGER_FORMAT
			 ", this klint reads version %d",
			 json_integer_value(version), BASELINE_VERSION);
		return refuse(l, what);
	}
	return true;
}

static const char *member(struct baseline *b, const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	return s ? arena_strdup(b->arena, s) : NULL;
}

static bool parse_fingerprint(const char *s, uint64_t *out)
{
	char *end;

	if (strlen(s) != 16 || strspn(s, "0123456789abcdef") != 16)
		return false;
	*out = strtoull(s, &end, 16);
	return true;
}

static bool load_entry(struct loader *l, const json_t *object)
{
	const char *print = json_string_value(json_object_get(object, "fingerprint"));
	struct baseline_entry e = {
		.lint = member(l->b, object, "lint"),
		.file = member(l->b, object, "file"),
		.function = member(l->b, object, "function"),
		.message = member(l->b, object, "message"),
	};

	if (!print || !parse_fingerprint(print, &e.fingerprint) || !e.lint || !e.file ||
	    !e.function || !e.message)
		return refuse(l, "an entry needs fingerprint, lint, file, function and message");
	vec_push(l->b->v, l->b->n, l->b->cap) = e;
	return true;
}

static bool load_line(struct loader *l, const char *line, size_t len)
{
	json_error_t error;
	json_t *object;
	bool ok;

	l->line++;
	object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	if (!json_is_object(object)) {
		json_decref(object);
		if (l->line == 1)
			return refuse(l, "this is not a klint baseline");
		return refuse(l, object ? "a line must hold a JSON object" : error.text);
	}
	ok = l->line == 1 ? load_header(l, object) : load_entry(l, object);
	json_decref(object);
	return ok;
}

static bool load_lines(struct loader *l, const char *text, size_t size)
{
	while (size) {
		const char *end = memchr(text, '\n', size);
		size_t len = end ? (size_t)(end - text) : size;

		if (!load_line(l, text, len))
			return false;
		len += end != NULL;
		text += len;
		size -= len;
	}
	if (!l->line) {
		l->line = 1;
		return refuse(l, "this file is empty, not a klint baseline");
	}
	return true;
}

struct baseline *report_baseline_load(const char *path, char *err, size_t errlen)
{
	struct loader l = { .path = path, .err = err, .errlen = errlen };
	size_t size;
	char *text = read_whole_file(path, &size);

	if (!text) {
		snprintf(err, errlen, "%s: cannot read the baseline: %s", path, strerror(errno));
		return NULL;
	}
	l.b = xcalloc(1, sizeof(*l.b));
	l.b->arena = arena_new();
	if (!load_lines(&l, text, size)) {
		report_baseline_free(l.b);
		l.b = NULL;
	}
	free(text);
	return l.b;
}

void report_baseline_free(struct baseline *b)
{
	if (!b)
		return;
	free(b->v);
	arena_free(b->arena);
	free(b);
}

void baseline_sight_init(struct baseline_sight *s, const struct report *r)
{
	const struct report_scope *scope = r->scope;

	s->r = r;
	s->paths = strmap_new();
	s->gaps = strmap_new();
	for (size_t i = 0; i < scope->nsources; i++)
		strmap_set(s->paths, path_map_find(r->paths, scope->sources[i])->path, 1);
	for (size_t i = 0; i < r->list->n; i++)
		strmap_set(s->paths, r->items[i].path, 1);
	for (size_t i = 0; i < r->list->ngaps; i++)
		strmap_set(s->gaps, r->list->gaps[i].function, 1);
}

void baseline_sight_free(struct baseline_sight *s)
{
	strmap_free(s->paths);
	strmap_free(s->gaps);
}

bool baseline_sees(const struct baseline_sight *s, const struct baseline_entry *e)
{
	if (!scope_ran(s->r->scope, e->lint))
		return false;
	if (s->r->scope->nsources && strmap_get(s->paths, e->file) == UINT32_MAX)
		return false;
	return !*e->function || strmap_get(s->gaps, e->function) == UINT32_MAX;
}

int compare_baseline_entries(const void *pa, const void *pb)
{
	const struct baseline_entry *a = pa, *b = pb;
	int c = strcmp(a->file, b->file);

	if (!c)
		c = strcmp(a->lint, b->lint);
	if (!c)
		c = strcmp(a->function, b->function);
	if (!c)
		c = strcmp(a->message, b->message);
	return c ? c : (a->fingerprint > b->fingerprint) - (a->fingerprint < b->fingerprint);
}

static int compare_by_print(const void *pa, const void *pb)
{
	const struct baseline_entry *a = pa, *b = pb;

	return (a->fingerprint > b->fingerprint) - (a->fingerprint < b->fingerprint);
}

static struct baseline_entry *copy_entries(struct arena *a, const struct baseline *b)
{
	struct baseline_entry *v = arena_alloc(a, (b->n + 1) * sizeof(*v));

	for (size_t i = 0; i < b->n; i++) {
		v[i].fingerprint = b->v[i].fingerprint;
		v[i].lint = arena_strdup(a, b->v[i].lint);
		v[i].file = arena_strdup(a, b->v[i].file);
		v[i].function = arena_strdup(a, b->v[i].function);
		v[i].message = arena_strdup(a, b->v[i].message);
	}
	return v;
}

static size_t first_with_print(const struct baseline_entry *v, size_t n, uint64_t fingerprint)
{
	size_t low = 0;

	while (n) {
		size_t half = n / 2;

		if (v[low + half].fingerprint < fingerprint) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return low;
}

/* taken[i]: how many of the equal entries that begin at i are used up. */
static void take_entries(struct report *r, const struct baseline_entry *v, size_t n,
			 size_t *taken)
{
	for (size_t i = 0; i < r->list->n; i++) {
		struct report_item *item = &r->items[i];
		size_t first = first_with_print(v, n, item->fingerprint);
		size_t next = first;

		if (item->state != REPORT_OPEN)
			continue;
		if (first < n && v[first].fingerprint == item->fingerprint)
			next += taken[first];
		if (next < n && v[next].fingerprint == item->fingerprint) {
			taken[first]++;
			item->state = REPORT_KNOWN;
		}
	}
}

static void sort_out_the_rest(struct report *r, struct baseline_entry *v, size_t n,
			      const size_t *taken)
{
	struct baseline_sight sight;
	size_t kept = 0, first = 0;

	baseline_sight_init(&sight, r);
	for (size_t i = 0; i < n; i++) {
		if (v[i].fingerprint != v[first].fingerprint)
			first = i;
		if (i - first < taken[first])
			continue;
		if (baseline_sees(&sight, &v[i]))
			v[kept++] = v[i];
		else
			r->nunseen++;
	}
	r->fixed = v;
	r->nfixed = kept;
	baseline_sight_free(&sight);
}

void report_baseline_apply(struct report *r, const struct baseline *b)
{
	struct baseline_entry *v = copy_entries(r->arena, b);
	size_t *taken = xcalloc(b->n + 1, sizeof(*taken));

	qsort(v, b->n, sizeof(*v), compare_by_print);
	take_entries(r, v, b->n, taken);
	sort_out_the_rest(r, v, b->n, taken);
	if (r->nfixed)
		qsort(v, r->nfixed, sizeof(*v), compare_baseline_entries);
	free(taken);
}
