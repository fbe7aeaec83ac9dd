/* SPDX-License-Identifier: MIT */
#include "names.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "base/base.h"

/* Names are found without the lock: they stand in blocks that never move. */
#define BLOCK_BITS 14
#define BLOCK_NAMES (1u << BLOCK_BITS)
#define MAX_BLOCKS 4096

struct names {
	pthread_mutex_t lock;
	struct strmap *ids;	/* `file\1text`, or the text */
	struct arena *arena;
	uint32_t n;
	struct name {
		const char *text, *file;
	} *blocks[MAX_BLOCKS];
};

struct names *names_new(void)
{
	struct names *n = xcalloc(1, sizeof(*n));

	pthread_mutex_init(&n->lock, NULL);
	n->ids = strmap_new();
	n->arena = arena_new();
	names_add(n, "");
	return n;
}

void names_free(struct names *n)
{
	if (!n)
		return;
	for (size_t i = 0; i < MAX_BLOCKS && n->blocks[i]; i++)
		free(n->blocks[i]);
	strmap_free(n->ids);
	arena_free(n->arena);
	pthread_mutex_destroy(&n->lock);
	free(n);
}

uint32_t names_add(struct names *n, const char *key)
{
	uint32_t id;

	pthread_mutex_lock(&n->lock);
	id = strmap_get(n->ids, key);
	if (id == UINT32_MAX) {
		const char *copy = arena_strdup(n->arena, key), *text = strchr(copy, '\1');

		id = n->n++;
		if (id >> BLOCK_BITS >= MAX_BLOCKS) {
			fputs("klint: too many names\n", stderr);
			abort();
		}
		if (!n->blocks[id >> BLOCK_BITS])
			n->blocks[id >> BLOCK_BITS] = xcalloc(BLOCK_NAMES, sizeof(struct name));
		n->blocks[id >> BLOCK_BITS][id & (BLOCK_NAMES - 1)] = (struct name){
			.text = text ? text + 1 : copy,
			.file = text ? arena_strndup(n->arena, copy, (size_t)(text - copy)) : "",
		};
		strmap_set(n->ids, copy, id);
	}
	pthread_mutex_unlock(&n->lock);
	return id;
}

uint32_t names_find(struct names *n, const char *text)
{
	uint32_t id;

	pthread_mutex_lock(&n->lock);
	id = strmap_get(n->ids, text);
	pthread_mutex_unlock(&n->lock);
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
