/* SPDX-License-Identifier: MIT */
/*
 * The builder's inside, private to this folder: the tables of the module to be,
 * the hash sets that intern, and the function under construction.
 */
#ifndef KLINT_KIR_BUILDER_H
#define KLINT_KIR_BUILDER_H

#include "base/base.h"
#include "image.h"
#include "kir_build.h"

/* An open-addressing set of indices into a table.  A slot holds index + 1; the
 * hash beside it spares most comparisons and all rehashing. */
struct kir_set {
	struct kir_slot {
		uint32_t hash, index1;
	} *slots;
	uint32_t n, size;	/* size is a power of two, or 0 */
};

/* The blocks of a function are filled in any order, so events wait in one array
 * per function, linked block by block. */
struct kir_draft_event {
	struct kir_event e;	/* arg_first is into the draft's args */
	uint32_t next;		/* of the same block, or KIR_NONE */
};

struct kir_draft_block {
	struct kir_block b;	/* succ_first is into the draft's succs */
	uint32_t head, tail;	/* events, or KIR_NONE */
	bool terminated;
};

struct kir_draft {
	bool open;
	struct kir_func f;
	struct kir_var *params, *locals;
	struct kir_annot *annots;
	struct kir_draft_event *events;
	struct kir_draft_block *blocks;
	uint32_t *args;
	struct kir_succ *succs;
	uint32_t nparams, nlocals, nannots, nevents, nblocks, nargs, nsuccs;
	uint32_t cap_params, cap_locals, cap_annots, cap_events, cap_blocks, cap_args, cap_succs;
};

struct kir_builder {
	kir_str source, producer;
	char *strings;
	size_t nstrings, cap_strings;
#define X(name, type) type *name; uint32_t n##name, cap_##name;
	KIR_TABLES(X)
#undef X
	struct kir_reach *reach;	/* beside values */
	uint32_t nreach, cap_reach;
	struct kir_set string_set, loc_set, value_set;
	struct strmap *record_ids;	/* by name; the keys live in `names` */
	struct arena *names;
	bool *record_defined;
	uint32_t nrecord_defined, cap_record_defined;
	kir_id last_record, last_field;
	uint32_t next_opaque;
	struct kir_draft draft;
	char misuse[160];		/* the first one, or "" */
};

/* The caller broke a rule of kir_build.h: kir_builder_finish() will say so. */
void kir_misuse(struct kir_builder *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The loc that means "unknown" when @loc is KIR_NONE, else @loc. */
static inline kir_id kir_some_loc(kir_id loc)
{
	return loc == KIR_NONE ? 0 : loc;
}

/* @t without what its kind does not use. */
static inline struct kir_type kir_plain_type(struct kir_type t)
{
	bool integer = t.kind == KIR_T_BOOL || t.kind == KIR_T_INT || t.kind == KIR_T_UINT;

	if (t.kind != KIR_T_PTR && t.kind != KIR_T_ARRAY && t.kind != KIR_T_RECORD) {
		t.depth = 0;
		t.record = KIR_NONE;
	}
	if (!integer)
		t.bits = 0;
	if (t.kind == KIR_T_RECORD)
		t.depth = 0;
	return t;
}

/* Room for one more key; doubles the set when it is half full. */
void kir_set_reserve(struct kir_set *s);

/* An operator as it stands, without folding. */
kir_id kir_make_op(struct kir_builder *b, enum kir_op op, kir_id lhs, kir_id rhs);

/* One function or global per name, the definition winning (merge.c). */
void kir_merge_declarations(struct kir_builder *b);
/* Set KIR_F_ADDRESS_TAKEN on functions that occur other than as a callee. */
void kir_mark_address_taken(struct kir_builder *b);

/* The draft's block @nr, or NULL when the caller has none such. */
struct kir_draft_block *kir_draft_block(struct kir_builder *b, uint32_t nr);
/* Move the reachable blocks of the draft to the module, in reverse postorder. */
void kir_flatten(struct kir_builder *b);
void kir_draft_free(struct kir_draft *d);

#endif
