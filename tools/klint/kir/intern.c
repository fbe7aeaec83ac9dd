/* SPDX-License-Identifier: MIT */
/*
 * Interning of strings and locations: equal things get equal ids.  Values are
 * interned the same way in value.c.  The sets hold indices, not pointers, so
 * that the tables may move while they grow.
 */
#include "builder.h"

#include <string.h>

void kir_set_reserve(struct kir_set *s)
{
	struct kir_set old = *s;

	if (s->n * 2 < s->size)
		return;
	s->size = old.size ? old.size * 2 : 256;
	s->slots = xcalloc(s->size, sizeof(*s->slots));
	for (uint32_t i = 0; i < old.size; i++) {
		uint32_t j = old.slots[i].hash & (s->size - 1);

		if (!old.slots[i].index1)
			continue;
		while (s->slots[j].index1)
			j = (j + 1) & (s->size - 1);
		s->slots[j] = old.slots[i];
	}
	free(old.slots);
}

static void append_string(struct kir_builder *b, const char *s, size_t n)
{
	while (b->cap_strings - b->nstrings < n + 1) {
		b->cap_strings = b->cap_strings ? b->cap_strings * 2 : 4096;
		b->strings = xrealloc(b->strings, b->cap_strings);
	}
	memcpy(b->strings + b->nstrings, s, n);
	b->strings[b->nstrings + n] = '\0';
	b->nstrings += n + 1;
}

static bool same_string(const struct kir_builder *b, kir_str at, const char *s, size_t n)
{
	const char *t = b->strings + at;

	return b->nstrings - at > n && !memcmp(t, s, n) && t[n] == '\0';
}

kir_str kir_intern_n(struct kir_builder *b, const char *s, size_t len)
{
	size_t n = s ? strnlen(s, len) : 0;
	uint32_t hash, i;

	kir_set_reserve(&b->string_set);
	hash = (uint32_t)hash_bytes(n ? s : "", n);
	i = hash & (b->string_set.size - 1);
	for (; b->string_set.slots[i].index1; i = (i + 1) & (b->string_set.size - 1)) {
		struct kir_slot *slot = &b->string_set.slots[i];

		if (slot->hash == hash && same_string(b, slot->index1 - 1, n ? s : "", n))
			return slot->index1 - 1;
	}
	if (b->nstrings + n + 1 >= KIR_NONE) {
		kir_misuse(b, "more than 4 GiB of strings");
		return 0;
	}
	b->string_set.slots[i] = (struct kir_slot){hash, (uint32_t)b->nstrings + 1};
	b->string_set.n++;
	append_string(b, n ? s : "", n);
	return b->string_set.slots[i].index1 - 1;
}

kir_str kir_intern(struct kir_builder *b, const char *s)
{
	return kir_intern_n(b, s, s ? strlen(s) : 0);
}

const char *kir_builder_string(const struct kir_builder *b, kir_str s)
{
	return s < b->nstrings ? b->strings + s : "";
}

static uint32_t hash_loc(const struct kir_loc *l)
{
	uint64_t h = l->file * 0x9e3779b97f4a7c15u;

	h = (h ^ l->line) * 0xff51afd7ed558ccdu;
	h = (h ^ (h >> 29) ^ l->col) * 0xc4ceb9fe1a85ec53u;
	h = (h ^ (h >> 31) ^ l->macro) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(h >> 32);
}

kir_id kir_loc(struct kir_builder *b, const char *file, uint32_t line,
	       uint32_t col, const char *macro)
{
	struct kir_loc l = {kir_intern(b, file), line, col, kir_intern(b, macro)};
	uint32_t hash = hash_loc(&l), i;

	kir_set_reserve(&b->loc_set);
	i = hash & (b->loc_set.size - 1);
	for (; b->loc_set.slots[i].index1; i = (i + 1) & (b->loc_set.size - 1)) {
		struct kir_slot *slot = &b->loc_set.slots[i];

		if (slot->hash == hash &&
		    !memcmp(&b->locs[slot->index1 - 1], &l, sizeof(l)))
			return slot->index1 - 1;
	}
	vec_push(b->locs, b->nlocs, b->cap_locs) = l;
	b->loc_set.slots[i] = (struct kir_slot){hash, b->nlocs};
	b->loc_set.n++;
	return b->nlocs - 1;
}
