/* SPDX-License-Identifier: MIT */
/* Parsing events and terminators: one function for each word. */
#include "parse.h"

/* The block "bN", made if need be. */
uint32_t kir_parse_block(struct kir_parser *p)
{
	const char *at;
	uint32_t nr;

	kir_skip_blank(p);
	at = p->at;
	if (kir_peek(p) != 'b')
		kir_fail_at(p, at, "expected a block, like b0");
	p->at++;
	/* Each block needs a label, so the text bounds their number. */
	nr = kir_take_u32(p, "block", (uint32_t)(p->end - p->start) / 3);
	while (p->nlabels <= nr) {
		kir_block(p->b);
		vec_push(p->labels, p->nlabels, p->cap_labels) = (struct kir_label){0};
	}
	if (!p->labels[nr].used)
		p->labels[nr].used = at;
	return nr;
}

static uint32_t parse_args(struct kir_parser *p, struct kir_body *body)
{
	const uint32_t max = sizeof(body->args) / sizeof(*body->args);
	uint32_t n = 0;

	kir_expect(p, "(");
	if (kir_take(p, ")"))
		return 0;
	do {
		if (n == max)
			kir_fail_at(p, p->at, "more than %u arguments", max);
		body->args[n++] = kir_parse_value(p);
	} while (kir_take(p, ","));
	kir_expect(p, ")");
	return n;
}

/* "$3 =", if that is next. */
static kir_id parse_result(struct kir_parser *p)
{
	const char *at;
	kir_id temp;

	kir_skip_blank(p);
	at = p->at;
	if (kir_peek(p) != '$')
		return KIR_NONE;
	temp = kir_parse_temp(p);
	if (kir_take(p, "="))
		return temp;
	p->at = at;	/* a call through a temporary */
	return KIR_NONE;
}

static kir_id parse_record(struct kir_parser *p)
{
	return kir_take_word(p, "as") ? kir_record(p->b, kir_take_name(p)) : KIR_NONE;
}

static uint8_t parse_event_flags(struct kir_parser *p)
{
	uint32_t flags = 0, flag;

	while ((flag = kir_parse_word(p, kir_event_words)))
		flags |= flag;
	return (uint8_t)flags;
}

static void parse_call(struct kir_parser *p, struct kir_body *body)
{
	kir_id dst = parse_result(p), callee, record;
	uint32_t n;
	uint8_t flags;

	callee = kir_at_name(p) ? kir_v_func(p->b, kir_take_name(p)) : kir_parse_value(p);
	n = parse_args(p, body);
	record = parse_record(p);
	flags = parse_event_flags(p);
	kir_e_call(p->b, body->current, dst, callee, record, body->args, n, flags,
		   kir_parse_loc(p, "at"));
}

static void parse_macro(struct kir_parser *p, struct kir_body *body)
{
	kir_id dst = parse_result(p);
	const char *name = kir_take_name(p);
	uint32_t n = parse_args(p, body);

	kir_e_macro(p->b, body->current, dst, name, body->args, n, kir_parse_loc(p, "at"));
}

static void parse_store(struct kir_parser *p, struct kir_body *body)
{
	kir_id dst = kir_parse_value(p), v;
	uint8_t flags;

	kir_expect(p, "=");
	v = kir_parse_value(p);
	flags = parse_event_flags(p);
	kir_e_store(p->b, body->current, dst, v, flags, kir_parse_loc(p, "at"));
}

static void parse_copy(struct kir_parser *p, struct kir_body *body)
{
	kir_id dst = kir_parse_value(p), v, record;
	uint8_t flags;

	kir_expect(p, "=");
	v = kir_parse_value(p);
	record = parse_record(p);
	flags = parse_event_flags(p);
	kir_e_copy(p->b, body->current, dst, v, record, flags, kir_parse_loc(p, "at"));
}

static kir_id parse_local(struct kir_parser *p)
{
	const char *at;
	kir_id v;

	kir_skip_blank(p);
	at = p->at;
	v = kir_parse_value(p);
	if (kir_builder_value(p->b, v)->kind != KIR_V_LOCAL)
		kir_fail_at(p, at, "expected a local");
	return v;
}

static void parse_begin(struct kir_parser *p, struct kir_body *body)
{
	kir_id local = parse_local(p);

	kir_e_begin(p->b, body->current, local, kir_parse_loc(p, "at"));
}

static void parse_end(struct kir_parser *p, struct kir_body *body)
{
	kir_id local = parse_local(p);

	kir_e_end(p->b, body->current, local, kir_parse_loc(p, "at"));
}

