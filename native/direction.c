/*
 * In which direction is each of our packets seen exactly once?  It depends on
 * the interface (a loopback packet goes out and comes in), so it is tried,
 * with a buffered capture, before anything is judged.
 */
#include "bsd.h"
#include "probe.h"
#include "sys.h"

static bool
ask(struct scene *s, uint32_t command, const struct probe *p,
    struct answer *a, struct failure *why)
{
	struct order o;
	uint64_t deadline;

	memset(&o, 0, sizeof(o));
	memset(a, 0, sizeof(*a));
	o.command = command;
	o.nonce = p->nonce;
	o.expected = p->packets;
	deadline = sys_microseconds() + PROBE_ANSWER_MS * 1000;
	if (!channel_tell(&s->parent, &o) ||
	    channel_hear(&s->parent, a, deadline) != HEARD_ANSWER) {
		why->step = ZBUFPROBE_STEP_ANSWER;
		why->error = ETIMEDOUT;
	} else if (a->error != 0) {
		why->step = a->step;
		why->error = a->error;
	}
	return (why->error == 0);
}

/* How often are the packets seen, when as many are sent as a round has? */
static bool
count(struct probe *p, uint32_t direction, uint32_t *seen,
    struct failure *why)
{
	struct capture_options o;
	struct scene s;
	struct answer a;

	p->nonce++;
	p->traffic.direction = direction;
	memset(&o, 0, sizeof(o));
	o.mode = ZBUFPROBE_BUFFER;
	o.buffer_bytes = PROBE_BUFFER_BYTES;
	o.traffic = &p->traffic;
	o.enabling = &p->enabling;
	if (!scene_begin(&s, &o, probe_alarm(p), why))
		return (false);
	if (ask(&s, ORDER_OPEN, p, &a, why)) {
		traffic_send(&p->traffic, p->packets, p->nonce, 1,
		    PROBE_PAYLOAD_BYTES);
		if (ask(&s, ORDER_DRAIN, p, &a, why))
			*seen = a.packets;
	}
	scene_finish(&s, sys_microseconds() + PROBE_ANSWER_MS * 1000);
	return (why->error == 0);
}

/*
 * Sets the direction: the expected one if it is right, else the other if that
 * one is, else the expected one all the same, and the matrix shows what is
 * wrong.  False when our packets are not seen at all, or a call failed.
 */
bool
direction_choose(struct probe *p, struct failure *why)
{
	uint32_t expected, other, seen, seen_other;

	expected = p->traffic.direction;
	other = expected == BPF_D_IN ? BPF_D_OUT : BPF_D_IN;
	seen = seen_other = 0;
	if (!count(p, expected, &seen, why))
		return (false);
	if (seen == p->packets)
		return (true);
	if (!count(p, other, &seen_other, why))
		return (false);
	if (seen_other == p->packets)
		return (true);
	p->traffic.direction = expected;
	return (seen != 0);
}
