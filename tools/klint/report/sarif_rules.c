/* SPDX-License-Identifier: MIT */
/* SARIF's rule table, from the registry and the lints' pages: what a viewer
 * shows beside a finding is what `klint explain` prints. */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "report/json_text.h"
#include "report/report_int.h"
#include "report/sarif.h"
#include "report/source.h"

json_t *sarif_message(const char *s)
{
	json_t *message = json_object();

	json_put(message, "text", json_text(s));
	return message;
}

static const char *skip_line(const char *s)
{
	s += strcspn(s, "\n");
	return s + (*s == '\n');
}

/* Comments, headings and blank lines before the first paragraph. */
static bool is_before_text(const char *line)
{
	return *line == '#' || *line == '\n' || !strncmp(line, "<!--", 4);
}

/* The first paragraph of a page as one line, or NULL; to be freed. */
static char *first_paragraph(const char *page)
{
	char *out;
	size_t n = 0;

	while (*page && is_before_text(page))
		page = skip_line(page);
	if (!*page)
		return NULL;
	out = xmalloc(strlen(page) + 1);
	while (*page && *page != '\n') {
		size_t len = strcspn(page, "\n");

		if (n)
			out[n++] = ' ';
		memcpy(out + n, page, len);
		n += len;
		page = skip_line(page);
	}
	out[n] = '\0';
	return out;
}

static char *read_page(const struct report_options *opt, const char *lint)
{
	char *path = opt->docs_dir ? xasprintf("%s/lints/%s.md", opt->docs_dir, lint) : NULL;
	size_t size;
	char *page = path ? read_whole_file(path, &size) : NULL;

	free(path);
	return page;
}

static void put_help(json_t *rule, const char *page)
{
	char *paragraph = first_paragraph(page);
	json_t *help = sarif_message(page);

	if (paragraph)
		json_put(rule, "fullDescription", sarif_message(paragraph));
	json_put(help, "markdown", json_text(page));
	json_put(rule, "help", help);
	free(paragraph);
}

static json_t *make_rule(const struct report_options *opt, const struct lint_info *lint)
{
	json_t *rule = json_object(), *config = json_object();
	char *page = read_page(opt, lint->id);

	json_put(rule, "id", json_text(lint->id));
	json_put(rule, "shortDescription", sarif_message(lint->summary));
	if (page)
		put_help(rule, page);
	json_put(config, "level", json_text(severity_name(lint->severity)));
	json_put(rule, "defaultConfiguration", config);
	free(page);
	return rule;
}

json_t *sarif_rules(const struct report_options *opt)
{
	size_t n;
	const struct lint_info *lints = lint_registry(&n);
	json_t *rules = json_array();

	for (size_t i = 0; i < n; i++)
		json_append(rules, make_rule(opt, &lints[i]));
	if (sarif_rule_index(report_suppression_lint.id) == (int)n)
		json_append(rules, make_rule(opt, &report_suppression_lint));
	return rules;
}

int sarif_rule_index(const char *lint)
{
	size_t n;
	const struct lint_info *lints = lint_registry(&n);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(lints[i].id, lint))
			return (int)i;
	return strcmp(lint, report_suppression_lint.id) ? -1 : (int)n;
}
