/* SPDX-License-Identifier: MIT */
/* Between the files that read a function's events: what the values in them are. */
#ifndef KLINT_PIN_COLLECTOR_H
#define KLINT_PIN_COLLECTOR_H

#include "pin.h"

struct collector {
	struct pin *pin;
	struct engine *e;
	struct pin_func *f;
	const struct kir_func *kf;
	uint32_t block, event;
	uint32_t fresh;		/* the temporary that memory was allocated to, or KIR_NONE, */
	uint32_t fresh_touch;	/* by this touch */
};

/* The part of that name, new if need be.  Its kind is @kind, unless it has one. */
uint32_t collector_add_part(struct pin *pin, uint32_t record, uint32_t field, uint32_t kind);
/* The part that the value is, is the address of, or is in, or KIR_NONE. */
uint32_t collector_part(struct collector *c, kir_id id, uint32_t kind);
/* The type of the member that the value is, or NULL. */
const struct kir_type *collector_field_type(const struct collector *c, const struct kir_value *v);
/* The record that the value points to (an index of the module), or KIR_NONE; its name id. */
kir_id collector_pointee(const struct collector *c, kir_id id);
uint32_t collector_record(const struct collector *c, kir_id record);
/* The entry of the rules that has the record (an index of the module), or NULL. */
const struct rule_pinned *collector_kind(const struct collector *c, kir_id record);

#endif
