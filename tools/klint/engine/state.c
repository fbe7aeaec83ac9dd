/* SPDX-License-Identifier: MIT */
#include "state.h"

#include <string.h>

void state_init(struct work_state *w)
{
	memset(&w->s, 0, sizeof(w->s));
	memset(w->s.ctx_at, 0xff, sizeof(w->s.ctx_at));
	state_fix(w);
}

void state_fix(struct work_state *w)
{
	w->s.locks = w->locks;
	w->s.facts = w->facts;
	w->s.env = w->env;
}

void state_load(struct work_state *w, const struct state *s)
{
	w->s = *s;
	memcpy(w->locks, s->locks, s->nlocks * sizeof(*s->locks));
	memcpy(w->facts, s->facts, s->nfacts * sizeof(*s->facts));
	memcpy(w->env, s->env, s->nenv * sizeof(*s->env));
	state_fix(w);
}

struct state *state_save(struct arena *a, const struct state *s)
{
	size_t locks = s->nlocks * sizeof(*s->locks), facts = s->nfacts * sizeof(*s->facts);
	size_t env = s->nenv * sizeof(*s->env);
	/* facts first: they need the strictest alignment */
	char *p = arena_alloc(a, sizeof(struct state) + facts + locks + env);
	struct state *n = (struct state *)p;

	*n = *s;
	n->facts = (struct fact *)(p + sizeof(*n));
	n->locks = (struct held *)(p + sizeof(*n) + facts);
	n->env = (struct binding *)(p + sizeof(*n) + facts + locks);
	memcpy(n->facts, s->facts, facts);
	memcpy(n->locks, s->locks, locks);
	memcpy(n->env, s->env, env);
	return n;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15ull;
	return h ^ (h >> 29);
}

static void note_content(struct state *s)
{
	s->content = 0;
	for (unsigned int i = 0; i < s->nenv; i++)
		s->content |= 1ull << (mix(s->env[i].addr, s->env[i].value) & 63);
	for (unsigned int i = 0; i < s->nfacts; i++)
		s->content |= 1ull << (mix(s->facts[i].what, 0) & 63);
}

void state_seal(struct state *s)
{
	uint64_t h = s->zero_parts;

	for (unsigned int i = 0; i < CTX_NPARTS; i++)
		if (s->ctx[i])
			h = mix(h, i * 256u + (uint8_t)s->ctx[i]);
	for (unsigned int i = 0; i < s->nlocks; i++)
		if (s->locks[i].depth)
			h = mix(h, ((uint64_t)s->locks[i].lock << 16) + (uint8_t)s->locks[i].depth);
	s->property = h;
	note_content(s);
}

bool state_same_property(const struct state *a, const struct state *b)
{
	return a->property == b->property;
}

/* Does @s hold everything that @touched says of touched locks? */
static bool touches_as(const struct state *a, const struct state *b)
{
	unsigned int i = 0, j = 0;

	if ((b->ctx_may & ~a->ctx_may) || (a->ctx_must & ~b->ctx_must))
		return false;
	while (i < a->nlocks || j < b->nlocks) {
		const struct held *x = i < a->nlocks ? &a->locks[i] : NULL;
		const struct held *y = j < b->nlocks ? &b->locks[j] : NULL;

		if (x && (!y || x->lock < y->lock)) {
			if (x->must_touch)
				return false;
			i++;
		} else if (y && (!x || y->lock < x->lock)) {
			return false;
		} else {
			if ((y->may_touch && !x->may_touch) || (x->must_touch && !y->must_touch))
				return false;
			i++;
			j++;
		}
	}
	return true;
}

bool state_covers(const struct state *a, const struct state *b)
{
	unsigned int j = 0;

	if (a->nfacts > b->nfacts || a->nenv > b->nenv || !state_same_property(a, b) ||
	    (a->content & ~b->content))
		return false;
	if (a->widened > b->widened || (a->flagged && !b->flagged) ||
	    (a->last && !b->last))
		return false;
	for (unsigned int i = 0; i < a->nenv; i++) {
		while (j < b->nenv && b->env[j].addr < a->env[i].addr)
			j++;
		if (j == b->nenv || b->env[j].addr != a->env[i].addr ||
		    b->env[j].value != a->env[i].value)
			return false;
	}
	j = 0;
	for (unsigned int i = 0; i < a->nfacts; i++) {
		while (j < b->nfacts && b->facts[j].what < a->facts[i].what)
			j++;
		if (j == b->nfacts || b->facts[j].what != a->facts[i].what ||
		    !cons_implies(&b->facts[j].is, &a->facts[i].is))
			return false;
	}
	return touches_as(a, b);
}

static origin first_origin(origin a, origin b)
{
	return a < b ? a : b;
}

