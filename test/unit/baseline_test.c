/* SPDX-License-Identifier: MIT */
/* The baseline: what it covers after lines have moved, what it says of the rest,
 * and that neither a bad file nor a bad disk loses anything. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "report/report.h"
#include "support.h"

static char *path_of(const char *name)
{
	return xasprintf("%s/%s", unit_dir(), name);
}

static char *slurp(const char *path)
{
	static char text[4096];
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	text[n] = '\0';
	if (f)
		fclose(f);
	return text;
}

struct run {
	struct finding_list list;
	struct report_scope scope;
	struct report report;
};

static void begin(struct run *run)
{
	memset(run, 0, sizeof(*run));
	finding_list_init(&run->list);
}

static struct report *finish_list(struct run *run)
{
	report_init(&run->report, &run->list, &run->scope);
	return &run->report;
}

static void end(struct run *run)
{
	report_free(&run->report);
	finding_list_free(&run->list);
}

/* A baseline of: twice f/mutex in a.c, once g/mutex in a.c, once h in b.c. */
static struct baseline *make_baseline(const char *path)
{
	struct baseline *b;
	char err[200] = "";
	struct run run;

	begin(&run);
	unit_add(&run.list, "a.c", 10, "f", "mutex");
	unit_add(&run.list, "a.c", 20, "f", "mutex");
	unit_add(&run.list, "a.c", 30, "g", "mutex");
	unit_add(&run.list, "b.c", 5, "h", "mutex");
	check(report_baseline_save(finish_list(&run), NULL, path, err, sizeof(err)) == 0);
	end(&run);
	b = report_baseline_load(path, err, sizeof(err));
	check(b);
	return b;
}

static void test_moved(const struct baseline *b)
{
	struct run run;
	struct report *r;

	begin(&run);
	unit_add(&run.list, "a.c", 110, "f", "mutex");
	unit_add(&run.list, "a.c", 120, "f", "mutex");
	unit_add(&run.list, "./a.c", 130, "g", "mutex");
	unit_add(&run.list, "b.c", 105, "h", "mutex");
	r = finish_list(&run);
	report_baseline_apply(r, b);
	check(report_count_state(r, REPORT_KNOWN) == 4);
	check(!report_count(r, SEV_NOTE) && !r->nfixed && !r->nunseen);
	end(&run);
}

/* One more of the same, one of another key, one gone. */
static void test_counted(const struct baseline *b)
{
	struct run run;
	struct report *r;

	begin(&run);
	unit_add(&run.list, "a.c", 1, "f", "mutex");
	unit_add(&run.list, "a.c", 2, "f", "mutex");
	unit_add(&run.list, "a.c", 3, "f", "mutex");
	unit_add(&run.list, "a.c", 4, "f", "msleep");
	unit_add(&run.list, "b.c", 5, "h", "mutex");
	r = finish_list(&run);
	report_baseline_apply(r, b);
	check(report_count_state(r, REPORT_KNOWN) == 3 && report_count(r, SEV_NOTE) == 2);
	check(r->items[0].state == REPORT_KNOWN && r->items[1].state == REPORT_KNOWN);
	check(r->items[2].state == REPORT_OPEN && r->items[3].state == REPORT_OPEN);
	check(r->items[2].ordinal == 3 && r->items[3].ordinal == 1);
	check(r->nfixed == 1);
	check_text(r->fixed[0].function, "g");
	end(&run);
}

static void test_one_of_two_fixed(const struct baseline *b)
{
	struct run run;
	struct report *r;

	begin(&run);
	unit_add(&run.list, "a.c", 1, "f", "mutex");
	r = finish_list(&run);
	report_baseline_apply(r, b);
	check(report_count_state(r, REPORT_KNOWN) == 1 && r->nfixed == 3);
	check_text(r->fixed[0].function, "f");
	check_text(r->fixed[2].file, "b.c");
	end(&run);
}

/* Nothing is fixed where nothing was looked at. */
static void test_unseen(const struct baseline *b)
{
	static const char *const sources[] = { "b.c" };
	static const char *const only[] = { "lock-order", NULL };
	struct run run;
	struct report *r;

	begin(&run);
	run.scope.sources = sources;
	run.scope.nsources = 1;
	r = finish_list(&run);
	report_baseline_apply(r, b);
	check(r->nfixed == 1 && r->nunseen == 3);
	end(&run);

	begin(&run);
	run.scope.only = only;
	r = finish_list(&run);
	report_baseline_apply(r, b);
	check(!r->nfixed && r->nunseen == 4);
	end(&run);

	begin(&run);
	finding_list_add_gap(&run.list, &(struct klint_gap){ "f", { "a.c", 1, 1 }, "why" });
	r = finish_list(&run);
	report_baseline_apply(r, b);
	check(r->nfixed == 2 && r->nunseen == 2);
	end(&run);
}

