/* SPDX-License-Identifier: MIT */
/*
 * What is settled only when a whole unit is known: one entry per function and
 * per global, and which functions have their address taken.
 *
 * A function may be declared several times and then defined.  One entry is
 * kept, in the place of the first: the definition if there is one, else one
 * that failed, else the first declaration.  Annotations of all are united, since
 * sparse's often stand on the declaration only.
 */
#include "builder.h"

#include <string.h>

/* Flags that hold of the function whichever of its declarations says so. */
#define KIR_F_SHARED (KIR_F_STATIC | KIR_F_INLINE | KIR_F_NORETURN | \
		      KIR_F_ADDRESS_TAKEN | KIR_F_WEAK)

static int func_rank(const struct kir_func *f)
{
	return f->flags & KIR_F_DEFINED ? 2 : f->flags & KIR_F_FAILED ? 1 : 0;
}

static int global_rank(const struct kir_global *g)
{
	return g->flags & KIR_G_DEFINED ? (g->init_count ? 3 : 2) : g->init_count ? 1 : 0;
}

static bool has_annot(const struct kir_builder *b, uint32_t first, const struct kir_annot *a)
{
	for (uint32_t i = first; i < b->nannots; i++)
		if (b->annots[i].name == a->name && b->annots[i].text == a->text)
			return true;
	return false;
}

static void append_annots(struct kir_builder *b, uint32_t first, const struct kir_func *f)
{
	for (uint32_t i = 0; i < f->annot_count; i++) {
		struct kir_annot a = b->annots[f->annot_first + i];

		if (!has_annot(b, first, &a))
			vec_push(b->annots, b->nannots, b->cap_annots) = a;
	}
}

/* The one function that stands for @x and @y, of one name, @x having come first. */
static struct kir_func merge_funcs(struct kir_builder *b, struct kir_func x, struct kir_func y)
{
	bool second = func_rank(&y) > func_rank(&x);
	struct kir_func keep = second ? y : x, drop = second ? x : y;
	uint32_t first = b->nannots;

	keep.flags |= drop.flags & KIR_F_SHARED;
	if (!keep.section)
		keep.section = drop.section;
	if (drop.annot_count) {
		append_annots(b, first, &keep);
		append_annots(b, first, &drop);
		keep.annot_first = first;
		keep.annot_count = b->nannots - first;
	}
	return keep;
}

static void merge_all_funcs(struct kir_builder *b)
{
	struct strmap *seen = strmap_new();
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->nfuncs; i++) {
		const char *name = b->strings + b->funcs[i].name;
		uint32_t first = strmap_get(seen, name);

		if (first == UINT32_MAX) {
			strmap_set(seen, name, n);
			b->funcs[n++] = b->funcs[i];
		} else {
			b->funcs[first] = merge_funcs(b, b->funcs[first], b->funcs[i]);
		}
	}
	b->nfuncs = n;
	strmap_free(seen);
}

static void merge_all_globals(struct kir_builder *b)
{
	struct strmap *seen = strmap_new();
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->nglobals; i++) {
		const char *name = b->strings + b->globals[i].name;
		uint32_t first = strmap_get(seen, name);

		if (first == UINT32_MAX) {
			strmap_set(seen, name, n);
			b->globals[n++] = b->globals[i];
		} else {
			struct kir_global *g = &b->globals[first];
			uint32_t linkage = (g->flags | b->globals[i].flags) & KIR_G_STATIC;

			if (global_rank(&b->globals[i]) > global_rank(g))
				*g = b->globals[i];
			g->flags |= linkage;
		}
	}
	b->nglobals = n;
	strmap_free(seen);
}

/* Declarations that lost leave their variables behind: close the gaps. */
static void compact_vars(struct kir_builder *b)
{
	struct kir_var *old = b->vars;
	uint32_t n = 0;

	b->vars = xcalloc(b->nvars, sizeof(*b->vars));
	b->cap_vars = b->nvars;
	for (uint32_t i = 0; i < b->nfuncs; i++) {
		struct kir_func *f = &b->funcs[i];
		uint32_t count = f->param_count + f->local_count;

		if (count)	/* the locals stand behind the parameters */
			memcpy(b->vars + n, old + f->param_first, count * sizeof(*old));
		f->param_first = n;
		f->local_first = n + f->param_count;
		n += count;
	}
	b->nvars = n;
	free(old);
}

void kir_merge_declarations(struct kir_builder *b)
{
	merge_all_funcs(b);
	merge_all_globals(b);
	compact_vars(b);
}

static void mark(const struct kir_builder *b, bool *taken, kir_id v)
{
	if (v < b->nvalues && b->values[v].kind == KIR_V_FUNC)
		taken[v] = true;
}

static void mark_uses(const struct kir_builder *b, bool *taken)
{
	for (uint32_t i = 0; i < b->nvalues; i++) {
		unsigned int operands = kir_value_operands(&b->values[i]);

		if (operands & 1)
			mark(b, taken, b->values[i].a);
		if (operands & 2)
			mark(b, taken, b->values[i].b);
	}
	for (uint32_t i = 0; i < b->nevents; i++)
		mark(b, taken, b->events[i].value);
	for (uint32_t i = 0; i < b->nargs; i++)
		mark(b, taken, b->args[i]);
	for (uint32_t i = 0; i < b->nblocks; i++)
		mark(b, taken, b->blocks[i].value);
	for (uint32_t i = 0; i < b->ninits; i++)
		mark(b, taken, b->inits[i].value);
}

void kir_mark_address_taken(struct kir_builder *b)
{
	struct strmap *by_name = strmap_new();
	bool *taken = xcalloc(b->nvalues, sizeof(*taken));

	for (uint32_t i = 0; i < b->nfuncs; i++)
		strmap_set(by_name, b->strings + b->funcs[i].name, i);
	mark_uses(b, taken);
	for (uint32_t i = 0; i < b->nvalues; i++) {
		uint32_t f;

		if (!taken[i])
			continue;
		f = strmap_get(by_name, b->strings + b->values[i].a);
		if (f != UINT32_MAX)
			b->funcs[f].flags |= KIR_F_ADDRESS_TAKEN;
	}
	free(taken);
	strmap_free(by_name);
}
