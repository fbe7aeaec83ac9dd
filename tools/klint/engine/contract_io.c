/* SPDX-License-Identifier: MIT */
/*
 * One walk over a contract serves all ways: each field is put, got or hashed by the same
 * line, so that a writer and its reader cannot differ, nor a hash leave out a field.
 */
#include "contract_bytes.h"

#include <string.h>

#define MAX_COUNT 4096u

/* One of the three. */
struct io {
	struct contract_writer *w;	/* putting */
	struct contract_print *h;	/* hashing */
	struct contract_reader *r;	/* getting: */
	size_t at;
	bool bad;
	struct arena *a;
	const struct program *p;
};

static uint64_t mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * 0x9e3779b97f4a7c15ull;
	return h ^ (h >> 29);
}

static uint64_t number(struct io *io, uint64_t x)
{
	if (io->r)
		return contract_get(io->r, &io->at, &io->bad);
	if (io->h) {
		io->h->says = mix(io->h->says, x);
		return x;
	}
	contract_put(&io->w->out, x);
	return x;
}

/* Small negative numbers stay small. */
static int64_t sign(struct io *io, int64_t x)
{
	uint64_t u = number(io, (uint64_t)x << 1 ^ (uint64_t)(x >> 63));

	return (int64_t)(u >> 1 ^ -(u & 1));
}

/* Numbers of which the greatest means none. */
static uint32_t index_or_none(struct io *io, uint32_t x)
{
	return (uint32_t)number(io, (uint32_t)(x + 1u)) - 1u;
}

#define NUMBER(io, field) ((field) = (__typeof__(field))number(io, (uint64_t)(field)))
#define SIGNED(io, field) ((field) = (__typeof__(field))sign(io, (field)))
#define INDEX(io, field) ((field) = index_or_none(io, (field)))

/* A count; never more than memory can be asked for. */
static uint32_t count(struct io *io, uint32_t n)
{
	n = (uint32_t)number(io, n);
	if (n > MAX_COUNT)
		io->bad = true;
	return io->bad ? 0 : n;
}

static const char *text(struct io *io, const char *s)
{
	uint32_t id;

	if (io->h) {
		number(io, hash_bytes(s, strlen(s)));
		return s;
	}
	if (io->w) {
		number(io, contract_put_text(io->w, below_root(io->w->root, s)));
		return s;
	}
	id = (uint32_t)number(io, 0);
	if (id >= io->r->ntexts) {
		io->bad = true;
		return "";
	}
	return io->r->texts[id];
}

/* A name is a static one's of a file, or plain. */
static uint32_t name(struct io *io, uint32_t id)
{
	const char *file = text(io, io->r ? NULL : names_file(io->p->names, id));
	const char *s = text(io, io->r ? NULL : names_text(io->p->names, id));

	if (!io->r)
		return id;
	return *file ? names_add_static(io->p->names, s, file) : names_add(io->p->names, s);
}

/* For the same program a function is told by what identifies it, for another one by its
 * name. */
static uint32_t function(struct io *io, uint32_t def)
{
	bool exact = io->h || (io->w ? io->w->exact : io->r->exact);
	const struct def *d;

	if (!number(io, def != KIR_NONE))
		return KIR_NONE;
	if (!io->r) {
		if (exact)
			number(io, io->p->defs[def].ident);
		else
			name(io, io->p->defs[def].name);
		return def;
	}
	d = exact ? program_def_by_ident(io->p, number(io, 0)) : program_def(io->p, name(io, 0));
	io->bad |= exact && !d;
	return d ? d->id : KIR_NONE;
}

static uint32_t lock_kind_by_name(struct io *io, uint32_t kind)
{
	const char *s;

	s = text(io, io->r ? NULL : kind == RULES_NONE ? "" :
		 rules_lock_kind(io->p->rules, kind)->name);
	return !io->r ? kind : *s ? rules_find_lock_kind(io->p->rules, s) : RULES_NONE;
}

static void cons(struct io *io, struct cons *c)
{
	NUMBER(io, c->mask);
	NUMBER(io, c->has_eq);
	NUMBER(io, c->nneq);
	if (c->nneq > CONS_NNEQ) {
		io->bad = true;
		return;
	}
	if (c->has_eq)
		SIGNED(io, c->eq);
	for (unsigned int i = 0; i < c->nneq; i++)
		SIGNED(io, c->neq[i]);
}

static void guards(struct io *io, struct guard *g, unsigned int n)
{
	for (unsigned int i = 0; i < n && !io->bad; i++) {
		INDEX(io, g[i].what);
		cons(io, &g[i].is);
	}
}

/* Room for @n elements: what is put is not changed.  What is hashed is nobody else's
 * yet, and gets the values that it has. */
static void *array(struct io *io, const void *v, size_t n, size_t size)
{
	void *copy;

	if (io->h)
		return (void *)v;
	copy = arena_alloc(io->a, (n + 1) * size);
	if (io->w && n)
		memcpy(copy, v, n * size);
	return copy;
}