/* Written anew after a look at b.c alone, the file keeps what it said of a.c. */
static void test_keep(const struct baseline *b)
{
	static const char *const sources[] = { "b.c" };
	char *path = path_of("kept"), err[200];
	struct baseline *again;
	struct run run;

	begin(&run);
	run.scope.sources = sources;
	run.scope.nsources = 1;
	unit_add(&run.list, "b.c", 9, "k", "mutex");
	check(!report_baseline_save(finish_list(&run), b, path, err, sizeof(err)));
	end(&run);
	again = report_baseline_load(path, err, sizeof(err));
	begin(&run);
	report_baseline_apply(finish_list(&run), again);
	check(run.report.nfixed == 4);
	check_text(run.report.fixed[3].function, "k");
	end(&run);
	report_baseline_free(again);
	free(path);
}

static void test_suppressed_stays_out(void)
{
	const char *source = unit_file("s.c", "f(); // klint: allow(atomic-sleep): fine\ng();\n");
	char *path = path_of("without"), err[200];
	struct run run;

	begin(&run);
	unit_add(&run.list, source, 1, "f", "mutex");
	unit_add(&run.list, source, 2, "f", "msleep");
	finish_list(&run);
	report_suppress(&run.report);
	check(!report_baseline_save(&run.report, NULL, path, err, sizeof(err)));
	check(strstr(slurp(path), "\"function\":\"f\""));
	/* header and one entry */
	check(strchr(strchr(slurp(path), '\n') + 1, '\n')[1] == '\0');
	end(&run);
	free(path);
}

static void refuse(const char *text, const char *wanted)
{
	const char *path = unit_file("bad", text);
	char err[300] = "", *full = xasprintf("%s%s; write the baseline anew with this klint",
					      path, wanted);

	check(!report_baseline_load(path, err, sizeof(err)));
	check_text(err, full);
	free(full);
}

#define HEADER "{\"klint-baseline\":1}\n"

static void test_bad_files(void)
{
	char err[300] = "";
	char *gone = path_of("not-there");

	refuse("", ":1: this file is empty, not a klint baseline");
	refuse("a.c:1: warning\n", ":1: this is not a klint baseline");
	refuse("{\"version\":\"2.1.0\"}\n", ":1: this is not a klint baseline");
	refuse("{\"klint-baseline\":2}\n",
	       ":1: baseline of version 2, this klint reads version 1");
	refuse(HEADER "[]\n", ":2: a line must hold a JSON object");
	refuse(HEADER "{\"fingerprint\":\"0123456789abcdef\",\"lint\":\"x\"}\n",
	       ":2: an entry needs fingerprint, lint, file, function and message");
	refuse(HEADER "{\"fingerprint\":\"123\",\"lint\":\"x\",\"file\":\"\",\"function\":\"\","
	       "\"message\":\"\"}\n",
	       ":2: an entry needs fingerprint, lint, file, function and message");
	check(!report_baseline_load(unit_file("cut", HEADER "{\"finger"), err, sizeof(err)));
	check(strstr(err, "cut:2: "));
	check(!report_baseline_load(gone, err, sizeof(err)));
	check(strstr(err, "not-there: cannot read the baseline: No such file or directory"));
	check(!report_baseline_load(unit_dir(), err, sizeof(err)));
	check(strstr(err, "Is a directory"));
	free(gone);
}

static void test_no_place_to_write(void)
{
	char *path = path_of("no/such/directory"), err[300] = "";
	struct run run;

	begin(&run);
	check(report_baseline_save(finish_list(&run), NULL, path, err, sizeof(err)) == -1);
	check(strstr(err, "cannot write the baseline: No such file or directory"));
	check(report_baseline_save(&run.report, NULL, unit_dir(), err, sizeof(err)) == -1);
	check(strstr(err, "cannot write the baseline"));
	end(&run);
	free(path);
}

/* The same findings give the same bytes, readable as the umask says, through a
 * link and without leftovers. */
static void test_file(const char *path)
{
	char *before = xstrdup(slurp(path)), *link_path = path_of("link"), err[200];
	struct stat st;
	struct run run;

	begin(&run);
	unit_add(&run.list, "b.c", 6, "h", "mutex");
	unit_add(&run.list, "a.c", 31, "g", "mutex");
	unit_add(&run.list, "a.c", 11, "f", "mutex");
	unit_add(&run.list, "a.c", 21, "f", "mutex");
	check(!symlink(path, link_path));
	check(!report_baseline_save(finish_list(&run), NULL, link_path, err, sizeof(err)));
	end(&run);
	check_text(slurp(path), before);
	check(!lstat(link_path, &st) && S_ISLNK(st.st_mode));
	check(!stat(path, &st) && (st.st_mode & 0777) == 0644);
	free(before);
	free(link_path);
}

int main(void)
{
	char *path = path_of("baseline");
	struct baseline *b;

	umask(022);
	b = make_baseline(path);
	if (b) {
		test_moved(b);
		test_counted(b);
		test_one_of_two_fixed(b);
		test_unseen(b);
		test_keep(b);
	}
	report_baseline_free(b);
	test_suppressed_stays_out();
	test_bad_files();
	test_no_place_to_write();
	test_file(path);
	free(path);
	return unit_finish();
}
