// SPDX-License-Identifier: MIT
/* `klint explain`: the page of a lint, as it stands in docs/lints. */
#define _GNU_SOURCE
#include "command.h"

#include <errno.h>
#include <string.h>
#include "base/base.h"
#include "report/report.h"
#include "resource.h"

static int unknown_lint(const char *id)
{
	const char **names = NULL, *near;
	size_t n = 0, cap = 0, count;
	const struct lint_info *lints = lint_registry(&count);

	for (size_t i = 0; i < count; i++)
		vec_push(names, n, cap) = lints[i].id;
	near = nearest_name(id, names, n);
	fprintf(stderr, "klint: there is no lint '%s'", id);
	if (near)
		fprintf(stderr, ", did you mean '%s'?", near);
	fputs("\n'klint lints' lists them\n", stderr);
	free(names);
	return EXIT_TROUBLE;
}

static int print_page(const struct resources *res, const struct lint_info *lint)
{
	char *path = xasprintf("%s/lints/%s.md", res->docs, lint->id), buf[4096];
	FILE *in = fopen(path, "re");
	size_t n;

	if (!in) {
		fprintf(stderr, "klint: %s: %s\n", path, strerror(errno));
		printf("%s: %s\n", lint->id, lint->summary);
		free(path);
		return EXIT_TROUBLE;
	}
	free(path);
	while ((n = fread(buf, 1, sizeof(buf), in)))
		fwrite(buf, 1, n, stdout);
	fclose(in);
	return fflush(stdout) ? EXIT_TROUBLE : EXIT_CLEAN;
}

static int cmd_explain(const struct command *self, int argc, char **argv)
{
	struct options opt = { 0 };
	struct string_list ids = { 0 };
	struct resources res;
	int at, status;

	if (!command_begin(self, argc, argv, &opt, &ids, &at, &status))
		return status;
	if (!ids.n)
		return command_misused(self, "name a lint; 'klint lints' lists them");
	for (size_t i = 0; i < ids.n; i++)
		if (!report_lint_find(ids.v[i]))
			return unknown_lint(ids.v[i]);
	if (!resources_find(&res, &opt))
		return EXIT_TROUBLE;
	for (size_t i = 0; i < ids.n; i++)
		if (print_page(&res, report_lint_find(ids.v[i])))
			return EXIT_TROUBLE;
	return EXIT_CLEAN;
}

const struct command command_explain = {
	.name = "explain",
	.summary = "tell what a lint finds, why it matters and what settles it",
	.synopsis = "klint explain LINT…",
	.text = "Prints the page of each lint named. 'klint lints' lists the names.\n",
	.example = "  klint explain atomic-sleep\n",
	.accepts = OPT_HELP | OPT_RESOURCE,
	.run = cmd_explain,
};
