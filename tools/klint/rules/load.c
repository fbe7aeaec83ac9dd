// SPDX-License-Identifier: MIT
/*
 * From directories to rules: find the files in a fixed order, read them all,
 * then the entries that define names, then the entries that use them.
 */
#define _GNU_SOURCE
#include "rules/rules_internal.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_DIR_DEPTH 16

struct source {
	const char *file;
	const struct node *list;	/* NULL: nothing in it */
};

struct sources {
	struct source *v;
	size_t n, cap;
};

static struct rules *new_rules(void)
{
	struct rules *r = xcalloc(1, sizeof(*r));

	r->arena = arena_new();
	r->rule_index = strmap_new();
	r->annotation_index = strmap_new();
	r->ops_index = strmap_new();
	r->kind_index = strmap_new();
	r->touch_index = strmap_new();
	r->phase_index = strmap_new();
	r->undone_index = strmap_new();
	r->undoes_index = strmap_new();
	r->context_index = strmap_new();
	return r;
}

void rules_free(struct rules *r)
{
	if (!r)
		return;
	strmap_free(r->rule_index);
	strmap_free(r->annotation_index);
	strmap_free(r->ops_index);
	strmap_free(r->kind_index);
	strmap_free(r->touch_index);
	strmap_free(r->phase_index);
	strmap_free(r->undone_index);
	strmap_free(r->undoes_index);
	strmap_free(r->context_index);
	free(r->rules);
	free(r->ops);
	free(r->touches);
	free(r->pinned);
	free(r->carriers);
	free(r->undone);
	free(r->kinds);
	free(r->kind_places);
	free(r->contexts);
	free(r->context_places);
	arena_free(r->arena);
	free(r);
}

/* A problem of a whole file or directory, which has no line. */
static void problem_path(struct load *l, const char *path, const char *why)
{
	l->nproblems++;
	fprintf(l->err, "%s: error: %s\n", path, why);
}

static char *read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "re");
	size_t cap = 0, got;
	char *text = NULL;
	int saved;

	*len = 0;
	if (!f)
		return NULL;
	do {
		cap = cap ? cap * 2 : 64 * 1024;
		text = xrealloc(text, cap);
		got = fread(text + *len, 1, cap - *len, f);
		*len += got;
	} while (*len == cap);
	saved = ferror(f) ? errno : 0;
	fclose(f);
	if (!saved)
		return text;
	free(text);
	errno = saved;
	return NULL;
}

static void add_source(struct load *l, struct sources *s, const char *name,
		       const char *text, size_t len)
{
	l->file = arena_strdup(l->rules->arena, name);
	l->rules->hash = (l->rules->hash ^ hash_bytes(text, len)) * 0x9e3779b97f4a7c15ull + 1;
	vec_push(s->v, s->n, s->cap) =
		(struct source){ l->file, tree_read(l, text, len) };
}

static void add_file(struct load *l, struct sources *s, const char *path)
{
	size_t len;
	char *text = read_file(path, &len);

	if (!text) {
		problem_path(l, path, strerror(errno));
		return;
	}
	add_source(l, s, path, text, len);
	free(text);
}

/* By bytes: alphasort() would depend on the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int not_hidden(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static bool is_yaml(const char *name)
{
	size_t n = strlen(name);

	return n > 5 && !strcmp(name + n - 5, ".yaml");
}

static void add_dir(struct load *l, struct sources *s, const char *dir, unsigned int depth)
{
	struct dirent **entries;
	int n = scandir(dir, &entries, not_hidden, by_name);

	if (n < 0) {
		problem_path(l, dir, strerror(errno));
		return;
	}
	for (int i = 0; i < n; i++) {
		char *path = xasprintf("%s/%s", dir, entries[i]->d_name);
		struct stat st;
		bool is_dir = !stat(path, &st) && S_ISDIR(st.st_mode);

		if (is_dir && depth == MAX_DIR_DEPTH)
			problem_path(l, path, "too many directories; is there a loop of links?");
		else if (is_dir)
			add_dir(l, s, path, depth + 1);
		else if (is_yaml(path))
			add_file(l, s, path);
		free(path);
		free(entries[i]);
	}
	free(entries);
}

/* A directory, or one file whatever its name. */
static void add_path(struct load *l, struct sources *s, const char *path)
{
	size_t before = s->n;
	struct stat st;

	if (stat(path, &st)) {
		problem_path(l, path, strerror(errno));
		return;
	}
	if (!S_ISDIR(st.st_mode)) {
		add_file(l, s, path);
		return;
	}
	add_dir(l, s, path, 0);
	if (s->n == before && !l->nproblems)
		problem_path(l, path, "no rules here; name a directory with *.yaml files");
}

static void read_sources(struct load *l, const struct sources *s)
{
	for (size_t i = 0; i < s->n; i++) {
		l->file = s->v[i].file;
		if (s->v[i].list)
			define_entries(l, s->v[i].list);
	}
	l->incomplete = l->nproblems != 0;
	for (size_t i = 0; i < s->n; i++) {
		l->file = s->v[i].file;
		if (s->v[i].list)
			read_entries(l, s->v[i].list);
	}
}

static int compare_rules(const void *pa, const void *pb)
{
	const struct rule *a = pa, *b = pb;
	int order = strcmp(a->file, b->file);

	if (!order && a->line != b->line)
		order = a->line < b->line ? -1 : 1;
	if (!order)
		order = strcmp(a->name, b->name);
	return order ? order : a->annotation - b->annotation;
}

static int compare_ops(const void *pa, const void *pb)
{
	const struct rule_ops *a = pa, *b = pb;
	int order = strcmp(a->file, b->file);

	if (!order && a->line != b->line)
		order = a->line < b->line ? -1 : 1;
	if (!order)
		order = strcmp(a->record, b->record);
	return order ? order : strcmp(a->field, b->field);
}

static const char *ops_key(struct rules *r, const struct rule_ops *ops)
{
	return arena_printf(r->arena, "%s.%s", ops->record, ops->field);
}

/* Put all in their fixed order, and let the indexes follow. */
static void sort_rules(struct rules *r)
{
	if (r->nrules)
		qsort(r->rules, r->nrules, sizeof(*r->rules), compare_rules);
	if (r->nops)
		qsort(r->ops, r->nops, sizeof(*r->ops), compare_ops);
	for (size_t i = 0; i < r->nrules; i++)
		strmap_set(r->rules[i].annotation ? r->annotation_index : r->rule_index,
			   r->rules[i].name, (uint32_t)i);
	for (size_t i = 0; i < r->nops; i++)
		strmap_set(r->ops_index, ops_key(r, &r->ops[i]), (uint32_t)i);
}

static struct rules *finish(struct load *l, struct sources *s)
{
	read_sources(l, s);
	free(s->v);
	if (!l->nproblems) {
		sort_rules(l->rules);
		return l->rules;
	}
	rules_free(l->rules);
	return NULL;
}

struct rules *rules_load(const char *const *dirs, size_t ndirs, FILE *err)
{
	struct load l = { .rules = new_rules(), .err = err };
	struct sources s = { 0 };

	for (size_t i = 0; i < ndirs; i++)
		add_path(&l, &s, dirs[i]);
	return finish(&l, &s);
}

struct rules *rules_load_memory(const char *text, size_t len, const char *name,
				FILE *err)
{
	struct load l = { .rules = new_rules(), .err = err };
	struct sources s = { 0 };

	add_source(&l, &s, name, text, len);
	return finish(&l, &s);
}