static const struct need *need(struct io *io, const struct need *from);

static const struct violation *violation(struct io *io, const struct violation *from)
{
	struct violation *v = array(io, from, 1, sizeof(*v));

	NUMBER(io, v->kind);
	v->func = function(io, v->func);
	INDEX(io, v->site);
	NUMBER(io, v->wait);
	INDEX(io, v->lock);
	v->lock_kind = lock_kind_by_name(io, v->lock_kind);
	NUMBER(io, v->part);
	INDEX(io, v->cause);
	v->via = function(io, v->via);
	INDEX(io, v->via_site);
	v->loc = v->sibling = KIR_NONE;
	v->entry = NULL;
	if (number(io, v->need != NULL))
		v->need = need(io, v->need);
	return v;
}

static void depths(struct io *io, int8_t *ctx)
{
	uint64_t any = 0;

	for (unsigned int i = 0; i < CTX_NPARTS; i++)
		any |= (uint64_t)(ctx[i] != 0) << i;
	any = number(io, any);
	for (unsigned int i = 0; i < CTX_NPARTS; i++)
		if (any >> i & 1)
			SIGNED(io, ctx[i]);
}

static const struct need *need(struct io *io, const struct need *from)
{
	struct need *n = array(io, from, 1, sizeof(*n));
	const char *rule;

	NUMBER(io, n->kind);
	NUMBER(io, n->wait);
	NUMBER(io, n->widened);
	NUMBER(io, n->violated);
	NUMBER(io, n->last);
	NUMBER(io, n->shared);
	NUMBER(io, n->any_state);
	INDEX(io, n->lock);
	n->lock_kind = lock_kind_by_name(io, n->lock_kind);
	NUMBER(io, n->parts);
	depths(io, n->ctx);
	NUMBER(io, n->zero_parts);
	NUMBER(io, n->nreleased);
	NUMBER(io, n->nguards);
	if (n->nreleased > NEED_RELEASED || n->nguards > NEED_GUARDS) {
		io->bad = true;
		n->nreleased = n->nguards = 0;
		return n;
	}
	for (unsigned int i = 0; i < n->nreleased; i++)
		INDEX(io, n->released[i]);
	guards(io, n->guards, n->nguards);
	NUMBER(io, n->hops);
	INDEX(io, n->site);
	n->guarded = name(io, n->guarded);
	rule = text(io, io->r ? NULL : n->rule ? n->rule->name : "");
	if (io->r)
		n->rule = *rule ? rules_find(io->p->rules, rule) : NULL;
	n->callee = function(io, n->callee);
	NUMBER(io, n->sub);
	NUMBER(io, n->number);
	if (number(io, n->broken != NULL))
		n->broken = violation(io, n->broken);
	return n;
}

static void outcome(struct io *io, struct outcome *o)
{
	cons(io, &o->ret);
	INDEX(io, o->ret_sym);
	NUMBER(io, o->widened);
	depths(io, o->ctx);
	for (unsigned int i = 0; i < CTX_NPARTS; i++) {
		if (o->ctx[i])
			INDEX(io, o->ctx_at[i]);
		else
			o->ctx_at[i] = ORIGIN_NONE;
	}
	NUMBER(io, o->zero_parts);
	o->nlocks = (uint16_t)count(io, o->nlocks);
	o->locks = array(io, o->locks, o->nlocks, sizeof(*o->locks));
	for (unsigned int i = 0; i < o->nlocks && !io->bad; i++) {
		struct effect_lock *l = &o->locks[i];

		INDEX(io, l->lock);
		l->kind = lock_kind_by_name(io, l->kind);
		SIGNED(io, l->depth);
		NUMBER(io, l->shared);
		NUMBER(io, l->may_touch);
		NUMBER(io, l->must_touch);
		INDEX(io, l->at);
	}
	o->nguards = (uint16_t)count(io, o->nguards);
	if (o->nguards > NEED_GUARDS) {
		io->bad = true;
		o->nguards = 0;
	}
	guards(io, o->guards, o->nguards);
	o->nouts = (uint16_t)count(io, o->nouts);
	o->outs = array(io, o->outs, o->nouts, sizeof(*o->outs));
	for (unsigned int i = 0; i < o->nouts && !io->bad; i++) {
		INDEX(io, o->outs[i].addr);
		INDEX(io, o->outs[i].value);
		cons(io, &o->outs[i].is);
	}
	NUMBER(io, o->unsure);
}

/* They are sorted by the numbers of their names, which are another program's own. */
static void hash_stored(struct io *io, const struct summary *s)
{
	uint64_t before = io->h->says, all = 0;

	for (uint32_t i = 0; i < s->nstored; i++) {
		io->h->says = 0;
		name(io, s->stored[i]);
		all += io->h->says;
	}
	io->h->says = mix(before, all);
}

