/* SPDX-License-Identifier: MIT */
/* The words and signs of the text form. */
#include "text.h"

const struct kir_word kir_func_words[] = {
	{"static", KIR_F_STATIC},
	{"inline", KIR_F_INLINE},
	{"noreturn", KIR_F_NORETURN},
	{"header", KIR_F_HEADER},
	{"address_taken", KIR_F_ADDRESS_TAKEN},
	{"weak", KIR_F_WEAK},
	{NULL, 0},
};

/* A global is defined unless it says `extern`. */
const struct kir_word kir_global_words[] = {
	{"static", KIR_G_STATIC},
	{"const", KIR_G_CONST},
	{NULL, 0},
};

const struct kir_word kir_event_words[] = {
	{"cleanup", KIR_EF_CLEANUP},
	{"init", KIR_EF_INIT},
	{NULL, 0},
};

const char *const kir_type_words[KIR_T_NKINDS] = {
	[KIR_T_VOID] = "void", [KIR_T_BOOL] = "bool", [KIR_T_INT] = "int",
	[KIR_T_UINT] = "uint", [KIR_T_PTR] = "ptr", [KIR_T_FUNCPTR] = "funcptr",
	[KIR_T_RECORD] = "record", [KIR_T_ARRAY] = "array", [KIR_T_OTHER] = "other",
};

const char *kir_op_sign(enum kir_op op)
{
	static const char *const signs[KIR_OP_NOPS] = {
		[KIR_OP_ADD] = "+", [KIR_OP_SUB] = "-", [KIR_OP_MUL] = "*",
		[KIR_OP_DIV] = "/", [KIR_OP_REM] = "%", [KIR_OP_AND] = "&",
		[KIR_OP_OR] = "|", [KIR_OP_XOR] = "^", [KIR_OP_SHL] = "<<",
		[KIR_OP_SHR] = ">>", [KIR_OP_EQ] = "==", [KIR_OP_NE] = "!=",
		[KIR_OP_LT] = "<", [KIR_OP_LE] = "<=", [KIR_OP_GT] = ">",
		[KIR_OP_GE] = ">=", [KIR_OP_ULT] = "<u", [KIR_OP_ULE] = "<=u",
		[KIR_OP_UGT] = ">u", [KIR_OP_UGE] = ">=u", [KIR_OP_NOT] = "!",
		[KIR_OP_INV] = "~", [KIR_OP_NEG] = "-",
		[KIR_OP_ONCE] = "^",
	};

	return signs[op];
}

bool kir_is_reserved(const char *name, size_t len)
{
	static const char *const words[] = {
		"address_taken", "annot", "as", "at", "cleanup", "const", "container",
		"end", "extern", "failed", "header", "in", "init", "inline", "member",
		"noreturn", "null", "section", "static", "weak",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i]) == len && !memcmp(words[i], name, len))
			return true;
	return false;
}

const struct kir_value *kir_last_member(const struct kir_value *values, kir_id v)
{
	while (values[v].kind == KIR_V_INDEX)
		v = values[v].a;
	return values[v].kind == KIR_V_FIELD ? &values[v] : NULL;
}
