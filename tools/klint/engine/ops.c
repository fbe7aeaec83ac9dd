/* SPDX-License-Identifier: MIT */
/*
 * The table of ops members: every call through a member of a record, what it tells of
 * the member's context, and the verdict on the row.
 */
#include "names.h"
#include "observe.h"
#include "ops.h"
#include "ops_sites.h"
#include "solver.h"
#include "unit.h"
#include "ways.h"

#include <stdlib.h>
#include <string.h>

/* The rows that no unit mentions have names, too. */
static void add_row_keys(struct collector *c, struct ways_field **v, size_t *n, size_t *cap)
{
	for (size_t i = 0; i < rules_ops_count(c->p->rules); i++) {
		const struct rule_ops *row = rules_ops_at(c->p->rules, i);
		uint64_t record = names_add(c->p->names, row->record);

		vec_push(*v, *n, *cap) = (struct ways_field){
			.key = record << 32 | names_add(c->p->names, row->field) };
	}
}

static int compare_key(const void *x, const void *y)
{
	const struct ways_field *a = x, *b = y;

	return a->key < b->key ? -1 : a->key > b->key;
}

static void count_field(struct collector *c, struct ways_field *f, size_t *site, size_t *target)
{
	const char *record = names_text(c->p->names, (uint32_t)(f->key >> 32));
	const char *field = names_text(c->p->names, (uint32_t)f->key);

	f->row = rules_find_ops(c->p->rules, record, field);
	for (; *site < c->nsites && c->sites[*site].key == f->key; ++*site)
		f->nsites++;
	f->first_target = (uint32_t)*target;
	for (; *target < c->ntargets && c->targets[*target].key == f->key; ++*target)
		f->ntargets++;
}

static void number_fields(struct collector *c)
{
	struct ways_field *v = NULL;
	size_t n = 0, cap = 0, site = 0, target = 0;

	for (size_t i = 0; i < c->nsites; i++)
		vec_push(v, n, cap) = (struct ways_field){ .key = c->sites[i].key };
	for (size_t i = 0; i < c->ntargets; i++)
		vec_push(v, n, cap) = (struct ways_field){ .key = c->targets[i].key };
	add_row_keys(c, &v, &n, &cap);
	n = sort_unique(v, n, sizeof(*v), compare_key);
	for (size_t i = 0; i < n; i++)
		count_field(c, &v[i], &site, &target);
	c->ways.fields = v;
	c->ways.nfields = n;
	c->ways.targets = c->targets;
	c->ways.ntargets = c->ntargets;
}

static enum ops_class classify(const struct ways *w, const struct raw_site *r)
{
	const struct observed *o = &r->caller->unit->seen[r->event];

	if (!o->clean)
		return OPS_ATOMIC;
	switch (ways_at(w, r->caller, r->event)) {
	case WAY_ATOMIC:
		return OPS_ENTERED;
	case WAY_PROCESS:
		return OPS_SLEEPS;
	case WAY_PROCESS | WAY_ATOMIC: case WAY_ATOMIC | WAY_UNKNOWN:
	case WAY_PROCESS | WAY_ATOMIC | WAY_UNKNOWN:
		return OPS_MIXED;
	default:
		return OPS_UNKNOWN;
	}
}

static const char *explain(const struct ways *w, const struct raw_site *r, enum ops_class class,
			   struct arena *a)
{
	const struct observed *o = &r->caller->unit->seen[r->event];

	switch (class) {
	case OPS_ATOMIC:
		return ways_here(w, r->caller, r->event, a);
	case OPS_ENTERED:
		return ways_chain(w, r->caller, WAY_ATOMIC, a);
	case OPS_MIXED:
		return o->atomic ? ways_here(w, r->caller, r->event, a) :
			ways_chain(w, r->caller, WAY_ATOMIC, a);
	case OPS_SLEEPS:
		return o->around ? "sleeps around it" : ways_chain(w, r->caller, WAY_PROCESS, a);
	default:
		return ways_chain(w, r->caller, WAY_UNKNOWN, a);
	}
}

static bool is_excepted(const struct rule_ops *row, const char *caller)
{
	for (uint32_t i = 0; row && i < row->nexcept; i++)
		if (!strcmp(row->except[i], caller))
			return true;
	return false;
}

