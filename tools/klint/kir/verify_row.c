/* SPDX-License-Identifier: MIT */
/* Each row of each table on its own: every index inside its table, every number
 * in its range, and every member that its kind does not use unset. */
#include "verify.h"

static bool string(const struct kir_check *c, kir_str s)
{
	return kir_ref(c, "string", s, c->m->nstrings);
}

static bool loc(const struct kir_check *c, kir_id id)
{
	return kir_ref(c, "location", id, c->m->nlocs);
}

static bool value(const struct kir_check *c, kir_id id)
{
	return kir_ref(c, "value", id, c->m->nvalues);
}

static bool optional_value(const struct kir_check *c, kir_id id)
{
	return id == KIR_NONE || value(c, id);
}

static bool optional_record(const struct kir_check *c, kir_id id)
{
	return id == KIR_NONE || kir_ref(c, "record", id, c->m->nrecords);
}

static bool absent(const struct kir_check *c, uint32_t id)
{
	return id == KIR_NONE || kir_bad(c, "an unused member set to", id);
}

static bool zero(const struct kir_check *c, uint64_t n)
{
	return n == 0 || kir_bad(c, "an unused member set to", n);
}

static bool below(const struct kir_check *c, const char *what, uint64_t n, uint64_t limit)
{
	return n < limit || kir_bad(c, what, n);
}

static bool type_ok(const struct kir_check *c, const struct kir_type *t)
{
	bool integer = t->kind == KIR_T_BOOL || t->kind == KIR_T_INT || t->kind == KIR_T_UINT;

	if (!below(c, "type", t->kind, KIR_T_NKINDS) || (!integer && !zero(c, t->bits)))
		return false;
	if (t->kind != KIR_T_PTR && t->kind != KIR_T_ARRAY && t->kind != KIR_T_RECORD)
		return zero(c, t->depth) && absent(c, t->record);
	return optional_record(c, t->record) && (t->kind != KIR_T_RECORD || zero(c, t->depth));
}

/* What a member of a value is. */
enum use { NOTHING, NUMBER, INDEX, STRING, OPERAND, OPTIONAL, RECORD };

static const uint8_t uses[KIR_V_NKINDS][3] = {
	[KIR_V_OPAQUE] = {NUMBER, NOTHING, NOTHING},
	[KIR_V_STR] = {STRING, NOTHING, NOTHING},
	[KIR_V_PARAM] = {INDEX, NOTHING, NOTHING},
	[KIR_V_LOCAL] = {INDEX, NOTHING, NOTHING},
	[KIR_V_GLOBAL] = {STRING, NOTHING, NOTHING},
	[KIR_V_FUNC] = {STRING, NOTHING, NOTHING},
	[KIR_V_TEMP] = {INDEX, NOTHING, NOTHING},
	[KIR_V_FIELD] = {OPERAND, STRING, RECORD},
	[KIR_V_DEREF] = {OPERAND, NOTHING, NOTHING},
	[KIR_V_INDEX] = {OPERAND, OPERAND, NOTHING},
	[KIR_V_ADDR] = {OPERAND, NOTHING, NOTHING},
	[KIR_V_CONTAINER] = {OPERAND, STRING, RECORD},
	[KIR_V_OP] = {OPERAND, OPTIONAL, NOTHING},
};

static bool member_ok(const struct kir_check *c, enum use use, uint32_t x)
{
	switch (use) {
	case NOTHING: return absent(c, x);
	case NUMBER: return true;
	case INDEX: return below(c, "variable", x, KIR_MAX_VARS);
	case STRING: return string(c, x);
	/* Operands come first, so there are no cycles. */
	case OPERAND: return kir_ref(c, "value", x, c->nr);
	case OPTIONAL: return x == KIR_NONE || kir_ref(c, "value", x, c->nr);
	case RECORD: return kir_ref(c, "record", x, c->m->nrecords);
	}
	return false;
}

static bool op_ok(const struct kir_check *c, const struct kir_value *v)
{
	bool unary = v->op == KIR_OP_NOT || v->op == KIR_OP_INV || v->op == KIR_OP_NEG ||
		     v->op == KIR_OP_ONCE;

	return below(c, "operator", v->op, KIR_OP_NOPS) &&
	       (unary == (v->b == KIR_NONE) || kir_bad(c, "a wrong number of operands, operator", v->op));
}

