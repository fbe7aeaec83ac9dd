/* SPDX-License-Identifier: MIT */
/* Compile commands as data: written by `klint cc --record`, read by `klint check`. */
#ifndef KLINT_RECORD_H
#define KLINT_RECORD_H

#include "compiler.h"

/* Append the command @argv to @file as one line of JSON and do as if it had been
 * run.  An exit code. */
int record_compile(const char *file, char *const *argv, const struct compile *c);

struct db_entry {
	const char *directory, *file;
	struct string_list arguments;	/* the compiler first */
};
struct db {
	struct db_entry *v;
	size_t n, cap;
};
/*
 * Read @path: a compile_commands.json, or lines of JSON as --record writes them.
 * False with "path:line: what is wrong" on stderr.
 */
bool db_read(struct db *db, const char *path);

#endif
