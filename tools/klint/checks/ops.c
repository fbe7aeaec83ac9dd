/* SPDX-License-Identifier: MIT */
/* `klint ops` and `klint show RECORD.FIELD`: the contexts in which a program calls the
 * members of its ops tables, as people read them. */
#include "check.h"
#include "engine/names.h"
#include "engine/ops.h"

#include <string.h>

static const char *const class_names[OPS_NCLASSES] = {
	[OPS_ATOMIC] = "atomic",
	[OPS_ENTERED] = "atomic by its callers",
	[OPS_MIXED] = "sometimes atomic",
	[OPS_SLEEPS] = "may sleep",
	[OPS_UNKNOWN] = "unknown",
	[OPS_EXCEPTED] = "excepted",
};

static struct program *solve(const struct kir_module *const *modules, size_t n,
			     const struct rules *r, unsigned int jobs)
{
	struct engine_options eo = { .jobs = jobs, .observe = true };
	struct program *p = program_new(r, &eo);

	program_add(p, modules, n);
	program_link(p);
	program_solve(p, NULL, 0, NULL);
	return p;
}

static void print_counts(const struct ops_field *f, FILE *out)
{
	const char *before = "";

	for (unsigned int i = 0; i < OPS_NCLASSES; i++) {
		if (!f->count[i])
			continue;
		fprintf(out, "%s%u %s", before, f->count[i], class_names[i]);
		before = ", ";
	}
	if (!f->nsites)
		fputs("no call site", out);
}

static void print_site(const struct program *p, const struct ops_site *s, FILE *out)
{
	fprintf(out, "%s:%u: in %s(): %s", s->at.file, s->at.line,
		names_text(p->names, s->caller->name), s->why);
}

static void print_parts(uint32_t parts, FILE *out)
{
	const char *before = " (always: ";

	for (unsigned int i = 0; i < CTX_NPARTS; i++) {
		if (!(parts >> i & 1))
			continue;
		fprintf(out, "%s%s", before, ctx_part_name(i));
		before = ", ";
	}
	fputs(*before == ',' ? ")" : "", out);
}

static void print_sites(const struct program *p, const struct ops_field *f, FILE *out)
{
	for (uint32_t i = 0; i < f->nsites; i++) {
		fprintf(out, "  %s: ", class_names[f->sites[i].class]);
		print_site(p, &f->sites[i], out);
		if (f->sites[i].class == OPS_ATOMIC)
			print_parts(f->sites[i].parts, out);
		fputc('\n', out);
	}
}

static void print_row(const struct rules *r, const struct ops_field *f, FILE *out)
{
	const struct rule_ops *row = f->row;

	fprintf(out, "  %s:%u: %s", row->file, row->line, rules_context(r, row->context)->name);
	if (row->source)
		fprintf(out, " (%s)", row->source);
	fputc('\n', out);
}

static const char *verdict_text(enum ops_verdict v)
{
	switch (v) {
	case OPS_CONFIRMED: return "confirmed";
	case OPS_CONTRADICTED: return "CONTRADICTED";
	case OPS_UNDECIDED: return "undecided";
	case OPS_UNCALLED: return "not called";
	default: return "no row";
	}
}

static void print_line(const struct program *p, const struct ops_field *f, enum ops_verdict v,
		       const struct ops_site *site, FILE *out)
{
	fprintf(out, "%s.%s: %s", f->record, f->field, verdict_text(v));
	if (f->row)
		fprintf(out, ": %s", rules_context(p->rules, f->row->context)->name);
	if (f->nsites) {
		fputs(": ", out);
		print_counts(f, out);
	}
	fputc('\n', out);
	if (v != OPS_CONTRADICTED)
		return;
	print_row(p->rules, f, out);
	fputs("    ", out);
	print_site(p, site, out);
	fputc('\n', out);
}

size_t checks_ops(const struct kir_module *const *modules, size_t n, const struct rules *r,
		  unsigned int jobs, bool all, bool sites, FILE *out)
{
	struct program *p = solve(modules, n, r, jobs);
	struct ops_table *t = ops_infer(p);
	size_t count[OPS_UNCALLED + 1] = { 0 };

	for (uint32_t i = 0; i < t->n; i++) {
		const struct ops_site *site;
		enum ops_verdict v = ops_judge(r, &t->fields[i], &site);

		count[v]++;
		if (v != OPS_NO_ROW || (all && t->fields[i].nsites))
			print_line(p, &t->fields[i], v, site, out);
		else
			continue;
		if (sites)
			print_sites(p, &t->fields[i], out);
	}
	fprintf(out, "%zu rows confirmed, %zu contradicted, %zu undecided, %zu not called\n",
		count[OPS_CONFIRMED], count[OPS_CONTRADICTED], count[OPS_UNDECIDED],
		count[OPS_UNCALLED]);
	ops_free(t);
	program_free(p);
	return count[OPS_CONTRADICTED];
}

static void print_field(const struct program *p, const struct ops_field *f, FILE *out)
{
	const struct ops_site *site;
	enum ops_verdict v = ops_judge(p->rules, f, &site);

	fprintf(out, "%s.%s: ", f->record, f->field);
	print_counts(f, out);
	fprintf(out, "; %u functions are stored in it\n", f->ntargets);
	if (f->row)
		print_row(p->rules, f, out);
	fprintf(out, "  row: %s\n", verdict_text(v));
	print_sites(p, f, out);
}

bool checks_show_ops(const struct kir_module *const *modules, size_t n, const struct rules *r,
		     unsigned int jobs, const char *member, FILE *out)
{
	struct program *p = solve(modules, n, r, jobs);
	struct ops_table *t = ops_infer(p);
	size_t dot = strcspn(member, ".");
	bool found = false;

	for (uint32_t i = 0; i < t->n; i++) {
		const struct ops_field *f = &t->fields[i];

		if (strlen(f->record) != dot || memcmp(f->record, member, dot) ||
		    (member[dot] && member[dot + 1] && strcmp(f->field, member + dot + 1)) || (!f->nsites && !f->row))
			continue;
		print_field(p, f, out);
		found = true;
	}
	ops_free(t);
	program_free(p);
	return found;
}
