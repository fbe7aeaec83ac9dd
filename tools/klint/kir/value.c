/* SPDX-License-Identifier: MIT */
/*
 * Interning of values, and their constructors.  A value is made after its
 * operands, so operands have smaller ids and a module has no cycles.
 *
 * Values are kept small: one deeper than KIR_MAX_DEPTH, or with more nodes than
 * KIR_MAX_NODES when written as a tree (a shared operand counts each time),
 * becomes opaque.  So whoever walks a value may recurse.
 */
#include "builder.h"

#include <string.h>

static uint32_t hash_value(const struct kir_value *v)
{
	uint64_t h = ((uint64_t)v->kind << 8 | v->op) * 0x9e3779b97f4a7c15u;

	h = (h ^ v->a) * 0xff51afd7ed558ccdu;
	h = (h ^ (h >> 29) ^ v->b) * 0xc4ceb9fe1a85ec53u;
	h = (h ^ (h >> 31) ^ v->c) * 0x9e3779b97f4a7c15u;
	h = (h ^ (h >> 30) ^ (uint64_t)v->imm) * 0xff51afd7ed558ccdu;
	return (uint32_t)(h >> 32);
}

unsigned int kir_value_operands(const struct kir_value *v)
{
	switch (v->kind) {
	case KIR_V_FIELD:
	case KIR_V_DEREF:
	case KIR_V_ADDR:
	case KIR_V_CONTAINER:
		return 1;
	case KIR_V_INDEX:
		return 1 | 2;
	case KIR_V_OP:
		return v->b == KIR_NONE ? 1 : 1 | 2;
	default:
		return 0;
	}
}

static uint32_t max_u32(uint32_t x, uint32_t y)
{
	return x > y ? x : y;
}

static void add_operand(struct kir_reach *r, const struct kir_reach *of)
{
	r->params = max_u32(r->params, of->params);
	r->locals = max_u32(r->locals, of->locals);
	r->temps = max_u32(r->temps, of->temps);
	r->depth = max_u32(r->depth, of->depth + 1);
	r->nodes += of->nodes;
}

struct kir_reach kir_value_reach(const struct kir_value *v, const struct kir_reach *of)
{
	struct kir_reach r = {.depth = 1, .nodes = 1};
	unsigned int operands = kir_value_operands(v);

	if (v->kind == KIR_V_PARAM)
		r.params = v->a + 1;
	else if (v->kind == KIR_V_LOCAL)
		r.locals = v->a + 1;
	else if (v->kind == KIR_V_TEMP)
		r.temps = v->a + 1;
	if (operands & 1)
		add_operand(&r, &of[v->a]);
	if (operands & 2)
		add_operand(&r, &of[v->b]);
	return r;
}

static kir_id add_value(struct kir_builder *b, const struct kir_value *v)
{
	struct kir_reach r = kir_value_reach(v, b->reach);

	if (r.depth > KIR_MAX_DEPTH || r.nodes > KIR_MAX_NODES)
		return kir_v_opaque(b);
	vec_push(b->values, b->nvalues, b->cap_values) = *v;
	vec_push(b->reach, b->nreach, b->cap_reach) = r;
	return b->nvalues - 1;
}

static kir_id intern_value(struct kir_builder *b, const struct kir_value *v)
{
	uint32_t hash = hash_value(v), mask, i;
	kir_id id;

	kir_set_reserve(&b->value_set);
	mask = b->value_set.size - 1;
	for (i = hash & mask; b->value_set.slots[i].index1; i = (i + 1) & mask) {
		struct kir_slot *slot = &b->value_set.slots[i];

		if (slot->hash == hash &&
		    !memcmp(&b->values[slot->index1 - 1], v, sizeof(*v)))
			return slot->index1 - 1;
	}
	id = add_value(b, v);
	/* An opaque stand-in has put itself into the set already. */
	if (b->values[id].kind != v->kind)
		return id;
	b->value_set.slots[i] = (struct kir_slot){hash, id + 1};
	b->value_set.n++;
	return id;
}

static kir_id make(struct kir_builder *b, enum kir_vkind kind, uint32_t a,
		   uint32_t second, uint32_t c)
{
	struct kir_value v = {.kind = (uint8_t)kind, .a = a, .b = second, .c = c};

	return intern_value(b, &v);
}

/* Whether @v is a value; if not, that is the caller's mistake. */
static bool known(struct kir_builder *b, kir_id v, const char *what)
{
	if (v < b->nvalues)
		return true;
	kir_misuse(b, "%s of value %u of %u", what, v, b->nvalues);
	return false;
}

static bool known_record(struct kir_builder *b, kir_id record, const char *what)
{
	if (record < b->nrecords)
		return true;
	kir_misuse(b, "%s of record %u of %u", what, record, b->nrecords);
	return false;
}

