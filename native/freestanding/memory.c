/*
 * What the compiler and the probe expect of string.h.
 */
#include "../bsd.h"

void *
memcpy(void *restrict to, const void *restrict from, size_t n)
{
	unsigned char *t;
	const unsigned char *f;

	for (t = to, f = from; n > 0; n--)
		*t++ = *f++;
	return (to);
}

void *
memmove(void *to, const void *from, size_t n)
{
	unsigned char *t;
	const unsigned char *f;

	t = to;
	f = from;
	if ((uintptr_t)t <= (uintptr_t)f)
		return (memcpy(to, from, n));
	while (n-- > 0)
		t[n] = f[n];
	return (to);
}

void *
memset(void *at, int value, size_t n)
{
	unsigned char *t;

	for (t = at; n > 0; n--)
		*t++ = (unsigned char)value;
	return (at);
}

int
memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x, *y;

	for (x = a, y = b; n > 0; n--, x++, y++)
		if (*x != *y)
			return (*x < *y ? -1 : 1);
	return (0);
}

size_t
strlen(const char *s)
{
	const char *end;

	for (end = s; *end != '\0'; end++)
		continue;
	return ((size_t)(end - s));
}

int
strncmp(const char *a, const char *b, size_t n)
{
	for (; n > 0; n--, a++, b++)
		if (*a != *b || *a == '\0')
			return ((unsigned char)*a - (unsigned char)*b);
	return (0);
}

int
strcmp(const char *a, const char *b)
{
	return (strncmp(a, b, SIZE_MAX));
}
