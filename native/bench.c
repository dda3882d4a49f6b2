/*
 * Buffered against zero-copy on the same traffic: what the reader receives,
 * in what time, with how much CPU and how many system calls.
 */
#include "bsd.h"
#include "probe.h"
#include "sys.h"

#define SEND_PACKETS 8000
#define SEND_BATCH 64
#define SEND_LIMIT_US 120000

static const uint32_t packet_bytes[] = {64, 512, 1472};
static const uint32_t buffer_bytes[] = {32768, 524288};

uint32_t
bench_selected(const struct zbufprobe_request *r)
{
	return ((r->flags & ZBUFPROBE_BENCH) != 0 ? ZBUFPROBE_BENCHES : 0);
}

static uint32_t
send_all(struct probe *p, uint32_t bytes)
{
	uint64_t end;
	uint32_t n, sent;

	end = sys_microseconds() + SEND_LIMIT_US;
	for (sent = 0; sent < SEND_PACKETS && sys_microseconds() < end;
	    sent += n) {
		n = traffic_send(&p->traffic, SEND_BATCH, p->nonce, 1, bytes);
		if (n == 0)
			break;
	}
	return (sent);
}

static bool
tell(struct scene *s, uint32_t command, uint32_t nonce)
{
	struct order o;

	memset(&o, 0, sizeof(o));
	o.command = command;
	o.nonce = nonce;
	return (channel_tell(&s->parent, &o));
}

static bool
hear(struct scene *s, struct answer *a, uint64_t deadline, struct failure *why)
{
	if (channel_hear(&s->parent, a, deadline) != HEARD_ANSWER) {
		why->step = ZBUFPROBE_STEP_ANSWER;
		why->error = ETIMEDOUT;
	} else if (a->error != 0) {
		why->step = a->step;
		why->error = a->error;
	}
	return (why->error == 0);
}

/*
 * The kernel takes an acknowledged buffer back only when the next packet
 * comes, and until then it rotates nothing: another packet, not one of the
 * run's, lets it hand over what it still has.
 */
static bool
flush(struct probe *p, struct scene *s, struct zbufprobe_run *run,
    uint64_t deadline, struct failure *why)
{
	struct answer a;

	if (!hear(s, &a, deadline, why))
		return (false);
	run->received += a.run.received;
	/* Before the other packet, which may be dropped itself. */
	run->dropped = a.run.dropped;
	traffic_send(&p->traffic, 1, 0, 1, PROBE_PAYLOAD_BYTES);
	tell(s, ORDER_FINISH, p->nonce);
	if (!hear(s, &a, deadline, why))
		return (false);
	run->received += a.run.received;
	return (true);
}

static bool
one_run(struct probe *p, const struct capture_options *o, uint32_t bytes,
    struct zbufprobe_run *run, struct failure *why)
{
	struct scene s;
	struct answer a;
	uint64_t deadline;
	uint32_t sent;

	p->nonce++;
	deadline = sys_microseconds() + PROBE_ANSWER_MS * 1000;
	if (deadline > p->deadline)
		deadline = p->deadline;
	if (!scene_begin(&s, o, probe_alarm(p), why))
		return (false);
	memset(&a, 0, sizeof(a));
	tell(&s, ORDER_OPEN, p->nonce);
	if (hear(&s, &a, deadline, why)) {
		probe_window(p, a.window_us);
		tell(&s, ORDER_READ, p->nonce);
		sent = send_all(p, bytes);
		tell(&s, ORDER_FINISH, p->nonce);
		if (hear(&s, &a, deadline, why)) {
			*run = a.run;
			run->sent = sent;
			flush(p, &s, run, deadline, why);
		}
	}
	scene_finish(&s, deadline);
	return (why->error == 0);
}

static void
one_bench(struct probe *p, struct zbufprobe_bench *b)
{
	struct capture_options o;
	struct failure why = {0, 0};

	memset(&o, 0, sizeof(o));
	o.mode = b->mode;
	o.inherit = ZBUFPROBE_DEFAULT;
	o.buffer_bytes = b->buffer_bytes;
	o.timeout_ms = PROBE_READ_TIMEOUT_MS;
	o.traffic = &p->traffic;
	o.enabling = &p->enabling;
	for (b->runs = 0; b->runs < ZBUFPROBE_RUNS; b->runs++)
		if (!one_run(p, &o, b->packet_bytes, &b->run[b->runs], &why))
			break;
	b->step = (uint8_t)why.step;
	b->error = why.error;
}

/* Both modes in turn for each size, so that a busy moment hits both. */
void
bench_run(struct probe *p)
{
	struct zbufprobe_result *r;
	struct zbufprobe_bench *b;
	struct failure why;
	uint32_t i;

	r = p->result;
	for (i = 0; i < bench_selected(p->request); i++) {
		if (sys_microseconds() >= p->deadline) {
			r->problem = ZBUFPROBE_TIME_LIMIT;
			return;
		}
		b = &r->benches[r->bench_count];
		memset(b, 0, sizeof(*b));
		b->mode = i % 2 == 0 ? ZBUFPROBE_BUFFER : ZBUFPROBE_ZBUF;
		b->packet_bytes = packet_bytes[i / 2 % 3];
		b->buffer_bytes = buffer_bytes[i / 6];
		one_bench(p, b);
		enable_restore(&p->enabling, &why);
		r->bench_count++;
		if (!probe_progress(p, ZBUFPROBE_ROWS, 0, 0))
			return;
	}
}
