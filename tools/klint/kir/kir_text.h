/* SPDX-License-Identifier: MIT */
/* The textual form of KIR: prints and parses without loss (docs/kir.md). */
#ifndef KLINT_KIR_TEXT_H
#define KLINT_KIR_TEXT_H

#include <stdio.h>
#include "kir.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Print all of @m, or with @function not NULL only the function of that name.
 * Returns false when there is no such function. */
bool kir_print(const struct kir_module *m, const char *function, FILE *out);

/* Write value @v of function @f (for the names of its variables; may be NULL)
 * as people read it in C: "&dev->lock", "ret < 0", "get_dev(...)" for what a call
 * of @f returned.  Always terminates @buf; returns @buf. */
const char *kir_pretty(const struct kir_module *m, const struct kir_func *f,
		       kir_id v, char *buf, size_t len);

/* Parse @text (@len bytes; @name for messages).  Returns NULL with
 * "name:line:column: what is wrong" in @err.  Never crashes on any input. */
struct kir_module *kir_parse(const char *text, size_t len, const char *name,
			     char *err, size_t errlen);

#ifdef __cplusplus
}
#endif
#endif