static bool value_ok(struct kir_check *c, const struct kir_value *v)
{
	struct kir_reach *r = &c->reach[c->nr];

	if (!below(c, "kind", v->kind, KIR_V_NKINDS) || !zero(c, v->zero) ||
	    !member_ok(c, uses[v->kind][0], v->a) || !member_ok(c, uses[v->kind][1], v->b) ||
	    !member_ok(c, uses[v->kind][2], v->c))
		return false;
	if (v->kind == KIR_V_OP ? !op_ok(c, v) : !zero(c, v->op))
		return false;
	if (v->kind != KIR_V_INT && !zero(c, (uint64_t)v->imm))
		return false;
	*r = kir_value_reach(v, c->reach);
	return below(c, "depth", r->depth, KIR_MAX_DEPTH + 1) &&
	       below(c, "nodes", r->nodes, KIR_MAX_NODES + 1);
}

static bool locs_ok(struct kir_check *c, const struct kir_loc *l)
{
	if (c->nr == 0 && (l->file || l->line || l->col || l->macro))
		return kir_bad(c, "to be unknown, but has line", l->line);
	return string(c, l->file) && string(c, l->macro);
}

static bool annots_ok(struct kir_check *c, const struct kir_annot *a)
{
	return string(c, a->name) && string(c, a->text) && loc(c, a->loc);
}

static bool fields_ok(struct kir_check *c, const struct kir_field *f)
{
	return string(c, f->name) && type_ok(c, &f->type) &&
	       kir_range(c, "annotation", f->annot_first, f->annot_count, c->m->nannots);
}

static bool records_ok(struct kir_check *c, const struct kir_record *r)
{
	return string(c, r->name) && below(c, "flags", r->flags, 2) && loc(c, r->loc) &&
	       kir_range(c, "field", r->field_first, r->field_count, c->m->nfields);
}

static bool vars_ok(struct kir_check *c, const struct kir_var *v)
{
	return string(c, v->name) && type_ok(c, &v->type) && loc(c, v->loc);
}

static bool globals_ok(struct kir_check *c, const struct kir_global *g)
{
	return string(c, g->name) && below(c, "flags", g->flags, 8) && type_ok(c, &g->type) &&
	       loc(c, g->loc) &&
	       kir_range(c, "initialiser", g->init_first, g->init_count, c->m->ninits);
}

/* Nothing of a function's can be in a static initialiser. */
static bool is_static(const struct kir_check *c, kir_id v)
{
	const struct kir_reach *r = &c->reach[v];

	return below(c, "parameters:", r->params, 1) && below(c, "locals:", r->locals, 1) &&
	       below(c, "temporaries:", r->temps, 1);
}

static bool inits_ok(struct kir_check *c, const struct kir_init *i)
{
	return value(c, i->place) && value(c, i->value) && is_static(c, i->place) &&
	       is_static(c, i->value) && optional_record(c, i->record) &&
	       string(c, i->field) && loc(c, i->loc);
}

static bool value_of_kind(const struct kir_check *c, kir_id v, enum kir_vkind kind)
{
	if (!value(c, v))
		return false;
	return c->m->values[v].kind == kind ||
	       kir_bad(c, "an operand of the wrong kind: value", v);
}

static bool call_ok(const struct kir_check *c, const struct kir_event *e)
{
	if (e->dst != KIR_NONE && !value_of_kind(c, e->dst, KIR_V_TEMP))
		return false;
	if (e->kind == KIR_E_MACRO && !value_of_kind(c, e->callee, KIR_V_FUNC))
		return false;
	return value(c, e->callee) && absent(c, e->value) &&
	       (e->kind == KIR_E_CALL ? optional_record(c, e->record) : absent(c, e->record));
}

static bool operands_ok(const struct kir_check *c, const struct kir_event *e)
{
	switch (e->kind) {
	case KIR_E_CALL:
	case KIR_E_MACRO:
		return call_ok(c, e);
	case KIR_E_STORE:
		return value(c, e->dst) && absent(c, e->callee) && value(c, e->value) &&
		       absent(c, e->record);
	case KIR_E_COPY:
		return value(c, e->dst) && absent(c, e->callee) && value(c, e->value) &&
		       optional_record(c, e->record);
	case KIR_E_BEGIN:
	case KIR_E_END:
		return value_of_kind(c, e->dst, KIR_V_LOCAL) && absent(c, e->callee) &&
		       absent(c, e->value) && absent(c, e->record);
	case KIR_E_ASM:
		return optional_value(c, e->dst) && absent(c, e->callee) &&
		       absent(c, e->value) && absent(c, e->record);
	default:
		return kir_bad(c, "kind", e->kind);
	}
}