static void join_locks(struct work_state *w, const struct state *a, const struct state *b)
{
	unsigned int i = 0, j = 0, n = 0;

	while ((i < a->nlocks || j < b->nlocks) && n < STATE_LOCKS) {
		const struct held *x = i < a->nlocks ? &a->locks[i] : NULL;
		const struct held *y = j < b->nlocks ? &b->locks[j] : NULL;

		if (x && y && x->lock == y->lock) {
			w->locks[n] = *x;
			w->locks[n].may_touch = x->may_touch || y->may_touch;
			w->locks[n].must_touch = x->must_touch && y->must_touch;
			w->locks[n].exposed = x->exposed || y->exposed;
			w->locks[n].unclear = x->unclear || y->unclear;
			w->locks[n].given = x->given & y->given;
			w->locks[n].at = first_origin(x->at, y->at);
			w->locks[n++].released = first_origin(x->released, y->released);
			i++;
			j++;
		} else {
			/* depth is 0 here: the properties are the same */
			bool left = x && (!y || x->lock < y->lock);

			w->locks[n] = left ? *x : *y;
			w->locks[n++].must_touch = false;
			if (left)
				i++;
			else
				j++;
		}
	}
	w->s.nlocks = (uint16_t)n;
}

void state_join(struct work_state *w, const struct state *a, const struct state *b)
{
	unsigned int i, j, n;

	w->s = *a;
	state_fix(w);
	join_locks(w, a, b);
	w->s.ctx_may = a->ctx_may | b->ctx_may;
	w->s.ctx_must = a->ctx_must & b->ctx_must;
	w->s.ctx_unclear = a->ctx_unclear | b->ctx_unclear;
	w->s.flagged = a->flagged || b->flagged;
	w->s.last = a->last && b->last;
	w->s.widened = a->widened > b->widened ? a->widened : b->widened;
	for (i = 0; i < CTX_NPARTS; i++)
		w->s.ctx_at[i] = first_origin(a->ctx_at[i], b->ctx_at[i]);
	for (i = j = n = 0; i < a->nfacts && j < b->nfacts;) {
		if (a->facts[i].what < b->facts[j].what) {
			i++;
		} else if (a->facts[i].what > b->facts[j].what) {
			j++;
		} else {
			w->facts[n].what = a->facts[i].what;
			w->facts[n].entry = a->facts[i].entry && b->facts[j].entry;
			w->facts[n].is = cons_join(&a->facts[i++].is, &b->facts[j++].is);
			n += !cons_is_any(&w->facts[n].is);
		}
	}
	w->s.nfacts = (uint16_t)n;
	for (i = j = n = 0; i < a->nenv && j < b->nenv;) {
		if (a->env[i].addr < b->env[j].addr) {
			i++;
		} else if (a->env[i].addr > b->env[j].addr) {
			j++;
		} else {
			if (a->env[i].value == b->env[j].value)
				w->env[n++] = a->env[i];
			i++;
			j++;
		}
	}
	w->s.nenv = (uint16_t)n;
	note_content(&w->s);
}

static unsigned int fact_index(const struct state *s, sym what)
{
	return (unsigned int)first_not(s->nfacts, i, s->facts[i].what < what);
}

struct cons state_fact(const struct state *s, sym what)
{
	unsigned int i = fact_index(s, what);

	return i < s->nfacts && s->facts[i].what == what ? s->facts[i].is : cons_any();
}

void state_set_fact(struct work_state *w, sym what, const struct cons *c)
{
	unsigned int i = fact_index(&w->s, what);

	if (i < w->s.nfacts && w->facts[i].what == what) {
		w->facts[i].is = *c;
		return;
	}
	if (w->s.nfacts == STATE_FACTS || cons_is_any(c))
		return;
	memmove(&w->facts[i + 1], &w->facts[i], (w->s.nfacts - i) * sizeof(*w->facts));
	w->facts[i] = (struct fact){ .what = what, .is = *c };
	w->s.nfacts++;
}

bool state_has_fact(const struct state *s, sym what)
{
	unsigned int i = fact_index(s, what);

	return i < s->nfacts && s->facts[i].what == what;
}

void state_note_entry(struct work_state *w, sym what)
{
	unsigned int i = fact_index(&w->s, what);

	if (i < w->s.nfacts && w->facts[i].what == what)
		w->facts[i].entry = true;
}

static unsigned int env_index(const struct state *s, sym addr)
{
	return (unsigned int)first_not(s->nenv, i, s->env[i].addr < addr);
}

sym state_value(const struct state *s, sym addr)
{
	unsigned int i = env_index(s, addr);

	return i < s->nenv && s->env[i].addr == addr ? s->env[i].value : SYM_NONE;
}

