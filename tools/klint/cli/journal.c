// SPDX-License-Identifier: MIT
/*
 * The journal, and how a file is found unchanged: its size and times are what they
 * were, or its content has the hash that it had.  One file is looked at once, however
 * many units read it.
 *
 *	klint-units 1
 *	f SIZE MTIME CTIME HASH PATH          the next number, from 0
 *	u KEY SIZE MTIME N NUMBER… OBJECT     size and time are those of the facts
 *
 * Numbers are in hexadecimal.  Times are in nanoseconds.
 */
#define _GNU_SOURCE
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/base.h"
#include "depfile.h"
#include "outfile.h"

#define HEAD "klint-units 1\n"

struct stamp {
	uint64_t size, mtime, ctime;
};
enum file_state { FILE_UNSEEN, FILE_SAME, FILE_CHANGED };
struct file {
	const char *path;
	struct stamp stamp;
	uint64_t hash;
	enum file_state state;
	uint32_t number;	/* in the journal that is being written; UINT32_MAX: not there */
};
struct unit {
	const char *object;
	uint64_t key, size, mtime;	/* of the facts */
	uint32_t *files;
	size_t n;
};

struct journal {
	const char *path;
	int dir;
	struct arena *arena;
	struct file *files;
	size_t nfiles, files_cap;
	struct unit *units;
	size_t nunits, units_cap;
	struct strmap *by_path, *by_object;	/* the newest of each name */
	uint64_t begin;		/* CLOCK_REALTIME: when journal_begin() was called */
	uint32_t numbers;
	FILE *out;
	bool broken;
};

static uint64_t nanoseconds(struct timespec ts)
{
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static struct stamp stamp_of(const struct stat *st)
{
	return (struct stamp){ (uint64_t)st->st_size, nanoseconds(st->st_mtim),
			       nanoseconds(st->st_ctim) };
}

static bool same_stamp(const struct stamp *a, const struct stamp *b)
{
	return a->size == b->size && a->mtime == b->mtime && a->ctime == b->ctime;
}

static uint64_t hash_open_file(int fd, size_t size)
{
	void *map = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
	uint64_t hash;

	if (map == MAP_FAILED)
		return 0;
	hash = hash_bytes(map ? map : "", size);
	if (map)
		munmap(map, size);
	return hash;
}

/* Stamp and content of a file at one moment. */
static bool look_at(const struct journal *u, const char *path, struct stamp *stamp, uint64_t *hash)
{
	int fd = openat(u->dir, path, O_RDONLY | O_CLOEXEC);
	struct stamp after = { 0 };
	struct stat st;
	bool fine = fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode);

	for (int turn = 0; fine && turn < 10; turn++) {
		*stamp = stamp_of(&st);
		*hash = hash_open_file(fd, (size_t)st.st_size);
		fine = !fstat(fd, &st);
		after = stamp_of(&st);
		if (same_stamp(stamp, &after))
			break;
	}
	if (fd >= 0)
		close(fd);
	return fine && same_stamp(stamp, &after);
}

static bool file_is_same(struct journal *u, struct file *f)
{
	struct stamp now;
	struct stat st;
	uint64_t hash;

	if (f->state != FILE_UNSEEN)
		return f->state == FILE_SAME;
	f->state = FILE_CHANGED;
	if (fstatat(u->dir, f->path, &st, 0))
		return false;
	now = stamp_of(&st);
	if (!same_stamp(&now, &f->stamp)) {
		if (now.size != f->stamp.size || !look_at(u, f->path, &now, &hash) ||
		    hash != f->hash)
			return false;
		f->stamp = now;
	}
	f->state = FILE_SAME;
	return true;
}

/* Reading */

static bool read_number(char **at, uint64_t *value, int base)
{
	char *end;

	errno = 0;
	*value = strtoull(*at, &end, base);
	if (end == *at || *end != ' ' || errno)
		return false;
	*at = end + 1;
	return true;
}

