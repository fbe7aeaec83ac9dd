/* SPDX-License-Identifier: MIT */
/*
 * Lists of findings and what all forms of a report share.
 *
 *   klint-report-test                    run the checks
 *   klint-report-test FORM FILE ROOT     write a report of sample findings in FILE
 *                                        as FORM (text, colour, json, sarif), for
 *                                        test/lit/report
 *   klint-report-test many N FORM        the same for N findings
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "report/report.h"
#include "support.h"

static void test_order(void)
{
	struct finding_list l, more;

	finding_list_init(&l);
	finding_list_init(&more);
	unit_add(&l, "b.c", 2, "f", "k");
	unit_add(&more, "a.c", 10, "f", "k");
	unit_add(&more, "a.c", 9, "f", "k");
	unit_add(&more, "b.c", 2, "f", "k");
	more.nfunctions = 2;
	for (int i = 0; i < 2; i++)
		finding_list_add_gap(&more, &(struct klint_gap){ "g", { "a.c", 1, 1 }, "why" });
	finding_list_splice(&l, &more);
	check(!more.n && !more.ngaps && l.n == 4 && l.nfunctions == 2);
	unit_add(&more, "c.c", 1, "f", "k");
	check(more.n == 1);
	finding_list_free(&more);
	finding_list_sort(&l);
	check(l.n == 3 && l.ngaps == 1);
	check(l.v[0].at.line == 9 && l.v[1].at.line == 10);
	check_text(l.v[2].at.file, "b.c");
	finding_list_free(&l);
}

/* Whoever comes first, the shorter of two chains stays. */
static void test_choice(void)
{
	for (int turn = 0; turn < 2; turn++) {
		struct finding_list l;
		struct klint_finding bare;

		finding_list_init(&l);
		unit_add(&l, "a.c", 2, "f", "k");
		bare = l.v[0];
		bare.nsteps = 1;
		finding_list_add(&l, &bare);
		if (turn) {
			struct klint_finding first = l.v[0];

			l.v[0] = l.v[1];
			l.v[1] = first;
		}
		finding_list_sort(&l);
		check(l.n == 1 && l.v[0].nsteps == 1);
		finding_list_free(&l);
	}
}

static uint64_t print_of(const char *file, const char *function, const char *key,
			 const char *root)
{
	struct report_scope scope = { .source_root = root };
	struct finding_list l;
	struct report r;
	uint64_t print;

	finding_list_init(&l);
	unit_add(&l, file, 7, function, key);
	report_init(&r, &l, &scope);
	print = r.items[0].fingerprint;
	report_free(&r);
	finding_list_free(&l);
	return print;
}

static void test_fingerprints(void)
{
	uint64_t print = print_of("/src/linux/drivers/a.c", "f", "k", "/src/linux");

	check(print == print_of("/home/me/linux/drivers/a.c", "f", "k", "/home/me/linux/"));
	check(print == print_of("/src/linux/./drivers//x/../a.c", "f", "k", "/src/linux"));
	check(print == print_of("drivers/a.c", "f", "k", "/src/linux"));
	check(print == print_of("./drivers/a.c", "f", "k", NULL));
	check(print != print_of("drivers/b.c", "f", "k", NULL));
	check(print != print_of("drivers/a.c", "g", "k", NULL));
	check(print != print_of("drivers/a.c", "f", "kk", NULL));
	check(print != print_of("/src/linux2/drivers/a.c", "f", "k", "/src/linux"));
	/* Parts do not run into each other. */
	check(print_of("a.c", "fg", "k", NULL) != print_of("a.c", "f", "gk", NULL));
	/* A baseline may be years old: this number may never change. */
	check(print_of("a.c", "f", "k", NULL) == 0x75577db2ab762379);
}

static void test_links(void)
{
	char *link_path, *file;
	const char *real = unit_file("real.c", "x;\n");
	struct report_scope scope = { 0 };
	struct finding_list l;
	struct report r;

	link_path = xasprintf("%s/tree", unit_dir());
	check(!symlink(".", link_path));
	file = xasprintf("%s/tree/real.c", unit_dir());
	scope.source_root = link_path;
	finding_list_init(&l);
	unit_add(&l, real, 1, "f", "k");
	unit_add(&l, file, 2, "f", "k");
	report_init(&r, &l, &scope);
	check_text(r.items[0].path, "real.c");
	check_text(r.items[1].path, "real.c");
	report_free(&r);
	finding_list_free(&l);
	free(link_path);
	free(file);
}

/* Names that are not UTF-8 make no broken JSON. */
static void test_bytes(void)
{
	struct report_options opt = { 0 };
	struct report_scope scope = { 0 };
	struct finding_list l;
	struct report r;
	json_t *root;
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	finding_list_init(&l);
	unit_add(&l, "caf\xe9 \xed\xa0\x80.c", 1, "na\xc3\xafve", "k");
	report_init(&r, &l, &scope);
	check(report_json(&r, &opt, f));
	fclose(f);
	root = json_loads(text, 0, NULL);
	check(root);
	free(text);
	f = open_memstream(&text, &size);
	check_text(json_string_value(json_object_get(json_array_get(
			json_object_get(root, "findings"), 0), "file")),
		   "caf\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd.c");
	check_text(json_string_value(json_object_get(json_array_get(
			json_object_get(root, "findings"), 0), "function")), "na\xc3\xafve");
	check(report_sarif(&r, &opt, f));
	fclose(f);
	json_decref(root);
	root = json_loads(text, 0, NULL);
	check(root && strstr(text, "caf%E9%20%ED%A0%80.c"));
	json_decref(root);
	free(text);
	report_free(&r);
	finding_list_free(&l);
}

