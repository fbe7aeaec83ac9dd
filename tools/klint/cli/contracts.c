// SPDX-License-Identifier: MIT
/*
 * A file is a header, the release, and one frame of zstd with a checksum.  It is
 * unpacked as a whole: 10 MB take less time than clang takes to start.
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

#define LEVEL 19		/* written once, carried about */
#define MAX_SIZE (1ull << 31)	/* of a frame that is believed */

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

bool contracts_load(struct check_options *check, const char *path, const char *what)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *bytes = NULL, text[200];
	const char *err = NULL;
	void *data = NULL;
	struct stat st;
	size_t size = 0;
	bool fine = fd >= 0 && !fstat(fd, &st);

	if (fine && !st.st_size)
		err = "is empty";
	else if (fine)
		data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (!data || data == MAP_FAILED) {
		fprintf(stderr, "klint: %s%s: %s\n", what, path, err ? err : strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	close(fd);
	fine = unpack(data, (size_t)st.st_size, &bytes, &size, &err);
	if (fine && !checks_contracts_valid(bytes, size, text, sizeof(text))) {
		fine = false;
		err = text;
		free(bytes);
	}
	munmap(data, (size_t)st.st_size);
	if (!fine) {
		fprintf(stderr, "klint: %s%s: %s\n", what, path, err);
		return false;
	}
	check->contracts = bytes;
	check->contracts_size = size;
	return true;
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
