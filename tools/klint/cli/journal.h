/* SPDX-License-Identifier: MIT */
/*
 * Which facts of an earlier run still hold.
 *
 * A unit's facts are a function of its key (command, front end, names) and of the
 * content of every file that clang read for it.  Both are kept in a journal: a line for
 * each file as it was found, a line for each unit that was lowered.  A line is appended
 * when a unit is done, so that a run which is cut off loses only what was under way, and
 * a line that was itself cut off is as none.
 */
#ifndef KLINT_JOURNAL_H
#define KLINT_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

struct journal;

/* Read the journal @file, if it is there.  Objects and the files of units are named
 * relative to @dir. */
struct journal *journal_read(const char *file, const char *dir);

/* Are the facts of @object (OBJECT.klint) those of @key and of the files as they are? */
bool journal_hold(struct journal *u, const char *object, uint64_t key);

/* Write the journal anew, with what is known of the files now, and open it for more.
 * Files that change from now on are noticed.  False with a message. */
bool journal_begin(struct journal *u);
/* @object was lowered: from the files of @depfile, which clang's -MD has written.  Files
 * in the directories @scratch (NULL-terminated), made from the others, do not count.  False when one of them was changed meanwhile: the unit is
 * not noted, and its facts do not hold. */
bool journal_add(struct journal *u, const char *object, uint64_t key, const char *depfile,
	       const char *const *scratch);
/* False with a message when the journal could not be written. */
bool journal_end(struct journal *u);

#endif
