// SPDX-License-Identifier: MIT
/* What is asked of the rules once they are loaded. */
#define _GNU_SOURCE
#include "rules/rules_internal.h"

#include <string.h>

static const struct rule *find(const struct rules *r, const struct strmap *index,
			       const char *name)
{
	uint32_t i = strmap_get(index, name);

	return i == RULES_NONE ? NULL : &r->rules[i];
}

uint64_t rules_hash(const struct rules *r)
{
	return r->hash;
}

const struct rule *rules_find(const struct rules *r, const char *name)
{
	return find(r, r->rule_index, name);
}

const struct rule *rules_find_annotation(const struct rules *r, const char *name)
{
	return find(r, r->annotation_index, name);
}

const struct rule_ops *rules_find_ops(const struct rules *r, const char *record,
				      const char *field)
{
	char small[128], *key = small;
	int n = snprintf(small, sizeof(small), "%s.%s", record, field);
	uint32_t i;

	if (n >= (int)sizeof(small))
		key = xasprintf("%s.%s", record, field);
	i = strmap_get(r->ops_index, key);
	if (key != small)
		free(key);
	return i == RULES_NONE ? NULL : &r->ops[i];
}

const struct rule_lock_kind *rules_lock_kind(const struct rules *r, uint32_t kind)
{
	return kind < r->nkinds ? &r->kinds[kind] : NULL;
}

uint32_t rules_find_lock_kind(const struct rules *r, const char *name)
{
	for (uint32_t i = 0; i < r->nkinds; i++)
		if (!strcmp(r->kinds[i].name, name))
			return i;
	return RULES_NONE;
}

const struct rule_context *rules_context(const struct rules *r, uint32_t context)
{
	return context < r->ncontexts ? &r->contexts[context] : NULL;
}

size_t rules_count(const struct rules *r)
{
	return r->nrules;
}

const struct rule *rules_at(const struct rules *r, size_t i)
{
	return i < r->nrules ? &r->rules[i] : NULL;
}

size_t rules_ops_count(const struct rules *r)
{
	return r->nops;
}

const struct rule_ops *rules_ops_at(const struct rules *r, size_t i)
{
	return i < r->nops ? &r->ops[i] : NULL;
}
