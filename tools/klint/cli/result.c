// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "result.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "base/base.h"
#include "command.h"

bool result_begin(struct result *r, struct session *s, const struct options *opt)
{
	char *cwd = getcwd(NULL, 0);

	*r = (struct result){ .s = s, .root = cwd ? cwd : "" };
	if (!session_baseline(opt, &r->baseline) || !session_begin(s, opt) ||
	    !outfile_open(&r->out, opt->output))
		return false;
	finding_list_init(&r->findings);
	return true;
}

static bool save_baseline(const struct result *r, const struct report *report)
{
	char err[512];

	if (!r->s->opt->write_baseline)
		return true;
	if (!report_baseline_save(report, r->baseline, r->s->opt->write_baseline, err, sizeof(err)))
		return true;
	fprintf(stderr, "klint: %s\n", err);
	return false;
}

static bool print(struct result *r, const struct report *report)
{
	const struct options *opt = r->s->opt;
	struct report_options how = {
		.colour = !opt->output && isatty(STDOUT_FILENO) && !getenv("NO_COLOR"),
		.summary = opt->summary,
		.gaps = opt->gaps,
		.failed = r->failed || r->trouble,
	};

	if (!session_print(r->s, report, &how, r->out.out)) {
		fprintf(stderr, "klint: cannot write %s: %s\n",
			r->out.path ? r->out.path : "standard output", strerror(errno));
		outfile_abandon(&r->out);
		return false;
	}
	return outfile_commit(&r->out);
}

int result_report(struct result *r)
{
	const struct options *opt = r->s->opt;
	struct report_scope scope = {
		.source_root = r->root, .sources = r->sources, .nsources = r->nsources,
		.only = r->s->analysis.check.only, .rt = opt->rt,
	};
	int status = EXIT_CLEAN;
	struct report report;

	finding_list_sort(&r->findings);
	report_init(&report, &r->findings, &scope);
	report_suppress(&report);
	if (r->baseline)
		report_baseline_apply(&report, r->baseline);
	if (!save_baseline(r, &report) || !print(r, &report) || r->failed || r->trouble)
		status = EXIT_TROUBLE;
	else if (!opt->write_baseline && opt->fail_on != FAIL_NEVER &&
		 report_count(&report, opt->fail_on))
		status = EXIT_FINDINGS;
	report_free(&report);
	finding_list_free(&r->findings);
	report_baseline_free(r->baseline);
	return status;
}
