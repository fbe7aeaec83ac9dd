int f(void)
{
	return prandom_u32_max(6) + 1;
}
