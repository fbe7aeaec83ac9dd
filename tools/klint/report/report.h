/* SPDX-License-Identifier: MIT */
/*
 * From findings to what people and programs read: text, JSON, SARIF; what is
 * left out because the source or a baseline says so; and the form in which
 * findings travel between processes.  The usual order of calls:
 *
 *	report_init(&r, &list, &scope);		sorts, gives fingerprints
 *	report_suppress(&r);			klint: allow(...) comments
 *	report_baseline_apply(&r, baseline);	if there is one
 *	report_text(&r, &opt, stdout);		or _json, _sarif; any number
 *	if (report_count(&r, SEV_WARNING)) ...	for --fail-on
 *	report_free(&r);
 */
#ifndef KLINT_REPORT_H
#define KLINT_REPORT_H

#include <stdio.h>
#include "checks/finding.h"

/* What was analysed.  All of it is borrowed and must outlive the report; every
 * pointer may be NULL. */
struct report_scope {
	const char *source_root;	/* directory that fingerprints and SARIF
					 * name files relative to */
	const char *const *sources;	/* main files of the units that were
					 * analysed, as the compiler names them */
	size_t nsources;
	const char *const *only;	/* as in struct check_options: what did not
					 * run cannot be unused or fixed */
	bool rt;
};

/* Why a finding is not shown as one. */
enum report_state {
	REPORT_OPEN,
	REPORT_SUPPRESSED,	/* by a comment in the source */
	REPORT_KNOWN		/* listed in the baseline */
};

struct report_item {
	enum report_state state;
	const char *reason;	/* of the suppression; NULL otherwise */
	const char *path;	/* of the finding's file, relative to the root if inside */
	uint64_t fingerprint;	/* lint, path, function and key: no line numbers */
	uint32_t ordinal;	/* from 1 among findings of one fingerprint */
};

/* One line of a baseline. */
struct baseline_entry {
	uint64_t fingerprint;
	const char *lint, *file, *function, *message;
};

struct path_map;
struct report {
	struct finding_list *list;	/* borrowed */
	const struct report_scope *scope;
	struct report_item *items;	/* list->n of them, in the list's order */
	size_t nfixed;			/* entries of the baseline that are gone */
	const struct baseline_entry *fixed;
	size_t nunseen;			/* entries for files that were not analysed */
	struct path_map *paths;
	struct arena *arena;
};

/* Sorts @list.  The report reads @list until report_free(). */
void report_init(struct report *r, struct finding_list *list,
		 const struct report_scope *scope);
void report_free(struct report *r);

/* Findings in state @state, of any severity. */
size_t report_count_state(const struct report *r, enum report_state state);
/* Open findings of severity @at_least or above: for --fail-on. */
size_t report_count(const struct report *r, enum severity at_least);

/*
 * Read the `klint: allow(LINT, ...): reason` comments of the files that findings
 * stand in and of scope->sources, mark what they allow, and add a finding of the
 * lint "suppression" for each that has no reason, names an unknown lint, or (in
 * scope->sources) allows nothing that was found.  Files that cannot be opened
 * have no comments.  Call it once, before a baseline is applied.
 */
void report_suppress(struct report *r);

/* The lint that speaks of suppressions; belongs into lint_registry() too. */
#define REPORT_SUPPRESSION_LINT { .id = "suppression", \
	.summary = "a klint: allow() comment without reason, without effect, " \
		   "or for an unknown lint", \
	.severity = SEV_WARNING }
extern const struct lint_info report_suppression_lint;
/* lint_find(), which also knows the suppression lint. */
const struct lint_info *report_lint_find(const char *id);

struct baseline;
/* NULL, with one line "path:line: what is wrong; the way out" in @err, when the
 * file cannot be read or is not a baseline of this version. */
struct baseline *report_baseline_load(const char *path, char *err, size_t errlen);
void report_baseline_free(struct baseline *b);
/*
 * Open findings that @b lists become known; n equal entries cover n findings.
 * What @b lists for analysed files and is not found any more goes to r->fixed.
 */
void report_baseline_apply(struct report *r, const struct baseline *b);
/*
 * Write all findings but those suppressed in the source, through a temporary
 * file and rename.  Entries of @keep (the baseline until now; may be NULL) for
 * files that were not analysed stay.  0, or -1 with a line in @err; the old
 * file is then as it was.
 */
int report_baseline_save(const struct report *r, const struct baseline *keep,
			 const char *path, char *err, size_t errlen);

struct report_options {
	bool colour;		/* text: ANSI colours; the caller asks isatty() */
	bool no_source;		/* text: do not quote the source */
	bool summary;		/* text: counts at the end, by lint and in all */
	bool gaps;		/* text: a note for each function not analysed */
	bool failed;		/* SARIF: klint could not do all that it was asked */
	const char *version;	/* of klint; NULL: none is given */
	const char *docs_dir;	/* holds lints/ID.md; NULL: no help texts in SARIF */
	const char *command_line;	/* SARIF; or NULL */
};

/* Each writes a complete report and leaves @out open; false when writing
 * failed (errno says why). */
bool report_text(const struct report *r, const struct report_options *opt, FILE *out);
bool report_json(const struct report *r, const struct report_options *opt, FILE *out);
bool report_sarif(const struct report *r, const struct report_options *opt, FILE *out);

/*
 * Findings between processes: one self-contained message with a length and a
 * checksum, so that several may follow each other in one file.  The form is not
 * stable across versions of klint, and a reader refuses another version's.
 */
bool finding_list_write(const struct finding_list *l, FILE *out);
/* Append one message to @l.  1: done; 0: end of file before its first byte;
 * -1: damaged or foreign, with a line in @err, and @l is as it was. */
int finding_list_read(struct finding_list *l, FILE *in, char *err, size_t errlen);

#endif
