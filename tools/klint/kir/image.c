/* SPDX-License-Identifier: MIT */
/*
 * From bytes to a module and back: the header is checked here, in the order in
 * which a reader can give the most helpful answer (another kind of file, another
 * version, cut short, damaged); the tables in verify.c.
 */
#define _GNU_SOURCE
#include "image.h"
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum owner { BORROWED, ALLOCATED, MAPPED };

/* What kir_close() must know; the module stands first. */
struct box {
	struct kir_module m;
	enum owner owner;
};

uint32_t kir_element_size(enum kir_section_id s)
{
	static const uint32_t sizes[KIR_NSECTIONS] = {
		[KIR_S_strings] = 1,
#define X(name, type) [KIR_S_##name] = sizeof(type),
		KIR_TABLES(X)
#undef X
	};

	return sizes[s];
}

uint64_t kir_checksum(const void *image, size_t size)
{
	size_t from = offsetof(struct kir_header, checksum) + sizeof(uint64_t);

	return hash_bytes((const char *)image + from, size - from);
}

static bool fail(char *err, size_t errlen, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static bool fail(char *err, size_t errlen, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, errlen, fmt, ap);
	va_end(ap);
	return false;
}

static bool check_size(const struct kir_header *h, size_t size, const char *name,
		       char *err, size_t errlen)
{
	uint64_t want = sizeof(*h);

	if (size >= offsetof(struct kir_header, checksum) && h->total_size > want)
		want = h->total_size;
	if (size < want)
		return fail(err, errlen, "%s: truncated: %zu of %llu bytes: build it again",
			    name, size, (unsigned long long)want);
	if (size > h->total_size)
		return fail(err, errlen,
			    "%s: damaged: %zu bytes where the header says %llu: build it again",
			    name, size, (unsigned long long)h->total_size);
	return true;
}

static bool check_header(const struct kir_header *h, size_t size, const char *name,
			 char *err, size_t errlen)
{
	if (size < offsetof(struct kir_header, header_size) ||
	    memcmp(h->magic, KIR_MAGIC, sizeof(h->magic)))
		return fail(err, errlen, "%s: not a KIR file", name);
	if (h->byte_order != KIR_BYTE_ORDER)
		return fail(err, errlen,
			    "%s: made on a machine of another byte order: build it again", name);
	if (h->version != KIR_VERSION)
		return fail(err, errlen,
			    "%s: made by another klint (KIR version %u, this one reads %u): build it again",
			    name, h->version, KIR_VERSION);
	if (!check_size(h, size, name, err, errlen))
		return false;
	if (h->header_size != sizeof(*h) || h->nsections != KIR_NSECTIONS)
		return fail(err, errlen, "%s: damaged: header: build it again", name);
#ifndef KIR_FUZZING	/* a fuzzer cannot guess a checksum */
	if (h->checksum != kir_checksum(h, size))
		return fail(err, errlen, "%s: damaged: checksum: build it again", name);
#endif
	return true;
}

/* The layout follows from the counts alone: a section at another place, or of
 * other elements, was not written by this program. */
static bool check_sections(const struct kir_header *h, const char *name,
			   char *err, size_t errlen)
{
	uint64_t at = sizeof(*h);

	for (uint32_t i = 0; i < KIR_NSECTIONS; i++) {
		const struct kir_section *s = &h->sections[i];

		if (s->offset != at || s->size != kir_element_size(i))
			return fail(err, errlen, "%s: damaged: section %u at %llu", name, i,
				    (unsigned long long)s->offset);
		at = KIR_ALIGN(at + (uint64_t)s->count * s->size);
		if (at > h->total_size)
			return fail(err, errlen, "%s: damaged: section %u ends at %llu of %llu",
				    name, i, (unsigned long long)at,
				    (unsigned long long)h->total_size);
	}
	if (at != h->total_size)
		return fail(err, errlen, "%s: damaged: %llu bytes behind the last section", name,
			    (unsigned long long)(h->total_size - at));
	return true;
}