/* A value that may be missing. */
static kir_id parse_optional(struct kir_parser *p)
{
	int c;

	if (kir_at_word(p, "null") || kir_at_word(p, "container"))
		return kir_parse_value(p);
	c = kir_peek(p);
	if (c < 0 || c == '\n' || c == '#' || c == '/' || kir_is_word_start(c))
		return KIR_NONE;
	return kir_parse_value(p);
}

static void parse_asm(struct kir_parser *p, struct kir_body *body)
{
	kir_id dst = parse_optional(p);

	kir_e_asm(p->b, body->current, dst, kir_parse_loc(p, "at"));
}

static void parse_goto(struct kir_parser *p, struct kir_body *body)
{
	uint32_t to = kir_parse_block(p);

	kir_t_goto(p->b, body->current, to, kir_parse_loc(p, "at"));
}

static void parse_jump(struct kir_parser *p, struct kir_body *body)
{
	uint32_t to = kir_parse_block(p);

	kir_t_jump(p->b, body->current, to, kir_parse_loc(p, "at"));
}

static void parse_branch(struct kir_parser *p, struct kir_body *body)
{
	kir_id v = kir_parse_value(p);
	uint32_t yes = kir_parse_block(p), no = kir_parse_block(p);

	kir_t_branch(p->b, body->current, v, yes, no, kir_parse_loc(p, "at"));
}

static struct kir_succ parse_case(struct kir_parser *p)
{
	struct kir_succ s = {0};
	const char *at;

	kir_skip_blank(p);
	at = p->at;
	if (kir_take_word(p, "default")) {
		s.is_default = 1;
	} else {
		s.lo = s.hi = kir_take_int(p);
		if (kir_take(p, ".."))
			s.hi = kir_take_int(p);
		if (s.lo > s.hi)
			kir_fail_at(p, at, "an empty range of cases");
	}
	kir_expect(p, ":");
	s.block = kir_parse_block(p);
	return s;
}

static void parse_switch(struct kir_parser *p, struct kir_body *body)
{
	struct kir_succ *list = NULL;
	uint32_t n = 0, cap = 0;
	kir_id v = kir_parse_value(p);

	kir_expect(p, "{");
	do {
		/* In the arena: a mistake in the next case frees it. */
		if (n == cap) {
			struct kir_succ *old = list;

			cap = cap ? cap * 2 : 8;
			list = arena_alloc(p->names, cap * sizeof(*list));
			if (n)
				memcpy(list, old, n * sizeof(*list));
		}
		if (n && list[n - 1].is_default)
			kir_fail_at(p, p->at, "default comes last");
		list[n++] = parse_case(p);
	} while (kir_take(p, ","));
	kir_expect(p, "}");
	kir_t_switch(p->b, body->current, v, list, n, kir_parse_loc(p, "at"));
}

static void parse_choice(struct kir_parser *p, struct kir_body *body)
{
	uint32_t *to = arena_alloc(p->names, 16 * sizeof(*to)), n = 0, cap = 16;

	do {
		if (n == cap) {
			uint32_t *more = arena_alloc(p->names, cap * 2 * sizeof(*to));

			to = memcpy(more, to, n * sizeof(*to));
			cap *= 2;
		}
		to[n++] = kir_parse_block(p);
		kir_skip_blank(p);
	} while (kir_peek(p) == 'b');
	kir_t_choice(p->b, body->current, to, n, kir_parse_loc(p, "at"));
}

static void parse_return(struct kir_parser *p, struct kir_body *body)
{
	kir_id v = parse_optional(p);

	kir_t_return(p->b, body->current, v, kir_parse_loc(p, "at"));
}

static void parse_unreachable(struct kir_parser *p, struct kir_body *body)
{
	kir_t_unreachable(p->b, body->current, kir_parse_loc(p, "at"));
}

static const struct kir_statement statements[] = {
	{"call", parse_call}, {"macro", parse_macro}, {"store", parse_store},
	{"copy", parse_copy}, {"begin", parse_begin}, {"end", parse_end},
	{"asm", parse_asm}, {"goto", parse_goto}, {"jump", parse_jump}, {"branch", parse_branch},
	{"switch", parse_switch}, {"choice", parse_choice}, {"return", parse_return},
	{"unreachable", parse_unreachable},
};

const struct kir_statement *kir_take_statement(struct kir_parser *p)
{
	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++)
		if (kir_take_word(p, statements[i].word))
			return &statements[i];
	return NULL;
}
