/* SPDX-License-Identifier: MIT */
/* Texts first, each once, then the contracts, whose numbers take as few bytes as they need. */
#include "contract_bytes.h"

#include <stdio.h>
#include <string.h>

#define MAGIC 0x3343544bu	/* "KTC3": any change of the walk (contract_io.c) needs another one */

static void put_byte(struct blob *b, unsigned char x)
{
	vec_push(b->v, b->n, b->cap) = x;
}

void contract_put(struct blob *b, uint64_t x)
{
	while (x >= 0x80) {
		put_byte(b, (unsigned char)(x | 0x80));
		x >>= 7;
	}
	put_byte(b, (unsigned char)x);
}

uint64_t contract_get(const struct contract_reader *r, size_t *at, bool *bad)
{
	uint64_t x = 0;

	for (unsigned int shift = 0; shift < 64 && *at < r->size; shift += 7) {
		unsigned char b = r->v[(*at)++];

		x |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return x;
	}
	*bad = true;
	return 0;
}

const char *below_root(const char *root, const char *path)
{
	size_t n = root ? strlen(root) : 0;

	return n && !strncmp(path, root, n) ? path + n : path;
}

uint32_t contract_put_text(struct contract_writer *w, const char *s)
{
	uint32_t id = strmap_get(w->ids, s);

	if (id == UINT32_MAX) {
		id = (uint32_t)w->ntexts;
		strmap_set(w->ids, s, id);
		vec_push(w->texts, w->ntexts, w->texts_cap) = s;
	}
	return id;
}

void contract_writer_root(struct contract_writer *w, const char *root)
{
	w->root = root;
}

struct contract_writer *contract_writer_new(const struct program *p, bool exact)
{
	struct contract_writer *w = xcalloc(1, sizeof(*w));

	w->p = p;
	w->exact = exact;
	w->ids = strmap_new();
	return w;
}

void contract_writer_resume(struct contract_writer *w, const struct contract_reader *r)
{
	for (uint32_t i = 0; i < r->ntexts; i++) {
		strmap_set(w->ids, r->texts[i], i);
		vec_push(w->texts, w->ntexts, w->texts_cap) = r->texts[i];
	}
	blob_add(&w->out, r->v + r->body, r->size - r->body);
}

void contract_writer_free(struct contract_writer *w)
{
	if (!w)
		return;
	strmap_free(w->ids);
	free(w->texts);
	free(w->out.v);
	free(w);
}

unsigned char *contract_writer_finish(struct contract_writer *w, size_t *size, size_t *body)
{
	struct blob head = { 0 };

	contract_put(&head, MAGIC);
	contract_put(&head, w->ntexts);
	for (size_t i = 0; i < w->ntexts; i++)
		blob_add(&head, w->texts[i], strlen(w->texts[i]) + 1);
	*body = head.n;
	blob_add(&head, w->out.v, w->out.n);
	*size = head.n;
	return head.v;
}

struct contract_reader *contract_reader_new(struct program *p, bool exact, const unsigned char *data,
					    size_t size, char *err, size_t errlen)
{
	struct contract_reader *r = xcalloc(1, sizeof(*r));
	bool magic, bad = false;
	size_t at = 0;

	*r = (struct contract_reader){ .p = p, .v = data, .size = size, .exact = exact };
	magic = contract_get(r, &at, &bad) == MAGIC;
	r->ntexts = (uint32_t)contract_get(r, &at, &bad);
	if (!magic || bad || r->ntexts > size) {
		snprintf(err, errlen, "%s", magic ? "damaged contracts" :
			 "no contracts, or those of another version of klint");
		free(r);
		return NULL;
	}
	r->texts = xcalloc(r->ntexts + 1u, sizeof(*r->texts));
	for (uint32_t i = 0; i < r->ntexts; i++) {
		const unsigned char *end = memchr(data + at, 0, size - at);

		if (!end) {
			snprintf(err, errlen, "damaged contracts");
			contract_reader_free(r);
			return NULL;
		}
		r->texts[i] = (const char *)data + at;
		at = (size_t)(end - data) + 1;
	}
	r->body = at;
	return r;
}

void contract_reader_free(struct contract_reader *r)
{
	if (!r)
		return;
	free(r->texts);
	free(r);
}
