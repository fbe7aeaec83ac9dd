/* SPDX-License-Identifier: MIT */
/*
 * What the units' names mean in the program: which definition a call reaches, what is
 * one function in several units, who registers what.
 */
#include "base/parallel.h"
#include "imports.h"
#include "solver.h"
#include "targets.h"
#include "unit.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static int by_source(const void *x, const void *y)
{
	const struct engine *a = *(struct engine *const *)x, *b = *(struct engine *const *)y;

	int c = strcmp(kir_string(a->m, a->m->source), kir_string(b->m, b->m->source));

	/* One source may be compiled twice. */
	if (!c && a->m->image_size != b->m->image_size)
		return a->m->image_size < b->m->image_size ? -1 : 1;
	return c || a == b ? c : memcmp(a->m->image, b->m->image, a->m->image_size);
}

struct hash_slot {
	uint64_t hash;
	uint32_t def;
};

struct linker {
	struct program *p;
	struct hash_slot *slots;	/* open addressing */
	size_t nslots, nshared;
	size_t cap;
};

static struct hash_slot *find_shared(struct linker *l, uint64_t hash)
{
	size_t i = hash & (l->nslots - 1);

	while (l->slots[i].hash && l->slots[i].hash != hash)
		i = (i + 1) & (l->nslots - 1);
	return &l->slots[i];
}

static void grow_shared(struct linker *l)
{
	struct hash_slot *old = l->slots;
	size_t n = l->nslots;

	l->nslots = n ? 2 * n : 1024;
	l->slots = xcalloc(l->nslots, sizeof(*l->slots));
	for (size_t i = 0; i < n; i++)
		if (old[i].hash)
			*find_shared(l, old[i].hash) = old[i];
	free(old);
}

static uint32_t add_def(struct linker *l, struct engine *e, uint32_t name, uint32_t func,
			uint64_t hash)
{
	struct program *p = l->p;
	uint32_t id = p->ndefs;

	if (id >= l->cap) {
		l->cap = l->cap ? 2 * l->cap : 1024;
		p->defs = xrealloc(p->defs, l->cap * sizeof(*p->defs));
	}
	p->defs[p->ndefs++] = (struct def){ .id = id, .name = name, .unit = e, .func = func,
					    .hash = hash, .next = p->def_of_name[name] };
	p->def_of_name[name] = id;
	return id;
}

/* Number the unit's functions; @hashes are those of its shared ones, NULL when it is
 * alone; @ids receives their defs. */
static void define_functions(struct linker *l, struct engine *e, const uint64_t *hashes,
			     uint32_t *ids)
{
	for (uint32_t i = 0; i < e->m->nfuncs; i++) {
		const struct kir_func *f = e->funcs[i].f;
		struct hash_slot *slot;

		ids[i] = KIR_NONE;
		if (!(f->flags & KIR_F_DEFINED) || !f->block_count)
			continue;
		if (!hashes || !unit_is_shared(f)) {
			ids[i] = add_def(l, e, e->funcs[i].name, i, 0);
			continue;
		}
		if (2 * (l->nshared + 1) > l->nslots)
			grow_shared(l);
		slot = find_shared(l, *hashes);
		if (!slot->hash) {
			*slot = (struct hash_slot){ *hashes, add_def(l, e, e->funcs[i].name, i, *hashes) };
			l->nshared++;
		}
		ids[i] = slot->def;
		hashes++;
	}
}

/* How many leading directories the two paths share. */
static size_t kinship(const char *a, const char *b)
{
	size_t n = 0;

	for (size_t i = 0; a[i] && a[i] == b[i]; i++)
		n += a[i] == '/';
	return n;
}

/* The definition that a call from @e by that name reaches.  Modules may have functions
 * of one name: then it is the one nearest in the tree. */
static struct def *resolve(const struct engine *e, uint32_t name)
{
	const char *here = kir_string(e->m, e->m->source);
	struct def *best = NULL;
	size_t most = 0;
	bool strong = false;

