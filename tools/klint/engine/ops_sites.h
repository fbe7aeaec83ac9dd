/* SPDX-License-Identifier: MIT */
/* Inside the engine: the calls through members of records, and what is stored in them. */
#ifndef KLINT_OPS_SITES_H
#define KLINT_OPS_SITES_H

#include "ways.h"

struct raw_site {
	uint64_t key;
	struct def *caller;
	uint32_t event;
	struct site at;
};

/* Calls through `to` call what was in `from`: `worker->current_func = work->func`. */
struct alias {
	uint64_t from, to;
};

/* A function calls what is passed to it. */
struct param_call {
	uint32_t def, param, event;
};

struct collector {
	struct program *p;
	struct alias *aliases;
	size_t naliases, aliases_cap;
	struct param_call *params;	/* by def */
	size_t nparams, params_cap;
	struct raw_site *sites;
	size_t nsites, sites_cap;
	struct ways_target *targets;
	size_t ntargets, targets_cap;
	struct ways ways;
};

/* Fill sites and targets, both sorted by key. */
void sites_collect(struct collector *c);
void sites_free(struct collector *c);

#endif