void state_unbind(struct work_state *w, sym addr)
{
	unsigned int i = env_index(&w->s, addr);

	if (i == w->s.nenv || w->env[i].addr != addr)
		return;
	w->s.nenv--;
	memmove(&w->env[i], &w->env[i + 1], (w->s.nenv - i) * sizeof(*w->env));
}

void state_bind(struct work_state *w, sym addr, sym value)
{
	unsigned int i = env_index(&w->s, addr);

	if (i < w->s.nenv && w->env[i].addr == addr) {
		w->env[i].value = value;
		return;
	}
	if (w->s.nenv == STATE_ENV)
		return;
	memmove(&w->env[i + 1], &w->env[i], (w->s.nenv - i) * sizeof(*w->env));
	w->env[i] = (struct binding){ .addr = addr, .value = value };
	w->s.nenv++;
}

struct held *state_lock(struct work_state *w, sym lock)
{
	for (unsigned int i = 0; i < w->s.nlocks; i++)
		if (w->locks[i].lock == lock)
			return &w->locks[i];
	return NULL;
}

struct held *state_add_lock(struct work_state *w, sym lock, uint32_t kind)
{
	unsigned int i;

	if (w->s.nlocks == STATE_LOCKS) {
		w->s.widened = WIDENED;
		return NULL;
	}
	for (i = 0; i < w->s.nlocks && w->locks[i].lock < lock; i++)
		;
	memmove(&w->locks[i + 1], &w->locks[i], (w->s.nlocks - i) * sizeof(*w->locks));
	w->locks[i] = (struct held){ .lock = lock, .kind = kind, .at = ORIGIN_NONE,
				     .released = ORIGIN_NONE, .exposed_by = ORIGIN_NONE };
	w->s.nlocks++;
	return &w->locks[i];
}

/* Put the lock at index @i where it belongs after its name has changed; two
 * locks that have become one are added up. */
static void resort_lock(struct work_state *w, unsigned int i)
{
	struct held h = w->locks[i];
	struct held *same;

	w->s.nlocks--;
	memmove(&w->locks[i], &w->locks[i + 1], (w->s.nlocks - i) * sizeof(*w->locks));
	same = state_lock(w, h.lock);
	if (same) {
		same->depth += h.depth;
		same->may_touch |= h.may_touch;
		same->must_touch |= h.must_touch;
		same->at = first_origin(same->at, h.at);
		same->exposed |= h.exposed;
		same->unclear |= h.unclear;
		return;
	}
	same = state_add_lock(w, h.lock, h.kind);
	if (same)
		*same = h;
}

void state_forget(struct work_state *w, struct symtab *t, sym what)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < w->s.nfacts; i++)
		if (!sym_mentions(t, w->facts[i].what, what))
			w->facts[n++] = w->facts[i];
	w->s.nfacts = (uint16_t)n;
	n = 0;
	for (unsigned int i = 0; i < w->s.nenv; i++)
		if (!sym_mentions(t, w->env[i].addr, what) &&
		    !sym_mentions(t, w->env[i].value, what))
			w->env[n++] = w->env[i];
	w->s.nenv = (uint16_t)n;
}

/* Facts keep to the value that they speak of, under its new name. */
static void rename_facts(struct work_state *w, struct symtab *t, sym what, sym by)
{
	struct fact moved[8];
	unsigned int n = 0, nmoved = 0;

	for (unsigned int i = 0; i < w->s.nfacts; i++) {
		struct fact f = w->facts[i];

		if (!sym_mentions(t, f.what, what)) {
			w->facts[n++] = f;
		} else if (nmoved < 8) {
			f.what = sym_replace(t, f.what, what, by);
			moved[nmoved++] = f;
		}
	}
	w->s.nfacts = (uint16_t)n;
	for (unsigned int i = 0; i < nmoved; i++)
		if (!sym_is(t, moved[i].what, S_INT)) {
			state_set_fact(w, moved[i].what, &moved[i].is);
			if (moved[i].entry)
				state_note_entry(w, moved[i].what);
		}
}

void state_replace(struct work_state *w, struct symtab *t, sym what, sym by)
{
	unsigned int n;

	rename_facts(w, t, what, by);
	n = 0;
	for (unsigned int i = 0; i < w->s.nenv; i++) {
		if (sym_mentions(t, w->env[i].addr, what))
			continue;
		w->env[n] = w->env[i];
		w->env[n].value = sym_replace(t, w->env[n].value, what, by);
		n++;
	}
	w->s.nenv = (uint16_t)n;
	for (unsigned int i = 0; i < w->s.nlocks;) {
		sym name = sym_replace(t, w->locks[i].lock, what, by);

		if (name == w->locks[i].lock) {
			i++;
		} else {
			w->locks[i].lock = name;
			resort_lock(w, i);
			i = 0;
		}
	}
}
