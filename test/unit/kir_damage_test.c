/* SPDX-License-Identifier: MIT */
/*
 * Damaged images: every byte changed, every length cut, and, with a checksum
 * that is right again, every word that could be an index.  What is damaged is
 * refused with a message, or harmless to read from end to end.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "kir/kir_text.h"
#include "support.h"

static const char text[] =
	"module \"a.c\" \"test\"\n"
	"const C = 3\n"
	"record struct foo at 1:1 {\n  lock: record lock annot guard(\"x\") at 2:2\n}\n"
	"global @g: record foo static at 3:3 {\n  .foo:lock = &f\n}\n"
	"func f(%p: ptr foo, %p.1: int32) -> int32 static at 4:4 annot a(\"b\") {\n"
	"  local %l: uint8\n"
	"b0:\n  begin %l\n  call $0 = g(&%p*.foo:lock, \"s\") as foo cleanup\n"
	"  switch %l { 1..3: b1, default: b2 }\n"
	"b1:\n  store %l = (%p.1 + 4) init\n  macro m(%l)\n  goto b2\n"
	"b2:\n  copy %p* = @g as foo\n  end %l\n  return $0\n"
	"}\n";

/* Where the header keeps the bytes that its checksum is about, and the others
 * that the tests below change: an image's layout is part of its version. */
enum { AT_VERSION = 8, AT_ORDER = 12, AT_CHECKSUM = 32, AT_BODY = 40 };

static char err[300];

static struct kir_module *sound(void)
{
	return kir_parse(text, strlen(text), "text", err, sizeof(err));
}

static void set_checksum(unsigned char *image, size_t size)
{
	uint64_t sum = hash_bytes(image + AT_BODY, size - AT_BODY);

	memcpy(image + AT_CHECKSUM, &sum, sizeof(sum));
}

static bool refused(const void *image, size_t size)
{
	struct kir_module *m;

	err[0] = '\0';
	m = kir_from_memory(image, size, "image", err, sizeof(err));
	kir_close(m);
	return !m && !strncmp(err, "image: ", 7) && strlen(err) > 10;
}

static void test_bytes(const struct kir_module *m)
{
	unsigned char *copy = xmalloc(m->image_size);
	size_t accepted = 0;

	memcpy(copy, m->image, m->image_size);
	check(!refused(copy, m->image_size));
	for (size_t i = 0; i < m->image_size; i++) {
		copy[i] ^= 0x41;
		accepted += !refused(copy, m->image_size);
		copy[i] ^= 0x41;
	}
	check(accepted == 0);
	free(copy);
}

static void test_lengths(const struct kir_module *m)
{
	size_t accepted = 0;

	for (size_t n = 0; n < m->image_size; n++) {
		/* A copy of that length, for a sanitizer to see reads behind it. */
		void *cut = xmalloc(n);

		memcpy(cut, m->image, n);
		accepted += !refused(cut, n);
		free(cut);
	}
	check(accepted == 0);
}

static void read_all(const struct kir_module *m, FILE *sink)
{
	char buf[64];

	kir_print(m, NULL, sink);
	for (uint32_t v = 0; v < m->nvalues; v++)
		kir_pretty(m, m->nfuncs ? m->funcs : NULL, v, buf, sizeof(buf));
}

/* Returns how many damaged words were refused. */
static size_t test_words(const struct kir_module *m, uint32_t with)
{
	FILE *sink = fopen("/dev/null", "w");
	unsigned char *copy = xmalloc(m->image_size);
	size_t count = 0;

	for (size_t i = AT_BODY; i + 4 <= m->image_size; i += 4) {
		struct kir_module *d;

		memcpy(copy, m->image, m->image_size);
		memcpy(copy + i, &with, sizeof(with));
		set_checksum(copy, m->image_size);
		d = kir_from_memory(copy, m->image_size, "image", err, sizeof(err));
		if (d)
			read_all(d, sink);
		count += !d;
		kir_close(d);
	}
	free(copy);
	fclose(sink);
	return count;
}

static void patch(unsigned char *copy, const struct kir_module *m, const void *at, uint32_t with)
{
	memcpy(copy, m->image, m->image_size);
	memcpy(copy + ((const char *)at - (const char *)m->image), &with, sizeof(with));
	set_checksum(copy, m->image_size);
}

static void test_messages(const struct kir_module *m)
{
	unsigned char *copy = xmalloc(m->image_size + 8);
	const char *base = m->image;
	char want[100];

	patch(copy, m, base + AT_VERSION, 3);
	check(refused(copy, m->image_size));
	check_text(err, "image: made by another klint (KIR version 3, this one reads 2): "
			"build it again");
	patch(copy, m, base + AT_ORDER, 0x04030201);
	check(refused(copy, m->image_size));
	check_text(err, "image: made on a machine of another byte order: build it again");
	check(refused("ELF", 3));
	check_text(err, "image: not a KIR file");
	check(refused(m->image, 100));
	snprintf(want, sizeof(want), "image: truncated: 100 of %zu bytes: build it again",
		 m->image_size);
	check_text(err, want);
	memcpy(copy, m->image, m->image_size);
	check(refused(copy, m->image_size + 8));
	check(strstr(err, "image: damaged: ") == err);
	copy[m->image_size - 20] ^= 1;
	check(refused(copy, m->image_size));
	check_text(err, "image: damaged: checksum: build it again");
	patch(copy, m, &m->events[1].callee, 99);
	check(refused(copy, m->image_size));
	snprintf(want, sizeof(want), "image: damaged: event 1 refers to value 99 of %u",
		 m->nvalues);
	check_text(err, want);
	patch(copy, m, &m->succs[0].block, 3);
	check(refused(copy, m->image_size));
	check_text(err, "image: damaged: function 0 refers to block 3 of 3");
	free(copy);
}

static void test_files(void)
{
	const char *path = unit_file("text.kirb", "not an image");

	check(!kir_open(path, err, sizeof(err)));
	check(strstr(err, "text.kirb: not a KIR file") != NULL);
	check(!kir_open("/nowhere", err, sizeof(err)));
	check_text(err, "/nowhere: cannot be read: No such file or directory");
	check(!kir_open(unit_dir(), err, sizeof(err)));
	check(strstr(err, ": not a KIR file") != NULL);
}

int main(void)
{
	struct kir_module *m = sound();

	if (check(m != NULL)) {
		test_bytes(m);
		test_lengths(m);
		/* Zero is a sound index nearly everywhere; the others nearly nowhere. */
		check(test_words(m, 0) > 0);
		check(test_words(m, 1) > 0);
		check(test_words(m, 0x7ffffff0) > m->image_size / 8);
		check(test_words(m, KIR_NONE) > m->image_size / 8);
		test_messages(m);
	}
	kir_close(m);
	test_files();
	return unit_finish();
}
