/* SPDX-License-Identifier: MIT */
/*
 * Findings between processes.  A message is a header (magic, version, length and
 * hash of the body) and a body of numbers and strings in a fixed order, host
 * endian: both ends run on one machine.  The hash catches a writer that died or
 * a file that was cut; the bounds checks still hold without it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "report/report.h"

#define WIRE_MAGIC 0x666b6c66u
#define WIRE_VERSION 1u
/* Anything longer is not a list of findings. */
#define WIRE_MAX ((uint64_t)1 << 32)

struct wire_header {
	uint32_t magic, version;
	uint64_t size, hash;
};

struct writer {
	unsigned char *v;
	size_t n, cap;
};

static void put_bytes(struct writer *w, const void *p, size_t n)
{
	if (w->cap - w->n < n) {
		w->cap = (w->cap + n) * 2;
		w->v = xrealloc(w->v, w->cap);
	}
	memcpy(w->v + w->n, p, n);
	w->n += n;
}

static void put_number(struct writer *w, uint64_t value)
{
	put_bytes(w, &value, sizeof(value));
}

static void put_string(struct writer *w, const char *s)
{
	size_t n = strlen(s);

	put_number(w, n);
	put_bytes(w, s, n);
}

static void put_place(struct writer *w, const struct klint_place *at)
{
	put_string(w, at->file);
	put_number(w, at->line);
	put_number(w, at->col);
}

static void put_finding(struct writer *w, const struct klint_finding *f)
{
	put_string(w, f->lint);
	put_number(w, f->severity);
	put_place(w, &f->at);
	put_string(w, f->function);
	put_string(w, f->message);
	put_string(w, f->key);
	put_number(w, f->fix != NULL);
	put_string(w, f->fix ? f->fix : "");
	put_number(w, f->nsteps);
	for (size_t i = 0; i < f->nsteps; i++) {
		put_number(w, f->steps[i].role);
		put_place(w, &f->steps[i].at);
		put_string(w, f->steps[i].function);
		put_string(w, f->steps[i].text);
	}
}

static void put_gap(struct writer *w, const struct klint_gap *g)
{
	put_string(w, g->function);
	put_place(w, &g->at);
	put_string(w, g->why);
}

bool finding_list_write(const struct finding_list *l, FILE *out)
{
	struct wire_header header = { .magic = WIRE_MAGIC, .version = WIRE_VERSION };
	struct writer w = { 0 };
	bool ok;

	put_number(&w, l->nfunctions);
	put_number(&w, l->n);
	for (size_t i = 0; i < l->n; i++)
		put_finding(&w, &l->v[i]);
	put_number(&w, l->ngaps);
	for (size_t i = 0; i < l->ngaps; i++)
		put_gap(&w, &l->gaps[i]);
	header.size = w.n;
	header.hash = hash_bytes(w.v, w.n);
	ok = fwrite(&header, sizeof(header), 1, out) == 1 && fwrite(w.v, 1, w.n, out) == w.n &&
	     !fflush(out);
	free(w.v);
	return ok;
}

/* Once `bad`, everything reads as zero and empty. */
struct reader {
	const unsigned char *p, *end;
	struct arena *arena;
	bool bad;
};

static uint64_t get_number(struct reader *r)
{
	uint64_t value;

	if (r->bad || (size_t)(r->end - r->p) < sizeof(value)) {
		r->bad = true;
		return 0;
	}
	memcpy(&value, r->p, sizeof(value));
	r->p += sizeof(value);
	return value;
}

static uint64_t get_below(struct reader *r, uint64_t limit)
{
	uint64_t value = get_number(r);

	if (value >= limit)
		r->bad = true;
	return r->bad ? 0 : value;
}

/* How many things of at least @size bytes follow. */
static uint64_t get_count(struct reader *r, size_t size)
{
	return get_below(r, (uint64_t)(r->end - r->p) / size + 1);
}

static const char *get_string(struct reader *r)
{
	uint64_t n = get_count(r, 1);
	const char *s;

	if (r->bad || n > (size_t)(r->end - r->p) || memchr(r->p, '\0', n)) {
		r->bad = true;
		return "";
	}
	s = n ? arena_strndup(r->arena, (const char *)r->p, n) : "";
	r->p += n;
	return s;
}

static struct klint_place get_place(struct reader *r)
{
	struct klint_place at;

