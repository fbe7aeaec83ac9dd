/* SPDX-License-Identifier: MIT */
/* What every command that analyses needs, in the order in which it is got, and
 * how its findings are printed. */
#ifndef KLINT_SESSION_H
#define KLINT_SESSION_H

#include "analyse.h"
#include "report/report.h"

#define DEFAULT_TIMEOUT 60

struct session {
	const struct options *opt;
	struct resources res;
	struct rules *rules;
	struct analysis analysis;
};

/* False with a message. */
bool session_begin(struct session *s, const struct options *opt);

/* What is analysed is a module for the kernel whose build directory is @dir (NULL: the
 * working directory): functions of the kernel do what klint's file for its series says,
 * unless --kernel-contracts says otherwise. */
void session_contracts(struct session *s, const char *dir);

/* The time limit by --timeout, KLINT_TIMEOUT, or the default. */
long session_timeout(const struct options *opt);

/* Load --baseline into *b (NULL without one).  False with a message. */
bool session_baseline(const struct options *opt, struct baseline **b);

/* Print @r in the format of --format. */
bool session_print(const struct session *s, const struct report *r,
		   const struct report_options *how, FILE *out);

/* The job that reads what @argv compiles (argv[0] is the compiler).  @clang:
 * as --clang.  False with a line in @err. */
bool job_from_command(struct job *job, const struct session *s, char *const *argv,
		      char *err, size_t errlen);

#endif
