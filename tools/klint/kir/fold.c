/* SPDX-License-Identifier: MIT */
/*
 * The operators, with what can be decided at once folded away.  Folding is a
 * function of the operator and its folded operands only, so building a folded
 * value again gives the same value: the text form relies on that.
 */
#include "builder.h"

static bool is_unary(enum kir_op op)
{
	return op == KIR_OP_NOT || op == KIR_OP_INV || op == KIR_OP_NEG || op == KIR_OP_ONCE;
}

static bool is_comparison(enum kir_op op)
{
	return op >= KIR_OP_EQ && op <= KIR_OP_UGE;
}

/* The comparison that holds exactly when @op does not. */
static enum kir_op inverse(enum kir_op op)
{
	switch (op) {
	case KIR_OP_EQ: return KIR_OP_NE;
	case KIR_OP_NE: return KIR_OP_EQ;
	case KIR_OP_LT: return KIR_OP_GE;
	case KIR_OP_LE: return KIR_OP_GT;
	case KIR_OP_GT: return KIR_OP_LE;
	case KIR_OP_GE: return KIR_OP_LT;
	case KIR_OP_ULT: return KIR_OP_UGE;
	case KIR_OP_ULE: return KIR_OP_UGT;
	case KIR_OP_UGT: return KIR_OP_ULE;
	case KIR_OP_UGE: return KIR_OP_ULT;
	default: return op;
	}
}

/* The operator for swapped operands; false when there is none. */
static bool swapped(enum kir_op op, enum kir_op *result)
{
	switch (op) {
	case KIR_OP_ADD:
	case KIR_OP_MUL:
	case KIR_OP_AND:
	case KIR_OP_OR:
	case KIR_OP_XOR:
	case KIR_OP_EQ:
	case KIR_OP_NE:
		*result = op;
		return true;
	case KIR_OP_LT: *result = KIR_OP_GT; return true;
	case KIR_OP_LE: *result = KIR_OP_GE; return true;
	case KIR_OP_GT: *result = KIR_OP_LT; return true;
	case KIR_OP_GE: *result = KIR_OP_LE; return true;
	case KIR_OP_ULT: *result = KIR_OP_UGT; return true;
	case KIR_OP_ULE: *result = KIR_OP_UGE; return true;
	case KIR_OP_UGT: *result = KIR_OP_ULT; return true;
	case KIR_OP_UGE: *result = KIR_OP_ULE; return true;
	default: return false;
	}
}

static bool eval_division(enum kir_op op, int64_t x, int64_t y, int64_t *result)
{
	if (y == 0 || (x == INT64_MIN && y == -1))
		return false;
	*result = op == KIR_OP_DIV ? x / y : x % y;
	return true;
}

static bool eval_shift(enum kir_op op, int64_t x, int64_t y, int64_t *result)
{
	if (y < 0 || y > 63)
		return false;
	*result = op == KIR_OP_SHL ? (int64_t)((uint64_t)x << y) : x >> y;
	return true;
}

static bool eval_comparison(enum kir_op op, int64_t x, int64_t y)
{
	uint64_t ux = (uint64_t)x, uy = (uint64_t)y;

	switch (op) {
	case KIR_OP_EQ: return x == y;
	case KIR_OP_NE: return x != y;
	case KIR_OP_LT: return x < y;
	case KIR_OP_LE: return x <= y;
	case KIR_OP_GT: return x > y;
	case KIR_OP_GE: return x >= y;
	case KIR_OP_ULT: return ux < uy;
	case KIR_OP_ULE: return ux <= uy;
	case KIR_OP_UGT: return ux > uy;
	default: return ux >= uy;
	}
}

