// SPDX-License-Identifier: MIT
/* One finding, without any header. */
struct mutex { int owner; };
typedef struct spinlock { int slock; } spinlock_t;
void mutex_lock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);
void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);

static struct mutex slow;
static spinlock_t fast;

int update(int x)
{
	spin_lock(&fast);
	mutex_lock(&slow);
	mutex_unlock(&slow);
	spin_unlock(&fast);
	return x;
}
