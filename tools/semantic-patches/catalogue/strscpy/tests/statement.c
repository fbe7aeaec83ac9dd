void f(char *d, const char *s)
{
	strlcpy(d, s, 16);
	if (s)
		strlcpy(d, "strlcpy(", sizeof(*d));
	scoped_guard(mutex, &m) {
		strlcpy(d, s, 4);
	}
}
