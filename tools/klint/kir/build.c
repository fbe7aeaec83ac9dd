/* SPDX-License-Identifier: MIT */
/* The builder itself; records, globals and constants. */
#include "builder.h"

#include <stdio.h>
#include <string.h>

void kir_misuse(struct kir_builder *b, const char *fmt, ...)
{
	va_list ap;

	if (b->misuse[0])
		return;
	va_start(ap, fmt);
	vsnprintf(b->misuse, sizeof(b->misuse), fmt, ap);
	va_end(ap);
}

struct kir_builder *kir_builder_new(const char *source, const char *producer)
{
	struct kir_builder *b = xcalloc(1, sizeof(*b));

	b->record_ids = strmap_new();
	b->names = arena_new();
	b->last_record = b->last_field = KIR_NONE;
	kir_intern(b, "");		/* string 0 */
	kir_loc(b, "", 0, 0, NULL);	/* loc 0: unknown */
	b->source = kir_intern(b, source);
	b->producer = kir_intern(b, producer);
	return b;
}

void kir_builder_free(struct kir_builder *b)
{
	if (!b)
		return;
#define X(name, type) free(b->name);
	KIR_TABLES(X)
#undef X
	free(b->strings);
	free(b->reach);
	free(b->string_set.slots);
	free(b->loc_set.slots);
	free(b->value_set.slots);
	free(b->record_defined);
	strmap_free(b->record_ids);
	arena_free(b->names);
	kir_draft_free(&b->draft);
	free(b);
}

kir_id kir_record(struct kir_builder *b, const char *name)
{
	kir_id id = strmap_get(b->record_ids, name);

	if (id != KIR_NONE)
		return id;
	id = b->nrecords;
	vec_push(b->records, b->nrecords, b->cap_records) = (struct kir_record){
		.name = kir_intern(b, name),
	};
	vec_push(b->record_defined, b->nrecord_defined, b->cap_record_defined) = false;
	strmap_set(b->record_ids, arena_strdup(b->names, name), id);
	return id;
}

bool kir_record_is_defined(const struct kir_builder *b, kir_id record)
{
	return record < b->nrecords && b->record_defined[record];
}

void kir_record_define(struct kir_builder *b, kir_id record, uint32_t flags, kir_id loc)
{
	if (record >= b->nrecords || b->record_defined[record]) {
		kir_misuse(b, "record %u of %u defined twice, or unknown", record, b->nrecords);
		return;
	}
	b->record_defined[record] = true;
	b->records[record].flags = flags;
	b->records[record].loc = kir_some_loc(loc);
	b->records[record].field_first = b->nfields;
	b->last_record = record;
	b->last_field = KIR_NONE;
}

void kir_record_field(struct kir_builder *b, const char *name, struct kir_type type)
{
	if (b->last_record == KIR_NONE) {
		kir_misuse(b, "field %s outside of a record", name);
		return;
	}
	b->last_field = b->nfields;
	vec_push(b->fields, b->nfields, b->cap_fields) = (struct kir_field){
		.name = kir_intern(b, name), .type = kir_plain_type(type), .annot_first = b->nannots,
	};
	b->records[b->last_record].field_count++;
}

void kir_field_annot(struct kir_builder *b, const char *name, const char *text, kir_id loc)
{
	struct kir_field *f;

	if (b->last_field == KIR_NONE) {
		kir_misuse(b, "annotation %s outside of a field", name);
		return;
	}
	f = &b->fields[b->last_field];
	if (f->annot_first + f->annot_count != b->nannots) {
		kir_misuse(b, "annotation %s after something else than its field", name);
		return;
	}
	f->annot_count++;
	vec_push(b->annots, b->nannots, b->cap_annots) = (struct kir_annot){
		kir_intern(b, name), kir_intern(b, text), kir_some_loc(loc),
	};
}

kir_id kir_global(struct kir_builder *b, const char *name, uint32_t flags,
		  struct kir_type type, kir_id loc)
{
	vec_push(b->globals, b->nglobals, b->cap_globals) = (struct kir_global){
		.name = kir_intern(b, name), .flags = flags, .type = kir_plain_type(type),
		.init_first = b->ninits, .loc = kir_some_loc(loc),
	};
	return b->nglobals - 1;
}

void kir_global_init(struct kir_builder *b, kir_id place, kir_id value,
		     kir_id record, const char *field, kir_id loc)
{
	if (!b->nglobals) {
		kir_misuse(b, "an initialiser outside of a global");
		return;
	}
	b->globals[b->nglobals - 1].init_count++;
	vec_push(b->inits, b->ninits, b->cap_inits) = (struct kir_init){
		place, value, record, kir_intern(b, field), kir_some_loc(loc),
	};
}

void kir_const(struct kir_builder *b, const char *name, int64_t value)
{
	kir_str s = kir_intern(b, name);

	for (uint32_t i = 0; i < b->nconsts; i++)
		if (b->consts[i].name == s)
			return;
	vec_push(b->consts, b->nconsts, b->cap_consts) = (struct kir_const){s, 0, value};
}

static size_t image_size(const struct kir_builder *b)
{
	uint64_t size = sizeof(struct kir_header) + KIR_ALIGN(b->nstrings);

#define X(name, type) size += KIR_ALIGN((uint64_t)b->n##name * sizeof(type));
	KIR_TABLES(X)
#undef X
	return size;
}

/* Copy a table behind what is there; returns where the next one goes. */
static uint64_t place_table(char *image, struct kir_section *s, uint64_t offset,
			    const void *table, uint32_t count, uint32_t size)
{
	*s = (struct kir_section){offset, count, size};
	if (count)
		memcpy(image + offset, table, (size_t)count * size);
	return KIR_ALIGN(offset + (uint64_t)count * size);
}

static void *make_image(const struct kir_builder *b, size_t size)
{
	struct kir_header *h = xcalloc(1, size);
	uint64_t at = sizeof(*h);

	memcpy(h->magic, KIR_MAGIC, sizeof(h->magic));
	h->version = KIR_VERSION;
	h->byte_order = KIR_BYTE_ORDER;
	h->header_size = sizeof(*h);
	h->nsections = KIR_NSECTIONS;
	h->total_size = size;
	h->source = b->source;
	h->producer = b->producer;
	at = place_table((char *)h, &h->sections[KIR_S_strings], at, b->strings,
			 (uint32_t)b->nstrings, 1);
#define X(name, type)								\
	at = place_table((char *)h, &h->sections[KIR_S_##name], at, b->name,	\
			 b->n##name, sizeof(type));
	KIR_TABLES(X)
#undef X
	h->checksum = kir_checksum(h, size);
	return h;
}

struct kir_module *kir_builder_finish(struct kir_builder *b, char *err, size_t errlen)
{
	struct kir_module *m = NULL;
	size_t size;

	if (b->draft.open)
		kir_misuse(b, "function %s begun and not ended",
			   kir_builder_string(b, b->draft.f.name));
	if (b->misuse[0]) {
		snprintf(err, errlen, "%s: cannot be built: %s",
			 kir_builder_string(b, b->source), b->misuse);
	} else {
		kir_merge_declarations(b);
		kir_mark_address_taken(b);
		size = image_size(b);
		m = kir_adopt(make_image(b, size), size,
			      kir_builder_string(b, b->source), err, errlen);
	}
	kir_builder_free(b);
	return m;
}
