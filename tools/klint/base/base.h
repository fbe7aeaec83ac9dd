/* SPDX-License-Identifier: MIT */
/*
 * What every room of the house needs: an arena, growing arrays, a hash map from
 * strings.  Out of memory is not survived: a message and abort().
 */
#ifndef KLINT_BASE_H
#define KLINT_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Memory that is freed all at once; what it hands out is zeroed and aligned
 * for any type. */
struct arena;
struct arena *arena_new(void);
void arena_free(struct arena *a);	/* NULL is allowed */
void arena_reset(struct arena *a);	/* all that it has handed out is gone */
void *arena_alloc(struct arena *a, size_t size);
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Everything of @from now belongs to @to; @from is freed as a handle. */
void arena_join(struct arena *to, struct arena *from);

/* malloc family that never returns NULL. */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Room for one more element in a growing array: vec_push(v, n, cap) = x; */
#define vec_push(v, n, cap) \
	(*((n) < (cap) ? &(v)[(n)++] : \
	   ((cap) = (cap) ? (cap) * 2 : 16, \
	    (v) = xrealloc((v), (cap) * sizeof(*(v))), &(v)[(n)++])))

/* Bytes that grow; {0} is empty, v is malloc'd. */
struct blob {
	unsigned char *v;
	size_t n, cap;
};
/* Append @size bytes of @data. */
void blob_add(struct blob *b, const void *data, size_t size);

/* Sort with qsort() and keep one of each run that @compare finds equal; how many are left. */
size_t sort_unique(void *v, size_t n, size_t size, int (*compare)(const void *, const void *));

/* The first of the numbers below @n for which @before is false: an expression of @i that
 * is true for those at the front and for no others. */
#define first_not(n, i, before) __extension__ ({ \
	size_t lo_ = 0, hi_ = (n); \
	while (lo_ < hi_) { \
		size_t i = (lo_ + hi_) / 2; \
		if (before) \
			lo_ = i + 1; \
		else \
			hi_ = i; \
	} \
	lo_; })

/* From strings (not copied) to uint32_t; absent is UINT32_MAX. */
struct strmap;
struct strmap *strmap_new(void);
void strmap_free(struct strmap *m);
uint32_t strmap_get(const struct strmap *m, const char *key);
void strmap_set(struct strmap *m, const char *key, uint32_t value);

uint64_t hash_bytes(const void *p, size_t n);	/* XXH3 */

/* For qsort() and bsearch() of uint32_t. */
static inline int compare_u32(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return a < b ? -1 : a > b;
}

#ifdef __cplusplus
}
#endif
#endif
