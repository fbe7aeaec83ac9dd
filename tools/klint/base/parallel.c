// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define MOST_THREADS 16
#define FEW 32		/* are done before a thread has begun */

struct work {
	atomic_size_t next;
	size_t n;
	void (*one)(void *data, size_t i);
	void *data;
};

static void *run(void *arg)
{
	struct work *w = arg;
	size_t i;

	while ((i = atomic_fetch_add(&w->next, 1)) < w->n)
		w->one(w->data, i);
	return NULL;
}

void in_parallel(size_t n, unsigned int wanted, void (*one)(void *data, size_t i), void *data)
{
	struct work w = { .n = n, .one = one, .data = data };
	long cpus = n <= FEW ? 1 : wanted ? (long)wanted : sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t threads[MOST_THREADS];
	int started = 0;

	while (started < cpus - 1 && started < MOST_THREADS &&
	       !pthread_create(&threads[started], NULL, run, &w))
		started++;
	run(&w);
	while (started)
		pthread_join(threads[--started], NULL);
}
