/* SPDX-License-Identifier: MIT */
/*
 * The JSON form, for scripts: what is shown, in the order of the text form, with
 * the counts of what is not.  README.md names its members; a change that could
 * break a reader raises the version.
 */

#include "report/json_text.h"
#include "report/report_int.h"

#define JSON_VERSION 1

static void put_place(json_t *object, const struct klint_place *at)
{
	json_put(object, "file", json_text(at->file));
	json_put(object, "line", json_integer(at->line));
	json_put(object, "column", json_integer(at->col));
}

static json_t *make_steps(const struct klint_finding *f)
{
	json_t *steps = json_array();

	for (size_t i = 0; i < f->nsteps; i++) {
		const struct klint_step *s = &f->steps[i];
		json_t *step = json_object();

		json_put(step, "role", json_text(step_role_name(s->role)));
		put_place(step, &s->at);
		json_put(step, "function", json_text(s->function));
		json_put(step, "text", json_text(s->text));
		json_append(steps, step);
	}
	return steps;
}

static json_t *make_finding(const struct klint_finding *f, const struct report_item *item)
{
	json_t *object = json_object();

	json_put(object, "lint", json_text(f->lint));
	json_put(object, "severity", json_text(severity_name(f->severity)));
	put_place(object, &f->at);
	json_put(object, "function", json_text(f->function));
	json_put(object, "message", json_text(f->message));
	json_put(object, "key", json_text(f->key));
	json_put(object, "fix", f->fix ? json_text(f->fix) : json_null());
	json_put(object, "path", json_text(item->path));
	json_put(object, "fingerprint", json_fingerprint(item->fingerprint));
	json_put(object, "ordinal", json_integer(item->ordinal));
	json_put(object, "steps", make_steps(f));
	return object;
}

static json_t *make_findings(const struct report *r)
{
	json_t *findings = json_array();

	for (size_t i = 0; i < r->list->n; i++)
		if (r->items[i].state == REPORT_OPEN)
			json_append(findings, make_finding(&r->list->v[i], &r->items[i]));
	return findings;
}

static json_t *make_gaps(const struct report *r)
{
	json_t *gaps = json_array();

	for (size_t i = 0; i < r->list->ngaps; i++) {
		const struct klint_gap *g = &r->list->gaps[i];
		json_t *gap = json_object();

		json_put(gap, "function", json_text(g->function));
		put_place(gap, &g->at);
		json_put(gap, "why", json_text(g->why));
		json_append(gaps, gap);
	}
	return gaps;
}

static json_t *make_fixed(const struct report *r)
{
	json_t *fixed = json_array();

	for (size_t i = 0; i < r->nfixed; i++) {
		const struct baseline_entry *e = &r->fixed[i];
		json_t *entry = json_object();

		json_put(entry, "lint", json_text(e->lint));
		json_put(entry, "path", json_text(e->file));
		json_put(entry, "function", json_text(e->function));
		json_put(entry, "message", json_text(e->message));
		json_put(entry, "fingerprint", json_fingerprint(e->fingerprint));
		json_append(fixed, entry);
	}
	return fixed;
}

static void put_count(json_t *counts, const char *name, size_t n)
{
	json_put(counts, name, json_integer((json_int_t)n));
}

static json_t *make_counts(const struct report *r)
{
	size_t errors = report_count(r, SEV_ERROR);
	size_t warnings = report_count(r, SEV_WARNING) - errors;
	size_t findings = report_count(r, SEV_NOTE);
	json_t *counts = json_object();

	put_count(counts, "findings", findings);
	put_count(counts, "errors", errors);
	put_count(counts, "warnings", warnings);
	put_count(counts, "notes", findings - errors - warnings);
	put_count(counts, "suppressed", report_count_state(r, REPORT_SUPPRESSED));
	put_count(counts, "baseline", report_count_state(r, REPORT_KNOWN));
	put_count(counts, "fixed", r->nfixed);
	put_count(counts, "baseline_unseen", r->nunseen);
	put_count(counts, "functions", r->list->nfunctions);
	put_count(counts, "not_analysed", r->list->ngaps);
	return counts;
}

bool report_json(const struct report *r, const struct report_options *opt, FILE *out)
{
	json_t *root = json_object();
	bool ok;

	json_put(root, "version", json_integer(JSON_VERSION));
	json_put(root, "klint", opt->version ? json_text(opt->version) : json_null());
	json_put(root, "findings", make_findings(r));
	json_put(root, "gaps", make_gaps(r));
	json_put(root, "fixed", make_fixed(r));
	json_put(root, "counts", make_counts(r));
	ok = dump_json(root, out);
	json_decref(root);
	return ok;
}
