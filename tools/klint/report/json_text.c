/* SPDX-License-Identifier: MIT */
/* JSON values that always exist: bad text is mended, lack of memory is fatal as
 * it is elsewhere in klint. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "report/json_text.h"

static json_t *must(json_t *value)
{
	if (!value) {
		fputs("klint: out of memory\n", stderr);
		abort();
	}
	return value;
}

/* Bytes of the well-formed sequence at @s, or 0. */
static size_t utf8_length(const unsigned char *s)
{
	size_t n = *s < 0x80 ? 1 : *s < 0xc2 ? 0 : *s < 0xe0 ? 2 :
		   *s < 0xf0 ? 3 : *s < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
	    (*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

static char *mend_utf8(const char *s)
{
	char *out = xmalloc(strlen(s) * 3 + 1), *p = out;

	while (*s) {
		size_t n = utf8_length((const unsigned char *)s);

		if (n) {
			p = mempcpy(p, s, n);
			s += n;
		} else {
			p = mempcpy(p, "\xef\xbf\xbd", 3);
			s++;
		}
	}
	*p = '\0';
	return out;
}

json_t *json_text(const char *s)
{
	json_t *value = json_string(s);
	char *mended;

	if (value)
		return value;
	mended = mend_utf8(s);
	value = must(json_string(mended));
	free(mended);
	return value;
}

json_t *json_fingerprint(uint64_t fingerprint)
{
	char text[17];

	snprintf(text, sizeof(text), "%016" PRIx64, fingerprint);
	return json_text(text);
}

void json_put(json_t *object, const char *name, json_t *value)
{
	if (json_object_set_new(object, name, must(value)))
		must(NULL);
}

void json_append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, must(value)))
		must(NULL);
}

bool dump_json(const json_t *value, FILE *out)
{
	return !json_dumpf(value, out, JSON_INDENT(2)) && putc('\n', out) != EOF &&
	       !fflush(out);
}