const struct kir_value *kir_builder_value(const struct kir_builder *b, kir_id v)
{
	return &b->values[v];
}

kir_id kir_v_opaque(struct kir_builder *b)
{
	return kir_v_opaque_nr(b, b->next_opaque);
}

kir_id kir_v_opaque_nr(struct kir_builder *b, uint32_t nr)
{
	if (nr >= b->next_opaque && nr < KIR_NONE)
		b->next_opaque = nr + 1;
	return make(b, KIR_V_OPAQUE, nr, KIR_NONE, KIR_NONE);
}

kir_id kir_v_int(struct kir_builder *b, int64_t imm)
{
	struct kir_value v = {.kind = KIR_V_INT, .a = KIR_NONE, .b = KIR_NONE,
			      .c = KIR_NONE, .imm = imm};

	return intern_value(b, &v);
}

kir_id kir_v_null(struct kir_builder *b)
{
	return make(b, KIR_V_NULL, KIR_NONE, KIR_NONE, KIR_NONE);
}

kir_id kir_v_str(struct kir_builder *b, const char *s)
{
	return make(b, KIR_V_STR, kir_intern(b, s), KIR_NONE, KIR_NONE);
}

static kir_id make_variable(struct kir_builder *b, enum kir_vkind kind, uint32_t n)
{
	if (n >= KIR_MAX_VARS)
		return kir_v_opaque(b);
	return make(b, kind, n, KIR_NONE, KIR_NONE);
}

kir_id kir_v_param(struct kir_builder *b, uint32_t n)
{
	return make_variable(b, KIR_V_PARAM, n);
}

kir_id kir_v_local(struct kir_builder *b, uint32_t n)
{
	return make_variable(b, KIR_V_LOCAL, n);
}

kir_id kir_v_temp(struct kir_builder *b, uint32_t n)
{
	return make_variable(b, KIR_V_TEMP, n);
}

kir_id kir_v_global(struct kir_builder *b, const char *name)
{
	return make(b, KIR_V_GLOBAL, kir_intern(b, name), KIR_NONE, KIR_NONE);
}

kir_id kir_v_func(struct kir_builder *b, const char *name)
{
	return make(b, KIR_V_FUNC, kir_intern(b, name), KIR_NONE, KIR_NONE);
}

kir_id kir_v_field(struct kir_builder *b, kir_id base, const char *field, kir_id record)
{
	if (!known(b, base, "field") || !known_record(b, record, "field"))
		return kir_v_opaque(b);
	return make(b, KIR_V_FIELD, base, kir_intern(b, field), record);
}

kir_id kir_v_deref(struct kir_builder *b, kir_id a)
{
	if (!known(b, a, "dereference"))
		return kir_v_opaque(b);
	if (b->values[a].kind == KIR_V_ADDR)
		return b->values[a].a;
	if (b->values[a].kind == KIR_V_FUNC)
		return a;
	return make(b, KIR_V_DEREF, a, KIR_NONE, KIR_NONE);
}

kir_id kir_v_index(struct kir_builder *b, kir_id base, kir_id index)
{
	if (!known(b, base, "element") || !known(b, index, "index"))
		return kir_v_opaque(b);
	return make(b, KIR_V_INDEX, base, index, KIR_NONE);
}

kir_id kir_v_addr(struct kir_builder *b, kir_id place)
{
	if (!known(b, place, "address"))
		return kir_v_opaque(b);
	if (b->values[place].kind == KIR_V_DEREF)
		return b->values[place].a;
	if (b->values[place].kind == KIR_V_FUNC)
		return place;
	return make(b, KIR_V_ADDR, place, KIR_NONE, KIR_NONE);
}

kir_id kir_v_container(struct kir_builder *b, kir_id a, const char *field, kir_id record)
{
	kir_str name = kir_intern(b, field);
	const struct kir_value *m;

	if (!known(b, a, "container") || !known_record(b, record, "container"))
		return kir_v_opaque(b);
	if (b->values[a].kind == KIR_V_ADDR) {
		m = &b->values[b->values[a].a];
		if (m->kind == KIR_V_FIELD && m->b == name && m->c == record)
			return kir_v_addr(b, m->a);
	}
	return make(b, KIR_V_CONTAINER, a, name, record);
}

/* Without folding: fold.c has decided that there is nothing to fold. */
kir_id kir_make_op(struct kir_builder *b, enum kir_op op, kir_id lhs, kir_id rhs)
{
	struct kir_value v = {.kind = KIR_V_OP, .op = (uint8_t)op, .a = lhs, .b = rhs,
			      .c = KIR_NONE};

	if (!known(b, lhs, kir_op_name(op)) ||
	    (rhs != KIR_NONE && !known(b, rhs, kir_op_name(op))))
		return kir_v_opaque(b);
	return intern_value(b, &v);
}
