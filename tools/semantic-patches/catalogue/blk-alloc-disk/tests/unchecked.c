struct gendisk *f(void)
{
	return blk_alloc_disk(NUMA_NO_NODE);
}
