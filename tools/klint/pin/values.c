/* SPDX-License-Identifier: MIT */
/* What a value in a function is: which part, of which record. */
#include "collector.h"

#include <stdlib.h>
#include <string.h>
#include "engine/names.h"

static char *part_key(const struct pin *pin, uint32_t record, uint32_t field)
{
	return record == KIR_NONE ? xasprintf(".%s", names_text(pin->p->names, field)) :
		xasprintf("%s.%s", names_text(pin->p->names, record),
			  names_text(pin->p->names, field));
}

uint32_t pin_part(const struct pin *pin, uint32_t record, uint32_t field)
{
	char *key = part_key(pin, record, field);
	uint32_t part = strmap_get(pin->by_name, key);

	free(key);
	return part;
}

uint32_t collector_add_part(struct pin *pin, uint32_t record, uint32_t field, uint32_t kind)
{
	char *key = part_key(pin, record, field);
	uint32_t i = strmap_get(pin->by_name, key);

	if (i == UINT32_MAX) {
		i = pin->nparts;
		strmap_set(pin->by_name, arena_strdup(pin->arena, key), i);
		vec_push(pin->parts, pin->nparts, pin->parts_cap) =
			(struct pin_part){ record, field, kind, KIR_NONE, false };
	} else if (pin->parts[i].kind == KIR_NONE) {
		pin->parts[i].kind = kind;
	}
	free(key);
	return i;
}

/* A member of what is pinned itself is that: delayed_work.work, work_struct.entry. */
static bool is_inside(const struct collector *c, const struct kir_value *field)
{
	const struct kir_record *r = &c->e->m->records[field->c];

	return rules_pinned_record(c->e->rules, kir_string(c->e->m, r->name));
}

/* The member that the value is the address of, or is read from; NULL: none. */
static const struct kir_value *member_of(const struct collector *c, kir_id id)
{
	const struct kir_value *values = c->e->m->values, *v = &values[id];

	if (v->kind == KIR_V_ADDR)
		v = &values[v->a];
	while (v->kind == KIR_V_INDEX || (v->kind == KIR_V_FIELD && v->c != KIR_NONE && is_inside(c, v)))
		v = &values[v->a];
	return v->kind == KIR_V_FIELD || v->kind == KIR_V_GLOBAL ? v : NULL;
}

uint32_t pin_variable(const struct kir_module *m, kir_id id)
{
	const struct kir_value *v = &m->values[id];

	if (v->kind == KIR_V_ADDR) {	/* of a member of *variable */
		v = &m->values[v->a];
		while (v->kind == KIR_V_FIELD || v->kind == KIR_V_INDEX)
			v = &m->values[v->a];
		if (v->kind == KIR_V_DEREF)
			v = &m->values[v->a];
	}
	if (v->kind != KIR_V_PARAM && v->kind != KIR_V_LOCAL)
		return KIR_NONE;
	return v->a << 1 | (v->kind == KIR_V_LOCAL);
}

static bool is_shared(const struct kir_module *m, kir_id record)
{
	const struct kir_loc *l = &m->locs[m->records[record].loc];

	return strcmp(kir_string(m, l->file), kir_string(m, m->source));
}

uint32_t collector_part(struct collector *c, kir_id id, uint32_t kind)
{
	const struct kir_value *v = member_of(c, id);
	uint32_t at, part;

	if (!v)
		return KIR_NONE;
	at = (uint32_t)(v - c->e->m->values);
	if (v->kind == KIR_V_GLOBAL)
		return collector_add_part(c->pin, KIR_NONE, c->e->names[at], kind);
	if (v->c == KIR_NONE)
		return KIR_NONE;
	part = collector_add_part(c->pin, c->e->records[v->c], c->e->names[at], kind);
	c->pin->parts[part].shared |= is_shared(c->e->m, v->c);
	return part;
}

static const struct kir_type *var_type(const struct collector *c, const struct kir_value *v)
{
	const struct kir_func *f = c->kf;

	if (v->kind == KIR_V_PARAM && v->a < f->param_count)
		return &c->e->m->vars[f->param_first + v->a].type;
	if (v->kind == KIR_V_LOCAL && v->a < f->local_count)
		return &c->e->m->vars[f->local_first + v->a].type;
	return NULL;
}

const struct kir_type *collector_field_type(const struct collector *c, const struct kir_value *v)
{
	const struct kir_module *m = c->e->m;
	const struct kir_record *r;

	if (v->c == KIR_NONE)
		return NULL;
	r = &m->records[v->c];
	for (uint32_t i = 0; i < r->field_count; i++)
		if (m->fields[r->field_first + i].name == v->b)
			return &m->fields[r->field_first + i].type;
	return NULL;
}

static const struct kir_type *place_type(const struct collector *c, const struct kir_value *v)
{
	while (v->kind == KIR_V_INDEX)
		v = &c->e->m->values[v->a];
	return v->kind == KIR_V_FIELD ? collector_field_type(c, v) : var_type(c, v);
}

/* The record that the value points to (an index of the module), or KIR_NONE. */
kir_id collector_pointee(const struct collector *c, kir_id id)
{
	const struct kir_value *v = &c->e->m->values[id];
	const struct kir_type *t;

	if (v->kind == KIR_V_CONTAINER)
		return v->c;
	if (v->kind == KIR_V_ADDR) {
		t = place_type(c, &c->e->m->values[v->a]);
		return t && t->kind == KIR_T_RECORD ? t->record : KIR_NONE;
	}
	t = place_type(c, v);
	return t && t->kind == KIR_T_PTR && t->depth == 1 ? t->record : KIR_NONE;
}

uint32_t collector_record(const struct collector *c, kir_id record)
{
	return record == KIR_NONE ? KIR_NONE : c->e->records[record];
}
