/* SPDX-License-Identifier: MIT */
/*
 * The form for people, after clang's: a line that editors can jump to, the source
 * with a caret, and then the proof as one note per step, so that a long chain
 * stays on one screen.
 *
 * Source text is not trusted: control characters are shown as '?', since a
 * terminal would obey them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "report/report_int.h"
#include "report/source.h"

#define MAX_QUOTE 400	/* bytes of a source line */

struct printer {
	const struct report *r;
	const struct report_options *opt;
	struct source_cache *sources;
	FILE *out;
};

enum paint { PLAIN, BOLD, RED, MAGENTA, CYAN, GREEN };

static void paint(const struct printer *p, enum paint colour)
{
	static const char *const codes[] = {
		[PLAIN] = "\033[0m", [BOLD] = "\033[1m", [RED] = "\033[1;31m",
		[MAGENTA] = "\033[1;35m", [CYAN] = "\033[1;36m", [GREEN] = "\033[1;32m",
	};

	if (p->opt->colour)
		fputs(codes[colour], p->out);
}

static void put_painted(const struct printer *p, enum paint colour, const char *s)
{
	paint(p, colour);
	fputs(s, p->out);
	paint(p, PLAIN);
}

static void put_place(const struct printer *p, const struct klint_place *at)
{
	paint(p, BOLD);
	fputs(*at->file ? at->file : "<unknown>", p->out);
	if (at->line)
		fprintf(p->out, ":%" PRIu32, at->line);
	if (at->line && at->col)
		fprintf(p->out, ":%" PRIu32, at->col);
	fputs(": ", p->out);
	paint(p, PLAIN);
}

static void put_severity(const struct printer *p, enum severity s)
{
	static const enum paint colours[] = {
		[SEV_NOTE] = CYAN, [SEV_WARNING] = MAGENTA, [SEV_ERROR] = RED,
	};

	paint(p, colours[s]);
	fprintf(p->out, "%s: ", severity_name(s));
	paint(p, PLAIN);
}

static void put_source(const struct printer *p, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		putc((c < ' ' && c != '\t') || c == 0x7f ? '?' : c, p->out);
	}
}

/* Blanks as wide as the source before the caret: tabs stay tabs, and the later
 * bytes of a UTF-8 character take no room. */
static void put_indent(const struct printer *p, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\t')
			putc('\t', p->out);
		else if (((unsigned char)text[i] & 0xc0) != 0x80)
			putc(' ', p->out);
	}
}

static void quote_source(const struct printer *p, const struct klint_place *at)
{
	const struct source_file *f = source_cache_get(p->sources, at->file);
	const char *text;
	size_t len;

	text = f ? source_line(f, at->line, &len) : NULL;
	if (!text)
		return;
	fprintf(p->out, "%5" PRIu32 " | ", at->line);
	put_source(p, text, len < MAX_QUOTE ? len : MAX_QUOTE);
	putc('\n', p->out);
	if (!at->col || at->col > len + 1 || at->col > MAX_QUOTE)
		return;
	fputs("      | ", p->out);
	put_indent(p, text, at->col - 1);
	put_painted(p, GREEN, "^");
	putc('\n', p->out);
}

static void put_step(const struct printer *p, const struct klint_finding *f,
		     const struct klint_step *s)
{
	put_place(p, &s->at);
	put_severity(p, SEV_NOTE);
	if (s->role != STEP_NOTE)
		fprintf(p->out, "%s: ", step_word(f, s));
	fputs(s->text, p->out);
	if (*s->function)
		fprintf(p->out, ", in '%s'", s->function);
	putc('\n', p->out);
}

