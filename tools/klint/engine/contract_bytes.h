/* SPDX-License-Identifier: MIT */
/*
 * Inside contract_*.c: the bytes that contracts are written to and read from, and the one
 * table of their texts.
 */
#ifndef KLINT_CONTRACT_BYTES_H
#define KLINT_CONTRACT_BYTES_H

#include "contract_io.h"

struct contract_writer {
	const struct program *p;
	struct blob out;
	struct strmap *ids;	/* text → number */
	const char **texts;
	size_t ntexts, texts_cap;
	bool exact;
	const char *root;	/* files below it are named from there */
};

struct contract_reader {
	struct program *p;
	const unsigned char *v;
	size_t size, body;
	const char **texts;	/* into the data */
	uint32_t ntexts;
	bool exact;
};

/* Small numbers take one byte. */
void contract_put(struct blob *b, uint64_t x);
/* The number at *at, which moves behind it; 0 and *bad where there is none. */
uint64_t contract_get(const struct contract_reader *r, size_t *at, bool *bad);
/* The number of a text, which is new or not; it must outlive the writer. */
uint32_t contract_put_text(struct contract_writer *w, const char *s);

/* contract_sound.c: does what was read hold together? */
bool contract_is_sound(const struct contract *c);

#endif
