/* SPDX-License-Identifier: MIT */
/* Reading what kbuild has said. */
#ifndef KLINT_KBUILD_LOG_H
#define KLINT_KBUILD_LOG_H

#include <stddef.h>

/* make @goal has failed, with its output in @path: print why, and what to install if a
 * program or a header is missing. */
void kbuild_log_explain(const char *path, const char *goal);

/* Print the lines that tell of more than of what empty objects bring about; their number. */
size_t kbuild_log_failures(const char *path);

#endif