static bool read_file_line(struct journal *u, char *at)
{
	struct file f = { .number = UINT32_MAX };

	if (!read_number(&at, &f.stamp.size, 16) || !read_number(&at, &f.stamp.mtime, 16) ||
	    !read_number(&at, &f.stamp.ctime, 16) || !read_number(&at, &f.hash, 16))
		return false;
	f.path = arena_strdup(u->arena, at);
	strmap_set(u->by_path, f.path, (uint32_t)u->nfiles);
	vec_push(u->files, u->nfiles, u->files_cap) = f;
	return true;
}

static void add_unit(struct journal *u, const struct unit *unit)
{
	strmap_set(u->by_object, unit->object, (uint32_t)u->nunits);
	vec_push(u->units, u->nunits, u->units_cap) = *unit;
}

static bool read_unit_line(struct journal *u, char *at)
{
	struct unit unit = { 0 };
	uint64_t n, number;

	if (!read_number(&at, &unit.key, 16) || !read_number(&at, &unit.size, 16) ||
	    !read_number(&at, &unit.mtime, 16) || !read_number(&at, &n, 16) || n > u->nfiles)
		return false;
	unit.files = arena_alloc(u->arena, n * sizeof(*unit.files) + 1);
	for (; unit.n < n; unit.n++) {
		if (!read_number(&at, &number, 16) || number >= u->nfiles)
			return false;
		unit.files[unit.n] = (uint32_t)number;
	}
	unit.object = arena_strdup(u->arena, at);
	add_unit(u, &unit);
	return true;
}

/* What comes behind a line that makes no sense is not believed. */
static void read_journal(struct journal *u, FILE *in)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	bool fine = getline(&line, &cap, in) > 0 && !strcmp(line, HEAD);

	while (fine && (len = getline(&line, &cap, in)) > 0 && line[len - 1] == '\n') {
		line[len - 1] = '\0';
		fine = !strncmp(line, "f ", 2) ? read_file_line(u, line + 2) :
		       !strncmp(line, "u ", 2) && read_unit_line(u, line + 2);
	}
	free(line);
}

struct journal *journal_read(const char *file, const char *dir)
{
	struct journal *u = xcalloc(1, sizeof(*u));
	FILE *in = fopen(file, "re");

	u->path = file;
	u->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	u->arena = arena_new();
	u->by_path = strmap_new();
	u->by_object = strmap_new();
	if (in) {
		read_journal(u, in);
		fclose(in);
	}
	return u;
}

static bool stat_facts(const struct journal *u, const char *object, struct stat *st)
{
	char *path = xasprintf("%s.klint", object);
	bool there = !fstatat(u->dir, path, st, 0);

	free(path);
	return there;
}

bool journal_hold(struct journal *u, const char *object, uint64_t key)
{
	uint32_t at = strmap_get(u->by_object, object);
	struct unit *unit = at == UINT32_MAX ? NULL : &u->units[at];
	struct stat st;

	if (!unit || unit->key != key || !stat_facts(u, object, &st) ||
	    (uint64_t)st.st_size != unit->size || nanoseconds(st.st_mtim) != unit->mtime)
		return false;
	for (size_t i = 0; i < unit->n; i++)
		if (!file_is_same(u, &u->files[unit->files[i]]))
			return false;
	return true;
}

/* Writing */

static void write_file(struct journal *u, struct file *f)
{
	fprintf(u->out, "f %lx %lx %lx %lx %s\n", f->stamp.size, f->stamp.mtime,
		f->stamp.ctime, f->hash, f->path);
	f->number = u->numbers++;
}

