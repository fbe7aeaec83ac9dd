/* SPDX-License-Identifier: MIT */
/*
 * What was read from bytes holds together: every symbol is one of the nodes, every operand
 * an earlier one, every origin a site.  A checksum tells what was damaged; this is for
 * what somebody has made.
 */
#include "contract_bytes.h"

struct bounds {
	uint32_t nodes, sites;
	bool bad;
};

static void check_sym(struct bounds *b, sym s)
{
	b->bad |= s != SYM_NONE && s >= b->nodes;
}

static void check_site(struct bounds *b, origin at)
{
	b->bad |= at != ORIGIN_NONE && at >= b->sites;
}

static void check_guards(struct bounds *b, const struct guard *g, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		b->bad |= g[i].what >= b->nodes;
}

static void check_need(struct bounds *b, const struct need *n)
{
	check_sym(b, n->lock);
	b->bad |= n->site >= b->sites || n->kind > NEED_CALL || n->wait > WAIT_SLEEP;
	for (unsigned int i = 0; i < n->nreleased; i++)
		b->bad |= n->released[i] >= b->nodes;
	check_guards(b, n->guards, n->nguards);
	if (!n->broken)
		return;
	check_sym(b, n->broken->lock);
	check_site(b, n->broken->cause);
	check_site(b, n->broken->via_site);
	b->bad |= n->broken->site >= b->sites || n->broken->part > CTX_NPARTS;
	if (n->broken->need)
		check_need(b, n->broken->need);
}

static void check_outcome(struct bounds *b, const struct outcome *o)
{
	check_sym(b, o->ret_sym);
	for (unsigned int i = 0; i < CTX_NPARTS; i++)
		check_site(b, o->ctx_at[i]);
	for (unsigned int i = 0; i < o->nlocks; i++) {
		b->bad |= o->locks[i].lock >= b->nodes;
		check_site(b, o->locks[i].at);
	}
	check_guards(b, o->guards, o->nguards);
	for (unsigned int i = 0; i < o->nouts; i++) {
		b->bad |= o->outs[i].addr >= b->nodes;
		check_sym(b, o->outs[i].value);
	}
}

bool contract_is_sound(const struct contract *c)
{
	struct bounds b = { .nodes = c->nnodes, .sites = c->nsites };

	for (uint32_t i = 0; i < c->nnodes; i++) {
		const struct sym_node *n = &c->nodes[i];

		b.bad |= n->kind > S_TEST;
		if (n->depth)
			b.bad |= n->a >= i || (sym_has_second(n) && n->b >= i);
		else if ((n->kind == S_FRESH || n->kind == S_OLD) && n->a != UINT32_MAX)
			b.bad |= n->a < ORIGIN_FOREIGN || n->a - ORIGIN_FOREIGN >= c->nsites;
	}
	for (uint32_t i = 0; i < c->sum.nneeds; i++)
		check_need(&b, c->sum.needs[i]);
	for (uint32_t i = 0; i < c->sum.noutcomes; i++)
		check_outcome(&b, &c->sum.outcomes[i]);
	for (uint32_t i = 0; i < c->sum.nanswers; i++)
		check_guards(&b, c->sum.answers[i].guards, c->sum.answers[i].nguards);
	return !b.bad;
}
