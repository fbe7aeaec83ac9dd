/* SPDX-License-Identifier: MIT */
/*
 * Contracts as bytes: what outlives the program that has found them.  Names are texts,
 * functions are told by name, and so are lock kinds and rules, so that another program
 * with other rules can read them.  An exact writer is for the next run over the same
 * program: its functions are told by what identifies them (def.ident).
 */
#ifndef KLINT_CONTRACT_IO_H
#define KLINT_CONTRACT_IO_H

#include "engine.h"

/* What a contract says as a number, wherever its events stand in their files; and the
 * whole of it, these places included. */
struct contract_print {
	uint64_t says, whole;
};
struct contract_print contract_print(const struct program *p, const struct contract *c);

/* Many contracts, with one table of their texts. */
struct contract_writer;
/* Name files below @root, which ends in a '/', from there. */
void contract_writer_root(struct contract_writer *w, const char *root);
/* @path as it is then written. */
const char *below_root(const char *root, const char *path);
struct contract_writer *contract_writer_new(const struct program *p, bool exact);
void contract_writer_free(struct contract_writer *w);
/* Append the contract; returns where it begins. */
size_t contract_write(struct contract_writer *w, const struct contract *c);
/* All that was written, texts first: malloc'd.  Offsets of contract_write() count from
 * *body. */
unsigned char *contract_writer_finish(struct contract_writer *w, size_t *size, size_t *body);

struct contract_reader;
/* @data must outlive the reader and what is read.  NULL, with a line in @err, when it is
 * not what a writer of this version has made. */
struct contract_reader *contract_reader_new(struct program *p, bool exact, const unsigned char *data,
					    size_t size, char *err, size_t errlen);
void contract_reader_free(struct contract_reader *r);
/* Begin @w, which is empty, with all that @r has, at the same offsets; @r must outlive it. */
void contract_writer_resume(struct contract_writer *w, const struct contract_reader *r);
/* The contract at @offset, allocated in @a; NULL when the bytes are damaged.  A function
 * that @p does not have is KIR_NONE in it. */
const struct contract *contract_load(struct contract_reader *r, size_t offset, struct arena *a);

#endif
