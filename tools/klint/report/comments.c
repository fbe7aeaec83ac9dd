/* SPDX-License-Identifier: MIT */
/*
 * Finds suppressions in the text of a C file.  The scanner knows no more of C
 * than where comments, strings and character constants begin and end; it works
 * on text that no preprocessor has seen, so a quote that is not closed ends with
 * its line (#error don't do this).
 *
 * A comment that shares its lines with code allows what stands on its first and
 * on its last line; one that stands alone allows what stands on the next line
 * that is more than comment.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "report/comments.h"

#define MARKER "klint:"
#define ALLOW "allow"

enum { HAS_CODE = 1, HAS_COMMENT = 2 };

struct comment {
	size_t start, end;	/* without its delimiters */
	uint32_t first, last;	/* lines */
};

struct scan {
	const char *text;
	size_t size, pos;
	uint32_t line;
	uint8_t *lines;		/* HAS_CODE, HAS_COMMENT; by line */
	struct comment *comments;
	size_t n, cap;
};

static char peek(const struct scan *s, size_t ahead)
{
	return s->pos + ahead < s->size ? s->text[s->pos + ahead] : '\0';
}

static void advance(struct scan *s)
{
	if (s->text[s->pos++] == '\n')
		s->line++;
}

/* Bytes of a backslash and newline at the position, or 0. */
static size_t splice_length(const struct scan *s)
{
	if (peek(s, 0) != '\\')
		return 0;
	if (peek(s, 1) == '\n')
		return 2;
	return peek(s, 1) == '\r' && peek(s, 2) == '\n' ? 3 : 0;
}

static void skip_splice(struct scan *s, size_t n)
{
	while (n--)
		advance(s);
}

static void scan_comment(struct scan *s, bool block)
{
	struct comment c = { .start = s->pos + 2, .first = s->line };

	s->pos += 2;
	while (s->pos < s->size) {
		size_t splice = splice_length(s);

		s->lines[s->line] |= HAS_COMMENT;
		if (block ? peek(s, 0) == '*' && peek(s, 1) == '/' : peek(s, 0) == '\n')
			break;
		if (splice && !block)
			skip_splice(s, splice);
		else
			advance(s);
	}
	s->lines[s->line] |= HAS_COMMENT;
	c.end = s->pos;
	c.last = s->line;
	if (block && s->pos < s->size)
		s->pos += 2;
	vec_push(s->comments, s->n, s->cap) = c;
}

static void scan_literal(struct scan *s, char quote)
{
	s->pos++;
	while (s->pos < s->size && peek(s, 0) != '\n') {
		size_t splice = splice_length(s);

		if (splice) {
			skip_splice(s, splice);
			s->lines[s->line] |= HAS_CODE;
			continue;
		}
		if (peek(s, 0) == quote) {
			s->pos++;
			return;
		}
		s->pos += peek(s, 0) == '\\' && s->pos + 1 < s->size ? 2 : 1;
	}
}

static void scan_text(struct scan *s)
{
	while (s->pos < s->size) {
		char c = peek(s, 0);

		if (c == '/' && (peek(s, 1) == '*' || peek(s, 1) == '/')) {
			scan_comment(s, peek(s, 1) == '*');
			continue;
		}
		if (!isspace((unsigned char)c) && !splice_length(s))
			s->lines[s->line] |= HAS_CODE;
		if (c == '"' || c == '\'')
			scan_literal(s, c);
		else
			advance(s);
	}
}

static size_t skip_blanks(const char *t, size_t i, size_t end)
{
	while (i < end && isspace((unsigned char)t[i]))
		i++;
	return i;
}

/* Where the words of a comment's line begin: behind blanks, stars, slashes. */
static size_t skip_ornament(const char *t, size_t i, size_t end)
{
	while (i < end && (t[i] == ' ' || t[i] == '\t' || t[i] == '*' || t[i] == '/' ||
			   t[i] == '!'))
		i++;
	return i;
}

static bool starts_with(const char *t, size_t i, size_t end, const char *word)
{
	size_t n = strlen(word);

	return end - i >= n && !memcmp(t + i, word, n);
}

static size_t line_end(const char *t, size_t i, size_t end)
{
	const char *nl = memchr(t + i, '\n', end - i);

	return nl ? (size_t)(nl - t) : end;
}

