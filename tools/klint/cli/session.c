// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "session.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "base/base.h"
#include "contracts.h"
#include "tmpdir.h"

long session_timeout(const struct options *opt)
{
	const char *env = getenv("KLINT_TIMEOUT");
	long seconds = env ? strtol(env, NULL, 10) : 0;

	if (opt->timeout)
		return opt->timeout;
	return seconds > 0 && seconds < 1000000 ? seconds : DEFAULT_TIMEOUT;
}

/* A file, or a series for which klint has one. */
static bool load_contracts(struct session *s)
{
	const char *given = s->opt->contracts;
	bool series = !given[strspn(given, "0123456789.")];
	char *known = series ? contracts_for(&s->res, given) : NULL;
	bool fine = contracts_load(&s->analysis.check, known ? known : given, "--kernel-contracts=");

	free(known);
	return fine;
}

bool session_begin(struct session *s, const struct options *opt)
{
	const char *tmp;
	char *names;

	memset(s, 0, sizeof(*s));
	s->opt = opt;
	if (!resources_find(&s->res, opt))
		return false;
	s->rules = resources_rules(&s->res, opt);
	if (!s->rules)
		return false;
	tmp = tmpdir_new();
	names = tmp ? write_names(s->rules, tmp) : NULL;
	if (!names)
		return false;
	s->analysis = (struct analysis){
		.rules = s->rules,
		.check = {
			.rt = opt->rt,
			.only = opt->only.n ? opt->only.v : NULL,
			.budget = (uint32_t)opt->budget,
		},
		.names = names,
		.tmp = tmp,
		.timeout = session_timeout(opt),
		.no_common = opt->plain,
	};
	return !opt->contracts || !strcmp(opt->contracts, "none") || load_contracts(s);
}

void session_contracts(struct session *s, const char *dir)
{
	char *release, *path;

	if (s->opt->contracts)
		return;
	release = kernel_release(dir);
	path = contracts_for(&s->res, release);
	if (path && contracts_load(&s->analysis.check, path, "") && s->opt->summary)
		fprintf(stderr, "klint: what functions of Linux %s do is taken from %s\n", release,
			path);
	free(release);
	free(path);
}

bool session_baseline(const struct options *opt, struct baseline **b)
{
	char err[512];

	*b = NULL;
	if (!opt->baseline)
		return true;
	*b = report_baseline_load(opt->baseline, err, sizeof(err));
	if (!*b)
		fprintf(stderr, "klint: %s\n", err);
	return *b != NULL;
}

bool session_print(const struct session *s, const struct report *r,
		   const struct report_options *how, FILE *out)
{
	struct report_options opt = *how;

	opt.version = KLINT_VERSION;
	opt.docs_dir = s->res.docs;
	switch (s->opt->format) {
	case FORMAT_TEXT:
		return report_text(r, &opt, out);
	case FORMAT_JSON:
		return report_json(r, &opt, out);
	case FORMAT_SARIF:
		return report_sarif(r, &opt, out);
	}
	return false;
}

/* The clang of the command itself if klint has a plugin for it, so that the
 * source is read as it is compiled. */
static bool choose_frontend(struct job *job, const struct session *s,
			    const struct compiler *c, char *err, size_t errlen)
{
	if (!s->opt->clang && c->kind == COMPILER_CLANG) {
		job->fe.plugin = plugin_for(&s->res, c->major);
		job->fe.clang = job->fe.plugin ? find_program(c->program) : NULL;
		job->fe.major = c->major;
		if (job->fe.clang)
			return true;
	}
	return frontend_find(&s->res, s->opt->clang, &job->fe, err, errlen);
}

bool job_from_command(struct job *job, const struct session *s, char *const *argv,
		      char *err, size_t errlen)
{
	struct compiler c;
	bool foreign;

	compiler_identify(&c, argv);
	if (!choose_frontend(job, s, &c, err, errlen))
		return false;
	job->kind = JOB_SOURCE;
	foreign = c.kind != COMPILER_CLANG;
	translate_arguments(&job->args, argv + c.words, c.program, foreign);
	/* A tree configured for gcc promises what clang does not have. */
	if (!access(s->res.clangfix, R_OK)) {
		string_list_add(&job->args, "-include");
		string_list_add(&job->args, s->res.clangfix);
	}
	drop_remembered(&job->args, job->fe.major);
	return true;
}
