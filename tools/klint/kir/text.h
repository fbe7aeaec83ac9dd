/* SPDX-License-Identifier: MIT */
/* The words of the text form that its printer and its parser share. */
#ifndef KLINT_KIR_TEXT_WORDS_H
#define KLINT_KIR_TEXT_WORDS_H

#include <string.h>

#include "image.h"
#include "kir_text.h"

/* A flag and its word, printed in this order; `flag` 0 ends a list. */
struct kir_word {
	const char *word;
	uint32_t flag;
};

extern const struct kir_word kir_func_words[];
extern const struct kir_word kir_global_words[];
extern const struct kir_word kir_event_words[];

/* "int", "ptr", by enum kir_type_kind. */
extern const char *const kir_type_words[KIR_T_NKINDS];

/* The sign of an operator: "+", "<u". */
const char *kir_op_sign(enum kir_op op);

/* Whether a name that stands where a word of the grammar may stand too needs
 * quotes: `at`, `static`. */
bool kir_is_reserved(const char *name, size_t len);

/* The field that @v, a place, ends in, array elements apart; or NULL. */
const struct kir_value *kir_last_member(const struct kir_value *values, kir_id v);

static inline bool kir_is_word_start(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static inline bool kir_is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static inline bool kir_is_word_char(int c)
{
	return kir_is_word_start(c) || kir_is_digit(c);
}

/* A printer at work. */
struct kir_printer {
	const struct kir_module *m;
	const struct kir_func *f;	/* whose variables values name, or NULL */
	uint32_t *nth;			/* per variable of f: equal names before it */
	kir_str file;			/* of the last location that was printed */
	FILE *out;
};

void kir_put_string(const struct kir_printer *p, kir_str s, char quote);
/* A name behind a sign that no word can follow: only odd names are quoted. */
void kir_put_name(const struct kir_printer *p, kir_str s);
/* A name where words may stand. */
void kir_put_free_name(const struct kir_printer *p, kir_str s);
void kir_put_value(const struct kir_printer *p, kir_id v);
void kir_put_callee(const struct kir_printer *p, kir_id v);
/* A place whose root is @root and is left out: ".foo:lock". */
void kir_put_path(const struct kir_printer *p, kir_id v, kir_id root);
void kir_put_func(struct kir_printer *p, const struct kir_func *f);
void kir_put_loc(struct kir_printer *p, const char *word, kir_id loc);
void kir_put_type(const struct kir_printer *p, const struct kir_type *t);
void kir_put_words(const struct kir_printer *p, const struct kir_word *words, uint32_t flags);
void kir_put_annots(struct kir_printer *p, uint32_t first, uint32_t count);
void kir_put_member(const struct kir_printer *p, kir_id record, kir_str field);

#endif
