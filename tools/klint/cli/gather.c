// SPDX-License-Identifier: MIT
/* What a worker tells its parent: a status, a line, the findings.  The parent
 * believes it only when the worker ended well and the message is complete. */
#define _GNU_SOURCE
#include "analyse.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/base.h"
#include "report/report.h"

struct head {
	uint32_t status;
	uint32_t length;	/* of the message, without a final zero */
	uint32_t plain;		/* of that reason, the same; UINT32_MAX: there is none */
};

void outcome_free(struct outcome *o)
{
	free(o->message);
	free(o->plain);
	o->message = o->plain = NULL;
	finding_list_free(&o->findings);
}

bool outcome_write(int fd, const struct outcome *o)
{
	struct head head = {
		.status = o->status,
		.length = o->message ? (uint32_t)strlen(o->message) : 0,
		.plain = o->plain ? (uint32_t)strlen(o->plain) : UINT32_MAX,
	};
	FILE *out = fdopen(dup(fd), "w");
	bool fine;

	if (!out)
		return false;
	fine = fwrite(&head, sizeof(head), 1, out) == 1 &&
	       fwrite(head.length ? o->message : "", 1, head.length, out) == head.length &&
	       (!o->plain || fwrite(o->plain, 1, head.plain, out) == head.plain) &&
	       finding_list_write(&o->findings, out);
	return !fclose(out) && fine;
}

static bool read_reason(struct outcome *o, uint32_t length, FILE *in)
{
	if (length == UINT32_MAX)
		return true;
	if (length >= 1u << 20)
		return false;
	o->plain = xcalloc(length + 1, 1);
	return fread(o->plain, 1, length, in) == length;
}

bool outcome_read(int fd, struct outcome *o)
{
	struct head head;
	char err[256];
	FILE *in;
	bool fine = false;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return false;
	in = fdopen(dup(fd), "r");
	if (!in)
		return false;
	if (fread(&head, sizeof(head), 1, in) == 1 && head.status <= OUTCOME_TIMEOUT &&
	    head.length < (1u << 20)) {
		o->status = (enum outcome_status)head.status;
		o->message = xcalloc(head.length + 1, 1);
		fine = fread(o->message, 1, head.length, in) == head.length &&
		       read_reason(o, head.plain, in) &&
		       finding_list_read(&o->findings, in, err, sizeof(err)) == 1;
	}
	fclose(in);
	return fine;
}
