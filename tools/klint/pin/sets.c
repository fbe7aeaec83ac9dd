/* SPDX-License-Identifier: MIT */
/*
 * What a function does with all that it calls, and hands to be called, in its own
 * directory: found when somebody asks, callees first.  Of a recursion each member has what
 * was known of the others by then.
 */
#include "sets.h"

#include <stdlib.h>
#include <string.h>

struct set {
	uint32_t *v;
	size_t n, cap;
};

struct known {
	struct set sets[PIN_NSETS];
	struct set freed;	/* records */
	struct set registered;	/* defs */
	struct set left;	/* name ids of what undoes something */
};

struct pin_sets {
	struct known **of;	/* [def] */
};

struct pin_sets *pin_sets_new(struct pin *pin)
{
	struct pin_sets *s = xcalloc(1, sizeof(*s));

	s->of = xcalloc(pin->p->ndefs + 1u, sizeof(*s->of));
	pin->sets = s;
	return s;
}

void pin_sets_free(struct pin_sets *s)
{
	if (!s)
		return;
	/* The sets themselves are the arena's. */
	free(s->of);
	free(s);
}

bool pin_in_set(enum pin_set set, enum touch_action action)
{
	switch (set) {
	case PIN_USED:
		return action != TOUCH_INIT && action != TOUCH_STACK && action <= TOUCH_SPLICE;
	case PIN_INITIALISED:
		return action == TOUCH_INIT || action == TOUCH_STACK;
	case PIN_ARMED:
		return action == TOUCH_ARM;
	case PIN_WAITED:
		return action == TOUCH_WAIT || action == TOUCH_WAIT_SOME;
	case PIN_LINKED:
		return action == TOUCH_LINK;
	case PIN_UNLINKED:
		return action == TOUCH_UNLINK;
	case PIN_SET:
		return action == TOUCH_SET;
	case PIN_STOPPED:
		return action == TOUCH_STOP || action == TOUCH_SHUT || action == TOUCH_UNQUEUE;
	default:
		return false;
	}
}

static void settle(struct pin *pin, struct set *s)
{
	uint32_t *v;

	s->n = sort_unique(s->v, s->n, sizeof(*s->v), compare_u32);
	v = arena_alloc(pin->arena, (s->n + 1) * sizeof(*v));
	if (s->n)
		memcpy(v, s->v, s->n * sizeof(*v));
	free(s->v);
	s->v = v;
}

static void add_all(struct set *to, const struct set *from)
{
	for (size_t i = 0; i < from->n; i++)
		vec_push(to->v, to->n, to->cap) = from->v[i];
}

bool pin_is_near(const struct pin *pin, const struct def *a, const struct def *b)
{
	return (b->unit->funcs[b->func].f->flags & KIR_F_HEADER) ||
	       pin->directories[a->unit->index] == pin->directories[b->unit->index];
}

/* Is what the event registers known to others from then on, until it is undone? */
static bool lasts(const struct pin_func *f, uint32_t event)
{
	for (uint32_t i = 0; i < f->ntouches; i++)
		if (f->touches[i].event == event && f->touches[i].action == TOUCH_ENTER)
			return true;
	return false;
}

static const struct known *known_of(struct pin *pin, const struct def *d)
{
	static const struct known nothing;
	const struct pin_func *f = &pin->funcs[d->id];
	struct known *k = pin->sets->of[d->id];

	if (k)
		return k;
	k = arena_alloc(pin->arena, sizeof(*k));
	/* Who asks while it is being found goes in a circle. */
	pin->sets->of[d->id] = (struct known *)&nothing;
	for (uint32_t i = 0; i < f->ntouches; i++) {
		const struct pin_touch *t = &f->touches[i];

		if (t->action == TOUCH_FREE && t->record != KIR_NONE)
			vec_push(k->freed.v, k->freed.n, k->freed.cap) = t->record;
		if (t->action == TOUCH_LEAVE)
			vec_push(k->left.v, k->left.n, k->left.cap) = t->record;
		for (enum pin_set s = 0; s < PIN_NSETS; s++)
			if (t->part != KIR_NONE && pin_in_set(s, t->action))
				vec_push(k->sets[s].v, k->sets[s].n, k->sets[s].cap) = t->part;
	}
	for (uint32_t i = 0; i < f->ncalls; i++) {
		const struct known *its;

		if (f->calls[i].later && lasts(f, f->calls[i].event))
			vec_push(k->registered.v, k->registered.n, k->registered.cap) =
				f->calls[i].def->id;
		if (f->calls[i].later || !pin_is_near(pin, d, f->calls[i].def))
			continue;
		its = known_of(pin, f->calls[i].def);
		for (enum pin_set s = 0; s < PIN_NSETS; s++)
			add_all(&k->sets[s], &its->sets[s]);
		add_all(&k->freed, &its->freed);
		add_all(&k->registered, &its->registered);
		add_all(&k->left, &its->left);
	}
	for (enum pin_set s = 0; s < PIN_NSETS; s++)
		settle(pin, &k->sets[s]);
	settle(pin, &k->freed);
	settle(pin, &k->registered);
	settle(pin, &k->left);
	return pin->sets->of[d->id] = k;
}

static bool has(const struct set *s, uint32_t x)
{
	return s->n && bsearch(&x, s->v, s->n, sizeof(x), compare_u32);
}

bool pin_does(struct pin *pin, const struct def *d, enum pin_set set, uint32_t part)
{
	return has(&known_of(pin, d)->sets[set], part);
}

