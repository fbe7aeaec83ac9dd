/* SPDX-License-Identifier: MIT */
/* Parsing a module: constants, records, globals, and what they are made of. */
#include "parse.h"

#include <stdio.h>

kir_id kir_parse_loc(struct kir_parser *p, const char *word)
{
	const char *macro = NULL;
	uint32_t line, col;

	if (!kir_take_word(p, word))
		return KIR_NONE;
	kir_skip_blank(p);
	if (kir_peek(p) == '"') {
		p->file = kir_take_string(p);
		kir_expect(p, ":");
	}
	line = kir_take_u32(p, "line", UINT32_MAX);
	kir_expect(p, ":");
	col = kir_take_u32(p, "column", UINT32_MAX);
	if (kir_take_word(p, "in"))
		macro = kir_take_name(p);
	return kir_loc(p->b, p->file, line, col, macro);
}

/* A type's word carries its width: "int32". */
static enum kir_type_kind parse_type_kind(struct kir_parser *p, uint8_t *bits)
{
	const char *at;

	kir_skip_blank(p);
	at = p->at;
	for (uint32_t kind = 0; kind < KIR_T_NKINDS; kind++) {
		size_t n = strlen(kir_type_words[kind]);

		if ((size_t)(p->end - at) < n || memcmp(at, kir_type_words[kind], n))
			continue;
		p->at = at + n;
		*bits = 0;
		if (kir_is_digit(kir_peek(p)))
			*bits = (uint8_t)kir_take_u32(p, "width", UINT8_MAX);
		if (!kir_is_word_char(kir_peek(p)))
			return kind;
	}
	kir_fail_at(p, at, "expected a type: void, boolN, intN, uintN, ptr, funcptr, "
		    "record, array, other");
}

struct kir_type kir_parse_type(struct kir_parser *p)
{
	struct kir_type t = {.record = KIR_NONE};

	t.kind = (uint8_t)parse_type_kind(p, &t.bits);
	if (t.kind == KIR_T_PTR || t.kind == KIR_T_ARRAY) {
		t.depth = 1;
		if (kir_peek(p) == '*') {
			p->at++;
			t.depth = (uint16_t)kir_take_u32(p, "depth", UINT16_MAX);
		}
	} else if (t.kind != KIR_T_RECORD) {
		return t;
	}
	if (kir_at_name(p))
		t.record = kir_record(p->b, kir_take_name(p));
	return t;
}

uint32_t kir_parse_word(struct kir_parser *p, const struct kir_word *words)
{
	for (; words->flag; words++)
		if (kir_take_word(p, words->word))
			return words->flag;
	return 0;
}

void kir_parse_annot(struct kir_parser *p, void (*add)(struct kir_builder *b,
		     const char *name, const char *text, kir_id loc))
{
	const char *name = kir_take_name(p), *text = "";

	if (kir_take(p, "(")) {
		text = kir_take_string(p);
		kir_expect(p, ")");
	}
	add(p->b, name, text, kir_parse_loc(p, "at"));
}

static void parse_const(struct kir_parser *p)
{
	const char *name = kir_take_name(p);

	kir_expect(p, "=");
	kir_skip_blank(p);
	kir_const(p->b, name, kir_take_int(p));
}

/* Whether another line of a braced list follows; else takes the brace. */
static bool next_line(struct kir_parser *p)
{
	kir_expect_line_end(p);
	kir_skip_lines(p);
	if (p->at == p->end)
		kir_fail_at(p, p->at, "a list without its closing }");
	return !kir_take(p, "}");
}

