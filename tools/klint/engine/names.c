/* SPDX-License-Identifier: MIT */
#include "names.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "base/base.h"

/* Texts of names are found without a lock: they stand in blocks that never move. */
#define BLOCK_BITS 14
#define BLOCK_NAMES (1u << BLOCK_BITS)
#define MAX_BLOCKS 4096
/* Units are added by several threads at once, each with thousands of names: they seldom
 * meet at one shelf. */
#define SHELVES 64	/* a power of two */

struct name {
	const char *text, *file;
};

struct shelf {
	pthread_mutex_t lock;
	struct strmap *ids;	/* `file\1text`, or the text */
	struct arena *arena;
};

struct names {
	struct shelf shelves[SHELVES];
	pthread_mutex_t lock;	/* of new blocks */
	_Atomic uint32_t n;
	struct name *_Atomic blocks[MAX_BLOCKS];
};

struct names *names_new(void)
{
	struct names *n = xcalloc(1, sizeof(*n));

	pthread_mutex_init(&n->lock, NULL);
	for (size_t i = 0; i < SHELVES; i++) {
		pthread_mutex_init(&n->shelves[i].lock, NULL);
		n->shelves[i].ids = strmap_new();
		n->shelves[i].arena = arena_new();
	}
	names_add(n, "");
	return n;
}

void names_free(struct names *n)
{
	if (!n)
		return;
	for (size_t i = 0; i < MAX_BLOCKS && n->blocks[i]; i++)
		free(n->blocks[i]);
	for (size_t i = 0; i < SHELVES; i++) {
		strmap_free(n->shelves[i].ids);
		arena_free(n->shelves[i].arena);
		pthread_mutex_destroy(&n->shelves[i].lock);
	}
	pthread_mutex_destroy(&n->lock);
	free(n);
}

static struct shelf *shelf_of(struct names *n, const char *key)
{
	return &n->shelves[hash_bytes(key, strlen(key)) >> 32 & (SHELVES - 1)];
}

/* The block of name @id; made when it is the first to need it. */
static struct name *block_for(struct names *n, uint32_t id)
{
	uint32_t b = id >> BLOCK_BITS;

	if (b >= MAX_BLOCKS) {
		fputs("klint: too many names\n", stderr);
		abort();
	}
	if (!n->blocks[b]) {
		pthread_mutex_lock(&n->lock);
		if (!n->blocks[b])
			n->blocks[b] = xcalloc(BLOCK_NAMES, sizeof(struct name));
		pthread_mutex_unlock(&n->lock);
	}
	return n->blocks[b];
}

uint32_t names_add(struct names *n, const char *key)
{
	struct shelf *s = shelf_of(n, key);
	uint32_t id;

	pthread_mutex_lock(&s->lock);
	id = strmap_get(s->ids, key);
	if (id == UINT32_MAX) {
		const char *copy = arena_strdup(s->arena, key), *text = strchr(copy, '\1');

		id = n->n++;
		block_for(n, id)[id & (BLOCK_NAMES - 1)] = (struct name){
			.text = text ? text + 1 : copy,
			.file = text ? arena_strndup(s->arena, copy, (size_t)(text - copy)) : "",
		};
		strmap_set(s->ids, copy, id);
	}
	pthread_mutex_unlock(&s->lock);
	return id;
}

uint32_t names_find(struct names *n, const char *text)
{
	struct shelf *s = shelf_of(n, text);
	uint32_t id;

	pthread_mutex_lock(&s->lock);
	id = strmap_get(s->ids, text);
	pthread_mutex_unlock(&s->lock);
	return id;
}

uint32_t names_add_static(struct names *n, const char *text, const char *file)
{
	char key[1024];
	char *big;
	uint32_t id;

	if (snprintf(key, sizeof(key), "%s\1%s", file, text) < (int)sizeof(key))
		return names_add(n, key);
	big = xasprintf("%s\1%s", file, text);
	id = names_add(n, big);
	free(big);
	return id;
}

static const struct name *name_of(const struct names *n, uint32_t id)
{
	return &n->blocks[id >> BLOCK_BITS][id & (BLOCK_NAMES - 1)];
}

const char *names_text(const struct names *n, uint32_t id)
{
	return name_of(n, id)->text;
}

const char *names_file(const struct names *n, uint32_t id)
{
	return name_of(n, id)->file;
}

size_t names_count(const struct names *n)
{
	return n->n;
}
