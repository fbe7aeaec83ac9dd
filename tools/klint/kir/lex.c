/* SPDX-License-Identifier: MIT */
/* The parser's characters: blanks, comments, signs, words, names, numbers. */
#include "parse.h"

#include <stdio.h>

void kir_fail_at(struct kir_parser *p, const char *at, const char *fmt, ...)
{
	uint32_t line = 1, col = 1;
	char what[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	for (const char *c = p->start; c < at; c++) {
		col = *c == '\n' ? 1 : col + 1;
		line += *c == '\n';
	}
	snprintf(p->err, p->errlen, "%s:%u:%u: %s", p->name, line, col, what);
	longjmp(p->failed, 1);
}

int kir_peek(const struct kir_parser *p)
{
	return p->at < p->end ? (unsigned char)*p->at : -1;
}

static int peek2(const struct kir_parser *p)
{
	return p->end - p->at > 1 ? (unsigned char)p->at[1] : -1;
}

void kir_skip_blank(struct kir_parser *p)
{
	while (kir_peek(p) == ' ' || kir_peek(p) == '\t' || kir_peek(p) == '\r')
		p->at++;
}

static bool at_comment(const struct kir_parser *p)
{
	return kir_peek(p) == '#' || (kir_peek(p) == '/' && peek2(p) == '/');
}

void kir_skip_lines(struct kir_parser *p)
{
	for (;;) {
		kir_skip_blank(p);
		if (at_comment(p))
			while (p->at < p->end && *p->at != '\n')
				p->at++;
		if (kir_peek(p) != '\n')
			return;
		p->at++;
	}
}

/* What stands at the cursor, for "found ...". */
static const char *found(struct kir_parser *p)
{
	size_t n = 0;

	if (p->at == p->end)
		return "the end";
	if (*p->at == '\n')
		return "the end of the line";
	while (p->at + n < p->end && n < 20 && p->at[n] > ' ')
		n++;
	return arena_printf(p->names, "'%.*s'", (int)n, p->at);
}

bool kir_take(struct kir_parser *p, const char *sign)
{
	size_t n = strlen(sign);

	kir_skip_blank(p);
	if ((size_t)(p->end - p->at) < n || memcmp(p->at, sign, n))
		return false;
	p->at += n;
	return true;
}

void kir_expect(struct kir_parser *p, const char *sign)
{
	if (!kir_take(p, sign))
		kir_fail_at(p, p->at, "expected '%s', found %s", sign, found(p));
}

void kir_expect_line_end(struct kir_parser *p)
{
	kir_skip_blank(p);
	if (p->at < p->end && *p->at != '\n' && !at_comment(p))
		kir_fail_at(p, p->at, "expected the end of the line, found %s", found(p));
}

static size_t word_length(const struct kir_parser *p)
{
	size_t n = 0;

	if (!kir_is_word_start(kir_peek(p)))
		return 0;
	while (p->at + n < p->end && kir_is_word_char((unsigned char)p->at[n]))
		n++;
	return n;
}

bool kir_at_word(struct kir_parser *p, const char *word)
{
	kir_skip_blank(p);
	return word_length(p) == strlen(word) && !memcmp(p->at, word, strlen(word));
}

bool kir_take_word(struct kir_parser *p, const char *word)
{
	if (!kir_at_word(p, word))
		return false;
	p->at += strlen(word);
	return true;
}

bool kir_at_name(struct kir_parser *p)
{
	size_t n;

	kir_skip_blank(p);
	n = word_length(p);
	return kir_peek(p) == '`' || (n && !kir_is_reserved(p->at, n));
}

static int hex_digit(int c)
{
	if (kir_is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* The character that the escape behind a backslash stands for. */
static char take_escape(struct kir_parser *p)
{
	const char *at = p->at;
	int c = kir_peek(p), high, low;

	p->at += p->at < p->end;
	if (c == 'n')
		return '\n';
	if (c == 't')
		return '\t';
	if (c == '\\' || c == '"' || c == '`')
		return (char)c;
	high = c == 'x' ? hex_digit(kir_peek(p)) : -1;
	low = high >= 0 ? hex_digit(peek2(p)) : -1;
	if (low < 0 || (high == 0 && low == 0))
		kir_fail_at(p, at - 1, "unknown escape; there are \\n \\t \\\\ \\\" \\` and \\xHH");
	p->at += 2;
	return (char)(high * 16 + low);
}

static const char *take_quoted(struct kir_parser *p, char quote)
{
	const char *open = p->at++;
	const char *close = p->at;
	char *s;
	size_t n = 0;

	/* An escape is longer than what it stands for, so this is room enough. */
	while (close < p->end && *close != quote && *close != '\n' && *close)
		close += *close == '\\' && close + 1 < p->end && close[1] != '\n' ? 2 : 1;
	s = arena_alloc(p->names, (size_t)(close - p->at) + 1);
	while (p->at < p->end && *p->at != quote) {
		if (*p->at == '\n' || *p->at == '\0')
			break;
		if (*p->at == '\\') {
			p->at++;
			s[n++] = take_escape(p);
		} else {
			s[n++] = *p->at++;
		}
	}
	if (kir_peek(p) != quote)
		kir_fail_at(p, open, "no closing %c on this line", quote);
	p->at++;
	return s;
}

const char *kir_take_name(struct kir_parser *p)
{
	const char *at;
	size_t n;

	kir_skip_blank(p);
	if (kir_peek(p) == '`')
		return take_quoted(p, '`');
	n = word_length(p);
	if (!n)
		kir_fail_at(p, p->at, "expected a name, found %s", found(p));
	at = p->at;
	p->at += n;
	return arena_strndup(p->names, at, n);
}

const char *kir_take_string(struct kir_parser *p)
{
	kir_skip_blank(p);
	if (kir_peek(p) != '"')
		kir_fail_at(p, p->at, "expected a string, found %s", found(p));
	return take_quoted(p, '"');
}

static uint64_t take_digits(struct kir_parser *p)
{
	const char *at = p->at;
	bool hex = kir_peek(p) == '0' && peek2(p) == 'x';
	uint64_t n = 0, base = hex ? 16 : 10;
	int digit;

	p->at += hex ? 2 : 0;
	for (; (digit = hex_digit(kir_peek(p))) >= 0 && digit < (int)base; p->at++)
		if (__builtin_mul_overflow(n, base, &n) ||
		    __builtin_add_overflow(n, (uint64_t)digit, &n))
			kir_fail_at(p, at, "the number does not fit into 64 bits");
	if (p->at == at || (hex && p->at == at + 2))
		kir_fail_at(p, at, "expected a number, found %s", found(p));
	return n;
}

uint32_t kir_take_u32(struct kir_parser *p, const char *what, uint32_t limit)
{
	const char *at = p->at;
	uint64_t n = take_digits(p);

	if (n > limit)
		kir_fail_at(p, at, "%s %llu is above %u", what, (unsigned long long)n, limit);
	return (uint32_t)n;
}

/* Decimals fit into int64_t; hexadecimals are the 64 bits themselves. */
int64_t kir_take_int(struct kir_parser *p)
{
	bool negative = kir_take(p, "-");
	const char *at = p->at;
	bool hex = kir_peek(p) == '0' && peek2(p) == 'x';
	uint64_t n = take_digits(p);

	if (!hex && n > (uint64_t)INT64_MAX + negative)
		kir_fail_at(p, at, "the number does not fit into 64 bits with sign");
	return (int64_t)(negative ? -n : n);
}