static void test_full_disk(void)
{
	FILE *full = fopen("/dev/full", "w");
	struct report_options opt = { .summary = true };
	struct report_scope scope = { 0 };
	struct finding_list l;
	struct report r;

	finding_list_init(&l);
	report_init(&r, &l, &scope);
	check(full && !report_text(&r, &opt, full));
	check(full && !report_json(&r, &opt, full));
	check(full && !report_sarif(&r, &opt, full));
	if (full)
		fclose(full);
	report_free(&r);
	finding_list_free(&l);
}

static int write_form(struct report *r, const char *form, FILE *out)
{
	struct report_options opt = {
		.colour = !strcmp(form, "colour"),
		.summary = true,
		.gaps = true,
		.version = "1.2.3",
		.docs_dir = getenv("SAMPLE_DOCS"),
		.command_line = "klint check sample.c",
	};

	if (!strcmp(form, "json"))
		return !report_json(r, &opt, out);
	if (!strcmp(form, "sarif"))
		return !report_sarif(r, &opt, out);
	return !report_text(r, &opt, out);
}

/* The findings of test/lit/report/Inputs/sample.c. */
static void add_sample(struct finding_list *l, const char *file)
{
	const struct klint_step steps[] = {
		{ STEP_CONTEXT, { file, 8, 2 }, "update", "takes the spinlock d->lock" },
		{ STEP_CALL, { file, 9, 2 }, "update", "calls refill()" },
		{ STEP_NOTE, { "", 0, 0 }, "", "through the table of operations" },
		{ STEP_BREAK, { "/usr/include/with space.h", 70, 0 }, "refill",
		  "mutex_lock() may sleep" },
	};
	struct klint_finding f = {
		"atomic-sleep", SEV_ERROR, { file, 9, 2 }, "update",
		"call of refill() may sleep under d->lock", "refill mutex_lock",
		"call it after spin_unlock()", 4, steps,
	};

	finding_list_add(l, &f);
	f.at.line = 10;
	finding_list_add(l, &f);
	unit_add(l, file, 12, "update", "known");
	f = (struct klint_finding){ "lock-order", SEV_NOTE, { file, 3, 12 }, "",
				    "two locks in both orders", "a b", NULL, 0, NULL };
	finding_list_add(l, &f);
	finding_list_add_gap(l, &(struct klint_gap){ "huge", { file, 16, 6 }, "too many states" });
	l->nfunctions = 3;
}

/* A baseline that lists the finding of line 12 and one that is gone. */
static struct baseline *sample_baseline(const char *file, const struct report_scope *scope)
{
	char *path = xasprintf("%s/baseline", unit_dir()), err[200];
	struct finding_list l;
	struct baseline *b;
	struct report r;

	finding_list_init(&l);
	unit_add(&l, file, 99, "update", "known");
	unit_add(&l, file, 98, "removed", "gone");
	report_init(&r, &l, scope);
	b = report_baseline_save(&r, NULL, path, err, sizeof(err)) ? NULL :
	    report_baseline_load(path, err, sizeof(err));
	report_free(&r);
	finding_list_free(&l);
	free(path);
	return b;
}

static int write_sample(const char *form, const char *file, const char *root)
{
	const struct report_scope scope = {
		.source_root = root, .sources = &file, .nsources = 1
	};
	struct baseline *b = sample_baseline(file, &scope);
	struct finding_list l;
	struct report r;
	int status;

	finding_list_init(&l);
	add_sample(&l, file);
	report_init(&r, &l, &scope);
	report_suppress(&r);
	report_baseline_apply(&r, b);
	status = write_form(&r, form, stdout);
	report_free(&r);
	finding_list_free(&l);
	report_baseline_free(b);
	unit_clean();
	return status;
}

static int write_many(unsigned int n, const char *form)
{
	struct report_scope scope = { 0 };
	struct finding_list l;
	struct report r;
	int status;

	finding_list_init(&l);
	for (unsigned int i = n; i; i--) {
		char file[32];

		snprintf(file, sizeof(file), "drivers/%u.c", i % 100);
		unit_add(&l, file, i + 1, "f", "k");
	}
	report_init(&r, &l, &scope);
	report_suppress(&r);
	status = write_form(&r, form, stdout);
	report_free(&r);
	finding_list_free(&l);
	return status;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "many"))
		return write_many((unsigned int)strtoul(argv[2], NULL, 10), argv[3]);
	if (argc == 4)
		return write_sample(argv[1], argv[2], *argv[3] ? argv[3] : NULL);
	test_order();
	test_choice();
	test_fingerprints();
	test_links();
	test_bytes();
	test_full_disk();
	return unit_finish();
}
