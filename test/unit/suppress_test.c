/* SPDX-License-Identifier: MIT */
/* Suppressions in the source: which lines a comment covers, what is a comment at
 * all, and what is said of the comments themselves. */
#define _GNU_SOURCE
#include <string.h>

#include "base/base.h"
#include "report/report.h"
#include "support.h"

static char all[2000];

static void add_word(const char *fmt, const char *s, unsigned int line)
{
	size_t n = strlen(all);

	snprintf(all + n, sizeof(all) - n, fmt, *all ? ", " : "", line, s);
}

/* What became of atomic-sleep findings on every line of @text that has "mutex",
 * and of the comments: "3 allowed: why, 5 open, 2 unused suppression of x". */
static const char *judge(const char *text, const struct report_scope *given,
			 const struct klint_gap *gap)
{
	struct report_scope scope = given ? *given : (struct report_scope){ 0 };
	const char *path = unit_file("s.c", text);
	struct finding_list l;
	struct report r;
	unsigned int line = 1;

	finding_list_init(&l);
	for (const char *p = text; *p; line++) {
		const char *end = strchrnul(p, '\n'), *at = strstr(p, "mutex");

		if (at && at < end)
			unit_add(&l, path, line, "f", "mutex");
		p = end + (*end == '\n');
	}
	if (gap)
		finding_list_add_gap(&l, &(struct klint_gap){ "g", { path, gap->at.line, 1 }, "" });
	scope.sources = &path;
	scope.nsources = 1;
	report_init(&r, &l, &scope);
	report_suppress(&r);
	*all = '\0';
	for (size_t i = 0; i < l.n; i++) {
		if (!strcmp(l.v[i].lint, "suppression"))
			add_word("%s%u %s", l.v[i].message, l.v[i].at.line);
		else if (r.items[i].state == REPORT_SUPPRESSED)
			add_word("%s%u allowed: %s", r.items[i].reason, l.v[i].at.line);
		else
			add_word("%s%u open%s", "", l.v[i].at.line);
	}
	report_free(&r);
	finding_list_free(&l);
	return all;
}

static const char *allowed(const char *text)
{
	return judge(text, NULL, NULL);
}

static void test_lines(void)
{
	check_text(allowed("mutex(); /* klint: allow(atomic-sleep): same line */\n"),
		   "1 allowed: same line");
	check_text(allowed("mutex(); // klint: allow(atomic-sleep): slashes\n"),
		   "1 allowed: slashes");
	check_text(allowed("/* klint: allow(atomic-sleep): above */\nmutex();\nmutex();\n"),
		   "2 allowed: above, 3 open");
	check_text(allowed("a(); /* klint: allow(atomic-sleep): not alone */\nmutex();\n"),
		   "1 unused suppression of atomic-sleep, 2 open");
	check_text(allowed("/*\n * klint: allow(atomic-sleep): one\n * two\n */\nmutex();\n"),
		   "5 allowed: one two");
	check_text(allowed("// klint: allow(lock-order): a\n// klint: allow(atomic-sleep): b\n"
			 "mutex();\n"),
		   "1 unused suppression of lock-order, 3 allowed: b");
	check_text(allowed("/* klint: allow(atomic-sleep): a blank line */\n\nmutex();\n"),
		   "1 unused suppression of atomic-sleep, 3 open");
	check_text(allowed("/* klint: allow(lock-order, atomic-sleep): two\tlints */ mutex();\n"),
		   "1 allowed: two lints, 1 unused suppression of lock-order");
	check_text(allowed("// klint: allow(atomic-sleep): at the end of the file"),
		   "1 unused suppression of atomic-sleep");
}

