// SPDX-License-Identifier: GPL-2.0-only
/*
 * The twin of hrtimer-hard-bad.c: a timer of a _SOFT mode expires in the softirq, where
 * an skb may be freed.
 */
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/skbuff.h>
#include "../fixture.h"

static struct pacer {
	struct hrtimer timer;
	struct sk_buff *skb;
} pacer;

static void pacer_sent(struct sk_buff *skb)
{
}

static enum hrtimer_restart pacer_expire(struct hrtimer *timer)
{
	struct pacer *p = container_of(timer, struct pacer, timer);

	consume_skb(p->skb);
	p->skb = NULL;
	return HRTIMER_NORESTART;
}

static void pacer_start(void)
{
	pacer.skb = alloc_skb(64, GFP_KERNEL);
	if (pacer.skb)
		pacer.skb->destructor = pacer_sent;
	hrtimer_init(&pacer.timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
	pacer.timer.function = pacer_expire;
	hrtimer_start(&pacer.timer, ms_to_ktime(10), HRTIMER_MODE_REL_SOFT);
}

static void pacer_stop(void)
{
	hrtimer_cancel(&pacer.timer);
	consume_skb(pacer.skb);
}
FIXTURE_STOP(pacer_start, pacer_stop);