static void summary(struct io *io, struct summary *s)
{
	const struct need **needs;

	s->noutcomes = count(io, s->noutcomes);
	s->outcomes = array(io, s->outcomes, s->noutcomes, sizeof(*s->outcomes));
	for (uint32_t i = 0; i < s->noutcomes && !io->bad; i++)
		outcome(io, &s->outcomes[i]);
	s->nneeds = count(io, s->nneeds);
	needs = array(io, s->needs, s->nneeds, sizeof(*needs));
	for (uint32_t i = 0; i < s->nneeds && !io->bad; i++)
		needs[i] = need(io, needs[i]);
	s->needs = needs;
	NUMBER(io, s->writes);
	NUMBER(io, s->hidden);
	NUMBER(io, s->derefs);
	NUMBER(io, s->unclear);
	NUMBER(io, s->pure);
	s->nanswers = count(io, s->nanswers);
	s->answers = array(io, s->answers, s->nanswers, sizeof(*s->answers));
	for (uint32_t i = 0; i < s->nanswers && !io->bad; i++) {
		NUMBER(io, s->answers[i].constant);
		SIGNED(io, s->answers[i].ret);
		NUMBER(io, s->answers[i].nguards);
		if (s->answers[i].nguards > ANSWER_GUARDS) {
			io->bad = true;
			s->answers[i].nguards = 0;
		}
		guards(io, s->answers[i].guards, s->answers[i].nguards);
	}
	s->nstored = count(io, s->nstored);
	s->stored = array(io, s->stored, s->nstored, sizeof(*s->stored));
	if (io->h)
		hash_stored(io, s);
	for (uint32_t i = 0; i < s->nstored && !io->bad && !io->h; i++)
		s->stored[i] = name(io, s->stored[i]);
	if (io->r && s->nstored)
		qsort(s->stored, s->nstored, sizeof(*s->stored), compare_u32);
}

static void node(struct io *io, struct sym_node *n)
{
	NUMBER(io, n->kind);
	NUMBER(io, n->op);
	NUMBER(io, n->flags);
	NUMBER(io, n->depth);
	switch (n->kind) {
	case S_FUNC: case S_GLOBAL:
		n->a = name(io, n->a);
		break;
	case S_FIELD: case S_CONTAINER:
		INDEX(io, n->a);
		n->b = name(io, n->b);
		break;
	case S_APPLY:
		INDEX(io, n->a);
		INDEX(io, n->b);
		n->imm = name(io, (uint32_t)n->imm);
		break;
	default:
		INDEX(io, n->a);
		INDEX(io, n->b);
		SIGNED(io, n->imm);
	}
}

static void site(struct io *io, struct site *s)
{
	uint64_t says = io->h ? io->h->says : 0;

	if (io->h)
		io->h->says = io->h->whole;
	s->file = text(io, s->file);
	NUMBER(io, s->line);
	NUMBER(io, s->col);
	if (io->h) {
		io->h->whole = io->h->says;
		io->h->says = says;
	}
	s->callee = text(io, s->callee);
	NUMBER(io, s->direct);
	s->def = function(io, s->def);
}

static void contract(struct io *io, struct contract *c)
{
	NUMBER(io, c->borrows);
	c->nnodes = (uint32_t)number(io, c->nnodes);
	c->nsites = (uint32_t)number(io, c->nsites);
	if (c->nnodes > 16 * MAX_COUNT || c->nsites > 16 * MAX_COUNT) {
		io->bad = true;
		return;
	}
	c->nodes = array(io, c->nodes, c->nnodes, sizeof(*c->nodes));
	for (uint32_t i = 0; i < c->nnodes && !io->bad; i++)
		node(io, &c->nodes[i]);
	c->sites = array(io, c->sites, c->nsites, sizeof(*c->sites));
	for (uint32_t i = 0; i < c->nsites && !io->bad; i++)
		site(io, &c->sites[i]);
	c->nparams = count(io, c->nparams);
	c->params = array(io, c->params, c->nparams, sizeof(*c->params));
	for (uint32_t i = 0; i < c->nparams && !io->bad; i++)
		c->params[i] = text(io, c->params[i]);
	summary(io, &c->sum);
}

struct contract_print contract_print(const struct program *p, const struct contract *c)
{
	struct contract_print h = { 0, 0 };
	struct io io = { .h = &h, .p = p };
	struct contract copy = *c;

	contract(&io, &copy);
	h.whole = mix(h.whole, h.says);
	h.says |= 1ull << 63;	/* neither is that of no contract */
	h.whole |= 1ull << 63;
	return h;
}

size_t contract_write(struct contract_writer *w, const struct contract *c)
{
	struct io io = { .w = w, .p = w->p, .a = arena_new() };
	struct contract copy = *c;
	size_t at = w->out.n;

	contract(&io, &copy);
	arena_free(io.a);
	return at;
}

const struct contract *contract_load(struct contract_reader *r, size_t offset, struct arena *a)
{
	struct io io = { .r = r, .p = r->p, .a = a, .at = r->body + offset };
	struct contract *c = arena_alloc(a, sizeof(*c));

	if (offset >= r->size)
		return NULL;
	contract(&io, c);
	return !io.bad && contract_is_sound(c) ? c : NULL;
}
