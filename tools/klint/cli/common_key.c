// SPDX-License-Identifier: MIT
/*
 * Left out of a key are the unit's name, warnings, and directories of headers that
 * are searched after those of the kernel: what they hold cannot hide one of the
 * kernel's.  Kbuild names the unit by macros; a header is made with others in
 * their place (common_store.c), and the plugin knows who depends on them.
 */
#define _GNU_SOURCE
#include "common.h"

#include <string.h>
#include "base/base.h"

static bool begins(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

static bool names_the_unit(const char *arg)
{
	return begins(arg, "-DKBUILD_") || begins(arg, "-D__KBUILD_");
}

static bool is_warning(const char *arg)
{
	return (begins(arg, "-W") && !begins(arg, "-Wp,") && !begins(arg, "-Wno-error=")) ||
	       !strcmp(arg, "-w") || !strcmp(arg, "-fsyntax-only");
}

static bool is_source(const char *arg)
{
	size_t n = strlen(arg);

	return arg[0] != '-' && n > 2 && !strcmp(arg + n - 2, ".c");
}

/* Where clang writes what the unit was read from; headers are in that list as well when
 * they are precompiled. */
static bool is_list_of_files(const char *arg)
{
	return !strcmp(arg, "-MD") || !strcmp(arg, "-MF");
}

/* How many of the words are the unit's own: 0, or all of the option. */
static bool is_own(const char *arg, bool included)
{
	return names_the_unit(arg) || is_warning(arg) || is_source(arg) ||
	       is_list_of_files(arg) || (included && begins(arg, "-I"));
}

static uint64_t mix(uint64_t h, const char *s)
{
	return (h ^ hash_bytes(s, strlen(s))) * 0x9e3779b97f4a7c15ull;
}

void common_key_of(struct common_key *key, const struct job *job)
{
	const struct string_list *args = &job->args;
	bool included = false;

	memset(key, 0, sizeof(*key));
	key->firm = mix(mix(1, job->dir ? job->dir : ""), job->fe.clang);
	for (size_t i = 0; i < args->n; i++) {
		const char *arg = args->v[i];
		size_t words = option_takes_next(arg) && i + 1 < args->n ? 2 : 1;
		bool macro = begins(arg, "-D") || begins(arg, "-U");

		included |= !strcmp(arg, "-include");
		for (size_t w = 0; w < words && !is_own(arg, included); w++) {
			string_list_add(&key->args, args->v[i + w]);
			if (macro)
				string_list_add(&key->macros, args->v[i + w]);
			else
				key->firm = mix(key->firm, args->v[i + w]);
		}
		i += words - 1;
	}
	key->all = key->firm;
	for (size_t i = 0; i < key->macros.n; i++)
		key->all = mix(key->all, key->macros.v[i]);
}

void common_key_free(struct common_key *key)
{
	free(key->args.v);
	free(key->macros.v);
}

bool common_key_covers(const struct common_key *unit, const struct common_key *header)
{
	if (unit->firm != header->firm)
		return false;
	for (size_t i = 0; i < header->macros.n; i++)
		if (!string_list_has(&unit->macros, header->macros.v[i]))
			return false;
	return true;
}

/* Those of -include are in the header already. */
void common_arguments(struct string_list *to, const struct job *job,
		      const struct string_list *args)
{
	for (size_t i = 0; i < args->n; i++) {
		if (!strcmp(args->v[i], "-include") && i + 1 < args->n)
			i++;
		else
			string_list_add(to, args->v[i]);
	}
	string_list_add(to, "-Xclang");
	string_list_add(to, "-fno-validate-pch");
	string_list_add(to, "-include-pch");
	string_list_add(to, xasprintf("%s/common.pch", job->common));
	string_list_add(to, xasprintf("-fplugin-arg-klint-common=%s/common.table", job->common));
}
