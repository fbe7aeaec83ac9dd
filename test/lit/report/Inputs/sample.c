/* SPDX-License-Identifier: MIT */
/* Not compiled: the text that klint-report-test quotes. */
static int first,	second;

static void update(struct device *d)
{
	/* klint: allow(lock-order): nobody takes them here */
	spin_lock(&d->lock);
	refill(d);
	refill(d);	/* klint: allow(atomic-sleep): the pool is never empty here */
	spin_unlock(&d->lock);
	/* é */ mutex_lock(&d->mutex);
	first = second;	/* klint: allow(atomic-sleep) */
}

void huge(void) { }