static void fill_field(struct ops_table *t, struct collector *c, const struct ways_field *from,
		       const struct raw_site *sites)
{
	struct ops_field *f = &t->fields[t->n++];

	*f = (struct ops_field){ .row = from->row, .nsites = from->nsites, .ntargets = from->ntargets,
		.record = names_text(c->p->names, (uint32_t)(from->key >> 32)),
		.field = names_text(c->p->names, (uint32_t)from->key) };
	f->sites = arena_alloc(t->a, (f->nsites + 1u) * sizeof(*f->sites));
	for (uint32_t i = 0; i < f->nsites; i++) {
		const struct raw_site *r = &sites[i];
		enum ops_class class = classify(&c->ways, r);

		f->sites[i] = (struct ops_site){ .caller = r->caller, .at = r->at, .class = class,
			.parts = r->caller->unit->seen[r->event].parts,
			.why = explain(&c->ways, r, class, t->a) };
		if (is_excepted(f->row, names_text(c->p->names, r->caller->name)))
			f->sites[i].class = OPS_EXCEPTED;
		f->count[f->sites[i].class]++;
	}
}

static int compare_name(const void *x, const void *y)
{
	const struct ops_field *a = x, *b = y;
	int c = strcmp(a->record, b->record);

	return c ? c : strcmp(a->field, b->field);
}

struct ops_table *ops_infer(struct program *p)
{
	struct collector c = { .p = p, .ways.p = p };
	struct ops_table *t = xcalloc(1, sizeof(*t));
	size_t site = 0;

	t->a = arena_new();
	sites_collect(&c);
	number_fields(&c);
	ways_infer(&c.ways);
	t->fields = xcalloc(c.ways.nfields + 1, sizeof(*t->fields));
	for (size_t i = 0; i < c.ways.nfields; i++) {
		fill_field(t, &c, &c.ways.fields[i], c.sites + site);
		site += c.ways.fields[i].nsites;
	}
	if (t->n)
		qsort(t->fields, t->n, sizeof(*t->fields), compare_name);
	sites_free(&c);
	free(c.ways.fields);
	free(c.ways.of);
	free(c.ways.sleeps);
	free(c.ways.causes);
	return t;
}

void ops_free(struct ops_table *t)
{
	if (!t)
		return;
	arena_free(t->a);
	free(t->fields);
	free(t);
}

bool ops_may_sleep(const struct rules *r, const struct rule_ops *row)
{
	const struct rule_context *ctx = rules_context(r, row->context);

	for (unsigned int i = 0; i < CTX_NPARTS; i++)
		if ((ctx->parts >> i & 1) && ctx_part_wait(i) < WAIT_SLEEP)
			return false;
	return true;
}

static const struct ops_site *first_of(const struct ops_field *f, uint32_t classes)
{
	for (uint32_t i = 0; i < f->nsites; i++)
		if (classes >> f->sites[i].class & 1)
			return &f->sites[i];
	return NULL;
}

/* A row that lets sleep is wrong when one caller is atomic, no doubt; a row that does not
 * holds as long as one caller may be: that one is whom the field must be ready for. */
enum ops_verdict ops_judge(const struct rules *r, const struct ops_field *f,
			   const struct ops_site **site)
{
	const uint32_t atomic = 1u << OPS_ATOMIC | 1u << OPS_ENTERED;

	*site = NULL;
	if (!f->row)
		return OPS_NO_ROW;
	if (f->nsites == f->count[OPS_EXCEPTED])
		return OPS_UNCALLED;
	if (ops_may_sleep(r, f->row)) {
		*site = first_of(f, atomic);
		if (*site)
			return OPS_CONTRADICTED;
		*site = first_of(f, 1u << OPS_SLEEPS);
		return *site ? OPS_CONFIRMED : OPS_UNDECIDED;
	}
	*site = first_of(f, 1u << OPS_ATOMIC);
	if (!*site)
		*site = first_of(f, atomic | 1u << OPS_MIXED);
	if (*site)
		return OPS_CONFIRMED;
	*site = first_of(f, 1u << OPS_SLEEPS);
	return f->count[OPS_SLEEPS] + f->count[OPS_EXCEPTED] == f->nsites ? OPS_CONTRADICTED : OPS_UNDECIDED;
}
