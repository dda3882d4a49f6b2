/*
 * Orders and answers between processes: two pipes, one order at a time.  A
 * process that dies is noticed as the end of its answers.
 */
#include "bsd.h"
#include "probe.h"
#include "sys.h"

void
close_fd(int *fd)
{
	if (*fd != -1)
		sys_close(*fd);
	*fd = -1;
}

/* Milliseconds left, rounded up; 0 when the time has come. */
int
milliseconds_until(uint64_t deadline)
{
	uint64_t now;

	now = sys_microseconds();
	if (now >= deadline)
		return (0);
	return ((int)((deadline - now + 999) / 1000));
}

/* Reads all of it; false at the end of the pipe or on an error. */
bool
read_whole(int fd, void *data, size_t length)
{
	uint8_t *at;
	long n;

	at = data;
	while (length > 0) {
		n = sys_read(fd, at, length);
		if (n == -EINTR)
			continue;
		if (n <= 0)
			return (false);
		at += n;
		length -= (size_t)n;
	}
	return (true);
}

bool
write_whole(int fd, const void *data, size_t length)
{
	const uint8_t *at;
	long n;

	at = data;
	while (length > 0) {
		n = sys_write(fd, at, length);
		if (n == -EINTR)
			continue;
		if (n <= 0)
			return (false);
		at += n;
		length -= (size_t)n;
	}
	return (true);
}

bool
channel_open(struct channel *c, struct failure *why)
{
	int error;

	error = sys_pipe(c->order);
	if (error == 0)
		error = sys_pipe(c->answer);
	if (error == 0)
		return (true);
	why->step = ZBUFPROBE_STEP_PIPE;
	why->error = -error;
	return (false);
}

void
channel_close(struct channel *c)
{
	close_fd(&c->order[0]);
	close_fd(&c->order[1]);
	close_fd(&c->answer[0]);
	close_fd(&c->answer[1]);
}

/* The side that gives orders. */
void
channel_keep_near(struct channel *c)
{
	close_fd(&c->order[0]);
	close_fd(&c->answer[1]);
}

/* The side that takes them. */
void
channel_keep_far(struct channel *c)
{
	close_fd(&c->order[1]);
	close_fd(&c->answer[0]);
}

/* No more orders: whoever reads them sees the end and exits. */
void
channel_hang_up(struct channel *c)
{
	close_fd(&c->order[1]);
}

bool
channel_tell(const struct channel *c, const struct order *o)
{
	return (write_whole(c->order[1], o, sizeof(*o)));
}

/* Waits for an answer until the deadline (microseconds). */
enum heard
channel_hear(const struct channel *c, struct answer *a, uint64_t deadline)
{
	int ready;

	for (;;) {
		ready = sys_wait_readable(&c->answer[0], 1,
		    milliseconds_until(deadline));
		if (ready > 0)
			break;
		if (ready == 0 && milliseconds_until(deadline) == 0)
			return (HEARD_NOTHING);
		if (ready < 0 && ready != -EINTR)
			return (HEARD_END);
	}
	if (!read_whole(c->answer[0], a, sizeof(*a)))
		return (HEARD_END);
	return (HEARD_ANSWER);
}

bool
channel_next_order(const struct channel *c, struct order *o)
{
	return (read_whole(c->order[0], o, sizeof(*o)));
}

void
channel_reply(const struct channel *c, const struct answer *a)
{
	/* Nobody is listening any more: there is nothing left to do. */
	if (!write_whole(c->answer[1], a, sizeof(*a)))
		sys_exit(1);
}
