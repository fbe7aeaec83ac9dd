// SPDX-License-Identifier: MIT
/*
 * The entries `pinned`: a kind of thing that is a part of objects and must not move, and
 * what functions do to it.  The functions keep the contracts that they have elsewhere.
 */
#include "rules/rules_internal.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *key;
	enum touch_action action;
} actions[] = {
	{ "inits", TOUCH_INIT }, { "stacks", TOUCH_STACK }, { "uses", TOUCH_USE }, { "waits", TOUCH_WAIT }, { "awaits", TOUCH_WAIT_SOME }, { "arms", TOUCH_ARM },
	{ "stops", TOUCH_STOP }, { "shuts", TOUCH_SHUT }, { "unqueues", TOUCH_UNQUEUE },
	{ "splices", TOUCH_SPLICE }, { "links", TOUCH_LINK }, { "unlinks", TOUCH_UNLINK },
	{ "unstacks", TOUCH_UNSTACK }, { "copies", TOUCH_COPY },
	{ "allocates", TOUCH_ALLOC }, { "manages", TOUCH_MANAGE }, { "borrows", TOUCH_BORROW }, { "frees", TOUCH_FREE },
	{ "publishes", TOUCH_PUBLISH }, { "undoes", TOUCH_UNDO },
};
#define NACTIONS (sizeof(actions) / sizeof(actions[0]))

static const struct {
	const char *key;
	enum rule_phase phase;
} phases[] = {
	{ "binds", PHASE_BIND }, { "pauses", PHASE_PAUSE }, { "unbinds", PHASE_UNBIND },
};
#define NPHASES (sizeof(phases) / sizeof(phases[0]))

static void add_touch(struct rules *r, const char *name, struct rule_touch touch)
{
	uint32_t first = strmap_get(r->touch_index, name);

	touch.next = first;	/* RULES_NONE: the first */
	strmap_set(r->touch_index, name, (uint32_t)r->ntouches);
	touch.name = name;
	vec_push(r->touches, r->ntouches, r->cap_touches) = touch;
}

/* N, or `ret`. */
static bool read_place(struct load *l, const struct node *n, uint32_t *arg)
{
	char *end;
	unsigned long v;

	if (n->kind == NODE_SCALAR && !strcmp(n->text, "ret")) {
		*arg = 0;
		return true;
	}
	v = n->kind == NODE_SCALAR ? strtoul(n->text, &end, 10) : 0;
	if (!v || v > 16 || *end) {
		problem(l, n->line, "must be the number of an argument, from 1, or 'ret'");
		return false;
	}
	*arg = (uint32_t)v;
	return true;
}

/* {NAME: N, …} */
static void read_touches(struct load *l, const struct node *n, enum touch_action action,
			 uint32_t kind)
{
	if (n->kind != NODE_MAP) {
		problem(l, n->line, "must be a map {FUNCTION: ARGUMENT, …}");
		return;
	}
	for (size_t i = 0; i + 1 < n->n; i += 2) {
		struct rule_touch t = { .action = action, .kind = kind };

		if (!is_name(n->items[i]->text)) {
			problem(l, n->items[i]->line, "'%s' is no C identifier", n->items[i]->text);
			continue;
		}
		if (read_place(l, n->items[i + 1], &t.arg))
			add_touch(l->rules, n->items[i]->text, t);
	}
}

static bool read_records(struct load *l, const struct node *n, struct rule_pinned *p)
{
	const char **v = arena_alloc(l->rules->arena, (node_count(n) + 1) * sizeof(*v));

	for (size_t i = 0; i < node_count(n); i++)
		if (!node_name(l, node_item(n, i), "a record", &v[i]))
			return false;
	p->records = v;
	p->nrecords = (uint32_t)node_count(n);
	return true;
}

/* [RECORD.FIELD, …] */
static void read_phase(struct load *l, const struct node *n, enum rule_phase phase)
{
	for (size_t i = 0; i < node_count(n); i++) {
		const struct node *item = node_item(n, i);
		struct rule_ops member = { 0 };

		if (split_ops(l, item, &member))
			strmap_set(l->rules->phase_index, item->text, phase);
	}
}

/* @by NULL: it undoes itself. */
static void add_undone(struct rules *r, const char *name, const char *by)
{
	struct rule_undone u = { name, by, strmap_get(r->undone_index, name) };

	strmap_set(r->undone_index, name, (uint32_t)r->nundone);
	if (by)
		strmap_set(r->undoes_index, by, 1);
	vec_push(r->undone, r->nundone, r->cap_undone) = u;
}

/* {NAME: NAME or [NAME, …], …} */
static void read_undone(struct load *l, const struct node *n)
{
	if (n->kind != NODE_MAP) {
		problem(l, n->line, "must be a map {FUNCTION: FUNCTION, …}");
		return;
	}
	for (size_t i = 0; i + 1 < n->n; i += 2) {
		const struct node *by = n->items[i + 1];
		const char *name;

		if (!is_name(n->items[i]->text)) {
			problem(l, n->items[i]->line, "'%s' is no C identifier", n->items[i]->text);
			continue;
		}
		if (!node_count(by))
			add_undone(l->rules, n->items[i]->text, NULL);
		for (size_t k = 0; k < node_count(by); k++)
			if (node_name(l, node_item(by, k), "what undoes it", &name))
				add_undone(l->rules, n->items[i]->text, name);
	}
}

