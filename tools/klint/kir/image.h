/* SPDX-License-Identifier: MIT */
/*
 * The layout of an image, private to this folder.
 *
 * An image is a header, then the sections in the order of enum kir_section_id,
 * each at the next multiple of 8 bytes.  The layout is fixed by the header
 * alone; the offsets are written all the same, so that a reader can tell a file
 * of another layout from a damaged one.
 */
#ifndef KLINT_KIR_IMAGE_H
#define KLINT_KIR_IMAGE_H

#include "kir.h"

#define KIR_MAGIC "KLINTKIR"
#define KIR_BYTE_ORDER 0x01020304u
#define KIR_ALIGN(n) (((uint64_t)(n) + 7) & ~(uint64_t)7)

/* Every table of a module, in the order in which they stand in the image. */
#define KIR_TABLES(X)				\
	X(locs, struct kir_loc)			\
	X(values, struct kir_value)		\
	X(annots, struct kir_annot)		\
	X(fields, struct kir_field)		\
	X(records, struct kir_record)		\
	X(vars, struct kir_var)			\
	X(globals, struct kir_global)		\
	X(inits, struct kir_init)		\
	X(events, struct kir_event)		\
	X(args, uint32_t)			\
	X(blocks, struct kir_block)		\
	X(succs, struct kir_succ)		\
	X(funcs, struct kir_func)		\
	X(consts, struct kir_const)

enum kir_section_id {
	KIR_S_strings,
#define X(name, type) KIR_S_##name,
	KIR_TABLES(X)
#undef X
	KIR_NSECTIONS
};

struct kir_section {
	uint64_t offset;	/* from the start of the image */
	uint32_t count;
	uint32_t size;		/* of one element */
};

/* What stands before `checksum` is compared by value; the checksum is the XXH3
 * of all bytes that follow it. */
struct kir_header {
	char magic[8];
	uint32_t version;
	uint32_t byte_order;
	uint32_t header_size;
	uint32_t nsections;
	uint64_t total_size;
	uint64_t checksum;
	kir_str source, producer;
	struct kir_section sections[KIR_NSECTIONS];
};

/* Bytes of one element of section @s. */
uint32_t kir_element_size(enum kir_section_id s);

/* The checksum of an image whose header is complete but for it. */
uint64_t kir_checksum(const void *image, size_t size);

/*
 * A module over @image, which becomes the module's (free()d by kir_close).
 * All of it is checked; on error the image is freed too.
 */
struct kir_module *kir_adopt(void *image, size_t size, const char *name,
			     char *err, size_t errlen);

/* Check every index of every table of @m (verify.c). */
bool kir_verify(const struct kir_module *m, const char *name, char *err, size_t errlen);

/* What a value reaches through its operands: the least counts of parameters,
 * locals and temporaries that its function must have, and its size as a tree. */
struct kir_reach {
	uint32_t params, locals, temps;
	uint32_t depth, nodes;
};

/* The reach of @v from the reaches of its operands, which have smaller ids. */
struct kir_reach kir_value_reach(const struct kir_value *v, const struct kir_reach *of);

/* Which of a, b, c of a value are ids of values, as bits 1, 2, 4. */
unsigned int kir_value_operands(const struct kir_value *v);

#endif
