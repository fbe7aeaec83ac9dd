// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/base.h"
#include "tmpdir.h"

bool write_fully(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text += n;
		len -= (size_t)n;
	}
	return true;
}

static bool complain(const char *path)
{
	fprintf(stderr, "klint: cannot write %s: %s\n", path, strerror(errno));
	return false;
}

bool outfile_open(struct outfile *f, const char *path)
{
	struct stat st;
	mode_t mask;
	int fd;

	*f = (struct outfile){ .path = path };
	if (!path) {
		f->out = stdout;
		return true;
	}
	if (!stat(path, &st) && !S_ISREG(st.st_mode)) {
		f->out = fopen(path, "we");
		return f->out || complain(path);
	}
	f->temp = xasprintf("%s.XXXXXX", path);
	fd = mkostemp(f->temp, O_CLOEXEC);
	if (fd < 0) {
		free(f->temp);
		return complain(path);
	}
	tmpfile_remember(f->temp);
	mask = umask(0);
	umask(mask);
	fchmod(fd, 0666 & ~mask);
	f->out = fdopen(fd, "w");
	return true;
}

static void drop_temp(struct outfile *f)
{
	if (f->temp)
		tmpfile_forget(f->temp);
	free(f->temp);
	f->temp = NULL;
}

bool outfile_commit(struct outfile *f)
{
	bool fine = !ferror(f->out) && !fflush(f->out);

	if (!f->path)
		return fine || complain("standard output");
	if (fclose(f->out))
		fine = false;
	f->out = NULL;
	if (fine && f->temp && rename(f->temp, f->path))
		fine = false;
	if (!fine) {
		complain(f->path);
		if (f->temp)
			unlink(f->temp);
	}
	drop_temp(f);
	return fine;
}

void outfile_abandon(struct outfile *f)
{
	if (!f->path || !f->out)
		return;
	fclose(f->out);
	f->out = NULL;
	if (f->temp)
		unlink(f->temp);
	drop_temp(f);
}
