/* SPDX-License-Identifier: MIT */
/* The words that the text form uses for enum values. */
#include "kir.h"

const char *kir_op_name(enum kir_op op)
{
	static const char *const names[KIR_OP_NOPS] = {
		[KIR_OP_ADD] = "add", [KIR_OP_SUB] = "sub", [KIR_OP_MUL] = "mul",
		[KIR_OP_DIV] = "div", [KIR_OP_REM] = "rem", [KIR_OP_AND] = "and",
		[KIR_OP_OR] = "or", [KIR_OP_XOR] = "xor", [KIR_OP_SHL] = "shl",
		[KIR_OP_SHR] = "shr", [KIR_OP_EQ] = "eq", [KIR_OP_NE] = "ne",
		[KIR_OP_LT] = "lt", [KIR_OP_LE] = "le", [KIR_OP_GT] = "gt",
		[KIR_OP_GE] = "ge", [KIR_OP_ULT] = "ult", [KIR_OP_ULE] = "ule",
		[KIR_OP_UGT] = "ugt", [KIR_OP_UGE] = "uge", [KIR_OP_NOT] = "not",
		[KIR_OP_INV] = "inv", [KIR_OP_NEG] = "neg",
		[KIR_OP_ONCE] = "once",
	};

	return (unsigned int)op < KIR_OP_NOPS ? names[op] : "?";
}

const char *kir_vkind_name(enum kir_vkind kind)
{
	static const char *const names[KIR_V_NKINDS] = {
		[KIR_V_OPAQUE] = "opaque", [KIR_V_INT] = "int", [KIR_V_NULL] = "null",
		[KIR_V_STR] = "str", [KIR_V_PARAM] = "param", [KIR_V_LOCAL] = "local",
		[KIR_V_GLOBAL] = "global", [KIR_V_FUNC] = "func", [KIR_V_TEMP] = "temp",
		[KIR_V_FIELD] = "field", [KIR_V_DEREF] = "deref", [KIR_V_INDEX] = "index",
		[KIR_V_ADDR] = "addr", [KIR_V_CONTAINER] = "container", [KIR_V_OP] = "op",
	};

	return (unsigned int)kind < KIR_V_NKINDS ? names[kind] : "?";
}
