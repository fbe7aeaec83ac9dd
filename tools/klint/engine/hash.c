/* SPDX-License-Identifier: MIT */
/*
 * What a function says, as one number: two units that include the same header have
 * the same functions of it, unless their macros or what they include besides make a
 * difference.
 */
#include "solver.h"
#include "unit.h"

#include <string.h>

static uint64_t mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * 0x9e3779b97f4a7c15ull;
	return h ^ (h >> 29);
}

#define RECENT 256	/* a power of two */

/* What is known while the functions of one unit are hashed. */
struct memory {
	struct engine *e;
	uint64_t *functions, *values;	/* 0: not known yet */
	struct {
		kir_str s;
		uint64_t hash;		/* 0: empty */
	} texts[RECENT];		/* of files and records there are few */
};

struct hasher {
	struct memory *k;
	struct engine *e;
	uint64_t h;
};

static uint64_t mix_text(struct memory *k, uint64_t h, kir_str s)
{
	uint32_t at = (s ^ s >> 8) & (RECENT - 1);

	if (!k->texts[at].hash || k->texts[at].s != s) {
		const char *text = kir_string(k->e->m, s);

		k->texts[at].s = s;
		k->texts[at].hash = hash_bytes(text, strlen(text));
	}
	return mix(h, k->texts[at].hash);
}

static uint64_t mix_loc(struct memory *k, uint64_t h, kir_id loc)
{
	const struct kir_loc *l = k->e->m->locs;

	if (loc == KIR_NONE)
		return mix(h, 1);
	return mix(mix_text(k, h, l[loc].file), (uint64_t)l[loc].line << 32 | l[loc].col);
}

static uint64_t mix_record(struct memory *k, uint64_t h, kir_id record)
{
	return record == KIR_NONE ? mix(h, 2) : mix_text(k, h, k->e->m->records[record].name);
}

static uint64_t mix_type(struct memory *k, uint64_t h, const struct kir_type *t)
{
	h = mix(h, t->kind | (uint64_t)t->bits << 8 | (uint64_t)t->depth << 16);
	return mix_record(k, h, t->record);
}

static uint64_t hash_function(struct memory *k, uint32_t func);

static uint64_t hash_value(struct hasher *x, kir_id id)
{
	struct engine *e = x->e;
	const struct kir_value *v;
	uint64_t h;

	if (id == KIR_NONE)
		return 3;
	if (x->k->values[id])
		return x->k->values[id];
	v = &e->m->values[id];
	h = mix(v->kind | (uint64_t)v->op << 8, (uint64_t)v->imm);
	switch (v->kind) {
	case KIR_V_STR:
		h = mix_text(x->k, h, v->a);
		break;
	case KIR_V_GLOBAL: case KIR_V_FUNC:
		h = mix(h, hash_bytes(names_text(e->p->names, e->names[id]),
				      strlen(names_text(e->p->names, e->names[id]))));
		break;
	case KIR_V_FIELD: case KIR_V_CONTAINER:
		h = mix(h, hash_value(x, v->a));
		h = mix_text(x->k, h, v->b);
		h = mix_record(x->k, h, v->c);
		break;
	case KIR_V_DEREF: case KIR_V_ADDR:
		h = mix(h, hash_value(x, v->a));
		break;
	case KIR_V_INDEX: case KIR_V_OP:
		h = mix(mix(h, hash_value(x, v->a)), hash_value(x, v->b));
		break;
	case KIR_V_OPAQUE:	/* numbered over the unit: they only differ from each other */
		break;
	default:
		h = mix(h, v->a);
	}
	return x->k->values[id] = h ? h : 1;
}

/* A function of the same header, or of another one, is part of what this one says. */
static void hash_callee(struct hasher *x, kir_id value)
{
	const struct func_info *fi = engine_named(x->e, value);

	if (fi && (fi->f->flags & KIR_F_STATIC) && (fi->f->flags & KIR_F_DEFINED))
		x->h = mix(x->h, hash_function(x->k, fi->index));
}

