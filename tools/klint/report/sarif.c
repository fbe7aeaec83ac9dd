/* SPDX-License-Identifier: MIT */
/*
 * The form for code scanning services and editors: SARIF 2.1.0, one run.  The
 * chain of a finding is a code flow; what a comment or the baseline hides is
 * there as a suppressed result, so that a service can show it on request; and
 * what could not be analysed is a notification of the invocation.
 */
#include <inttypes.h>
#include <string.h>

#include "base/base.h"
#include "report/json_text.h"
#include "report/report_int.h"
#include "report/sarif.h"
#include "report/source.h"

#define GAP_ID "not-analysed"

/* SARIF's words for what a step does and how much it matters to a reader. */
static void put_step_nature(json_t *step, enum step_role role)
{
	static const struct {
		const char *kinds[2], *importance;
	} nature[] = {
		[STEP_CONTEXT] = { { "enter", "scope" }, "essential" },
		[STEP_CALL] = { { "call", "function" }, "important" },
		[STEP_BREAK] = { { "danger", NULL }, "essential" },
		[STEP_NOTE] = { { NULL, NULL }, "unimportant" },
	};
	json_t *kinds = json_array();

	for (size_t i = 0; i < 2 && nature[role].kinds[i]; i++)
		json_append(kinds, json_text(nature[role].kinds[i]));
	if (json_array_size(kinds))
		json_put(step, "kinds", kinds);
	else
		json_decref(kinds);
	json_put(step, "importance", json_text(nature[role].importance));
}

static json_t *make_step_location(const struct report *r, const struct klint_finding *f,
				  const struct klint_step *s)
{
	json_t *location = sarif_location(r, &s->at, s->function);
	char *text = xasprintf("%s: %s", step_word(f, s), s->text);

	json_put(location, "message", sarif_message(s->role == STEP_NOTE ? s->text : text));
	free(text);
	return location;
}

static json_t *make_flow(const struct report *r, const struct klint_finding *f)
{
	json_t *steps = json_array(), *thread = json_object(), *threads = json_array();
	json_t *flow = json_object(), *flows = json_array();
	json_int_t depth = 0;

	for (size_t i = 0; i < f->nsteps; i++) {
		json_t *step = json_object();

		json_put(step, "location", make_step_location(r, f, &f->steps[i]));
		put_step_nature(step, f->steps[i].role);
		json_put(step, "nestingLevel", json_integer(depth));
		json_put(step, "executionOrder", json_integer((json_int_t)i + 1));
		json_append(steps, step);
		depth += f->steps[i].role == STEP_CALL;
	}
	json_put(thread, "locations", steps);
	json_append(threads, thread);
	json_put(flow, "threadFlows", threads);
	json_append(flows, flow);
	return flows;
}

static json_t *make_related(const struct report *r, const struct klint_finding *f)
{
	json_t *related = json_array();

	for (size_t i = 0; i < f->nsteps; i++) {
		json_t *location = make_step_location(r, f, &f->steps[i]);

		json_put(location, "id", json_integer((json_int_t)i + 1));
		json_append(related, location);
	}
	return related;
}

static json_t *make_fingerprints(const struct report_item *item)
{
	json_t *prints = json_object();
	char text[32];

	snprintf(text, sizeof(text), "%016" PRIx64 ":%" PRIu32, item->fingerprint, item->ordinal);
	json_put(prints, "klint/v1", json_text(text));
	return prints;
}

static json_t *make_suppressions(const struct report_item *item)
{
	bool in_source = item->state == REPORT_SUPPRESSED;
	json_t *all = json_array(), *one;

	if (item->state == REPORT_OPEN)
		return all;
	one = json_object();
	json_put(one, "kind", json_text(in_source ? "inSource" : "external"));
	json_put(one, "status", json_text("accepted"));
	json_put(one, "justification",
		 json_text(in_source ? item->reason : "listed in the baseline"));
	json_append(all, one);
	return all;
}

