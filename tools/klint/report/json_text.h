/* SPDX-License-Identifier: MIT */
/* What the forms that are JSON share. */
#ifndef KLINT_REPORT_JSON_TEXT_H
#define KLINT_REPORT_JSON_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A string value; bytes that are not UTF-8 become U+FFFD, since source text and
 * file names may hold anything and JSON may not. */
json_t *json_text(const char *s);

/* Sixteen hexadecimal digits. */
json_t *json_fingerprint(uint64_t fingerprint);

/* object[name] = value, which is consumed; members stay in the order of calls. */
void json_put(json_t *object, const char *name, json_t *value);
void json_append(json_t *array, json_t *value);

/* Indented, with a newline; false when writing failed. */
bool dump_json(const json_t *value, FILE *out);

#endif
