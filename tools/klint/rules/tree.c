// SPDX-License-Identifier: MIT
/*
 * A YAML text to nodes.  From events and not from libyaml's documents, because
 * these resolve anchors and drop tags: `lock: &rtnl_mutex` would silently become
 * an empty value instead of a message that says to quote it.
 */
#include "rules/rules_internal.h"

#include <string.h>
#include <yaml.h>

#define MAX_DEPTH 16	/* the vocabulary needs 5 */

static struct node *read_node(struct load *l, yaml_parser_t *yp,
			      yaml_event_t *ev, unsigned int depth);

static uint32_t line_of(const yaml_mark_t *mark)
{
	return (uint32_t)mark->line + 1;
}

static void problem_yaml(struct load *l, const yaml_parser_t *yp)
{
	const char *what = yp->problem ? yp->problem : "cannot be read";
	uint32_t line = line_of(&yp->problem_mark);
	const char *in = yp->context;

	if (yp->error == YAML_READER_ERROR)
		problem(l, 1, "not UTF-8 text: %s at byte %zu; save the file as UTF-8",
			what, yp->problem_offset);
	else if (in && (strstr(in, "anchor") || strstr(in, "alias") || strstr(in, "tag")))
		problem(l, line, "not YAML: a value that begins with '&', '*' or '!'; "
			"write it in double quotes");
	else if (strstr(what, "cannot start any token"))
		problem(l, line, "not YAML: column %zu: %s; indent with blanks, and quote "
			"a value with special characters",
			yp->problem_mark.column + 1, what);
	else
		problem(l, line, "not YAML: column %zu: %s%s%s; check the indentation, "
			"brackets and quotes here and on the line above",
			yp->problem_mark.column + 1, in ? in : "", in ? ": " : "", what);
}

static bool next_event(struct load *l, yaml_parser_t *yp, yaml_event_t *ev)
{
	if (yaml_parser_parse(yp, ev))
		return true;
	problem_yaml(l, yp);
	return false;
}

static bool plain_yaml(struct load *l, const yaml_event_t *ev)
{
	const unsigned char *anchor = NULL, *tag = NULL;
	char sign = '&';

	if (ev->type == YAML_ALIAS_EVENT) {
		anchor = ev->data.alias.anchor;
		sign = '*';
	} else if (ev->type == YAML_SCALAR_EVENT) {
		anchor = ev->data.scalar.anchor;
		tag = ev->data.scalar.tag;
	} else if (ev->type == YAML_SEQUENCE_START_EVENT) {
		anchor = ev->data.sequence_start.anchor;
		tag = ev->data.sequence_start.tag;
	} else if (ev->type == YAML_MAPPING_START_EVENT) {
		anchor = ev->data.mapping_start.anchor;
		tag = ev->data.mapping_start.tag;
	}
	if (anchor)
		problem(l, line_of(&ev->start_mark), "YAML takes %c%s for %s; "
			"write it in double quotes", sign, anchor,
			sign == '*' ? "an alias" : "an anchor");
	else if (tag)
		problem(l, line_of(&ev->start_mark), "YAML takes the '!' for a tag (%s); "
			"write the value in double quotes", tag);
	return !anchor && !tag;
}

static struct node *new_node(struct load *l, enum node_kind kind, const yaml_event_t *ev)
{
	struct node *n = arena_alloc(l->rules->arena, sizeof(*n));

	n->kind = kind;
	n->line = line_of(&ev->start_mark);
	return n;
}

static struct node *read_scalar(struct load *l, const yaml_event_t *ev)
{
	struct node *n = new_node(l, NODE_SCALAR, ev);
	const char *text = (const char *)ev->data.scalar.value;

	if (memchr(text, 0, ev->data.scalar.length)) {
		problem(l, n->line, "a value contains a null character; remove it");
		return NULL;
	}
	n->text = arena_strndup(l->rules->arena, text, ev->data.scalar.length);
	n->quoted = ev->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	return n;
}

