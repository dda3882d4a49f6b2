/*
 * The reader's side of a benchmark: takes packets and counts what that costs.
 */
#include "bsd.h"
#include "probe.h"
#include "sys.h"

static void
received(struct zbufprobe_run *run, uint32_t n, uint64_t start)
{
	if (n == 0)
		return;
	run->received += n;
	run->microseconds = (uint32_t)(sys_microseconds() - start);
}

/* What is left when the sender has finished. */
static void
take_rest(struct capture *c, uint32_t nonce, struct zbufprobe_run *run,
    uint64_t start, struct failure *why)
{
	uint32_t n;

	if (c->mode == ZBUFPROBE_BUFFER && !capture_hurry(c, why))
		return;
	do {
		if (c->mode == ZBUFPROBE_ZBUF && !capture_rotate(c, why))
			return;
		n = capture_take(c, nonce, why);
		received(run, n, start);
	} while (n != 0);
}

/* The reader: takes packets until an order comes, then what is left. */
void
receive(struct capture *c, const struct channel *channel, uint32_t nonce,
    struct zbufprobe_run *run, struct failure *why)
{
	uint64_t cpu, start;
	int fds[2], ready;

	memset(run, 0, sizeof(*run));
	fds[0] = c->fd;
	fds[1] = channel->order[0];
	c->calls = 0;
	cpu = sys_cpu_microseconds();
	start = sys_microseconds();
	do {
		if (c->mode == ZBUFPROBE_ZBUF && capture_pending(c)) {
			received(run, capture_take(c, nonce, why), start);
			ready = 0;
			continue;
		}
		c->calls++;
		ready = sys_wait_readable(fds, 2, PROBE_READ_TIMEOUT_MS);
		if (c->mode == ZBUFPROBE_BUFFER && (ready & 1) != 0)
			received(run, capture_take(c, nonce, why), start);
		else if (c->mode == ZBUFPROBE_ZBUF && !capture_pending(c))
			capture_rotate(c, why);
	} while ((ready & 2) == 0 && why->error == 0);
	take_rest(c, nonce, run, start, why);
	run->cpu_us = (uint32_t)(sys_cpu_microseconds() - cpu);
	run->calls = c->calls;
}

/* After a flush: what the kernel could not hand over before. */
void
receive_rest(struct capture *c, uint32_t nonce, struct zbufprobe_run *run,
    struct failure *why)
{
	memset(run, 0, sizeof(*run));
	take_rest(c, nonce, run, sys_microseconds(), why);
	capture_dropped(c, &run->dropped, why);
}
