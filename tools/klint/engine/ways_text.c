/* SPDX-License-Identifier: MIT */
/* How a function comes to be entered in some way, for people. */
#include "names.h"
#include "observe.h"
#include "ways.h"

const char *ways_here(const struct ways *w, const struct def *d, uint32_t at, struct arena *a)
{
	const struct observed *o = &d->unit->seen[at];
	struct site s = { 0 };
	const char *what;

	if (!o->atomic)
		return NULL;
	if (o->cause != ORIGIN_NONE && o->cause < d->unit->m->nevents)
		s = engine_site(d->unit, o->cause);
	what = o->lock_kind == RULES_NONE ? ctx_part_name(o->part) :
		rules_lock_kind(w->p->rules, o->lock_kind)->name;
	return s.line ? arena_printf(a, "%s since line %u", what, s.line) :
		arena_printf(a, "%s", what);
}

const char *ways_chain(const struct ways *w, const struct def *d, uint32_t bit, struct arena *a)
{
	const char *text = "";

	for (unsigned int hops = 0; hops < 12; hops++) {
		const struct ways_cause *c = &w->causes[d->id][way_index(bit)];
		const char *name = names_text(w->p->names, d->name), *here;
		const struct rule_context *ctx;
		const struct def *caller;
		struct site s;

		switch (c->by) {
		case BY_ENTRY:
			ctx = rules_context(w->p->rules, c->entry->context);
			return arena_printf(a, "%s%s() is entered as %s: %s", text, name,
					    ctx->why ? ctx->why : ctx->name, c->entry->how);
		case BY_ITSELF:
			return arena_printf(a, "%s%s() sleeps itself", text, name);
		case BY_CALL:
			caller = &w->p->defs[c->caller];
			s = engine_site(caller->unit, c->event);
			text = arena_printf(a, "%s%s() is called in %s() (%s:%u)", text, name,
					    names_text(w->p->names, caller->name), s.file, s.line);
			if (c->here) {
				here = bit == WAY_ATOMIC ? ways_here(w, caller, c->event, a) :
					"which sleeps around it";
				return arena_printf(a, "%s, %s", text, here);
			}
			text = arena_printf(a, "%s; ", text);
			d = caller;
			break;
		default:
			return arena_printf(a, "%s%s() is called by nobody who is known", text, name);
		}
	}
	return arena_printf(a, "%s…", text);
}