	at.file = get_string(r);
	at.line = (uint32_t)get_below(r, (uint64_t)UINT32_MAX + 1);
	at.col = (uint32_t)get_below(r, (uint64_t)UINT32_MAX + 1);
	return at;
}

static void get_steps(struct reader *r, struct klint_finding *f)
{
	struct klint_step *steps;

	f->nsteps = get_count(r, 6 * sizeof(uint64_t));
	steps = arena_alloc(r->arena, f->nsteps * sizeof(*steps) + 1);
	for (size_t i = 0; i < f->nsteps; i++) {
		steps[i].role = (enum step_role)get_below(r, STEP_NOTE + 1);
		steps[i].at = get_place(r);
		steps[i].function = get_string(r);
		steps[i].text = get_string(r);
	}
	f->steps = steps;
}

static struct klint_finding get_finding(struct reader *r)
{
	struct klint_finding f;
	bool has_fix;

	f.lint = get_string(r);
	f.severity = (enum severity)get_below(r, SEV_ERROR + 1);
	f.at = get_place(r);
	f.function = get_string(r);
	f.message = get_string(r);
	f.key = get_string(r);
	has_fix = get_below(r, 2);
	f.fix = get_string(r);
	if (!has_fix)
		f.fix = NULL;
	get_steps(r, &f);
	return f;
}

static struct klint_gap get_gap(struct reader *r)
{
	struct klint_gap g;

	g.function = get_string(r);
	g.at = get_place(r);
	g.why = get_string(r);
	return g;
}

static bool decode(struct finding_list *l, const unsigned char *body, size_t size)
{
	struct reader r = { .p = body, .end = body + size, .arena = l->arena };
	uint64_t n;

	l->nfunctions = get_number(&r);
	n = get_count(&r, 10 * sizeof(uint64_t));
	for (uint64_t i = 0; i < n && !r.bad; i++)
		vec_push(l->v, l->n, l->cap) = get_finding(&r);
	n = get_count(&r, 5 * sizeof(uint64_t));
	for (uint64_t i = 0; i < n && !r.bad; i++)
		vec_push(l->gaps, l->ngaps, l->gaps_cap) = get_gap(&r);
	return !r.bad && r.p == r.end;
}

/* Reads in pieces, so that a false length costs no memory. */
static unsigned char *read_body(FILE *in, uint64_t size)
{
	struct writer w = { 0 };

	while (w.n < size) {
		unsigned char piece[16384];
		size_t want = size - w.n < sizeof(piece) ? (size_t)(size - w.n) : sizeof(piece);
		size_t got = fread(piece, 1, want, in);

		if (!got) {
			free(w.v);
			return NULL;
		}
		put_bytes(&w, piece, got);
	}
	return w.v;
}

static int refuse(char *err, size_t errlen, const char *what)
{
	snprintf(err, errlen, "list of findings: %s; run klint again", what);
	return -1;
}

static int take(struct finding_list *l, const unsigned char *body, const struct wire_header *h,
		char *err, size_t errlen)
{
	struct finding_list fresh;

	if (hash_bytes(body, h->size) != h->hash)
		return refuse(err, errlen, "damaged (its checksum differs)");
	finding_list_init(&fresh);
	if (!decode(&fresh, body, h->size)) {
		finding_list_free(&fresh);
		return refuse(err, errlen, "damaged (a value is out of bounds)");
	}
	finding_list_splice(l, &fresh);
	finding_list_free(&fresh);
	return 1;
}

int finding_list_read(struct finding_list *l, FILE *in, char *err, size_t errlen)
{
	struct wire_header header;
	size_t n = fread(&header, 1, sizeof(header), in);
	unsigned char *body;
	int status;

	if (!n && !ferror(in))
		return 0;
	if (n != sizeof(header))
		return refuse(err, errlen, "cut short");
	if (header.magic != WIRE_MAGIC)
		return refuse(err, errlen, "not written by klint");
	if (header.version != WIRE_VERSION)
		return refuse(err, errlen, "written by another version of klint");
	if (header.size > WIRE_MAX)
		return refuse(err, errlen, "damaged (its length is out of bounds)");
	body = read_body(in, header.size);
	if (!body)
		return refuse(err, errlen, "cut short");
	status = take(l, body, &header, err, errlen);
	free(body);
	return status;
}