	for (struct def *d = program_def(e->p, name); d;
	     d = d->next == KIR_NONE ? NULL : &e->p->defs[d->next]) {
		const struct engine *u = d->unit;
		bool is_strong = u && !(u->funcs[d->func].f->flags & KIR_F_WEAK);
		size_t near = u ? kinship(here, kir_string(u->m, u->m->source)) : 0;

		/* Defs are met from the last to the first: equal ones fall to the first. */
		if (best && (is_strong != strong ? strong : near < most))
			continue;
		best = d;
		most = near;
		strong = is_strong;
	}
	return best;
}

static int compare_entry(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;
	int c;

	if (a->func != b->func)
		return a->func < b->func ? -1 : 1;
	if (a->context != b->context)
		return a->context < b->context ? -1 : 1;
	c = strcmp(a->at.file, b->at.file);
	if (c)
		return c;
	if (a->at.line != b->at.line)
		return a->at.line < b->at.line ? -1 : 1;
	return a->at.col < b->at.col ? -1 : a->at.col > b->at.col;
}

/* What is found out of each unit by itself. */
struct by_unit {
	struct program *p;
	uint64_t **hashes;
	struct entry_list *entries;
};

static void hash_unit(void *data, size_t i)
{
	struct by_unit *u = data;

	u->hashes[i] = unit_hash_shared(u->p->units[i]);
}

static void register_unit(void *data, size_t i)
{
	struct by_unit *u = data;

	unit_registrations(u->p->units[i], &u->entries[i]);
}

static void find_entries(struct program *p)
{
	struct by_unit u = { .p = p, .entries = xcalloc(p->nunits + 1, sizeof(*u.entries)) };
	struct entry_list l = { 0 };

	in_parallel(p->nunits, p->opt.jobs, register_unit, &u);
	for (size_t i = 0; i < p->nunits; i++) {
		for (size_t k = 0; k < u.entries[i].n; k++)
			vec_push(l.v, l.n, l.cap) = u.entries[i].v[k];
		free(u.entries[i].v);
	}
	free(u.entries);
	if (l.n)
		qsort(l.v, l.n, sizeof(*l.v), compare_entry);
	p->entries = l.v;
	for (size_t i = 0; i < l.n; i++) {
		struct def *d = &p->defs[l.v[i].func];

		if (!d->nentries++)
			d->entries = &l.v[i];
	}
}

static void find_hooks_of(void *data, size_t unit)
{
	struct program *p = data;
	const struct kir_module *m = p->units[unit]->m;

	for (uint32_t f = 0; f < m->nfields; f++) {
		uint32_t name;

		if (m->fields[f].type.kind != KIR_T_FUNCPTR)
			continue;
		name = names_find(p->names, kir_string(m, m->fields[f].name));
		if (name < p->nnames)
			atomic_store_explicit(&p->hooks[name], true, memory_order_relaxed);
	}
}

static void find_hooks(struct program *p)
{
	p->hooks = xcalloc(p->nnames + 1, sizeof(*p->hooks));
	in_parallel(p->nunits, p->opt.jobs, find_hooks_of, p);
}

static uint64_t mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * 0x9e3779b97f4a7c15ull;
	return h ^ (h >> 29);
}

static uint64_t mix_text(uint64_t h, const char *s)
{
	return mix(h, hash_bytes(s, strlen(s)));
}

static uint64_t ident_of(const struct program *p, const struct def *d)
{
	uint64_t h = mix_text(mix_text(0, names_text(p->names, d->name)),
			      names_file(p->names, d->name));

	if (!d->unit || d->hash)
		return mix(h, d->hash);
	return mix_text(h, kir_string(d->unit->m, d->unit->m->source));
}

