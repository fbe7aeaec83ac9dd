/* SPDX-License-Identifier: MIT */
/* Counting of checks, throw-away files, sample findings. */
#define _GNU_SOURCE
#include "support.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"

static unsigned int passed, failed;
static char *directory;
static struct arena *names;

static const struct lint_info lints[] = {
	{ .id = "atomic-sleep", .summary = "a call that may sleep", .severity = SEV_ERROR },
	{ .id = "lock-order", .summary = "a cycle of locks", .severity = SEV_WARNING },
	{ .id = "rt-wait-context", .summary = "a lock that sleeps", .severity = SEV_WARNING,
	  .rt_only = true },
};

const struct lint_info *lint_registry(size_t *n)
{
	*n = sizeof(lints) / sizeof(*lints);
	return lints;
}

const struct lint_info *lint_find(const char *id)
{
	for (size_t i = 0; i < sizeof(lints) / sizeof(*lints); i++)
		if (!strcmp(lints[i].id, id))
			return &lints[i];
	return NULL;
}

bool unit_check(bool ok, const char *condition, const char *file, int line)
{
	*(ok ? &passed : &failed) += 1;
	if (!ok)
		fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
	return ok;
}

bool unit_check_text(const char *got, const char *wanted, const char *what,
		     const char *file, int line)
{
	bool ok = got && !strcmp(got, wanted);

	unit_check(ok, what, file, line);
	if (!ok)
		fprintf(stderr, "  got:    %s\n  wanted: %s\n", got ? got : "(nothing)", wanted);
	return ok;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

void unit_clean(void)
{
	if (directory)
		nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	free(directory);
	arena_free(names);
	directory = NULL;
	names = NULL;
}

int unit_finish(void)
{
	unit_clean();
	printf("%u passed, %u failed\n", passed, failed);
	return failed || !passed;
}

void unit_add(struct finding_list *l, const char *file, uint32_t line,
	      const char *function, const char *key)
{
	const struct klint_step steps[] = {
		{ STEP_CONTEXT, { file, line - 1, 2 }, function, "takes the spinlock d->lock" },
		{ STEP_BREAK, { file, line, 3 }, function, "mutex_lock() may sleep" },
	};
	const struct klint_finding f = {
		.lint = "atomic-sleep",
		.severity = SEV_WARNING,
		.at = { file, line, 3 },
		.function = function,
		.message = "call of mutex_lock() may sleep under d->lock",
		.key = key,
		.nsteps = 2,
		.steps = steps,
	};

	finding_list_add(l, &f);
}

const char *unit_dir(void)
{
	if (!directory) {
		const char *tmp = getenv("TMPDIR");

		names = arena_new();
		directory = xasprintf("%s/klint-unit.XXXXXX", tmp ? tmp : "/tmp");
		if (!mkdtemp(directory)) {
			perror(directory);
			exit(2);
		}
	}
	return directory;
}

const char *unit_file(const char *name, const char *text)
{
	const char *dir = unit_dir();
	const char *path = arena_printf(names, "%s/%s", dir, name);
	FILE *f = fopen(path, "w");

	if (!f || fputs(text, f) < 0 || fclose(f)) {
		perror(path);
		exit(2);
	}
	return path;
}