static bool events_ok(struct kir_check *c, const struct kir_event *e)
{
	if (!below(c, "flags", e->flags, 4) || !zero(c, e->zero) || !loc(c, e->loc) ||
	    !kir_range(c, "argument", e->arg_first, e->arg_count, c->m->nargs))
		return false;
	if (e->kind != KIR_E_CALL && e->kind != KIR_E_MACRO && !zero(c, e->arg_count))
		return false;
	if (e->kind != KIR_E_CALL && e->kind != KIR_E_STORE && e->kind != KIR_E_COPY &&
	    !zero(c, e->flags))
		return false;
	return operands_ok(c, e);
}

static bool args_ok(struct kir_check *c, const uint32_t *arg)
{
	return value(c, *arg);
}

static bool succs_ok(struct kir_check *c, const struct kir_succ *s)
{
	return below(c, "default", s->is_default, 2) &&
	       (s->lo <= s->hi || kir_bad(c, "an empty case range up to", (uint64_t)s->hi));
}

static bool funcs_ok(struct kir_check *c, const struct kir_func *f)
{
	bool failed = f->flags & KIR_F_FAILED, defined = f->flags & KIR_F_DEFINED;

	if (!string(c, f->name) || !below(c, "flags", f->flags, KIR_F_VARIADIC * 2) ||
	    !type_ok(c, &f->ret) || !string(c, f->section) || !string(c, f->why) ||
	    !loc(c, f->loc) || !loc(c, f->end_loc))
		return false;
	if (defined != (f->block_count != 0) || (failed && defined) || (f->why && !failed))
		return kir_bad(c, "a body that its flags contradict: flags", f->flags);
	return below(c, "temporaries:", f->temp_count, KIR_MAX_VARS) &&
	       kir_range(c, "block", f->block_first, f->block_count, c->m->nblocks);
}

static bool consts_ok(struct kir_check *c, const struct kir_const *k)
{
	return string(c, k->name) && zero(c, k->zero);
}

/* How many successors a terminator has, and whether it has a value. */
static bool shape_ok(const struct kir_check *c, const struct kir_block *b)
{
	static const struct {
		uint32_t least, most;
		bool value;
	} shapes[KIR_TERM_NKINDS] = {
		[KIR_TERM_GOTO] = {1, 1, false},
		[KIR_TERM_JUMP] = {1, 1, false},
		[KIR_TERM_BRANCH] = {2, 2, true},
		[KIR_TERM_SWITCH] = {1, UINT32_MAX, true},
		[KIR_TERM_CHOICE] = {1, UINT32_MAX, false},
	};

	if (!below(c, "terminator", b->term, KIR_TERM_NKINDS))
		return false;
	if (b->succ_count < shapes[b->term].least || b->succ_count > shapes[b->term].most)
		return kir_bad(c, "a wrong number of successors:", b->succ_count);
	if (b->term == KIR_TERM_RETURN)
		return optional_value(c, b->value);
	return shapes[b->term].value ? value(c, b->value) : absent(c, b->value);
}

static bool blocks_ok(struct kir_check *c, const struct kir_block *b)
{
	return zero(c, b->zero[0] | b->zero[1] | b->zero[2]) && loc(c, b->loc) &&
	       kir_range(c, "event", b->event_first, b->event_count, c->m->nevents) &&
	       shape_ok(c, b);
}

static bool strings_ok(struct kir_check *c)
{
	const struct kir_module *m = c->m;

	c->what = "string pool";
	if (!m->nstrings || m->strings[0] || m->strings[m->nstrings - 1])
		return kir_bad(c, "no end: bytes", m->nstrings);
	c->what = "header";
	if (!m->nlocs)
		return kir_bad(c, "locations:", 0);
	return string(c, m->source) && string(c, m->producer);
}

/* The rows of one table, each by a function that is named after the table. */
#define ROWS(table, row)							\
	for (c->what = row, c->total = c->nr = 0; c->nr < c->m->n##table; c->nr++) \
		if (!table##_ok(c, &c->m->table[c->nr]))			\
			return false

bool kir_rows_ok(struct kir_check *c)
{
	if (!strings_ok(c))
		return false;
	ROWS(locs, "location");
	for (c->what = "value", c->nr = 0; c->nr < c->m->nvalues; c->nr++)
		if (!value_ok(c, &c->m->values[c->nr]))
			return false;
	ROWS(annots, "annotation");
	ROWS(fields, "field");
	ROWS(records, "record");
	ROWS(vars, "variable");
	ROWS(globals, "global");
	ROWS(inits, "initialiser");
	ROWS(events, "event");
	ROWS(args, "argument");
	ROWS(blocks, "block");
	ROWS(succs, "successor");
	ROWS(funcs, "function");
	ROWS(consts, "constant");
	return true;
}
