/* SPDX-License-Identifier: MIT */
/*
 * Every index of every table, so that who reads a module needs no checks.
 *
 * Rows are checked on their own first, then what depends on the function that
 * owns them: block numbers, and that no value speaks of a parameter, local or
 * temporary that the function lacks (through struct kir_reach, so each value is
 * looked at once, however often it is used).  Ranges may not add up to more than
 * the table that they point into: a small file cannot stand for a huge module.
 */
#include "verify.h"
#include "base/base.h"

#include <stdio.h>

bool kir_bad(const struct kir_check *c, const char *why, uint64_t got)
{
	snprintf(c->err, c->errlen, "%s: damaged: %s %u has %s %llu", c->name, c->what, c->nr,
		 why, (unsigned long long)got);
	return false;
}

bool kir_bad_ref(const struct kir_check *c, const char *to, uint32_t id, uint32_t n)
{
	snprintf(c->err, c->errlen, "%s: damaged: %s %u refers to %s %u of %u", c->name,
		 c->what, c->nr, to, id, n);
	return false;
}

bool kir_range(struct kir_check *c, const char *to, uint32_t first, uint32_t count, uint32_t n)
{
	c->total += count;
	if ((uint64_t)first + count <= n && c->total <= n)
		return true;
	snprintf(c->err, c->errlen, "%s: damaged: %s %u refers to %u of %u %ss from %u", c->name,
		 c->what, c->nr, count, n, to, first);
	return false;
}

static bool reaches(const struct kir_check *c, const struct kir_func *f, kir_id v)
{
	const struct kir_reach *r;

	if (v == KIR_NONE)
		return true;
	r = &c->reach[v];
	return (!r->params || kir_ref(c, "parameter", r->params - 1, f->param_count)) &&
	       (!r->locals || kir_ref(c, "local", r->locals - 1, f->local_count)) &&
	       (!r->temps || kir_ref(c, "temporary", r->temps - 1, f->temp_count));
}

static bool event_fits(const struct kir_check *c, const struct kir_func *f,
		       const struct kir_event *e)
{
	for (uint32_t i = 0; i < e->arg_count; i++)
		if (!reaches(c, f, c->m->args[e->arg_first + i]))
			return false;
	return reaches(c, f, e->dst) && reaches(c, f, e->callee) && reaches(c, f, e->value);
}

static bool default_ok(const struct kir_check *c, const struct kir_block *b)
{
	for (uint32_t i = 0; i < b->succ_count; i++) {
		const struct kir_succ *s = &c->m->succs[b->succ_first + i];

		if (s->is_default && (b->term != KIR_TERM_SWITCH || i + 1 != b->succ_count))
			return kir_bad(c, "a default that is not last: successor", i);
		if ((s->is_default || b->term != KIR_TERM_SWITCH) && (s->lo || s->hi))
			return kir_bad(c, "a case range at successor", i);
	}
	return true;
}

static bool block_fits(const struct kir_check *c, const struct kir_func *f,
		       const struct kir_block *b)
{
	for (uint32_t i = 0; i < b->event_count; i++)
		if (!event_fits(c, f, &c->m->events[b->event_first + i]))
			return false;
	for (uint32_t i = 0; i < b->succ_count; i++)
		if (!kir_ref(c, "block", c->m->succs[b->succ_first + i].block, f->block_count))
			return false;
	return reaches(c, f, b->value) && default_ok(c, b);
}

static bool func_fits(const struct kir_check *c, const struct kir_func *f)
{
	for (uint32_t i = 0; i < f->block_count; i++)
		if (!block_fits(c, f, &c->m->blocks[f->block_first + i]))
			return false;
	return true;
}

/* Ranges of tables other than the one that a row's own check adds up. */
static bool more_ranges_ok(struct kir_check *c)
{
	const struct kir_module *m = c->m;

	for (c->what = "block", c->total = c->nr = 0; c->nr < m->nblocks; c->nr++)
		if (!kir_range(c, "successor", m->blocks[c->nr].succ_first,
			   m->blocks[c->nr].succ_count, m->nsuccs))
			return false;
	for (c->what = "function", c->total = c->nr = 0; c->nr < m->nfuncs; c->nr++)
		if (!kir_range(c, "variable", m->funcs[c->nr].param_first,
			   m->funcs[c->nr].param_count, m->nvars) ||
		    !kir_range(c, "variable", m->funcs[c->nr].local_first,
			   m->funcs[c->nr].local_count, m->nvars))
			return false;
	for (c->total = c->nr = 0; c->nr < m->nfuncs; c->nr++)
		if (!kir_range(c, "annotation", m->funcs[c->nr].annot_first,
			   m->funcs[c->nr].annot_count, m->nannots))
			return false;
	for (c->nr = 0; c->nr < m->nfuncs; c->nr++)
		if (!func_fits(c, &m->funcs[c->nr]))
			return false;
	return true;
}

bool kir_verify(const struct kir_module *m, const char *name, char *err, size_t errlen)
{
	struct kir_check c = {.m = m, .name = name, .err = err, .errlen = errlen};
	bool ok;

	c.reach = xcalloc(m->nvalues, sizeof(*c.reach));
	ok = kir_rows_ok(&c) && more_ranges_ok(&c);
	free(c.reach);
	return ok;
}