static void write_unit(struct journal *u, const struct unit *unit)
{
	for (size_t i = 0; i < unit->n; i++)
		if (u->files[unit->files[i]].number == UINT32_MAX)
			write_file(u, &u->files[unit->files[i]]);
	fprintf(u->out, "u %lx %lx %lx %zx", unit->key, unit->size, unit->mtime, unit->n);
	for (size_t i = 0; i < unit->n; i++)
		fprintf(u->out, " %x", u->files[unit->files[i]].number);
	fprintf(u->out, " %s\n", unit->object);
}

static bool complain(struct journal *u)
{
	if (!u->broken)
		fprintf(stderr, "klint: cannot write %s: %s\n", u->path, strerror(errno));
	u->broken = true;
	return false;
}

bool journal_begin(struct journal *u)
{
	struct outfile f;
	struct timespec now;

	/* Files carry the time of the clock's last tick, not that of now. */
	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	u->begin = nanoseconds(now);
	if (!outfile_open(&f, u->path))
		return false;
	u->out = f.out;
	fputs(HEAD, f.out);
	for (size_t i = 0; i < u->nunits; i++)
		if (strmap_get(u->by_object, u->units[i].object) == i)
			write_unit(u, &u->units[i]);
	if (!outfile_commit(&f))
		return false;
	u->out = fopen(u->path, "ae");
	return u->out || complain(u);
}

/* The number of the file as it is now, or UINT32_MAX: it was changed meanwhile, or is
 * gone. */
static uint32_t current_file(struct journal *u, const char *path)
{
	uint32_t at = strmap_get(u->by_path, path);
	struct file f = { .number = UINT32_MAX, .state = FILE_SAME };
	struct stamp now;
	struct stat st;

	if (fstatat(u->dir, path, &st, 0))
		return UINT32_MAX;
	now = stamp_of(&st);
	if (now.ctime >= u->begin)
		return UINT32_MAX;
	if (at != UINT32_MAX && file_is_same(u, &u->files[at]) &&
	    same_stamp(&now, &u->files[at].stamp))
		return at;
	if (!look_at(u, path, &f.stamp, &f.hash) || f.stamp.ctime >= u->begin)
		return UINT32_MAX;
	f.path = arena_strdup(u->arena, path);
	at = (uint32_t)u->nfiles;
	strmap_set(u->by_path, f.path, at);
	vec_push(u->files, u->nfiles, u->files_cap) = f;
	return at;
}

static bool is_scratch(const char *path, const char *const *dirs)
{
	for (; *dirs; dirs++)
		if (!strncmp(path, *dirs, strlen(*dirs)) && path[strlen(*dirs)] == '/')
			return true;
	return false;
}

bool journal_add(struct journal *u, const char *object, uint64_t key, const char *depfile,
	       const char *const *scratch)
{
	struct string_list deps = { 0 };
	struct unit unit = { .key = key, .object = arena_strdup(u->arena, object) };
	struct stat st;
	bool fine = depfile_read(&deps, u->arena, depfile) && stat_facts(u, object, &st);

	unit.files = arena_alloc(u->arena, deps.n * sizeof(*unit.files) + 1);
	for (size_t i = 0; i < deps.n && fine; i++) {
		uint32_t at;

		if (is_scratch(deps.v[i], scratch))
			continue;
		at = current_file(u, deps.v[i]);
		fine = at != UINT32_MAX;
		unit.files[unit.n++] = at;
	}
	free(deps.v);
	if (!fine || u->broken)
		return fine;
	unit.size = (uint64_t)st.st_size;
	unit.mtime = nanoseconds(st.st_mtim);
	add_unit(u, &unit);
	write_unit(u, &unit);
	if (fflush(u->out))
		complain(u);
	return true;
}

bool journal_end(struct journal *u)
{
	bool fine = !u->broken;

	if (u->out && fclose(u->out) && fine)
		fine = complain(u);
	if (u->dir >= 0)
		close(u->dir);
	strmap_free(u->by_path);
	strmap_free(u->by_object);
	arena_free(u->arena);
	free(u->files);
	free(u->units);
	free(u);
	return fine;
}