/* Items up to the event @end, in a vector of the caller's. */
static bool read_items(struct load *l, yaml_parser_t *yp, yaml_event_type_t end,
		       unsigned int depth, struct node ***items, size_t *n)
{
	size_t cap = 0;

	for (;;) {
		struct node *item;
		yaml_event_t ev;

		if (!next_event(l, yp, &ev))
			return false;
		if (ev.type == end) {
			yaml_event_delete(&ev);
			return true;
		}
		item = read_node(l, yp, &ev, depth);
		yaml_event_delete(&ev);
		if (!item)
			return false;
		vec_push(*items, *n, cap) = item;
	}
}

/* Of the keys before item @i, which one is equal to it? */
static const struct node *same_key(struct node **items, size_t i)
{
	for (size_t j = 0; j < i; j += 2)
		if (!strcmp(items[j]->text, items[i]->text))
			return items[j];
	return NULL;
}

static bool check_keys(struct load *l, const struct node *map)
{
	for (size_t i = 0; i < map->n; i += 2) {
		const struct node *key = map->items[i], *same;

		if (key->kind != NODE_SCALAR) {
			problem(l, key->line, "a key must be a word");
			return false;
		}
		same = same_key(map->items, i);
		if (same) {
			problem(l, key->line, "key '%s' is here twice, first on line %u; "
				"write both values as one list", key->text, same->line);
			return false;
		}
	}
	return true;
}

static struct node *read_collection(struct load *l, yaml_parser_t *yp,
				    const yaml_event_t *ev, unsigned int depth)
{
	bool is_map = ev->type == YAML_MAPPING_START_EVENT;
	struct node *n = new_node(l, is_map ? NODE_MAP : NODE_SEQ, ev);
	struct node **items = NULL;
	bool ok = read_items(l, yp, is_map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT,
			     depth + 1, &items, &n->n);

	if (ok && n->n) {
		n->items = arena_alloc(l->rules->arena, n->n * sizeof(*items));
		memcpy(n->items, items, n->n * sizeof(*items));
	}
	free(items);
	return ok && (!is_map || check_keys(l, n)) ? n : NULL;
}

static struct node *read_node(struct load *l, yaml_parser_t *yp,
			      yaml_event_t *ev, unsigned int depth)
{
	if (!plain_yaml(l, ev))
		return NULL;
	if (depth > MAX_DEPTH) {
		problem(l, line_of(&ev->start_mark),
			"nested too deep; docs/rules.md tells the form of an entry");
		return NULL;
	}
	if (ev->type == YAML_SCALAR_EVENT)
		return read_scalar(l, ev);
	return read_collection(l, yp, ev, depth);
}

/* Past the events that open the stream and its one document. */
static struct node *read_document(struct load *l, yaml_parser_t *yp)
{
	struct node *root = NULL;
	yaml_event_t ev;
	bool more = true;

	while (more && next_event(l, yp, &ev)) {
		switch (ev.type) {
		case YAML_STREAM_START_EVENT:
		case YAML_DOCUMENT_END_EVENT:
			break;
		case YAML_DOCUMENT_START_EVENT:
			more = !root;
			if (root)
				problem(l, line_of(&ev.start_mark), "a second document; "
					"one file has one list, remove the '---'");
			break;
		case YAML_STREAM_END_EVENT:
			more = false;
			break;
		default:
			root = read_node(l, yp, &ev, 0);
			more = root != NULL;
		}
		yaml_event_delete(&ev);
	}
	return root;
}

struct node *tree_read(struct load *l, const char *text, size_t len)
{
	struct node *root;
	yaml_parser_t yp;

	if (!yaml_parser_initialize(&yp))
		abort();	/* out of memory */
	yaml_parser_set_input_string(&yp, (const unsigned char *)text, len);
	root = read_document(l, &yp);
	yaml_parser_delete(&yp);
	if (root && root->kind != NODE_SEQ) {
		problem(l, root->line, "a rules file is a list; begin each entry with '- '");
		return NULL;
	}
	return root;
}
