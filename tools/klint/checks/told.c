/* SPDX-License-Identifier: MIT */
/*
 * Findings as bytes, for the next run to say again (engine/memo.h).  Written and read
 * by one build of klint only.
 */
#include "told.h"

#include <string.h>

static void put_number(struct blob *b, uint32_t x)
{
	blob_add(b, &x, sizeof(x));
}

/* NULL is not "". */
static void put_text(struct blob *b, const char *s)
{
	put_number(b, s ? (uint32_t)strlen(s) + 1 : 0);
	if (s)
		blob_add(b, s, strlen(s) + 1);
}

static void put_place(struct blob *b, const struct klint_place *at)
{
	put_text(b, at->file);
	put_number(b, at->line);
	put_number(b, at->col);
}

void told_write(struct blob *b, const struct finding_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct klint_finding *f = &l->v[i];

		put_text(b, f->lint);
		put_number(b, f->severity);
		put_place(b, &f->at);
		put_text(b, f->function);
		put_text(b, f->message);
		put_text(b, f->key);
		put_text(b, f->fix);
		put_number(b, (uint32_t)f->nsteps);
		for (size_t k = 0; k < f->nsteps; k++) {
			put_number(b, f->steps[k].role);
			put_place(b, &f->steps[k].at);
			put_text(b, f->steps[k].function);
			put_text(b, f->steps[k].text);
		}
	}
}

struct told {
	const char *at, *end;
	bool bad;
};

static uint32_t get_number(struct told *t)
{
	uint32_t x = 0;

	if ((size_t)(t->end - t->at) < sizeof(x)) {
		t->bad = true;
		return 0;
	}
	memcpy(&x, t->at, sizeof(x));
	t->at += sizeof(x);
	return x;
}

static const char *get_text(struct told *t)
{
	uint32_t n = get_number(t);
	const char *s = t->at;

	if (!n)
		return NULL;
	if ((size_t)(t->end - t->at) < n || s[n - 1]) {
		t->bad = true;
		return NULL;
	}
	t->at += n;
	return s;
}

static struct klint_place get_place(struct told *t)
{
	struct klint_place at = { .file = get_text(t) };

	at.line = get_number(t);
	at.col = get_number(t);
	return at;
}

bool told_read(const void *data, size_t size, struct finding_list *l)
{
	struct told t = { data, (const char *)data + size, false };

	while (t.at < t.end && !t.bad) {
		struct klint_step steps[TOLD_STEPS];
		struct klint_finding f = { .lint = get_text(&t), .steps = steps };

		f.severity = (enum severity)get_number(&t);
		f.at = get_place(&t);
		f.function = get_text(&t);
		f.message = get_text(&t);
		f.key = get_text(&t);
		f.fix = get_text(&t);
		f.nsteps = get_number(&t);
		for (size_t k = 0; k < f.nsteps && !(t.bad |= k >= TOLD_STEPS); k++) {
			steps[k].role = (enum step_role)get_number(&t);
			steps[k].at = get_place(&t);
			steps[k].function = get_text(&t);
			steps[k].text = get_text(&t);
		}
		if (!t.bad)
			finding_list_add(l, &f);
	}
	return !t.bad;
}
