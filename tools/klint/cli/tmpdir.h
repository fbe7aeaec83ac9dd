/* SPDX-License-Identifier: MIT */
/* Private temporary directories and files that are gone when klint is, Ctrl-C
 * included. */
#ifndef KLINT_TMPDIR_H
#define KLINT_TMPDIR_H

/* A new directory below TMPDIR; NULL with a message on stderr.  The string and
 * the directory live until tmpdir_remove_all(). */
const char *tmpdir_new(void);

/* Remove @path as well, unless it is forgotten before: it has got its real name. */
void tmpfile_remember(const char *path);
void tmpfile_forget(const char *path);

/* Remove all of them and what is in them.  Called at exit, by the process that
 * made them only. */
void tmpdir_remove_all(void);

/* Remove the tree @path; symbolic links are removed, not followed. */
void remove_tree(const char *path);

#endif
