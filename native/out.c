#include "bsd.h"
#include "out.h"
#include "probe.h"

void
out_open(struct out *o, int fd)
{
	o->fd = fd;
	o->failed = false;
	o->length = 0;
}

static void
flush(struct out *o)
{
	if (o->length > 0 && !write_whole(o->fd, o->data, o->length))
		o->failed = true;
	o->length = 0;
}

void
out_char(struct out *o, char c)
{
	if (o->length == sizeof(o->data))
		flush(o);
	o->data[o->length++] = c;
}

void
out_text(struct out *o, const char *text)
{
	for (; *text != '\0'; text++)
		out_char(o, *text);
}

void
out_number(struct out *o, uint64_t n)
{
	char digits[20];
	size_t i;

	i = sizeof(digits);
	do {
		digits[--i] = (char)('0' + n % 10);
		n /= 10;
	} while (n != 0);
	for (; i < sizeof(digits); i++)
		out_char(o, digits[i]);
}

void
out_signed(struct out *o, int64_t n)
{
	if (n < 0)
		out_char(o, '-');
	out_number(o, n < 0 ? -(uint64_t)n : (uint64_t)n);
}

bool
out_close(struct out *o)
{
	flush(o);
	return (!o->failed);
}