static void put_finding(const struct printer *p, const struct klint_finding *f)
{
	put_place(p, &f->at);
	put_severity(p, f->severity);
	paint(p, BOLD);
	fprintf(p->out, "%s [%s]", f->message, f->lint);
	paint(p, PLAIN);
	putc('\n', p->out);
	if (!p->opt->no_source)
		quote_source(p, &f->at);
	if (*f->function)
		fprintf(p->out, "  in function '%s'\n", f->function);
	for (size_t i = 0; i < f->nsteps; i++)
		put_step(p, f, &f->steps[i]);
	if (f->fix) {
		put_painted(p, CYAN, "  fix: ");
		fprintf(p->out, "%s\n", f->fix);
	}
}

static void put_gap(const struct printer *p, const struct klint_gap *g)
{
	put_place(p, &g->at);
	put_severity(p, SEV_NOTE);
	fprintf(p->out, "function '%s' was not analysed: %s\n", g->function, g->why);
}

static void put_fixed(const struct printer *p, const struct baseline_entry *e)
{
	put_place(p, &(struct klint_place){ .file = e->file });
	put_severity(p, SEV_NOTE);
	fprintf(p->out, "fixed since the baseline: %s [%s]", e->message, e->lint);
	if (*e->function)
		fprintf(p->out, ", in '%s'", e->function);
	putc('\n', p->out);
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

struct lint_count {
	const char *lint;
	size_t n;
};

/* "atomic-sleep 2, lock-order 1", in the order in which they were reported. */
static void put_by_lint(const struct printer *p)
{
	const struct finding_list *l = p->r->list;
	struct strmap *index = strmap_new();
	struct lint_count *v = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < l->n; i++) {
		uint32_t at = strmap_get(index, l->v[i].lint);

		if (p->r->items[i].state != REPORT_OPEN)
			continue;
		if (at == UINT32_MAX) {
			at = (uint32_t)n;
			strmap_set(index, l->v[i].lint, at);
			vec_push(v, n, cap) = (struct lint_count){ l->v[i].lint, 0 };
		}
		v[at].n++;
	}
	for (size_t i = 0; i < n; i++)
		fprintf(p->out, "%s%s %zu%s", i ? ", " : "klint: ", v[i].lint, v[i].n,
			i + 1 < n ? "" : "\n");
	strmap_free(index);
	free(v);
}

static void put_sum(const struct printer *p)
{
	const struct report *r = p->r;
	size_t all = report_count(r, SEV_NOTE), errors = report_count(r, SEV_ERROR);
	size_t suppressed = report_count_state(r, REPORT_SUPPRESSED);
	size_t known = report_count_state(r, REPORT_KNOWN);
	size_t done = r->list->nfunctions - r->list->ngaps;

	if (r->list->nfunctions < r->list->ngaps)
		done = 0;
	fprintf(p->out, "klint: %zu finding%s", all, plural(all));
	if (errors)
		fprintf(p->out, " (%zu error%s)", errors, plural(errors));
	if (suppressed)
		fprintf(p->out, ", %zu suppressed", suppressed);
	if (known)
		fprintf(p->out, ", %zu in the baseline", known);
	if (r->nfixed)
		fprintf(p->out, ", %zu fixed since the baseline", r->nfixed);
	if (r->nunseen)
		fprintf(p->out, ", %zu of the baseline not looked at", r->nunseen);
	fprintf(p->out, "; %zu function%s analysed", done, plural(done));
	if (r->list->ngaps)
		fprintf(p->out, ", %zu not", r->list->ngaps);
	putc('\n', p->out);
}

bool report_text(const struct report *r, const struct report_options *opt, FILE *out)
{
	struct printer p = { r, opt, source_cache_new(r->paths), out };

	for (size_t i = 0; i < r->list->n; i++)
		if (r->items[i].state == REPORT_OPEN)
			put_finding(&p, &r->list->v[i]);
	for (size_t i = 0; i < r->nfixed; i++)
		put_fixed(&p, &r->fixed[i]);
	for (size_t i = 0; opt->gaps && i < r->list->ngaps; i++)
		put_gap(&p, &r->list->gaps[i]);
	if (opt->summary) {
		put_by_lint(&p);
		put_sum(&p);
	}
	source_cache_free(p.sources);
	return !fflush(out) && !ferror(out);
}