static void hash_event(struct engine *e, uint32_t func, uint32_t at, void *data)
{
	const struct kir_event *ev = &e->m->events[at];
	struct hasher *x = data;

	(void)func;
	x->h = mix(x->h, ev->kind | (uint64_t)ev->flags << 8);
	x->h = mix(x->h, hash_value(x, ev->dst));
	x->h = mix(x->h, hash_value(x, ev->callee));
	x->h = mix(x->h, hash_value(x, ev->value));
	x->h = mix_record(x->k, x->h, ev->record);
	x->h = mix_loc(x->k, x->h, ev->loc);
	for (uint32_t i = 0; i < ev->arg_count; i++) {
		x->h = mix(x->h, hash_value(x, e->m->args[ev->arg_first + i]));
		hash_callee(x, e->m->args[ev->arg_first + i]);
	}
	if (ev->callee != KIR_NONE)
		hash_callee(x, ev->callee);
}

static void hash_blocks(struct hasher *x, const struct kir_func *f)
{
	const struct kir_module *m = x->e->m;

	for (uint32_t b = 0; b < f->block_count; b++) {
		const struct kir_block *blk = &m->blocks[f->block_first + b];

		x->h = mix(x->h, blk->term | (uint64_t)blk->event_count << 8);
		x->h = mix(x->h, hash_value(x, blk->value));
		x->h = mix_loc(x->k, x->h, blk->loc);
		for (uint32_t i = 0; i < blk->succ_count; i++) {
			const struct kir_succ *s = &m->succs[blk->succ_first + i];

			x->h = mix(x->h, s->block | (uint64_t)s->is_default << 32);
			x->h = mix(mix(x->h, (uint64_t)s->lo), (uint64_t)s->hi);
		}
	}
}

static uint64_t hash_function(struct memory *k, uint32_t func)
{
	struct engine *e = k->e;
	const struct kir_func *f = e->funcs[func].f;
	struct hasher x = { .k = k, .e = e };

	if (k->functions[func])
		return k->functions[func];
	k->functions[func] = 1;	/* a recursion ends here */
	x.h = mix_text(k, mix(f->flags & ~(uint32_t)KIR_F_ADDRESS_TAKEN, f->param_count), f->name);
	x.h = mix_loc(k, x.h, f->loc);
	x.h = mix_type(k, x.h, &f->ret);
	for (uint32_t i = 0; i < f->param_count; i++)
		x.h = mix_type(k, x.h, &e->m->vars[f->param_first + i].type);
	for (uint32_t i = 0; i < f->local_count; i++)
		x.h = mix_type(k, x.h, &e->m->vars[f->local_first + i].type);
	for (uint32_t i = 0; i < f->annot_count; i++) {
		x.h = mix_text(k, x.h, e->m->annots[f->annot_first + i].name);
		x.h = mix_text(k, x.h, e->m->annots[f->annot_first + i].text);
	}
	hash_blocks(&x, f);
	unit_for_each_event(e, func, hash_event, &x);
	return k->functions[func] = x.h ? x.h : 2;
}

bool unit_is_shared(const struct kir_func *f)
{
	return (f->flags & KIR_F_HEADER) && (f->flags & KIR_F_STATIC) &&
	       (f->flags & KIR_F_DEFINED) && f->block_count;
}

uint64_t *unit_hash_shared(struct engine *e)
{
	struct memory *k = xcalloc(1, sizeof(*k));
	uint64_t *hashes = xcalloc(e->m->nfuncs + 1u, sizeof(*hashes));
	size_t n = 0;

	k->e = e;
	k->functions = xcalloc(e->m->nfuncs + 1u, sizeof(*k->functions));
	k->values = xcalloc(e->m->nvalues + 1u, sizeof(*k->values));
	for (uint32_t i = 0; i < e->m->nfuncs; i++)
		if (unit_is_shared(e->funcs[i].f))
			hashes[n++] = hash_function(k, i);
	free(k->functions);
	free(k->values);
	free(k);
	return xrealloc(hashes, (n + 1) * sizeof(*hashes));
}
