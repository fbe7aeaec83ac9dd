int f(char *d, const char *s)
{
	if (strlcpy(d, s, 16) >= 16)
		return -1;
	return 0;
}
