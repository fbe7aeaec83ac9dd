/* SPDX-License-Identifier: MIT */
/*
 * Precompiled common headers.  Units that are compiled alike include alike; what
 * many of them include is parsed once and kept in the user's cache, and each unit
 * begins with it.  Whether a unit says the same with it as without is judged by
 * the plugin while it reads (lower/common.h); a unit that does not is read again
 * plainly.  Nothing that klint finds depends on it.
 */
#ifndef KLINT_COMMON_H
#define KLINT_COMMON_H

#include <time.h>
#include "analyse.h"

/*
 * Set jobs[i].common where there are headers for it; make them first where enough
 * of the jobs can share them.  What goes wrong costs time and nothing else.
 */
void common_assign(struct job *jobs, size_t n, const struct analysis *a);

/* Tell on stderr how many of the jobs had them, and how many of those were read
 * plainly in the end; with @each, which and why. */
void common_tell(const struct job *jobs, const struct outcome *outcomes, size_t n, bool each);

/* One unit of a build, whose others come later or have come before: headers that
 * are there already are used, and made when many units have asked for them. */
void common_assign_one(struct job *job, const struct analysis *a);

/* The arguments of @job, for clang to read it with job->common. */
void common_arguments(struct string_list *to, const struct job *job,
		      const struct string_list *args);

/* common_key.c: what two units must have in common to share a header: the
 * arguments without those that are a unit's own. */
struct common_key {
	struct string_list args;	/* all of them, in order */
	struct string_list macros;	/* those that define macros */
	uint64_t all, firm;		/* hashes; `firm` leaves out `macros` */
};
void common_key_of(struct common_key *key, const struct job *job);
void common_key_free(struct common_key *key);
/* Does a unit of key @unit define all that @header was made with? */
bool common_key_covers(const struct common_key *unit, const struct common_key *header);

/* common_headers.c: @path of the job's command as this process sees it, malloc'd; */
char *job_path(const struct job *job, const char *path);
/* the source among the arguments, or NULL; */
const char *common_source(const struct job *job);
/* names as they stand between < and >, most frequent first, that @to does not have. */
void common_headers_of(struct string_list *to, const struct job *const *jobs, size_t n);
/* The sources that are in the directories of @sources: who is to come, most likely. */
void common_neighbours(struct string_list *to, const struct job *job,
		       const struct string_list *sources);

/* common_store.c: the directory of headers for @key, malloc'd, or NULL.  With
 * @wanted, one that holds most of these, made if need be; without, the best there is,
 * which may have been made without some of the unit's macros. */
char *common_get(const struct common_key *key, const struct job *job,
		 const struct analysis *a, const struct string_list *wanted);
/* @job could not be read with its headers, for this reason: if that is a macro of its
 * command, others with the command need not try. */
void common_refused(const struct job *job, const char *reason);
/* The directory of all headers for units that differ from @key by nothing but macros,
 * made, malloc'd; NULL when there is no cache. */
char *common_home(const struct common_key *key, const struct job *job,
		  const struct analysis *a);

/* common_make.c: precompile in directory @dir as many of @wanted as stand alone. */
bool common_make(const char *dir, const struct common_key *key, const struct job *job,
		 const struct analysis *a, const struct string_list *wanted);

/* common_files.c: is all that the headers in @headers were made from as it was? */
bool common_files_hold(const char *headers, const struct job *job);
/* Write down what @dir's headers were made from, by the dependency file of the compile
 * that began at @begin.  False when a file is no older than that: what was read of it
 * cannot be told. */
bool common_files_write(const char *dir, const struct job *job, const struct timespec *begin);

#endif