const uint32_t *pin_parts(struct pin *pin, const struct def *d, enum pin_set set, uint32_t *n)
{
	const struct set *s = &known_of(pin, d)->sets[set];

	*n = (uint32_t)s->n;
	return s->v;
}

const uint32_t *pin_registered(struct pin *pin, const struct def *d, uint32_t *n)
{
	const struct set *s = &known_of(pin, d)->registered;

	*n = (uint32_t)s->n;
	return s->v;
}

bool pin_leaves(struct pin *pin, const struct def *d, uint32_t name)
{
	return has(&known_of(pin, d)->left, name);
}

bool pin_frees(struct pin *pin, const struct def *d, uint32_t record)
{
	return has(&known_of(pin, d)->freed, record);
}

const struct pin_touch *pin_find(struct pin *pin, const struct def *d, enum pin_set set,
				 uint32_t part, const struct def **in)
{
	for (unsigned int depth = 0; depth < 16; depth++) {
		const struct pin_func *f = &pin->funcs[d->id];
		const struct def *next = NULL;

		*in = d;
		for (uint32_t i = 0; i < f->ntouches; i++)
			if (f->touches[i].part == part && pin_in_set(set, f->touches[i].action))
				return &f->touches[i];
		for (uint32_t i = 0; i < f->ncalls && !next; i++)
			if (!f->calls[i].later && pin_is_near(pin, d, f->calls[i].def) &&
			    pin_does(pin, f->calls[i].def, set, part))
				next = f->calls[i].def;
		if (!next)
			return NULL;
		d = next;
	}
	return NULL;
}

const struct pin_call *pin_find_registration(struct pin *pin, const struct def *d,
					     const struct def *callback, const struct def **in,
					     unsigned int *depth)
{
	for (*depth = 0; *depth < 16; ++*depth) {
		const struct pin_func *f = &pin->funcs[d->id];
		const struct def *next = NULL;

		*in = d;
		for (uint32_t i = 0; i < f->ncalls; i++)
			if (f->calls[i].later && f->calls[i].def == callback)
				return &f->calls[i];
		for (uint32_t i = 0; i < f->ncalls && !next; i++)
			if (!f->calls[i].later && pin_is_near(pin, d, f->calls[i].def) &&
			    has(&known_of(pin, f->calls[i].def)->registered, callback->id))
				next = f->calls[i].def;
		if (!next)
			return NULL;
		d = next;
	}
	return NULL;
}

bool pin_is_new(const struct pin_func *f, const struct pin_touch *t)
{
	return t->action == TOUCH_ALLOC || t->action == TOUCH_MANAGE ||
	       (t->action == TOUCH_BORROW && f->binds);
}

/* Does a record of that name, or what it consists of, have one of the other name in it? */
static bool embeds(const struct engine *e, kir_id record, uint32_t name, unsigned int depth)
{
	const struct kir_record *r = &e->m->records[record];

	if (e->records[record] == name)
		return true;
	for (uint32_t i = 0; depth && i < r->field_count; i++) {
		const struct kir_type *t = &e->m->fields[r->field_first + i].type;

		if ((t->kind == KIR_T_RECORD || t->kind == KIR_T_ARRAY) && t->record != KIR_NONE &&
		    embeds(e, t->record, name, depth - 1))
			return true;
	}
	return false;
}

/* Does the function make an object that is, or has in it, one of the record? */
static bool makes_around(const struct pin_func *f, uint32_t name)
{
	const struct engine *e = f->def->unit;

	for (uint32_t i = 0; i < f->ntouches; i++) {
		const struct pin_touch *t = &f->touches[i];

		if (!pin_is_new(f, t) || t->record == KIR_NONE)
			continue;
		for (uint32_t r = 0; r < e->m->nrecords; r++)
			if (e->records[r] == t->record && embeds(e, r, name, 3))
				return true;
	}
	return false;
}

bool pin_makes(struct pin *pin, const struct def *d, enum pin_set set, uint32_t part)
{
	for (unsigned int depth = 0; depth < 16 && d; depth++) {
		const struct pin_func *f = &pin->funcs[d->id];
		const struct def *next = NULL;

		if (makes_around(f, pin->parts[part].record))
			return true;
		for (uint32_t i = 0; i < f->ncalls && !next; i++)
			if (!f->calls[i].later && pin_is_near(pin, d, f->calls[i].def) &&
			    pin_does(pin, f->calls[i].def, set, part))
				next = f->calls[i].def;
		d = next;
	}
	return false;
}

#define FAR 6		/* calls down */

static bool surely(struct pin *pin, const struct def *d, uint32_t part, unsigned int depth)
{
	const struct pin_func *f = &pin->funcs[d->id];
	struct pin_places places = { .n = 0 };
	struct pin_order *o;
	bool sure;

	for (uint32_t i = 0; i < f->ntouches; i++)
		if (f->touches[i].part == part && pin_in_set(PIN_USED, f->touches[i].action))
			pin_add_place(&places, f->touches[i].block, f->touches[i].event);
	for (uint32_t i = 0; i < f->ncalls && depth < FAR; i++) {
		const struct pin_call *c = &f->calls[i];

		if (!c->later && pin_is_near(pin, d, c->def) && pin_does(pin, c->def, PIN_USED, part) &&
		    surely(pin, c->def, part, depth + 1))
			pin_add_place(&places, c->block, c->event);
	}
	if (!places.n)
		return false;
	o = pin_order_new(d->unit->m, d->unit->funcs[d->func].f);
	sure = pin_passes(o, &places);
	pin_order_free(o);
	return sure;
}

bool pin_surely_uses(struct pin *pin, const struct def *d, uint32_t part)
{
	return surely(pin, d, part, 0);
}
