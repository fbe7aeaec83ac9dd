// SPDX-License-Identifier: MIT
/*
 * Any bytes as the text of a module: either refused with a message, or a module
 * whose text parses to a module of the same text.
 */
#define _GNU_SOURCE
#include "kir/kir_text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *print(const struct kir_module *m, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);

	kir_print(m, NULL, out);
	fclose(out);
	return text;
}

static void check_round_trip(const struct kir_module *m)
{
	char err[200], *first, *second;
	size_t nfirst, nsecond;
	struct kir_module *again;

	first = print(m, &nfirst);
	again = kir_parse(first, nfirst, "again", err, sizeof(err));
	if (!again) {
		fprintf(stderr, "%s\n%s", err, first);
		abort();
	}
	second = print(again, &nsecond);
	if (nfirst != nsecond || memcmp(first, second, nfirst)) {
		fprintf(stderr, "--- first\n%s--- second\n%s", first, second);
		abort();
	}
	kir_close(again);
	free(first);
	free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char err[200] = "";
	struct kir_module *m = kir_parse((const char *)data, size, "fuzz", err, sizeof(err));

	if (!m != !!err[0])
		abort();
	if (m)
		check_round_trip(m);
	kir_close(m);
	return 0;
}
