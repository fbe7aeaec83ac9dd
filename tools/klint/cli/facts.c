// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "facts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/base.h"
#include "contracts.h"
#include "outfile.h"

#define FACTS_VERSION 1u

struct footer {
	uint32_t length;	/* of the lines before it */
	uint32_t version;
	uint64_t hash;		/* of them */
	char magic[8];
};

static const char magic[8] = { 'K', 'L', 'N', 'T', 'F', 'C', 'T', '\n' };

bool facts_write(const char *path, const struct kir_module *m, const char *object,
		 char *err, size_t errlen)
{
	char *dir = getcwd(NULL, 0), *kernel = kernel_release(NULL);
	char *text = xasprintf("dir=%s\nkernel=%s\nobject=%s\n", dir ? dir : "", kernel,
			       object ? object : "");
	char *tmp = xasprintf("%s.tmp.%ld", path, (long)getpid());
	struct footer end = { .length = (uint32_t)strlen(text), .version = FACTS_VERSION,
			      .hash = hash_bytes(text, strlen(text)) };
	int fd, saved = 0;
	bool ok;

	memcpy(end.magic, magic, sizeof(magic));
	unlink(tmp);	/* of a process of the same id that was killed */
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	ok = fd >= 0 && write_fully(fd, m->image, m->image_size) &&
	     write_fully(fd, text, end.length) &&
	     write_fully(fd, (const char *)&end, sizeof(end));
	saved = errno;
	if (fd >= 0 && close(fd) && ok) {
		ok = false;
		saved = errno;
	}
	if (ok && rename(tmp, path)) {
		ok = false;
		saved = errno;
	}
	if (!ok) {
		if (fd >= 0)
			unlink(tmp);
		snprintf(err, errlen, "%s: the facts cannot be written: %s", path, strerror(saved));
	}
	free(tmp);
	free(text);
	free(kernel);
	free(dir);
	return ok;
}

static const char *value_of(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *at = text; at && *at; at = strchr(at, '\0') + 1)
		if (!strncmp(at, key, len) && at[len] == '=')
			return at + len + 1;
	return "";
}

/* The lines behind the image; *image is what is left for KIR. */
static bool read_trailer(struct facts *f, const char *path, size_t *image, char *err,
			 size_t errlen)
{
	struct footer end;

	*image = f->size;
	if (f->size >= sizeof(end))
		memcpy(&end, (char *)f->map + f->size - sizeof(end), sizeof(end));
	if (f->size < sizeof(end) || memcmp(end.magic, magic, sizeof(magic))) {
		f->text = xcalloc(1, 2);
		return true;	/* plain KIR, or a piece of something: its reader tells */
	}
	if (end.version != FACTS_VERSION) {
		snprintf(err, errlen, "%s: facts of version %u, this klint reads version %u: build again",
			 path, end.version, FACTS_VERSION);
		return false;
	}
	if (end.length > f->size - sizeof(end)) {
		snprintf(err, errlen, "%s: damaged facts: build again", path);
		return false;
	}
	*image = f->size - sizeof(end) - end.length;
	f->text = xcalloc(1, end.length + 2u);
	memcpy(f->text, (char *)f->map + *image, end.length);
	if (hash_bytes(f->text, end.length) != end.hash) {
		snprintf(err, errlen, "%s: damaged facts: build again", path);
		return false;
	}
	for (char *p = f->text; *p; p++)
		if (*p == '\n')
			*p = '\0';
	return true;
}

bool facts_open(struct facts *f, const char *path, char *err, size_t errlen)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	size_t image;

	memset(f, 0, sizeof(*f));
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		snprintf(err, errlen, "%s: %s", path, fd < 0 ? strerror(errno) : "is no file");
		if (fd >= 0)
			close(fd);
		return false;
	}
	f->size = (size_t)st.st_size;
	f->map = f->size ? mmap(NULL, f->size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0) :
		MAP_FAILED;
	close(fd);
	if (f->map == MAP_FAILED) {
		snprintf(err, errlen, "%s: %s", path, f->size ? strerror(errno) : "is empty");
		f->map = NULL;
		return false;
	}
	if (read_trailer(f, path, &image, err, errlen))
		f->m = kir_from_memory(f->map, image, path, err, errlen);
	if (!f->m) {
		facts_close(f);
		return false;
	}
	f->dir = value_of(f->text, "dir");
	f->kernel = value_of(f->text, "kernel");
	f->object = value_of(f->text, "object");
	return true;
}

void facts_close(struct facts *f)
{
	kir_close(f->m);
	if (f->map)
		munmap(f->map, f->size);
	free(f->text);
	memset(f, 0, sizeof(*f));
}
