// SPDX-License-Identifier: MIT
/* BUILD/klint/commands, as data. */
#define _GNU_SOURCE
#include "kernel.h"

#include <string.h>
#include <sys/stat.h>
#include "base/base.h"
#include "record.h"

const char *kernel_object(const struct db_entry *e)
{
	struct compile c;

	compile_read(&c, (char *const *)e->arguments.v + 1);
	return c.output ? c.output : "";
}

struct keyed {
	const char *output;
	size_t at;
};

static int by_output(const void *x, const void *y)
{
	const struct keyed *a = x, *b = y;
	int order = strcmp(a->output, b->output);

	return order ? order : a->at < b->at ? -1 : a->at > b->at;
}

/* make -j records in any order, and an object again when its source has changed. */
static void keep_last_of_each(struct db *db)
{
	struct keyed *v = xcalloc(db->n + 1, sizeof(*v));
	struct db kept = { 0 };

	for (size_t i = 0; i < db->n; i++)
		v[i] = (struct keyed){ kernel_object(&db->v[i]), i };
	qsort(v, db->n, sizeof(*v), by_output);
	for (size_t i = 0; i < db->n; i++)
		if (i + 1 == db->n || strcmp(v[i].output, v[i + 1].output))
			vec_push(kept.v, kept.n, kept.cap) = db->v[v[i].at];
	free(v);
	*db = kept;
}

bool kernel_commands(const struct kernel *k, struct db *db)
{
	char *path = kernel_file(k, "commands");
	struct stat st;
	bool fine;

	*db = (struct db){ 0 };
	fine = stat(path, &st) || !st.st_size || db_read(db, path);
	keep_last_of_each(db);
	free(path);
	return fine;
}
