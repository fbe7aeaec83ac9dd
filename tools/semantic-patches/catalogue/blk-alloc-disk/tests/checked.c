int f(struct a *a)
{
	a->disk = blk_alloc_disk(NUMA_NO_NODE);
	if (!a->disk)
		return -ENOMEM;
	return 0;
}
