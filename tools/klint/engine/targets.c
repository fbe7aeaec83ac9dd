/* SPDX-License-Identifier: MIT */
/*
 * What a call through a member may reach in the whole program: the functions that any
 * unit stores in it.  Only small sets are of use, and only closed ones, to which nothing
 * is added that is not told by name: of hundreds of drivers nobody knows which it is.
 */
#include "names.h"
#include "targets.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

struct member_target {
	uint64_t key;		/* record << 32 | field, name ids */
	uint32_t def;		/* KIR_NONE: something that is not told by name */
};

struct targets {
	struct member_target *v;	/* by key, then def; KIR_NONE comes last */
	size_t n, cap;
	uint32_t *defs;			/* of v[] */
	uint64_t *prints;		/* [name id], see targets_print() */
	size_t nprints;
};

static uint64_t key_of(uint32_t record, uint32_t field)
{
	return (uint64_t)record << 32 | field;
}

/* Is it a function by name, or none? */
static bool is_plain(const struct kir_value *v)
{
	return v->kind == KIR_V_FUNC || v->kind == KIR_V_NULL || v->kind == KIR_V_INT;
}

static void add(struct targets *t, uint64_t key, uint32_t def)
{
	vec_push(t->v, t->n, t->cap) = (struct member_target){ key, def };
}

static bool may_be_hook(const struct engine *e, uint32_t name)
{
	return name < e->p->nnames && e->p->hooks[name];
}

static void visit_store(struct engine *e, uint32_t func, uint32_t at, void *data)
{
	const struct kir_event *ev = &e->m->events[at];
	const struct kir_value *dst;

	(void)func;
	if (ev->kind != KIR_E_STORE || is_plain(&e->m->values[ev->value]))
		return;
	dst = &e->m->values[ev->dst];
	if (dst->kind == KIR_V_FIELD && dst->c != KIR_NONE && may_be_hook(e, e->names[ev->dst]))
		add(data, key_of(e->records[dst->c], e->names[ev->dst]), KIR_NONE);
}

static void add_unit(struct targets *t, struct engine *e)
{
	for (size_t i = 0; i < e->ntargets; i++) {
		const struct target *tg = &e->targets[i];
		const struct def *d = e->funcs[tg->func].target;

		/* A function of another program, or an assembler's, is not known. */
		add(t, key_of(tg->record, tg->field), d && d->unit ? d->id : KIR_NONE);
	}
	for (uint32_t i = 0; i < e->m->ninits; i++) {
		const struct kir_init *in = &e->m->inits[i];
		uint32_t name;

		if (in->record == KIR_NONE || is_plain(&e->m->values[in->value]))
			continue;
		name = sym_name(e->t, kir_string(e->m, in->field));
		if (may_be_hook(e, name))
			add(t, key_of(e->records[in->record], name), KIR_NONE);
	}
	for (uint32_t f = 0; f < e->m->nfuncs; f++)
		unit_for_each_event(e, f, visit_store, t);
}

static int compare(const void *x, const void *y)
{
	const struct member_target *a = x, *b = y;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return a->def < b->def ? -1 : a->def > b->def;
}

/* By names and idents, in whatever order. */
static void print_members(struct targets *t, const struct program *p)
{
	t->nprints = p->nnames;
	t->prints = xcalloc(t->nprints + 1, sizeof(*t->prints));
	for (size_t i = 0; i < t->n; i++) {
		const char *record = names_text(p->names, (uint32_t)(t->v[i].key >> 32));
		uint32_t field = (uint32_t)t->v[i].key;
		uint64_t ident = t->v[i].def == KIR_NONE ? 1 : p->defs[t->v[i].def].ident;

		if (field < t->nprints)
			t->prints[field] += hash_bytes(record, strlen(record)) * (2 * ident + 1);
	}
}

uint64_t targets_print(const struct targets *t, uint32_t field)
{
	return t && field < t->nprints ? t->prints[field] : 0;
}

struct targets *targets_find(struct program *p)
{
	struct targets *t = xcalloc(1, sizeof(*t));

	for (size_t i = 0; i < p->nunits; i++)
		add_unit(t, p->units[i]);
	t->n = sort_unique(t->v, t->n, sizeof(*t->v), compare);
	t->defs = xcalloc(t->n + 1, sizeof(*t->defs));
	for (size_t i = 0; i < t->n; i++)
		t->defs[i] = t->v[i].def;
	print_members(t, p);
	return t;
}

void targets_free(struct targets *t)
{
	if (!t)
		return;
	free(t->v);
	free(t->defs);
	free(t->prints);
	free(t);
}

uint32_t targets_of(const struct targets *t, uint32_t record, uint32_t field,
		    const uint32_t **defs)
{
	uint64_t key = key_of(record, field);
	size_t first, n = 0;

	if (!t)
		return 0;
	first = first_not(t->n, i, t->v[i].key < key);
	while (first + n < t->n && t->v[first + n].key == key && n <= TARGETS_MAX)
		n++;
	if (n > TARGETS_MAX || (n && t->defs[first + n - 1] == KIR_NONE))
		return 0;
	*defs = t->defs + first;
	return (uint32_t)n;
}
