/* SPDX-License-Identifier: MIT */
/* What a value in a function is: which part, of which record. */
#include "collector.h"

#include <stdlib.h>
#include <string.h>
#include "engine/names.h"

#define NO_KIND 0x7fffffffu

/* Of a variable that only one unit sees, @unit tells which. */
static char *part_key(const struct pin *pin, uint32_t record, uint32_t field, uint32_t unit)
{
	if (record == KIR_NONE && unit != KIR_NONE)
		return xasprintf(".%s %u", names_text(pin->p->names, field), unit);
	return record == KIR_NONE ? xasprintf(".%s", names_text(pin->p->names, field)) :
		xasprintf("%s.%s", names_text(pin->p->names, record),
			  names_text(pin->p->names, field));
}

uint32_t pin_part(const struct pin *pin, uint32_t record, uint32_t field)
{
	char *key = part_key(pin, record, field, KIR_NONE);
	uint32_t part = strmap_get(pin->by_name, key);

	free(key);
	return part;
}

static uint32_t add_part(struct pin *pin, uint32_t record, uint32_t field, uint32_t kind,
			 uint32_t unit)
{
	char *key = part_key(pin, record, field, unit);
	uint32_t i = strmap_get(pin->by_name, key);

	if (i == UINT32_MAX) {
		i = pin->nparts;
		strmap_set(pin->by_name, arena_strdup(pin->arena, key), i);
		vec_push(pin->parts, pin->nparts, pin->parts_cap) =
			(struct pin_part){ record, field, kind, KIR_NONE, .shared = false };
	} else if (pin->parts[i].kind == KIR_NONE) {
		pin->parts[i].kind = kind;
	}
	free(key);
	return i;
}

uint32_t collector_add_part(struct pin *pin, uint32_t record, uint32_t field, uint32_t kind)
{
	return add_part(pin, record, field, kind, KIR_NONE);
}

static uint32_t variable_part(struct collector *c, uint32_t value, uint32_t kind)
{
	const struct kir_module *m = c->e->m;
	uint32_t g = strmap_get(c->e->globals, kir_string(m, m->values[value].a)), part;
	bool alone = g != UINT32_MAX && (m->globals[g].flags & KIR_G_STATIC);

	part = add_part(c->pin, KIR_NONE, c->e->names[value], kind, alone ? c->e->index : KIR_NONE);
	c->pin->parts[part].made |= g != UINT32_MAX && m->globals[g].init_count;
	return part;
}

const struct rule_pinned *collector_kind(const struct collector *c, kir_id record)
{
	const struct rules *r = c->e->rules;
	uint32_t *known = &c->pin->record_kinds[c->e->records[record]];
	const struct rule_pinned *kind;

	if (!*known) {
		kind = rules_pinned_record(r, kir_string(c->e->m, c->e->m->records[record].name));
		*known = 1 + (kind ? (uint32_t)(kind - rules_pinned(r, 0)) : NO_KIND);
	}
	return *known == 1 + NO_KIND ? NULL : rules_pinned(r, *known - 1);
}

/* A member of what is pinned itself is that: delayed_work.work, work_struct.entry. */
static bool is_inside(const struct collector *c, const struct kir_value *field)
{
	return collector_kind(c, field->c);
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

uint32_t pin_variable_of(const struct kir_module *m, kir_id place)
{
	const struct kir_value *v = &m->values[place];

	while (v->kind == KIR_V_FIELD || v->kind == KIR_V_INDEX)
		v = &m->values[v->a];
	if (v->kind == KIR_V_DEREF)
		v = &m->values[v->a];
	if (v->kind != KIR_V_PARAM && v->kind != KIR_V_LOCAL)
		return KIR_NONE;
	return v->a << 1 | (v->kind == KIR_V_LOCAL);
}

uint32_t pin_variable(const struct kir_module *m, kir_id id)
{
	const struct kir_value *v = &m->values[id];

	if (v->kind == KIR_V_ADDR)	/* of a member of *variable */
		return pin_variable_of(m, v->a);
	if (v->kind != KIR_V_PARAM && v->kind != KIR_V_LOCAL)
		return KIR_NONE;
	return v->a << 1 | (v->kind == KIR_V_LOCAL);
}

static bool is_shared(const struct kir_module *m, kir_id record)
{
	const struct kir_loc *l = &m->locs[m->records[record].loc];

	return strcmp(kir_string(m, l->file), kir_string(m, m->source));
}

/* Is the record declared beside a unit, and not in a header of the whole kernel? */
static bool is_ours(const struct collector *c, kir_id record)
{
	const struct kir_module *m = c->e->m;
	const char *file = kir_string(m, m->locs[m->records[record].loc].file),
		   *slash = strrchr(file, '/');
	char *dir = xasprintf("%.*s", slash ? (int)(slash - file) : 0, file);
	bool ours = strmap_get(c->pin->by_directory, dir) != UINT32_MAX;

	free(dir);
	return ours;
}

uint32_t collector_part(struct collector *c, kir_id id, uint32_t kind)
{
	const struct kir_value *v = member_of(c, id);
	uint32_t at, part;

	if (!v)
		return KIR_NONE;
	at = (uint32_t)(v - c->e->m->values);
	if (v->kind == KIR_V_GLOBAL)
		return variable_part(c, at, kind);
	if (v->c == KIR_NONE)
		return KIR_NONE;
	part = collector_add_part(c->pin, c->e->records[v->c], c->e->names[at], kind);
	c->pin->parts[part].shared |= is_shared(c->e->m, v->c);
	c->pin->parts[part].ours |= is_ours(c, v->c);
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