static size_t ident_slot(const struct program *p, uint64_t ident)
{
	size_t i = ident & (p->nidents - 1);

	while (p->by_ident[i] && p->defs[p->by_ident[i] - 1].ident != ident)
		i = (i + 1) & (p->nidents - 1);
	return i;
}

struct def *program_def_by_ident(const struct program *p, uint64_t ident)
{
	size_t i = p->nidents ? ident_slot(p, ident) : 0;

	return p->nidents && p->by_ident[i] ? &p->defs[p->by_ident[i] - 1] : NULL;
}

/* What a function is known by from one run to the next.  Those of a source that is
 * compiled twice are told apart by their order. */
static void identify_defs(struct program *p)
{
	for (p->nidents = 1024; p->nidents < 2u * p->ndefs;)
		p->nidents *= 2;
	p->by_ident = xcalloc(p->nidents, sizeof(*p->by_ident));
	for (uint32_t i = 0; i < p->ndefs; i++) {
		struct def *d = &p->defs[i];

		for (d->ident = ident_of(p, d); program_def_by_ident(p, d->ident);)
			d->ident = mix(d->ident, 1);
		p->by_ident[ident_slot(p, d->ident)] = i + 1;
	}
}

/* What the unit is and what its functions' names mean: all that a function of it hangs
 * on besides the subjects that it asks for. */
static void identify_units(struct program *p)
{
	for (size_t i = 0; i < p->nunits; i++) {
		struct engine *e = p->units[i];

		e->says = kir_identity(e->m);
		for (uint32_t f = 0; f < e->m->nfuncs; f++)
			e->binds = mix(e->binds, e->funcs[f].target ? e->funcs[f].target->ident : 0);
	}
}

void program_link(struct program *p)
{
	struct linker l = { .p = p };
	struct by_unit u = { .p = p, .hashes = xcalloc(p->nunits + 1, sizeof(*u.hashes)) };
	uint32_t **ids = xcalloc(p->nunits + 1, sizeof(*ids));

	/* The result is the same for any order of the units. */
	if (p->nunits > 1)
		qsort(p->units, p->nunits, sizeof(*p->units), by_source);
	p->nnames = names_count(p->names);
	p->def_of_name = xmalloc((p->nnames + 1) * sizeof(*p->def_of_name));
	memset(p->def_of_name, 0xff, (p->nnames + 1) * sizeof(*p->def_of_name));
	for (uint32_t i = 0; i < imports_count(p->imports); i++) {
		uint32_t id = add_def(&l, NULL, imports_name(p->imports, i), 0, 0);

		p->defs[id].offset = imports_offset(p->imports, i);
	}
	if (p->nunits > 1)
		in_parallel(p->nunits, p->opt.jobs, hash_unit, &u);
	for (size_t i = 0; i < p->nunits; i++) {
		struct engine *e = p->units[i];

		e->index = (uint32_t)i;
		ids[i] = xcalloc(e->m->nfuncs + 1u, sizeof(**ids));
		define_functions(&l, e, u.hashes[i], ids[i]);
		free(u.hashes[i]);
	}
	free(u.hashes);
	for (size_t i = 0; i < p->nunits; i++) {
		struct engine *e = p->units[i];

		for (uint32_t f = 0; f < e->m->nfuncs; f++) {
			struct func_info *fi = &e->funcs[f];

			fi->def = ids[i][f] != KIR_NONE ? &p->defs[ids[i][f]] : NULL;
			fi->target = fi->def;
			if (fi->def ? fi->f->flags & KIR_F_WEAK :
			    !(fi->f->flags & (KIR_F_STATIC | KIR_F_DEFINED)))
				fi->target = resolve(e, fi->name);
			if (fi->target)
				fi->target->ncallers += fi->ncalls;
		}
		free(ids[i]);
	}
	free(ids);
	free(l.slots);
	find_hooks(p);
	identify_defs(p);
	if (p->nunits > 1)
		p->targets = targets_find(p);
	find_entries(p);
	identify_units(p);
}
