/* SPDX-License-Identifier: MIT */
/*
 * A kernel's source, and the directory where kbuild works on it for `klint kernel`.
 * Nothing is ever written into the source.
 *
 *	BUILD/			an output directory of kbuild (O=), with empty objects
 *	BUILD/DIR/FILE.o.klint	the facts of a unit
 *	BUILD/klint/		what klint keeps: lock, state, commands, units (journal.h),
 *				log/, source/ (a tree of links, if the source is not clean)
 */
#ifndef KLINT_KERNEL_H
#define KLINT_KERNEL_H

#include "session.h"

struct kernel {
	const struct session *session;
	const char *tree;	/* the source, its real path */
	const char *build;	/* the output directory, its real path */
	const char *source;	/* what kbuild takes for the source: tree, or links to it */
	bool clean;		/* nothing was built or configured in the tree */
	const char *config;	/* a target of kbuild ... */
	const char *config_file;/* ... or, if it is not NULL, the real path of a file */
	struct string_list dirs;/* "kernel/locking/", sorted; none: all of the kernel */
	const char *clang;	/* that kbuild is told to use */
	int major;		/* its version */
	size_t jobs;
	bool quiet;
	int lock;
	uint64_t files;		/* of the whole source: names, sizes, times */
	uint64_t config_rules;	/* the same of Kconfigs, scripts and configurations only */
	uint64_t rules;		/* the same of Makefiles only */
};

/* kernel.c: look at the tree that @operands begin with, and at the directories after it;
 * find the configuration and make and lock the build directory.  False with messages. */
bool kernel_open(struct kernel *k, const struct session *s, const struct string_list *operands);

/* A file of BUILD/klint, malloc'd. */
char *kernel_file(const struct kernel *k, const char *name);

/* Print "klint: " and a line on standard error, unless --quiet. */
void kernel_say(const struct kernel *k, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* kernel_state.c: what is known of the build directory from run to run. */
struct kernel_state {
	char *tree;
	char *doing;		/* what was under way: "kbuild", "facts", or "" */
	uint64_t configured;	/* by what; 0: not yet */
	uint64_t commands;	/* how many bytes were recorded */
	uint64_t rules;		/* the Makefiles when the commands were recorded */
	uint64_t config;	/* of BUILD/.config when it was done */
	uint64_t files;		/* of the source when the commands were recorded */
	char *recorded;		/* directories, a blank behind each; "all " */
};
void kernel_state_read(struct kernel_state *st, const struct kernel *k);
/* False with a message. */
bool kernel_state_write(const struct kernel_state *st, const struct kernel *k);
/* 0 when it cannot be read. */
uint64_t hash_file(const char *path);

struct db;
/* kernel_commands.c: what kbuild was asked for, each object once, in the order of their
 * names.  False with a message when the file is damaged. */
bool kernel_commands(const struct kernel *k, struct db *db);
/* The object that the command makes, relative to BUILD. */
struct db_entry;
const char *kernel_object(const struct db_entry *e);

/*
 * kbuild.c: configure, make the generated headers, record the commands of dirs, as far
 * as the source is not as it was the last time.  *trouble is set when kbuild could not
 * make something that it should, which was told; false, with messages, when nothing can
 * be done.
 */
bool kbuild_update(const struct kernel *k, struct kernel_state *st, bool *trouble);

/* kernel_facts.c: lower what is not lowered, link, report.  An exit code. */
struct result;
int kernel_link(const struct kernel *k, struct kernel_state *st, struct session *s,
		struct result *r);

#endif
