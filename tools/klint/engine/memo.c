/* SPDX-License-Identifier: MIT */
#include "memo.h"

#include <string.h>
#include "contract_io.h"
#include "scc.h"
#include "targets.h"

#define SAYS_NOTHING 0		/* not solved, or outside of the program */
#define SAYS_GAP 1
#define SAYS_GONE 2

static uint64_t mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * 0x9e3779b97f4a7c15ull;
	return h ^ (h >> 29);
}

void engine_note(struct engine *e, enum subject_kind kind, uint32_t id)
{
	for (size_t i = e->nsubjects; i-- > 0;)
		if (e->subjects[i].id == id && e->subjects[i].kind == kind)
			return;
	vec_push(e->subjects, e->nsubjects, e->subjects_cap) = (struct subject){ kind, id };
}

static uint64_t subject_now(const struct program *p, const struct def *of,
			    const struct subject *s, bool whole)
{
	const struct def *d;

	switch (s->kind) {
	case SUBJECT_DEF:
		if (s->id == KIR_NONE)
			return SAYS_GONE;
		d = &p->defs[s->id];
		return mix(d->ident, whole ? d->whole : d->says);
	case SUBJECT_SEEN:
		return s->id == KIR_NONE ? SAYS_GONE : scc_sees(p->order, of->id, s->id);
	case SUBJECT_NAME:
		d = program_def(p, s->id);
		return d ? d->ident : SAYS_NOTHING;
	case SUBJECT_MEMBER:
		return targets_print(p->targets, s->id);
	default:
		return s->id < p->nnames && p->hooks[s->id];
	}
}

static uint64_t inputs(const struct program *p, const struct def *of, const struct subject *s,
		       uint32_t n, bool whole)
{
	uint64_t h = n;

	for (uint32_t i = 0; i < n; i++)
		h = mix(h, subject_now(p, of, &s[i], whole));
	return h;
}

uint64_t memo_key(const struct def *d)
{
	uint64_t h = mix(d->ident, d->unit->says);

	h = mix(h, d->unit->binds);
	return mix(h, (uint64_t)d->func << 1 | (d->ncallers > 0));
}

static uint64_t mix_text(uint64_t h, const char *s)
{
	return mix(h, hash_bytes(s, strlen(s)));
}

uint64_t memo_entries_key(const struct def *d)
{
	uint64_t h = mix(memo_key(d), d->nentries);

	for (uint32_t i = 0; i < d->nentries; i++) {
		const struct entry *en = &d->entries[i];

		h = mix(h, en->context);
		h = mix_text(mix_text(mix_text(h, en->at.file), en->by), en->how);
		h = mix(h, (uint64_t)en->at.line << 32 | en->at.col);
	}
	return h;
}

struct record *memo_find(const struct program *p, const struct def *d, uint64_t key)
{
	for (struct record *r = d->records; r; r = r->next)
		if (r->key == key && r->in == inputs(p, d, r->subjects, r->nsubjects, r->exact))
			return r;
	return NULL;
}

void memo_use(struct def *d, struct record *r)
{
	r->used = true;
	d->record = r;
	d->says = r->says;
	d->whole = r->whole;
	d->gap = r->gap;
	__atomic_store_n(&d->contract, r->contract, __ATOMIC_RELEASE);
}

struct record *memo_keep(struct engine *e, struct def *d, uint64_t key,
			 const struct contract *c, const char *gap, const struct blob *told)
{
	struct record *r = arena_alloc(e->keep, sizeof(*r));
	struct subject *s = arena_alloc(e->keep, (e->nsubjects + 1) * sizeof(*s));
	struct contract_print print = { gap ? SAYS_GAP : SAYS_NOTHING, gap ? SAYS_GAP : SAYS_NOTHING };

	if (e->nsubjects)
		memcpy(s, e->subjects, e->nsubjects * sizeof(*s));
	if (c)
		print = contract_print(e->p, c);
	*r = (struct record){ .key = key, .says = print.says, .whole = print.whole,
			      .subjects = s, .nsubjects = (uint32_t)e->nsubjects,
			      .exact = told->n || (c && c->borrows), .gap = gap, .contract = c,
			      .ntold = (uint32_t)told->n, .next = d->records };
	r->in = inputs(e->p, d, s, r->nsubjects, r->exact);
	if (told->n) {
		void *copy = arena_alloc(e->keep, told->n);

		memcpy(copy, told->v, told->n);
		r->told = copy;
	}
	return d->records = r;
}