/* The rest of the comment as one line, until another marker. */
static const char *parse_reason(struct arena *a, const char *t, size_t i, size_t end)
{
	char *out = arena_alloc(a, end - i + 1);
	size_t n = 0;

	while (i < end) {
		size_t stop = line_end(t, i, end);

		if (n && starts_with(t, i, stop, MARKER))
			break;
		for (; i < stop; i++) {
			bool blank = isspace((unsigned char)t[i]);

			if (!blank || (n && out[n - 1] != ' '))
				out[n++] = blank ? ' ' : t[i];
		}
		if (n && out[n - 1] != ' ')
			out[n++] = ' ';
		i = stop < end ? skip_ornament(t, stop + 1, end) : end;
	}
	while (n && (out[n - 1] == ' ' || out[n - 1] == '*' || out[n - 1] == '\\'))
		n--;
	out[n] = '\0';
	return out;
}

static size_t parse_lints(struct arena *a, const char *t, size_t i, size_t end,
			  struct allow *allow)
{
	const char **lints = NULL;
	size_t cap = 0;

	for (;;) {
		size_t start = i = skip_blanks(t, i, end);

		while (i < end && (isalnum((unsigned char)t[i]) || t[i] == '-' || t[i] == '_'))
			i++;
		if (i == start)
			break;
		vec_push(lints, allow->nlints, cap) = arena_strndup(a, t + start, i - start);
		i = skip_blanks(t, i, end);
		if (i == end || t[i] != ',')
			break;
		i++;
	}
	if (allow->nlints)
		allow->lints = memcpy(arena_alloc(a, allow->nlints * sizeof(*lints)), lints,
				      allow->nlints * sizeof(*lints));
	free(lints);
	return i;
}

/* What follows "allow". */
static void parse_allow(struct arena *a, const char *t, size_t i, size_t end,
			struct allow *allow)
{
	allow->reason = "";
	i = skip_blanks(t, i, end);
	if (i == end || t[i] != '(') {
		allow->problem = "a suppression needs the lint in parentheses";
		return;
	}
	i = parse_lints(a, t, i + 1, end, allow);
	if (!allow->nlints) {
		allow->problem = "a suppression needs the id of a lint";
		return;
	}
	if (i == end || t[i] != ')') {
		allow->problem = "a suppression needs lint ids with commas between them and "
				 "a closing parenthesis";
		return;
	}
	i = skip_blanks(t, i + 1, end);
	if (i < end && t[i] == ':')
		allow->reason = parse_reason(a, t, i + 1, end);
	if (!*allow->reason)
		allow->problem = "a suppression needs a reason";
}

static void set_cover(const struct scan *s, const struct comment *c, uint32_t nlines,
		      struct allow *allow)
{
	uint32_t line = c->last + 1;

	if ((s->lines[c->first] | s->lines[c->last]) & HAS_CODE) {
		allow->covers[0] = c->first;
		allow->covers[1] = c->last;
		return;
	}
	while (line <= nlines && s->lines[line] == HAS_COMMENT)
		line++;
	allow->covers[0] = allow->covers[1] = line <= nlines ? line : 0;
}

/* Markers stand at the beginning of a comment's line, so that prose which only
 * mentions them is not one. */
static void parse_comment(const struct scan *s, const struct comment *c,
			  const struct source_file *f, struct arena *a,
			  struct allow_list *out)
{
	const char *t = s->text;
	uint32_t line = c->first;

	for (size_t i = c->start; i <= c->end; line++) {
		size_t stop = line_end(t, i, c->end);
		size_t at = skip_ornament(t, i, stop), word;

		i = stop + 1;
		if (!starts_with(t, at, stop, MARKER))
			continue;
		word = skip_blanks(t, at + strlen(MARKER), stop);
		if (starts_with(t, word, stop, ALLOW)) {
			struct allow allow = { .line = line };

			allow.col = (uint32_t)(at - f->starts[line - 1]) + 1;
			parse_allow(a, t, word + strlen(ALLOW), c->end, &allow);
			set_cover(s, c, f->nlines, &allow);
			vec_push(out->v, out->n, out->cap) = allow;
		}
	}
}

void find_allows(const struct source_file *f, struct arena *a, struct allow_list *out)
{
	struct scan s = { .text = f->text, .size = f->size, .line = 1 };

	/* Most files have none. */
	if (!memmem(f->text, f->size, MARKER, strlen(MARKER)))
		return;
	s.lines = xcalloc((size_t)f->nlines + 2, sizeof(*s.lines));
	scan_text(&s);
	for (size_t i = 0; i < s.n; i++)
		parse_comment(&s, &s.comments[i], f, a, out);
	free(s.comments);
	free(s.lines);
}