static void parse_record(struct kir_parser *p)
{
	bool is_union = kir_take_word(p, "union");
	const char *at, *name;
	kir_id record;

	if (!is_union && !kir_take_word(p, "struct"))
		kir_fail_at(p, p->at, "expected struct or union");
	p->file = p->source;
	kir_skip_blank(p);
	at = p->at;
	name = kir_take_name(p);
	record = kir_record(p->b, name);
	if (kir_record_is_defined(p->b, record))
		kir_fail_at(p, at, "a second record %s", name);
	kir_record_define(p->b, record, is_union ? KIR_R_UNION : 0, kir_parse_loc(p, "at"));
	if (!kir_take(p, "{"))
		return;
	while (next_line(p)) {
		name = kir_take_name(p);
		kir_expect(p, ":");
		kir_record_field(p->b, name, kir_parse_type(p));
		while (kir_take_word(p, "annot"))
			kir_parse_annot(p, kir_field_annot);
	}
}

static void parse_init(struct kir_parser *p, kir_id global)
{
	int c = kir_peek(p);
	bool path = c == '.' || c == '[' || c == '*';
	kir_id place = path ? kir_parse_postfix(p, global) : kir_parse_value(p);
	kir_id value, record = KIR_NONE;
	const struct kir_value *last;
	const char *field = "";

	kir_expect(p, "=");
	value = kir_parse_value(p);
	last = kir_last_member(kir_builder_value(p->b, 0), place);
	if (kir_take_word(p, "member")) {
		if (!kir_take_word(p, "null"))
			record = kir_record(p->b, kir_take_name(p));
		kir_expect(p, ":");
		field = kir_take_name(p);
	} else if (last) {
		record = last->c;
		field = arena_strdup(p->names, kir_builder_string(p->b, last->b));
	}
	kir_global_init(p->b, place, value, record, field, kir_parse_loc(p, "at"));
}

static void parse_global(struct kir_parser *p)
{
	uint32_t flags = KIR_G_DEFINED, flag;
	struct kir_type type;
	const char *name;
	kir_id global;

	p->file = p->source;
	kir_expect(p, "@");
	name = kir_take_name(p);
	kir_expect(p, ":");
	type = kir_parse_type(p);
	if (kir_take_word(p, "extern"))
		flags = 0;
	while ((flag = kir_parse_word(p, kir_global_words)))
		flags |= flag;
	kir_global(p->b, name, flags, type, kir_parse_loc(p, "at"));
	if (!kir_take(p, "{"))
		return;
	global = kir_v_global(p->b, name);
	while (next_line(p))
		parse_init(p, global);
}

static void parse_items(struct kir_parser *p)
{
	for (kir_skip_lines(p); p->at < p->end; kir_skip_lines(p)) {
		if (kir_take_word(p, "const"))
			parse_const(p);
		else if (kir_take_word(p, "record"))
			parse_record(p);
		else if (kir_take_word(p, "global"))
			parse_global(p);
		else if (kir_take_word(p, "func"))
			kir_parse_func(p);
		else
			kir_fail_at(p, p->at, "expected const, record, global or func");
		kir_expect_line_end(p);
	}
}

static void parse_module(struct kir_parser *p)
{
	const char *producer = "";

	kir_skip_lines(p);
	p->source = p->name;
	if (kir_take_word(p, "module")) {
		p->source = kir_take_string(p);
		kir_skip_blank(p);
		if (kir_peek(p) == '"')
			producer = kir_take_string(p);
		kir_expect_line_end(p);
	}
	p->b = kir_builder_new(p->source, producer);
	parse_items(p);
}

struct kir_module *kir_parse(const char *text, size_t len, const char *name,
			     char *err, size_t errlen)
{
	/* On the heap, since longjmp() leaves changed locals undefined. */
	struct kir_parser *p = xcalloc(1, sizeof(*p));
	struct kir_module *m = NULL;

	p->names = arena_new();
	p->start = p->at = text;
	p->end = text + len;
	p->name = name;
	p->err = err;
	p->errlen = errlen;
	if (!setjmp(p->failed)) {
		parse_module(p);
		m = kir_builder_finish(p->b, err, errlen);
	} else {
		kir_builder_free(p->b);
	}
	strmap_free(p->vars);
	free(p->labels);
	arena_free(p->names);
	free(p);
	return m;
}
