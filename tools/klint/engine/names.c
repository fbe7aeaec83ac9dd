/* SPDX-License-Identifier: MIT */
#include "names.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "base/base.h"

/* Texts are found without the lock: they stand in blocks that never move. */
#define BLOCK_BITS 14
#define BLOCK_NAMES (1u << BLOCK_BITS)
#define MAX_BLOCKS 4096

struct names {
	pthread_mutex_t lock;
	struct strmap *ids;	/* `file\1text`, or the text */
	struct arena *arena;
	uint32_t n;
	const char **blocks[MAX_BLOCKS];	/* the keys */
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
		const char *copy = arena_strdup(n->arena, key);

		id = n->n++;
		if (id >> BLOCK_BITS >= MAX_BLOCKS) {
			fputs("klint: too many names\n", stderr);
			abort();
		}
		if (!n->blocks[id >> BLOCK_BITS])
			n->blocks[id >> BLOCK_BITS] = xcalloc(BLOCK_NAMES, sizeof(char *));
		n->blocks[id >> BLOCK_BITS][id & (BLOCK_NAMES - 1)] = copy;
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

static const char *key_of(const struct names *n, uint32_t id)
{
	return n->blocks[id >> BLOCK_BITS][id & (BLOCK_NAMES - 1)];
}

const char *names_text(const struct names *n, uint32_t id)
{
	const char *key = key_of(n, id), *text = strchr(key, '\1');

	return text ? text + 1 : key;
}

const char *names_file(const struct names *n, uint32_t id)
{
	const char *key = key_of(n, id), *text = strchr(key, '\1');
	const char *file = "";

	if (text) {
		pthread_mutex_lock((pthread_mutex_t *)&n->lock);
		file = arena_strndup(n->arena, key, (size_t)(text - key));
		pthread_mutex_unlock((pthread_mutex_t *)&n->lock);
	}
	return file;
}

size_t names_count(const struct names *n)
{
	return n->n;
}
