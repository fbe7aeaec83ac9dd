/* SPDX-License-Identifier: MIT */
/* Writes a baseline, all or nothing: the old file is replaced only by one that
 * is complete. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "report/baseline.h"
#include "report/json_text.h"

struct entries {
	struct baseline_entry *v;
	size_t n, cap;
};

static void collect(const struct report *r, const struct baseline *keep, struct entries *e)
{
	struct baseline_sight sight;

	for (size_t i = 0; i < r->list->n; i++) {
		const struct klint_finding *f = &r->list->v[i];
		const struct report_item *item = &r->items[i];

		if (item->state == REPORT_SUPPRESSED)
			continue;
		vec_push(e->v, e->n, e->cap) = (struct baseline_entry){
			item->fingerprint, f->lint, item->path, f->function, f->message
		};
	}
	if (!keep)
		return;
	baseline_sight_init(&sight, r);
	for (size_t i = 0; i < keep->n; i++)
		if (!baseline_sees(&sight, &keep->v[i]))
			vec_push(e->v, e->n, e->cap) = keep->v[i];
	baseline_sight_free(&sight);
}

static bool write_line(json_t *object, FILE *out)
{
	bool ok = !json_dumpf(object, out, JSON_COMPACT) && putc('\n', out) != EOF;

	json_decref(object);
	return ok;
}

static bool write_entry(const struct baseline_entry *e, FILE *out)
{
	json_t *object = json_object();

	json_put(object, "fingerprint", json_fingerprint(e->fingerprint));
	json_put(object, "lint", json_text(e->lint));
	json_put(object, "file", json_text(e->file));
	json_put(object, "function", json_text(e->function));
	json_put(object, "message", json_text(e->message));
	return write_line(object, out);
}

static bool write_entries(const struct entries *e, FILE *out)
{
	json_t *header = json_object();

	json_put(header, BASELINE_HEADER, json_integer(BASELINE_VERSION));
	if (!write_line(header, out))
		return false;
	for (size_t i = 0; i < e->n; i++)
		if (!write_entry(&e->v[i], out))
			return false;
	return fflush(out) == 0;
}

/* A new file beside @path that others may read as far as the umask lets them. */
static FILE *open_beside(const char *path, char **name)
{
	mode_t mask = umask(0);
	FILE *out;
	int fd;

	umask(mask);
	*name = xasprintf("%s.XXXXXX", path);
	fd = mkostemp(*name, O_CLOEXEC);
	if (fd < 0)
		return NULL;
	out = fchmod(fd, 0666 & ~mask) ? NULL : fdopen(fd, "w");
	if (!out) {
		int saved = errno;

		close(fd);
		unlink(*name);
		errno = saved;
	}
	return out;
}

/* 0, or an errno. */
static int replace_file(const struct entries *e, const char *path)
{
	int error = 0;
	char *name;
	FILE *out = open_beside(path, &name);

	if (!out) {
		error = errno;
		free(name);
		return error;
	}
	if (!write_entries(e, out))
		error = errno ? errno : EIO;
	if (fclose(out) && !error)
		error = errno;
	if (!error && rename(name, path))
		error = errno;
	if (error)
		unlink(name);
	free(name);
	return error;
}

int report_baseline_save(const struct report *r, const struct baseline *keep,
			 const char *path, char *err, size_t errlen)
{
	struct entries e = { 0 };
	char *target = realpath(path, NULL);	/* a link stays a link */
	int error;

	collect(r, keep, &e);
	if (e.n)
		qsort(e.v, e.n, sizeof(*e.v), compare_baseline_entries);
	error = replace_file(&e, target ? target : path);
	if (error)
		snprintf(err, errlen, "%s: cannot write the baseline: %s", path, strerror(error));
	free(target);
	free(e.v);
	return error ? -1 : 0;
}