static void set_views(struct kir_module *m, const void *image, size_t size)
{
	const struct kir_header *h = image;
	const char *base = image;

	m->image = image;
	m->image_size = size;
	m->source = h->source;
	m->producer = h->producer;
	m->strings = base + h->sections[KIR_S_strings].offset;
	m->nstrings = h->sections[KIR_S_strings].count;
#define X(name, type)								\
	m->name = (const void *)(base + h->sections[KIR_S_##name].offset);	\
	m->n##name = h->sections[KIR_S_##name].count;
	KIR_TABLES(X)
#undef X
}

/* Without taking @image over on error. */
static struct kir_module *make_module(const void *image, size_t size, enum owner owner,
				      const char *name, char *err, size_t errlen)
{
	struct box *box;

	if (!check_header(image, size, name, err, errlen) ||
	    !check_sections(image, name, err, errlen))
		return NULL;
	box = xcalloc(1, sizeof(*box));
	set_views(&box->m, image, size);
	if (!kir_verify(&box->m, name, err, errlen)) {
		free(box);
		return NULL;
	}
	box->owner = owner;
	box->m.mapped = owner == MAPPED;
	return &box->m;
}

struct kir_module *kir_adopt(void *image, size_t size, const char *name,
			     char *err, size_t errlen)
{
	struct kir_module *m = make_module(image, size, ALLOCATED, name, err, errlen);

	if (!m)
		free(image);
	return m;
}

struct kir_module *kir_from_memory(const void *image, size_t size,
				   const char *name, char *err, size_t errlen)
{
	void *copy;

	if ((uintptr_t)image % 8 == 0 && size)
		return make_module(image, size, BORROWED, name, err, errlen);
	copy = xmalloc(size);
	if (size)
		memcpy(copy, image, size);
	return kir_adopt(copy, size, name, err, errlen);
}

static void *map_file(const char *path, size_t *size, char *err, size_t errlen)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *image = MAP_FAILED;
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		fail(err, errlen, "%s: cannot be read: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode) || st.st_size == 0)
		fail(err, errlen, "%s: not a KIR file", path);
	else
		image = mmap(NULL, *size = (size_t)st.st_size, PROT_READ,
			     MAP_PRIVATE | MAP_POPULATE, fd, 0);	/* all of it is read */
	if (image == MAP_FAILED && fd >= 0 && S_ISREG(st.st_mode) && st.st_size)
		fail(err, errlen, "%s: cannot be mapped: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return image == MAP_FAILED ? NULL : image;
}

uint64_t kir_identity(const struct kir_module *m)
{
	return ((const struct kir_header *)m->image)->checksum;
}

struct kir_module *kir_open(const char *path, char *err, size_t errlen)
{
	struct kir_module *m;
	size_t size = 0;
	void *image = map_file(path, &size, err, errlen);

	if (!image)
		return NULL;
	m = make_module(image, size, MAPPED, path, err, errlen);
	if (!m)
		munmap(image, size);
	return m;
}

static bool write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

int kir_save(const struct kir_module *m, const char *path, char *err, size_t errlen)
{
	char *tmp = xasprintf("%s.tmp.%ld", path, (long)getpid());
	bool ok = false;
	int fd, saved;

	unlink(tmp);	/* of a process of the same id that was killed */
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd >= 0) {
		ok = write_all(fd, m->image, m->image_size);
		saved = errno;
		if (close(fd) && ok) {
			ok = false;
			saved = errno;
		}
		errno = saved;
		ok = ok && !rename(tmp, path);
	}
	if (!ok) {
		saved = errno;
		if (fd >= 0)
			unlink(tmp);
		fail(err, errlen, "%s: cannot be written: %s", path, strerror(saved));
	}
	free(tmp);
	return ok ? 0 : -1;
}

void kir_close(struct kir_module *m)
{
	struct box *box = (struct box *)m;

	if (!m)
		return;
	if (box->owner == MAPPED)
		munmap((void *)m->image, m->image_size);
	else if (box->owner == ALLOCATED)
		free((void *)m->image);
	free(box);
}
