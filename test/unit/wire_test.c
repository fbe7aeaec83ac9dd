/* SPDX-License-Identifier: MIT */
/* Findings that travel between processes: what goes in comes out, and nothing
 * that is damaged gets in. */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "report/report.h"
#include "support.h"

#define HEADER_SIZE 24	/* magic, version, size, hash */

static void fill(struct finding_list *l)
{
	const struct klint_gap gap = { "g", { "b.c", 7, 1 }, "too many states" };
	struct klint_finding bare = {
		.lint = "lock-order", .severity = SEV_NOTE, .at = { "", 0, 0 },
		.function = "", .message = "m", .key = "", .fix = "swap them",
	};

	finding_list_init(l);
	unit_add(l, "a.c", 10, "f", "mutex_lock");
	finding_list_add(l, &bare);
	finding_list_add_gap(l, &gap);
	l->nfunctions = 5;
}

static char *encode(size_t *size)
{
	struct finding_list l;
	char *bytes;
	FILE *f = open_memstream(&bytes, size);

	fill(&l);
	check(finding_list_write(&l, f));
	fclose(f);
	finding_list_free(&l);
	return bytes;
}

static int decode(const void *bytes, size_t size, struct finding_list *l, char *err)
{
	FILE *f = size ? fmemopen((void *)bytes, size, "r") : fopen("/dev/null", "r");
	int status = finding_list_read(l, f, err, 200);

	fclose(f);
	return status;
}

static void test_round_trip(const char *bytes, size_t size)
{
	struct finding_list l;
	char err[200];

	finding_list_init(&l);
	unit_add(&l, "z.c", 3, "first", "k");
	check(decode(bytes, size, &l, err) == 1);
	check(l.n == 3 && l.ngaps == 1 && l.nfunctions == 5);
	check_text(l.v[0].function, "first");
	check_text(l.v[1].at.file, "a.c");
	check(l.v[1].at.line == 10 && l.v[1].at.col == 3 && l.v[1].severity == SEV_WARNING);
	check(!l.v[1].fix && l.v[1].nsteps == 2 && l.v[1].steps[1].role == STEP_BREAK);
	check_text(l.v[1].steps[0].text, "takes the spinlock d->lock");
	check_text(l.v[1].key, "mutex_lock");
	check_text(l.v[2].fix, "swap them");
	check(l.v[2].severity == SEV_NOTE && !l.v[2].nsteps);
	check_text(l.gaps[0].why, "too many states");
	check(l.gaps[0].at.line == 7);
	finding_list_free(&l);
}

static void test_stream(const char *bytes, size_t size)
{
	char *twice = xmalloc(2 * size), err[200];
	struct finding_list l;
	FILE *f;

	memcpy(twice, bytes, size);
	memcpy(twice + size, bytes, size);
	f = fmemopen(twice, 2 * size, "r");
	finding_list_init(&l);
	check(finding_list_read(&l, f, err, sizeof(err)) == 1);
	check(finding_list_read(&l, f, err, sizeof(err)) == 1);
	check(finding_list_read(&l, f, err, sizeof(err)) == 0);
	check(l.n == 4 && l.ngaps == 2 && l.nfunctions == 10);
	finding_list_free(&l);
	fclose(f);
	free(twice);
}

static void test_cut(const char *bytes, size_t size)
{
	size_t refused = 0;

	for (size_t n = 1; n < size; n++) {
		struct finding_list l;
		char err[200] = "";

		finding_list_init(&l);
		refused += decode(bytes, n, &l, err) == -1 && *err && !l.n && !l.nfunctions;
		finding_list_free(&l);
	}
	check(refused == size - 1);
}

static void test_flipped(const char *bytes, size_t size)
{
	char *copy = xmalloc(size);
	size_t refused = 0;

	for (size_t i = 0; i < size; i++) {
		struct finding_list l;
		char err[200] = "";

		memcpy(copy, bytes, size);
		copy[i] ^= 0x40;
		finding_list_init(&l);
		refused += decode(copy, size, &l, err) == -1 && *err && !l.n;
		finding_list_free(&l);
	}
	check(refused == size);
	free(copy);
}

/* With the hash made right again, the bounds alone must hold. */
static void test_forged(const char *bytes, size_t size)
{
	static const unsigned char values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	char *copy = xmalloc(size);
	size_t refused = 0, accepted = 0;

	for (size_t i = HEADER_SIZE * sizeof(values); i < size * sizeof(values); i++) {
		struct finding_list l;
		char err[200] = "";
		uint64_t hash;
		int status;

		memcpy(copy, bytes, size);
		copy[i / sizeof(values)] = (char)values[i % sizeof(values)];
		hash = hash_bytes(copy + HEADER_SIZE, size - HEADER_SIZE);
		memcpy(copy + 16, &hash, sizeof(hash));
		finding_list_init(&l);
		status = decode(copy, size, &l, err);
		refused += status == -1 && *err && !l.n;
		accepted += status == 1;
		finding_list_free(&l);
	}
	/* Counts and lengths are refused; letters of a name may be anything. */
	check(refused > size && accepted > 0);
	check(refused + accepted == (size - HEADER_SIZE) * sizeof(values));
	free(copy);
}

static void test_foreign(void)
{
	static const char text[] = "#!/bin/sh\necho this is no list of findings at all\n";
	struct finding_list l;
	char err[200];

	finding_list_init(&l);
	check(decode(text, sizeof(text), &l, err) == -1);
	check_text(err, "list of findings: not written by klint; run klint again");
	check(decode(text, 0, &l, err) == 0);
	finding_list_free(&l);
}

int main(void)
{
	size_t size;
	char *bytes = encode(&size);

	test_round_trip(bytes, size);
	test_stream(bytes, size);
	test_cut(bytes, size);
	test_flipped(bytes, size);
	test_forged(bytes, size);
	test_foreign();
	free(bytes);
	return unit_finish();
}
