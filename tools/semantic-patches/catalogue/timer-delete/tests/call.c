void f(struct a *a)
{
	del_timer(&a->t);
	del_timer_sync(&a->u);
}
