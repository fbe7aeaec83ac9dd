/* SPDX-License-Identifier: MIT */
/*
 * The parser's inside, private to this folder.  It works on the characters
 * themselves: the text form has few words, and blanks matter in one place (a
 * postfix follows its base at once).  The first mistake ends the parse by
 * longjmp(); all that a parse allocates hangs on struct kir_parser.
 */
#ifndef KLINT_KIR_PARSE_H
#define KLINT_KIR_PARSE_H

#include <setjmp.h>

#include "base/base.h"
#include "kir_build.h"
#include "text.h"

#define KIR_MAX_NESTING 500

struct kir_label {
	const char *used;		/* where the text names it first */
	bool placed;			/* it stands before its events */
};

struct kir_parser {
	struct kir_builder *b;
	struct arena *names;		/* lives as long as the parse */
	const char *start, *at, *end;
	const char *name;		/* of the text, for messages */
	const char *source;		/* the module's main file */
	const char *file;		/* of the last location */
	struct strmap *vars;		/* of the function: "nth name" to an index */
	uint32_t nparams;		/* indices below are parameters */
	unsigned int nesting;
	bool in_function;
	struct kir_label *labels;	/* per block of the function */
	uint32_t nlabels, cap_labels;
	jmp_buf failed;
	char *err;
	size_t errlen;
};

void kir_fail_at(struct kir_parser *p, const char *at, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 3, 4)));

/* Characters and words (lex.c).  What is "blank" is on the same line. */
void kir_skip_blank(struct kir_parser *p);
void kir_skip_lines(struct kir_parser *p);	/* blanks, ends of lines, comments */
int kir_peek(const struct kir_parser *p);	/* the next character, or -1 */
bool kir_take(struct kir_parser *p, const char *sign);	/* after blanks, if it is next */
void kir_expect(struct kir_parser *p, const char *sign);
void kir_expect_line_end(struct kir_parser *p);
bool kir_at_word(struct kir_parser *p, const char *word);
bool kir_take_word(struct kir_parser *p, const char *word);
bool kir_at_name(struct kir_parser *p);		/* a plain or quoted name is next */
const char *kir_take_name(struct kir_parser *p);
const char *kir_take_string(struct kir_parser *p);
uint32_t kir_take_u32(struct kir_parser *p, const char *what, uint32_t limit);
int64_t kir_take_int(struct kir_parser *p);

/* Pieces (parse_value.c, parse.c). */
kir_id kir_parse_value(struct kir_parser *p);
kir_id kir_parse_postfix(struct kir_parser *p, kir_id base);
kir_id kir_parse_temp(struct kir_parser *p);
const char *kir_var_key(struct kir_parser *p, const char *name, uint32_t nth);
struct kir_type kir_parse_type(struct kir_parser *p);
/* "at LOCATION" when @word is next, else the unknown location. */
kir_id kir_parse_loc(struct kir_parser *p, const char *word);
uint32_t kir_parse_word(struct kir_parser *p, const struct kir_word *words);
/* An annotation behind "annot". */
void kir_parse_annot(struct kir_parser *p, void (*add)(struct kir_builder *b,
		     const char *name, const char *text, kir_id loc));
/* A function behind "func". */
void kir_parse_func(struct kir_parser *p);

/* The statements of a function's body (parse_event.c). */
struct kir_body {
	uint32_t current;	/* the block that they go to, or KIR_NONE */
	kir_id args[256];	/* of the call that is being parsed */
};

struct kir_statement {
	const char *word;
	void (*parse)(struct kir_parser *p, struct kir_body *body);
};

/* The statement whose word is next and is taken, or NULL. */
const struct kir_statement *kir_take_statement(struct kir_parser *p);
/* The block "bN", made if need be. */
uint32_t kir_parse_block(struct kir_parser *p);

#endif