/* Arithmetic is modulo 2^64.  False where C leaves the result undefined. */
static bool eval_binary(enum kir_op op, int64_t x, int64_t y, int64_t *result)
{
	uint64_t ux = (uint64_t)x, uy = (uint64_t)y;

	switch (op) {
	case KIR_OP_ADD: *result = (int64_t)(ux + uy); return true;
	case KIR_OP_SUB: *result = (int64_t)(ux - uy); return true;
	case KIR_OP_MUL: *result = (int64_t)(ux * uy); return true;
	case KIR_OP_AND: *result = (int64_t)(ux & uy); return true;
	case KIR_OP_OR: *result = (int64_t)(ux | uy); return true;
	case KIR_OP_XOR: *result = (int64_t)(ux ^ uy); return true;
	case KIR_OP_DIV:
	case KIR_OP_REM:
		return eval_division(op, x, y, result);
	case KIR_OP_SHL:
	case KIR_OP_SHR:
		return eval_shift(op, x, y, result);
	default:
		*result = eval_comparison(op, x, y);
		return true;
	}
}

/* Whether the value is 0 or 1. */
static bool is_truth(const struct kir_value *v)
{
	return v->kind == KIR_V_OP && (is_comparison(v->op) || v->op == KIR_OP_NOT);
}

static kir_id fold_unary(struct kir_builder *b, enum kir_op op, kir_id a)
{
	struct kir_value v = b->values[a];
	uint64_t u = (uint64_t)v.imm;

	if (v.kind == KIR_V_INT && op == KIR_OP_ONCE)
		return a;
	if (v.kind == KIR_V_INT)
		return kir_v_int(b, op == KIR_OP_NOT ? !v.imm :
				    (int64_t)(op == KIR_OP_INV ? ~u : -u));
	if (op == KIR_OP_NOT && v.kind == KIR_V_NULL)
		return kir_v_int(b, 1);
	if (op == KIR_OP_NOT && v.kind == KIR_V_OP && is_comparison(v.op))
		return kir_v_op(b, inverse(v.op), v.a, v.b);
	/* !!x is not x, but !!!x is !x. */
	if (op == KIR_OP_NOT && v.kind == KIR_V_OP && v.op == KIR_OP_NOT &&
	    is_truth(&b->values[v.a]))
		return v.a;
	return kir_make_op(b, op, a, KIR_NONE);
}

static bool is_constant(const struct kir_value *v)
{
	return v->kind == KIR_V_INT || v->kind == KIR_V_NULL;
}

/* Whether x @op 0 is x. */
static bool zero_is_neutral(enum kir_op op)
{
	return op == KIR_OP_ADD || op == KIR_OP_SUB || op == KIR_OP_OR ||
	       op == KIR_OP_XOR || op == KIR_OP_SHL || op == KIR_OP_SHR;
}

static kir_id fold_binary(struct kir_builder *b, enum kir_op op, kir_id lhs, kir_id rhs)
{
	struct kir_value x = b->values[lhs], y = b->values[rhs];
	enum kir_op other;
	int64_t result;

	if (x.kind == KIR_V_INT && y.kind == KIR_V_INT &&
	    eval_binary(op, x.imm, y.imm, &result))
		return kir_v_int(b, result);
	/* A constant stands on the right. */
	if (is_constant(&x) && !is_constant(&y) && swapped(op, &other))
		return fold_binary(b, other, rhs, lhs);
	if (y.kind == KIR_V_INT && y.imm == 0 && zero_is_neutral(op))
		return lhs;
	if (y.kind == KIR_V_INT && y.imm == 0 && is_truth(&x)) {
		if (op == KIR_OP_NE)
			return lhs;
		if (op == KIR_OP_EQ)
			return fold_unary(b, KIR_OP_NOT, lhs);
	}
	return kir_make_op(b, op, lhs, rhs);
}

kir_id kir_v_op(struct kir_builder *b, enum kir_op op, kir_id lhs, kir_id rhs)
{
	if ((unsigned int)op >= KIR_OP_NOPS || is_unary(op) != (rhs == KIR_NONE)) {
		kir_misuse(b, "operator %s with the wrong number of operands", kir_op_name(op));
		return kir_v_opaque(b);
	}
	if (lhs >= b->nvalues || (rhs != KIR_NONE && rhs >= b->nvalues))
		return kir_make_op(b, op, lhs, rhs);	/* which complains */
	return is_unary(op) ? fold_unary(b, op, lhs) : fold_binary(b, op, lhs, rhs);
}
