/* SPDX-License-Identifier: MIT */
/*
 * Parsing values.  They are made through the builder's public constructors, so
 * what is written unfolded comes out folded, as from any front end.
 */
#include "parse.h"

const char *kir_var_key(struct kir_parser *p, const char *name, uint32_t nth)
{
	return arena_printf(p->names, "%u %s", nth, name);
}

static kir_id parse_var(struct kir_parser *p)
{
	const char *at = p->at++, *name = kir_take_name(p);
	uint32_t nth = 0, index;

	if (p->end - p->at > 1 && *p->at == '.' && kir_is_digit((unsigned char)p->at[1])) {
		p->at++;
		nth = kir_take_u32(p, "the number of a variable", KIR_MAX_VARS);
	}
	index = p->vars ? strmap_get(p->vars, kir_var_key(p, name, nth)) : UINT32_MAX;
	if (index == UINT32_MAX)
		kir_fail_at(p, at, "no parameter or local is called %.*s here",
			    (int)(p->at - at), at);
	if (index < p->nparams)
		return kir_v_param(p->b, index);
	return kir_v_local(p->b, index - p->nparams);
}

kir_id kir_parse_temp(struct kir_parser *p)
{
	const char *at = p->at++;
	uint32_t nr = kir_take_u32(p, "temporary", KIR_MAX_VARS - 1);

	if (!p->in_function)
		kir_fail_at(p, at, "a temporary outside of a function");
	return kir_v_temp(p->b, nr);
}

static kir_id parse_container(struct kir_parser *p)
{
	const char *record;
	kir_id base;

	kir_expect(p, "(");
	kir_skip_blank(p);
	base = kir_parse_value(p);
	kir_expect(p, ",");
	record = kir_take_name(p);
	kir_expect(p, ":");
	base = kir_v_container(p->b, base, kir_take_name(p), kir_record(p->b, record));
	kir_expect(p, ")");
	return base;
}

static enum kir_op parse_binary_sign(struct kir_parser *p)
{
	static const enum kir_op by_length[] = {	/* the longest sign that fits */
		KIR_OP_ULE, KIR_OP_UGE,
		KIR_OP_SHL, KIR_OP_SHR, KIR_OP_ULT, KIR_OP_UGT,
		KIR_OP_EQ, KIR_OP_NE, KIR_OP_LE, KIR_OP_GE,
		KIR_OP_ADD, KIR_OP_SUB, KIR_OP_MUL, KIR_OP_DIV, KIR_OP_REM,
		KIR_OP_AND, KIR_OP_OR, KIR_OP_XOR, KIR_OP_LT, KIR_OP_GT,
	};

	for (size_t i = 0; i < sizeof(by_length) / sizeof(*by_length); i++)
		if (kir_take(p, kir_op_sign(by_length[i])))
			return by_length[i];
	kir_fail_at(p, p->at, "expected an operator or ')'");
}

/* Behind "(": one value, an operator before one, or an operator between two. */
static kir_id parse_parenthesis(struct kir_parser *p)
{
	int first, second;
	kir_id v, rhs;
	enum kir_op op;

	kir_skip_blank(p);
	first = kir_peek(p);
	second = p->end - p->at > 1 ? (unsigned char)p->at[1] : -1;
	if (first == '!' || first == '~' || first == '^' || (first == '-' && !kir_is_digit(second))) {
		p->at++;
		op = first == '!' ? KIR_OP_NOT : first == '~' ? KIR_OP_INV :
		     first == '^' ? KIR_OP_ONCE : KIR_OP_NEG;
		v = kir_parse_value(p);
		kir_expect(p, ")");
		return kir_v_op(p->b, op, v, KIR_NONE);
	}
	v = kir_parse_value(p);
	if (kir_take(p, ")"))
		return v;
	op = parse_binary_sign(p);
	rhs = kir_parse_value(p);
	kir_expect(p, ")");
	return kir_v_op(p->b, op, v, rhs);
}

static kir_id parse_primary(struct kir_parser *p)
{
	int c = kir_peek(p);

	if (c == '%')
		return parse_var(p);
	if (c == '$')
		return kir_parse_temp(p);
	if (c == '@') {
		p->at++;
		return kir_v_global(p->b, kir_take_name(p));
	}
	if (c == '?') {
		p->at++;
		return kir_v_opaque_nr(p->b, kir_take_u32(p, "opaque value", UINT32_MAX));
	}
	if (c == '"')
		return kir_v_str(p->b, kir_take_string(p));
	if (c == '-' || kir_is_digit(c))
		return kir_v_int(p->b, kir_take_int(p));
	if (kir_take(p, "("))
		return parse_parenthesis(p);
	if (kir_take_word(p, "null"))
		return kir_v_null(p->b);
	if (kir_take_word(p, "container"))
		return parse_container(p);
	kir_fail_at(p, p->at, "expected a value");
}

kir_id kir_parse_postfix(struct kir_parser *p, kir_id v)
{
	const char *record;

	for (;;) {
		switch (kir_peek(p)) {
		case '*':
			p->at++;
			v = kir_v_deref(p->b, v);
			break;
		case '.':
			p->at++;
			record = kir_take_name(p);
			kir_expect(p, ":");
			v = kir_v_field(p->b, v, kir_take_name(p), kir_record(p->b, record));
			break;
		case '[':
			p->at++;
			v = kir_v_index(p->b, v, kir_parse_value(p));
			kir_expect(p, "]");
			break;
		default:
			return v;
		}
	}
}

kir_id kir_parse_value(struct kir_parser *p)
{
	kir_id v;

	if (++p->nesting > KIR_MAX_NESTING)
		kir_fail_at(p, p->at, "more than %d values inside each other", KIR_MAX_NESTING);
	if (!kir_take(p, "&"))
		v = kir_parse_postfix(p, parse_primary(p));
	else if (kir_peek(p) == '`' || kir_is_word_start(kir_peek(p)))
		v = kir_v_func(p->b, kir_take_name(p));
	else
		v = kir_v_addr(p->b, kir_parse_value(p));
	p->nesting--;
	return v;
}