static void test_scanner(void)
{
	check_text(allowed("mutex(\"/* klint: allow(atomic-sleep): string */\");\n"),
		   "1 open");
	check_text(allowed("mutex(\"\\\"/* klint: allow(atomic-sleep): string */\");\n"),
		   "1 open");
	check_text(allowed("mutex('\"'); /* klint: allow(atomic-sleep): quote */\n"),
		   "1 allowed: quote");
	check_text(allowed("#error don't\nmutex(); // klint: allow(atomic-sleep): apostrophe\n"),
		   "2 allowed: apostrophe");
	check_text(allowed("// spliced \\\nklint: allow(atomic-sleep): still comment\nmutex();\n"),
		   "3 allowed: still comment");
	check_text(allowed("\"a\\\nb\"; mutex(); // klint: allow(atomic-sleep): literal\n"),
		   "2 allowed: literal");
	check_text(allowed("mutex(); // see klint: allow(atomic-sleep): prose\n"), "1 open");
	check_text(allowed("klint: allow(atomic-sleep); mutex();\n"), "1 open");
	check_text(allowed("mutex(); /* klint: allow(atomic-sleep): not closed"),
		   "1 allowed: not closed");
	check_text(allowed("mutex(); /* klint: allow(atomic-sleep): dos */\r\nmutex();\r\n"),
		   "1 allowed: dos, 2 open");
}

static void test_law(void)
{
	check_text(allowed("mutex(); /* klint: allow(atomic-sleep) */\n"),
		   "1 open, 1 a suppression needs a reason");
	check_text(allowed("mutex(); /* klint: allow(atomic-sleep):  */\n"),
		   "1 open, 1 a suppression needs a reason");
	check_text(allowed("mutex(); /* klint: allow(atomic-slip): typo */\n"),
		   "1 open, 1 suppression of the unknown lint atomic-slip");
	check_text(allowed("mutex(); /* klint: allow atomic-sleep: bare */\n"),
		   "1 open, 1 a suppression needs the lint in parentheses");
	check_text(allowed("mutex(); /* klint: allow(): nothing */\n"),
		   "1 open, 1 a suppression needs the id of a lint");
	check_text(allowed("// klint: allow(suppression): be quiet\nx;\n"),
		   "1 a finding about suppressions cannot be suppressed");
}

/* An unused suppression is one only where a finding was possible. */
static void test_unused(void)
{
	static const char rt[] = "a(); // klint: allow(rt-wait-context): on RT\n";
	static const char text[] = "a();\nb(); // klint: allow(atomic-sleep): why\n";
	static const char *const order[] = { "lock-order", "suppression", NULL };
	static const char *const sleep[] = { "atomic-sleep", NULL };

	check_text(allowed(rt), "");
	check_text(judge(rt, &(struct report_scope){ .rt = true }, NULL),
		   "1 unused suppression of rt-wait-context");
	check_text(judge(text, &(struct report_scope){ .only = order }, NULL), "");
	check_text(judge(text, &(struct report_scope){ .only = sleep }, NULL), "");
	check_text(judge(text, NULL, &(struct klint_gap){ .at.line = 1 }), "");
	check_text(judge(text, NULL, &(struct klint_gap){ .at.line = 3 }),
		   "2 unused suppression of atomic-sleep");
}

/* A header's comments count where a finding stands, and are otherwise let be. */
static void test_header(void)
{
	const char *main_file = unit_file("m.c", "x;\n");
	const char *header = unit_file("h.h", "mutex(); // klint: allow(atomic-sleep): header\n"
				       "y; // klint: allow(atomic-sleep): elsewhere\n");
	struct report_scope scope = { .sources = &main_file, .nsources = 1 };
	struct finding_list l;
	struct report r;

	finding_list_init(&l);
	unit_add(&l, header, 1, "f", "mutex");
	unit_add(&l, "gone.c", 1, "f", "mutex");
	report_init(&r, &l, &scope);
	report_suppress(&r);
	check(l.n == 2 && report_count_state(&r, REPORT_SUPPRESSED) == 1);
	check(report_count(&r, SEV_NOTE) == 1);
	report_free(&r);
	finding_list_free(&l);
}

int main(void)
{
	test_lines();
	test_scanner();
	test_law();
	test_unused();
	test_header();
	return unit_finish();
}
