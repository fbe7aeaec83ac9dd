/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base.h"

#include <stdio.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define CHUNK_SIZE (64u * 1024)
#define ALIGNMENT 16u

struct chunk {
	struct chunk *next;
	size_t used, size;
};

struct arena {
	struct chunk *head;
};

/* Data starts behind the header, at the next aligned byte. */
#define CHUNK_DATA (((sizeof(struct chunk) + ALIGNMENT - 1) / ALIGNMENT) * ALIGNMENT)

static void die_oom(void)
{
	fputs("klint: out of memory\n", stderr);
	abort();
}

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		die_oom();
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		die_oom();
	return p;
}

void *xrealloc(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);

	if (!p)
		die_oom();
	return p;
}

char *xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(xmalloc(n), s, n);
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		die_oom();
	va_end(ap);
	return s;
}

struct arena *arena_new(void)
{
	return xcalloc(1, sizeof(struct arena));
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	while (a->head) {
		struct chunk *c = a->head;

		a->head = c->next;
		free(c);
	}
	free(a);
}

void arena_reset(struct arena *a)
{
	struct chunk *c = a->head;

	if (!c)
		return;
	while (c->next) {
		struct chunk *next = c->next;

		c->next = next->next;
		free(next);
	}
	memset((char *)c + CHUNK_DATA, 0, c->used);
	c->used = 0;
}

static struct chunk *add_chunk(struct arena *a, size_t need)
{
	size_t size = need > CHUNK_SIZE ? need : CHUNK_SIZE;
	struct chunk *c = xcalloc(1, CHUNK_DATA + size);

	c->size = size;
	/* A chunk for one big thing goes second, so the head keeps its room. */
	if (a->head && need > CHUNK_SIZE) {
		c->next = a->head->next;
		a->head->next = c;
	} else {
		c->next = a->head;
		a->head = c;
	}
	return c;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct chunk *c = a->head;
	void *p;

	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (!c || c->size - c->used < size)
		c = add_chunk(a, size);
	p = (char *)c + CHUNK_DATA + c->used;
	c->used += size;
	return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p = arena_alloc(a, n + 1);

	memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		die_oom();
	p = arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

void arena_join(struct arena *to, struct arena *from)
{
	struct chunk **tail = &to->head;

	while (*tail)
		tail = &(*tail)->next;
	*tail = from->head;
	free(from);
}

/* The hash stands beside the key: most that are not the same are known without a look
 * at the text, which is elsewhere in memory. */
struct strmap {
	struct strmap_slot {
		const char *key;
		uint32_t hash, value;
	} *slots;
	size_t n, size;	/* size is a power of two */
};

struct strmap *strmap_new(void)
{
	struct strmap *m = xcalloc(1, sizeof(*m));

	m->size = 64;
	m->slots = xcalloc(m->size, sizeof(*m->slots));
	return m;
}

void strmap_free(struct strmap *m)
{
	if (!m)
		return;
	free(m->slots);
	free(m);
}

static struct strmap_slot *find_slot(const struct strmap *m, const char *key, uint32_t hash)
{
	size_t i = hash & (m->size - 1);

	while (m->slots[i].key && (m->slots[i].hash != hash || strcmp(m->slots[i].key, key)))
		i = (i + 1) & (m->size - 1);
	return &m->slots[i];
}

static uint32_t hash_key(const char *key)
{
	return (uint32_t)XXH3_64bits(key, strlen(key));
}

uint32_t strmap_get(const struct strmap *m, const char *key)
{
	const struct strmap_slot *s = find_slot(m, key, hash_key(key));

	return s->key ? s->value : UINT32_MAX;
}

static void grow(struct strmap *m)
{
	struct strmap_slot *old = m->slots;
	size_t n = m->size;

	m->size *= 2;
	m->slots = xcalloc(m->size, sizeof(*m->slots));
	for (size_t i = 0; i < n; i++) {
		size_t at = old[i].hash & (m->size - 1);

		if (!old[i].key)
			continue;
		while (m->slots[at].key)
			at = (at + 1) & (m->size - 1);
		m->slots[at] = old[i];
	}
	free(old);
}

void strmap_set(struct strmap *m, const char *key, uint32_t value)
{
	uint32_t hash = hash_key(key);
	struct strmap_slot *s = find_slot(m, key, hash);

	if (!s->key) {
		if (m->n * 2 >= m->size) {
			grow(m);
			s = find_slot(m, key, hash);
		}
		s->key = key;
		s->hash = hash;
		m->n++;
	}
	s->value = value;
}

uint64_t hash_bytes(const void *p, size_t n)
{
	return XXH3_64bits(p, n);
}

void blob_add(struct blob *b, const void *data, size_t size)
{
	if (b->n + size > b->cap) {
		b->cap = 2 * (b->n + size) + 256;
		b->v = xrealloc(b->v, b->cap);
	}
	if (size)
		memcpy(b->v + b->n, data, size);
	b->n += size;
}

size_t sort_unique(void *v, size_t n, size_t size, int (*compare)(const void *, const void *))
{
	char *at = v;
	size_t kept = 0;

	if (n)
		qsort(v, n, size, compare);
	for (size_t i = 0; i < n; i++) {
		if (kept && !compare(at + (kept - 1) * size, at + i * size))
			continue;
		if (kept != i)
			memcpy(at + kept * size, at + i * size, size);
		kept++;
	}
	return kept;
}
