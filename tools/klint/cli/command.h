/* SPDX-License-Identifier: MIT */
/* A command of klint and the text by which its --help teaches it. */
#ifndef KLINT_COMMAND_H
#define KLINT_COMMAND_H

#include <stddef.h>
#include "options.h"

struct command {
	const char *name;
	const char *summary;	/* for `klint --help` */
	const char *synopsis;
	const char *text;	/* what it does, several lines */
	const char *example;
	unsigned int accepts;	/* enum option_set */
	/* argv[0] is the command's name; returns enum exit_code, or for `cc` what
	 * the compiler returned. */
	int (*run)(const struct command *self, int argc, char **argv);
};

extern const struct command command_cc, command_check, command_check_cmd, command_link,
	command_export, command_kernel;
extern const struct command command_explain, command_lints, command_show, command_ops, command_dump;

/*
 * Read options and operands.  *at is left behind the "--" that ends them (argc
 * when there is none).  True when the command shall go on; else *status is what
 * it returns.
 */
bool command_begin(const struct command *self, int argc, char **argv,
		   struct options *opt, struct string_list *operands, int *at,
		   int *status);

/* A mistake in how the command was called: print the line and where help is. */
int command_misused(const struct command *self, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
