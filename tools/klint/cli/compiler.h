/* SPDX-License-Identifier: MIT */
/* What a compiler command is: which compiler, what it compiles, and the same
 * command as a run of clang that only reads the source. */
#ifndef KLINT_COMPILER_H
#define KLINT_COMPILER_H

#include <stdbool.h>
#include <stddef.h>
#include "options.h"

/* A command taken apart.  All strings belong to the argv it was read from. */
struct compile {
	const char *source;	/* the only *.c among the operands, or NULL */
	const char *output;	/* of -o, or NULL */
	const char *depfile;	/* of -Wp,-MMD,F and its kin, or NULL */
	size_t nsources;	/* operands that are no options */
	bool compiles;		/* -c, and nothing that makes something else of it */
	bool kernel;		/* kbuild compiles it as code of the kernel */
	/* Something in it writes the command line, or what becomes of it, down:
	 * it must be run exactly as it is. */
	bool verbatim;
};

/* @argv begins behind the compiler's name. */
void compile_read(struct compile *c, char *const *argv);

/* A compile that kbuild makes of code that runs in the kernel. */
bool compile_is_for_klint(const struct compile *c);

/* True when option @arg takes the next word as its value. */
bool option_takes_next(const char *arg);

enum compiler_kind { COMPILER_OTHER, COMPILER_GCC, COMPILER_CLANG };
struct compiler {
	enum compiler_kind kind;
	int major;		/* of a clang; 0: unknown */
	bool launcher;		/* ccache and the like stand between */
	const char *program;	/* the compiler behind a launcher, as written */
	size_t words;		/* of argv that name it: 2 with a launcher */
};

/* Who argv[0] is: by its resolved name, else by what --version says. */
void compiler_identify(struct compiler *c, char *const *argv);

/* How many words of argv name the compiler: 2 for "ccache gcc".  Runs nothing. */
size_t launcher_words(char *const *argv);

/* The full name of program @name in PATH, malloc'd, or NULL. */
char *find_program(const char *name);

/* A file called @name in klint's cache, its directory made, malloc'd; NULL when
 * there can be none. */
char *cache_file(const char *name);

/* Make directory @path and all above it; false with errno.  @path is as it was on return. */
bool make_directories(char *path);

/*
 * translate.c: the arguments that let clang read what the command compiles:
 * outputs and what only gcc knows left out, "-fsyntax-only -w" added.  @argv
 * begins behind the compiler's name; @compiler_name tells a cross compiler's
 * target.  Without @foreign the command was written for the clang that runs it.
 */
void translate_arguments(struct string_list *to, char *const *argv,
			 const char *compiler_name, bool foreign);
/* Remove what @messages of a failed run call unknown or unsupported, and
 * remember it for later runs.  False when there was nothing. */
bool drop_unknown(struct string_list *args, const char *messages, int major);
/* Remove what earlier runs of clang @major refused. */
void drop_remembered(struct string_list *args, int major);

#endif
