// SPDX-License-Identifier: MIT
/*
 * A file is a header, the release, and one frame of zstd with a checksum.  It is
 * unpacked as a whole.  What klint brings of a kernel takes a tenth of the time in which
 * clang reads a file: it stays unpacked in the cache, one file for each path, of the age
 * of what it was unpacked from.
 */
#define _GNU_SOURCE
#include "contracts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>
#include "base/base.h"
#include "compiler.h"
#include "outfile.h"

#define LEVEL 19		/* written once, carried about */
#define MAX_SIZE (1ull << 31)	/* of a frame that is believed */
#define WORTH_KEEPING (1u << 20)

struct header {
	char magic[8];
	uint64_t size;		/* unpacked */
	uint64_t packed;
	uint32_t release;	/* length of the string that follows */
	uint32_t zero;
};

static const char magic[8] = { 'K', 'L', 'N', 'T', 'C', 'O', 'N', '1' };

bool contracts_write(FILE *out, const void *bytes, size_t size, const char *release)
{
	struct header head = { .size = size, .release = (uint32_t)strlen(release) };
	size_t room = ZSTD_compressBound(size), packed;
	ZSTD_CCtx *context = ZSTD_createCCtx();
	char *to = xmalloc(room);
	bool fine;

	ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	packed = ZSTD_compress2(context, to, room, bytes, size);
	memcpy(head.magic, magic, sizeof(magic));
	head.packed = packed;
	fine = !ZSTD_isError(packed) && fwrite(&head, sizeof(head), 1, out) == 1 &&
	       fwrite(release, 1, head.release, out) == head.release &&
	       fwrite(to, 1, packed, out) == packed;
	ZSTD_freeCCtx(context);
	free(to);
	return fine;
}

/* Unpack @n bytes of a file into *bytes; a line in @err when they are no such thing. */
static bool unpack(const char *data, size_t n, char **bytes, size_t *size, const char **err)
{
	struct header head;
	size_t got;

	*err = "no contracts of this version of klint: export them again";
	if (n < sizeof(head))
		return false;
	memcpy(&head, data, sizeof(head));
	if (memcmp(head.magic, magic, sizeof(magic)) || head.size > MAX_SIZE)
		return false;
	*err = "is cut or damaged: export the contracts again";
	if (head.release > n - sizeof(head) || head.packed != n - sizeof(head) - head.release)
		return false;
	*bytes = xmalloc((size_t)head.size + 1);
	got = ZSTD_decompress(*bytes, (size_t)head.size, data + sizeof(head) + head.release,
			      (size_t)head.packed);
	*size = (size_t)head.size;
	if (got == head.size)
		return true;
	free(*bytes);
	return false;
}

/* Where the unpacked bytes of the file at @path are kept, malloc'd, or NULL. */
static char *kept_path(const char *path)
{
	char *real = realpath(path, NULL), name[64], *kept;

	if (!real)
		return NULL;
	snprintf(name, sizeof(name), "contracts-%016llx",
		 (unsigned long long)hash_bytes(real, strlen(real)));
	kept = cache_file(name);
	free(real);
	return kept;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* The whole file @path of the time @of, mapped, or NULL. */
static void *map_kept(const char *path, const struct timespec *of, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *data = MAP_FAILED;
	struct stat st;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st) && st.st_size && same_time(&st.st_mtim, of))
		data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (data == MAP_FAILED)
		return NULL;
	*size = (size_t)st.st_size;
	return data;
}

/* What was unpacked before is as good as the file, if it is of its age and whole. */
static bool load_kept(struct check_options *check, const char *path, const struct timespec *of)
{
	char text[200];
	size_t size;
	void *data = map_kept(path, of, &size);

	if (!data)
		return false;
	if (!checks_contracts_valid(data, size, text, sizeof(text))) {
		munmap(data, size);
		return false;
	}
	check->contracts = data;
	check->contracts_size = size;
	return true;
}

/* Nobody is told when it cannot be kept: the next run unpacks it again. */
static void keep(const char *path, const struct timespec *of, const char *bytes, size_t size)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_NOW }, *of };
	char *temp = xasprintf("%s.XXXXXX", path);
	int fd = mkostemp(temp, O_CLOEXEC);

	if (fd >= 0) {
		bool fine = write_fully(fd, bytes, size) && !futimens(fd, times);

		fine = !close(fd) && fine && !rename(temp, path);
		if (!fine)
			unlink(temp);
	}
	free(temp);
}

/* Unpack the file @fd of @size bytes.  False with a line in @err. */
static bool load_packed(struct check_options *check, int fd, size_t size, const char **err)
{
	static char text[200];
	char *bytes = NULL;
	size_t n = 0;
	void *data;
	bool fine;

	*err = "is empty";
	if (!size)
		return false;
	data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED) {
		*err = strerror(errno);
		return false;
	}
	fine = unpack(data, size, &bytes, &n, err);
	munmap(data, size);
	if (fine && !checks_contracts_valid(bytes, n, text, sizeof(text))) {
		*err = text;
		free(bytes);
		return false;
	}
	if (fine) {
		check->contracts = bytes;
		check->contracts_size = n;
	}
	return fine;
}

bool contracts_load(struct check_options *check, const char *path, const char *what)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *kept = kept_path(path);
	const char *err = NULL;
	struct stat st;
	bool fine = false;

	if (fd < 0 || fstat(fd, &st)) {
		err = strerror(errno);
	} else if (kept && load_kept(check, kept, &st.st_mtim)) {
		fine = true;
	} else {
		fine = load_packed(check, fd, (size_t)st.st_size, &err);
		if (fine && kept && check->contracts_size >= WORTH_KEEPING)
			keep(kept, &st.st_mtim, check->contracts, check->contracts_size);
	}
	if (!fine)
		fprintf(stderr, "klint: %s%s: %s\n", what, path, err);
	if (fd >= 0)
		close(fd);
	free(kept);
	return fine;
}

char *contracts_for(const struct resources *res, const char *release)
{
	size_t series = strspn(release, "0123456789");
	char *path;

	if (!series || release[series] != '.')
		return NULL;
	series += 1 + strspn(release + series + 1, "0123456789");
	path = xasprintf("%s/%.*s.contracts", res->contracts, (int)series, release);
	if (!access(path, R_OK))
		return path;
	free(path);
	return NULL;
}

char *kernel_release(const char *dir)
{
	char *path = xasprintf("%s/include/config/kernel.release", dir ? dir : "."), line[128] = "";
	FILE *f = fopen(path, "re");

	if (f) {
		if (!fgets(line, sizeof(line), f))
			line[0] = '\0';
		fclose(f);
	} else if (!dir && getenv("KERNELRELEASE")) {
		snprintf(line, sizeof(line), "%s", getenv("KERNELRELEASE"));
	}
	line[strcspn(line, "\n")] = '\0';
	free(path);
	return xstrdup(line);
}
