/* SPDX-License-Identifier: MIT */
/* From the findings of many units to one report and one exit status. */
#ifndef KLINT_RESULT_H
#define KLINT_RESULT_H

#include "outfile.h"
#include "session.h"

struct result {
	const struct session *s;
	struct baseline *baseline;
	struct finding_list findings;
	const char **sources;	/* of the units that were analysed, as findings name them */
	size_t nsources;
	size_t failed;		/* units that were not */
	bool trouble;		/* klint could not do all else that it was asked, either */
	const char *root;	/* what fingerprints are relative to */
	struct outfile out;
};

/* Load the baseline and open the output: where the report goes is settled before the
 * work is done.  False with a message. */
bool result_begin(struct result *r, struct session *s, const struct options *opt);
/* Write the report; returns enum exit_code.  The result is used up. */
int result_report(struct result *r);

#endif