static void read_carriers(struct load *l, const struct node *n)
{
	struct rules *r = l->rules;

	for (size_t i = 0; i < node_count(n); i++) {
		struct rule_ops member = { 0 };

		if (split_ops(l, node_item(n, i), &member))
			vec_push(r->carriers, r->ncarriers, r->cap_carriers) =
				(struct rule_member){ member.record, member.field };
	}
}

void read_pinned(struct load *l, const struct node *entry)
{
	static const char *const keys[] = {
		"pinned", "records", "why", "ends", "late", "counts", "bytes", "inits", "stacks", "uses", "waits", "awaits", "arms", "stops", "shuts", "unqueues",
		"splices", "links", "unlinks", "unstacks", "copies",
		"allocates", "manages", "borrows", "frees", "publishes", "undoes", "binds", "pauses", "unbinds",
		"carries", "undone", "at", NULL
	};
	struct rules *r = l->rules;
	struct rule_pinned p = { 0 };
	const struct node *n;
	uint32_t kind = (uint32_t)r->npinned;

	if (!map_check(l, entry, keys) || !node_text(l, entry->items[1], "a name", &p.name))
		return;
	n = map_get(entry, "records");
	if (n && !read_records(l, n, &p))
		return;
	n = map_get(entry, "at");
	if (n) {
		struct rule_ops member = { 0 };

		if (!split_ops(l, n, &member))
			return;
		p.at = (struct rule_member){ member.record, member.field };
	}
	n = map_get(entry, "why");
	if (n && !node_text(l, n, "'why'", &p.why))
		return;
	n = map_get(entry, "ends");
	if (n && !node_bool(l, n, "'ends'", &p.ends))
		return;
	n = map_get(entry, "late");
	if (n && !node_bool(l, n, "'late'", &p.late))
		return;
	n = map_get(entry, "bytes");
	if (n && !node_bool(l, n, "'bytes'", &p.bytes))
		return;
	n = map_get(entry, "counts");
	if (n && !node_bool(l, n, "'counts'", &p.counts))
		return;
	vec_push(r->pinned, r->npinned, r->cap_pinned) = p;
	for (size_t i = 0; i < NACTIONS; i++) {
		n = map_get(entry, actions[i].key);
		if (n)
			read_touches(l, n, actions[i].action, kind);
		r->pinned[kind].stacks |= n && actions[i].action == TOUCH_STACK;
		r->pinned[kind].waits |= n && actions[i].action == TOUCH_WAIT;
	}
	n = map_get(entry, "undone");
	if (n)
		read_undone(l, n);
	n = map_get(entry, "carries");
	if (n)
		read_carriers(l, n);
	for (size_t i = 0; i < NPHASES; i++) {
		n = map_get(entry, phases[i].key);
		if (n)
			read_phase(l, n, phases[i].phase);
	}
}

const struct rule_touch *rules_touch(const struct rules *r, const char *name)
{
	uint32_t i = strmap_get(r->touch_index, name);

	return i == RULES_NONE ? NULL : &r->touches[i];
}

const struct rule_touch *rules_next_touch(const struct rules *r, const struct rule_touch *t)
{
	return t->next == RULES_NONE ? NULL : &r->touches[t->next];
}

const struct rule_pinned *rules_pinned(const struct rules *r, uint32_t kind)
{
	return kind < r->npinned ? &r->pinned[kind] : NULL;
}

const struct rule_pinned *rules_pinned_record(const struct rules *r, const char *record)
{
	for (size_t i = 0; i < r->npinned; i++)
		for (uint32_t k = 0; k < r->pinned[i].nrecords; k++)
			if (!strcmp(r->pinned[i].records[k], record))
				return &r->pinned[i];
	return NULL;
}

enum rule_phase rules_phase(const struct rules *r, const char *record, const char *field)
{
	char *key = xasprintf("%s.%s", record, field);
	uint32_t phase = strmap_get(r->phase_index, key);

	free(key);
	return phase == RULES_NONE ? PHASE_NONE : (enum rule_phase)phase;
}

const struct rule_member *rules_carriers(const struct rules *r, size_t *n)
{
	*n = r->ncarriers;
	return r->carriers;
}

const char *rules_undone(const struct rules *r, const char *name, size_t i)
{
	uint32_t at = strmap_get(r->undone_index, name);

	while (at != RULES_NONE && i--)
		at = r->undone[at].next;
	return at == RULES_NONE ? NULL : r->undone[at].by;
}

bool rules_registers(const struct rules *r, const char *name)
{
	return strmap_get(r->undone_index, name) != RULES_NONE;
}

bool rules_undoes(const struct rules *r, const char *name)
{
	return strmap_get(r->undoes_index, name) != RULES_NONE;
}
