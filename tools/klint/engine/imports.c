/* SPDX-License-Identifier: MIT */
/*
 * From one program to another: the contracts of a kernel, for the module that is built
 * for it.  A file is the bytes of all contracts, then an index of names and offsets.
 */
#include "contract_io.h"
#include "imports.h"
#include "memo.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct entry_of {
	uint32_t name;
	size_t offset;
};

struct imports {
	struct contract_reader *reader;
	struct arena *arena;
	pthread_mutex_t lock;
	struct entry_of *v;
	uint32_t n;
};

/* At the end of the file. */
struct trailer {
	uint64_t contracts, index;	/* sizes in bytes */
	uint64_t count;
	uint64_t hash;		/* of all before the trailer */
	char magic[8];
};

static const char magic[8] = { 'K', 'L', 'N', 'T', 'E', 'X', 'P', '1' };

/* The directory that all sources with a full name are below; "" when they have none. */
static char *common_root(const struct program *p)
{
	char *root = NULL;

	for (uint32_t i = 0; i < p->nunits; i++) {
		const char *source = kir_string(p->units[i]->m, p->units[i]->m->source);
		size_t n = 0;

		if (source[0] != '/')
			continue;
		if (!root)
			root = xstrdup(source);
		while (root[n] && root[n] == source[n])
			n++;
		while (n && root[n - 1] != '/')
			n--;
		root[n] = '\0';
	}
	return root ? root : xstrdup("");
}

/*
 * What a module can call, and what an explanation of that leads to.  Static functions
 * are none of it otherwise, and what the kernel's headers define a module has itself.
 */
static bool *find_exported(const struct program *p)
{
	bool *wanted = xcalloc(p->ndefs + 1, sizeof(*wanted));
	uint32_t *todo = xcalloc(p->ndefs + 1, sizeof(*todo)), n = 0;

	for (uint32_t i = 0; i < p->ndefs; i++)
		if (p->defs[i].unit && !*names_file(p->names, p->defs[i].name)) {
			wanted[i] = true;
			todo[n++] = i;
		}
	while (n) {
		const struct contract *c = def_contract(p, &p->defs[todo[--n]]);

		for (uint32_t i = 0; c && i < c->nsites; i++) {
			uint32_t def = c->sites[i].def;

			if (def != KIR_NONE && !wanted[def] && p->defs[def].unit) {
				wanted[def] = true;
				todo[n++] = def;
			}
		}
	}
	free(todo);
	return wanted;
}

static void append_name(struct blob *index, const struct program *p, const char *root,
			uint32_t name)
{
	const char *file = below_root(root, names_file(p->names, name));
	const char *text = names_text(p->names, name);

	blob_add(index, file, strlen(file) + 1);
	blob_add(index, text, strlen(text) + 1);
}

unsigned char *program_export(struct program *p, size_t *size, size_t *count)
{
	struct contract_writer *w = contract_writer_new(p, false);
	struct blob index = { 0 }, all = { 0 };
	struct trailer end = { 0 };
	char *root = common_root(p);
	bool *wanted = find_exported(p);
	unsigned char *contracts;
	size_t n, body;

	contract_writer_root(w, root);
	for (uint32_t i = 0; i < p->ndefs; i++) {
		const struct def *d = &p->defs[i];
		uint64_t at;

		if (!wanted[i] || !def_contract(p, d))
			continue;
		at = contract_write(w, def_contract(p, d));
		append_name(&index, p, root, d->name);
		blob_add(&index, &at, sizeof(at));
		end.count++;
	}
	contracts = contract_writer_finish(w, &n, &body);
	blob_add(&all, contracts, n);
	blob_add(&all, index.v, index.n);
	end.contracts = n;
	end.index = index.n;
	end.hash = hash_bytes(all.v, all.n);
	memcpy(end.magic, magic, sizeof(magic));
	blob_add(&all, &end, sizeof(end));
	contract_writer_free(w);
	free(contracts);
	free(index.v);
	free(wanted);
	free(root);
	*size = all.n;
	*count = (size_t)end.count;
	return all.v;
}

/* The two strings and the offset at *at; false: there is no more. */
static bool read_entry(struct program *p, const char **at, const char *end, struct entry_of *e)
{
	const char *file = *at, *text, *behind;
	uint64_t offset;

	text = memchr(file, 0, (size_t)(end - file));
	behind = text ? memchr(text + 1, 0, (size_t)(end - text - 1)) : NULL;
	if (!behind || (size_t)(end - behind - 1) < sizeof(offset))
		return false;
	memcpy(&offset, behind + 1, sizeof(offset));
	e->name = *file ? names_add_static(p->names, text + 1, file) : names_add(p->names, text + 1);
	e->offset = (size_t)offset;
	*at = behind + 1 + sizeof(offset);
	return true;
}

static bool read_trailer(const void *data, size_t size, struct trailer *end)
{
	if (size < sizeof(*end))
		return false;
	memcpy(end, (const char *)data + size - sizeof(*end), sizeof(*end));
	return !memcmp(end->magic, magic, sizeof(magic)) && end->contracts <= size &&
	       end->index <= size && end->contracts + end->index + sizeof(*end) == size &&
	       end->count <= end->index;
}

bool contracts_valid(const void *data, size_t size, char *err, size_t errlen)
{
	struct trailer end;

	if (read_trailer(data, size, &end) && hash_bytes(data, size - sizeof(end)) == end.hash)
		return true;
	snprintf(err, errlen, "no contracts of this version of klint, or damaged: export them again");
	return false;
}

bool program_import(struct program *p, const void *data, size_t size, char *err, size_t errlen)
{
	struct imports *im;
	struct trailer end;
	const char *at, *stop;

	if (!read_trailer(data, size, &end)) {
		snprintf(err, errlen, "no contracts of this version of klint");
		return false;
	}
	im = xcalloc(1, sizeof(*im));
	im->reader = contract_reader_new(p, false, data, (size_t)end.contracts, err, errlen);
	if (!im->reader) {
		free(im);
		return false;
	}
	pthread_mutex_init(&im->lock, NULL);
	im->arena = arena_new();
	im->v = xcalloc((size_t)end.count + 1, sizeof(*im->v));
	at = (const char *)data + end.contracts;
	stop = at + end.index;
	while (im->n < end.count && read_entry(p, &at, stop, &im->v[im->n]))
		im->n++;
	p->imports = im;
	return true;
}

void imports_free(struct imports *im)
{
	if (!im)
		return;
	contract_reader_free(im->reader);
	arena_free(im->arena);
	pthread_mutex_destroy(&im->lock);
	free(im->v);
	free(im);
}

uint32_t imports_count(const struct imports *im)
{
	return im ? im->n : 0;
}

uint32_t imports_name(const struct imports *im, uint32_t i)
{
	return im->v[i].name;
}

size_t imports_offset(const struct imports *im, uint32_t i)
{
	return im->v[i].offset;
}

const struct contract *def_contract(const struct program *p, const struct def *d)
{
	const struct contract *c = __atomic_load_n(&d->contract, __ATOMIC_ACQUIRE);
	struct def *to = (struct def *)d;	/* what is read is kept */

	if (c)
		return c;
	if (d->unit)
		return d->record && d->record->stored ? memo_contract(p, d) : NULL;
	pthread_mutex_lock(&p->imports->lock);
	if (!to->contract)
		__atomic_store_n(&to->contract, contract_load(p->imports->reader, d->offset,
							      p->imports->arena), __ATOMIC_RELEASE);
	pthread_mutex_unlock(&p->imports->lock);
	return to->contract;
}