static json_t *make_result(const struct report *r, size_t i, bool any_hidden)
{
	const struct klint_finding *f = &r->list->v[i];
	json_t *result = json_object(), *locations = json_array(), *properties;
	int rule = sarif_rule_index(f->lint);

	json_put(result, "ruleId", json_text(f->lint));
	if (rule >= 0)
		json_put(result, "ruleIndex", json_integer(rule));
	json_put(result, "level", json_text(severity_name(f->severity)));
	json_put(result, "message", sarif_message(f->message));
	json_append(locations, sarif_location(r, &f->at, f->function));
	json_put(result, "locations", locations);
	if (f->nsteps) {
		json_put(result, "codeFlows", make_flow(r, f));
		json_put(result, "relatedLocations", make_related(r, f));
	}
	json_put(result, "partialFingerprints", make_fingerprints(&r->items[i]));
	/* The standard wants it on all results or on none. */
	if (any_hidden)
		json_put(result, "suppressions", make_suppressions(&r->items[i]));
	if (f->fix) {
		properties = json_object();
		json_put(properties, "fix", json_text(f->fix));
		json_put(result, "properties", properties);
	}
	return result;
}

static json_t *make_results(const struct report *r)
{
	bool any_hidden = report_count_state(r, REPORT_OPEN) != r->list->n;
	json_t *results = json_array();

	for (size_t i = 0; i < r->list->n; i++)
		json_append(results, make_result(r, i, any_hidden));
	return results;
}

static json_t *make_notification(const struct report *r, const struct klint_gap *g)
{
	json_t *notification = json_object(), *descriptor = json_object();
	json_t *locations = json_array();
	char *text = xasprintf("function '%s' was not analysed: %s", g->function, g->why);

	json_put(descriptor, "id", json_text(GAP_ID));
	json_put(notification, "descriptor", descriptor);
	json_put(notification, "level", json_text("warning"));
	json_put(notification, "message", sarif_message(text));
	json_append(locations, sarif_location(r, &g->at, g->function));
	json_put(notification, "locations", locations);
	free(text);
	return notification;
}

static json_t *make_invocations(const struct report *r, const struct report_options *opt)
{
	json_t *all = json_array(), *invocation = json_object(), *gaps = json_array();

	if (opt->command_line)
		json_put(invocation, "commandLine", json_text(opt->command_line));
	json_put(invocation, "executionSuccessful", json_boolean(!opt->failed));
	for (size_t i = 0; i < r->list->ngaps; i++)
		json_append(gaps, make_notification(r, &r->list->gaps[i]));
	json_put(invocation, "toolExecutionNotifications", gaps);
	json_append(all, invocation);
	return all;
}

static json_t *make_tool(const struct report_options *opt)
{
	json_t *tool = json_object(), *driver = json_object();
	json_t *notifications = json_array(), *gap = json_object();

	json_put(driver, "name", json_text("klint"));
	if (opt->version)
		json_put(driver, "version", json_text(opt->version));
	json_put(driver, "rules", sarif_rules(opt));
	json_put(gap, "id", json_text(GAP_ID));
	json_put(gap, "shortDescription",
		 sarif_message("a function whose body klint could not answer for"));
	json_append(notifications, gap);
	json_put(driver, "notifications", notifications);
	json_put(tool, "driver", driver);
	return tool;
}

static json_t *make_bases(const char *root)
{
	json_t *bases = json_object(), *base = json_object();

	json_put(base, "uri", sarif_root_uri(root));
	json_put(base, "description", sarif_message("the root of the analysed sources"));
	json_put(bases, "SRCROOT", base);
	return bases;
}

static json_t *make_run(const struct report *r, const struct report_options *opt)
{
	const char *root = path_map_root(r->paths);
	json_t *run = json_object();

	json_put(run, "tool", make_tool(opt));
	json_put(run, "invocations", make_invocations(r, opt));
	if (root)
		json_put(run, "originalUriBaseIds", make_bases(root));
	json_put(run, "columnKind", json_text("unicodeCodePoints"));
	json_put(run, "results", make_results(r));
	return run;
}

bool report_sarif(const struct report *r, const struct report_options *opt, FILE *out)
{
	json_t *log = json_object(), *runs = json_array();
	bool ok;

	json_put(log, "$schema", json_text("https://json.schemastore.org/sarif-2.1.0.json"));
	json_put(log, "version", json_text("2.1.0"));
	json_append(runs, make_run(r, opt));
	json_put(log, "runs", runs);
	ok = dump_json(log, out);
	json_decref(log);
	return ok;
}
