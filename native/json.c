/*
 * The result as one JSON document, schema zbufctl.native-probe/1.
 */
#include "bsd.h"
#include "out.h"
#include "probe.h"

/* Puts a comma before every member and element but the first. */
static void
comma(struct out *o, bool *first)
{
	if (!*first)
		out_char(o, ',');
	*first = false;
}

static void
string(struct out *o, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char c;

	out_char(o, '"');
	for (; *text != '\0'; text++) {
		c = (unsigned char)*text;
		if (c < ' ' || c > '~' || c == '"' || c == '\\') {
			out_text(o, "\\u00");
			out_char(o, hex[c >> 4]);
			out_char(o, hex[c & 15]);
		} else
			out_char(o, (char)c);
	}
	out_char(o, '"');
}

static void
key(struct out *o, bool *first, const char *name)
{
	comma(o, first);
	string(o, name);
	out_char(o, ':');
}

static void
text(struct out *o, bool *first, const char *name, const char *value)
{
	key(o, first, name);
	string(o, value);
}

static void
number(struct out *o, bool *first, const char *name, uint64_t value)
{
	key(o, first, name);
	out_number(o, value);
}

static void
truth(struct out *o, bool *first, const char *name, bool value)
{
	key(o, first, name);
	out_text(o, value ? "true" : "false");
}

static void
value_or_null(struct out *o, bool *first, const char *name, int32_t value)
{
	key(o, first, name);
	if (value == -1)
		out_text(o, "null");
	else
		out_signed(o, value);
}

static void
rounds(struct out *o, bool *first, const char *name, const uint16_t *n)
{
	bool first_round;
	uint32_t i;

	key(o, first, name);
	out_char(o, '[');
	for (first_round = true, i = 0; i < ZBUFPROBE_ROUNDS; i++) {
		comma(o, &first_round);
		out_number(o, n[i]);
	}
	out_char(o, ']');
}

static void
failure(struct out *o, bool *first, uint32_t step, int32_t error)
{
	bool inside;

	if (step == ZBUFPROBE_STEP_NONE)
		return;
	key(o, first, "failure");
	out_char(o, '{');
	inside = true;
	text(o, &inside, "step", name_step(step));
	number(o, &inside, "errno", (uint32_t)error);
	out_char(o, '}');
}

static void
cell(struct out *o, const struct zbufprobe_cell *c)
{
	bool first;

	first = true;
	out_char(o, '{');
	text(o, &first, "mode", name_mode(c->mode));
	text(o, &first, "inherit", name_inherit(c->inherit));
	text(o, &first, "scenario", name_scenario(c->scenario));
	text(o, &first, "verdict", name_verdict(c->verdict));
	if (c->stalled_at != 0)
		number(o, &first, "stalledAtRound", c->stalled_at);
	if (c->crashed_at != 0) {
		number(o, &first, "crashedAtRound", c->crashed_at);
		number(o, &first, "signal", c->signal);
	}
	truth(o, &first, "exposed", c->exposed != 0);
	rounds(o, &first, "sent", c->sent);
	rounds(o, &first, "parent", c->parent);
	rounds(o, &first, "child", c->child);
	rounds(o, &first, "seenByOther", c->seen);
	if (c->hung != 0)
		truth(o, &first, "hung", true);
	failure(o, &first, c->step, c->error);
	out_char(o, '}');
}

/* The middle one of up to ZBUFPROBE_RUNS numbers; of two the smaller. */
static uint64_t
median(const uint64_t *values, uint32_t count)
{
	uint32_t below, equal, i, j;

	for (i = 0; i < count; i++) {
		for (below = equal = j = 0; j < count; j++) {
			below += values[j] < values[i];
			equal += values[j] == values[i];
		}
		if (below <= (count - 1) / 2 && below + equal > (count - 1) / 2)
			return (values[i]);
	}
	return (0);
}

static void
medians(struct out *o, const struct zbufprobe_bench *b)
{
	uint64_t calls[ZBUFPROBE_RUNS], cpu[ZBUFPROBE_RUNS];
	uint64_t dropped[ZBUFPROBE_RUNS], rate[ZBUFPROBE_RUNS];
	uint32_t i;
	bool first;

	for (i = 0; i < b->runs; i++) {
		calls[i] = b->run[i].calls;
		cpu[i] = b->run[i].cpu_us;
		dropped[i] = b->run[i].dropped;
		rate[i] = b->run[i].microseconds == 0 ? 0 :
		    (uint64_t)b->run[i].received * 1000000 /
		    b->run[i].microseconds;
	}
	first = true;
	out_char(o, '{');
	number(o, &first, "packetsPerSecond", median(rate, b->runs));
	number(o, &first, "cpuMicroseconds", median(cpu, b->runs));
	number(o, &first, "systemCalls", median(calls, b->runs));
	number(o, &first, "dropped", median(dropped, b->runs));
	out_char(o, '}');
}

static void
run(struct out *o, const struct zbufprobe_run *r)
{
	bool first;

	first = true;
	out_char(o, '{');
	number(o, &first, "sent", r->sent);
	number(o, &first, "received", r->received);
	number(o, &first, "dropped", r->dropped);
	number(o, &first, "microseconds", r->microseconds);
	number(o, &first, "cpuMicroseconds", r->cpu_us);
	number(o, &first, "systemCalls", r->calls);
	out_char(o, '}');
}

static void
bench(struct out *o, const struct zbufprobe_bench *b)
{
	uint32_t i;
	bool first, first_run;

	first = true;
	out_char(o, '{');
	text(o, &first, "mode", name_mode(b->mode));
	number(o, &first, "packetBytes", b->packet_bytes);
	number(o, &first, "bufferBytes", b->buffer_bytes);
	key(o, &first, "runs");
	out_char(o, '[');
	for (first_run = true, i = 0; i < b->runs; i++) {
		comma(o, &first_run);
		run(o, &b->run[i]);
	}
	out_char(o, ']');
	if (b->runs > 0) {
		key(o, &first, "median");
		medians(o, b);
	}
	failure(o, &first, b->step, b->error);
	out_char(o, '}');
}

static void
descriptor(struct out *o, const struct zbufprobe_descriptor *d)
{
	bool first;

	first = true;
	out_char(o, '{');
	number(o, &first, "pid", (uint32_t)d->pid);
	text(o, &first, "interfaceName", d->ifname);
	text(o, &first, "mode", d->mode == 1 ? "buffer" :
	    d->mode == 2 ? "zbuf" : "unknown");
	number(o, &first, "received", d->received);
	number(o, &first, "dropped", d->dropped);
	number(o, &first, "matched", d->matched);
	number(o, &first, "storeLength", d->store_length);
	number(o, &first, "holdLength", d->hold_length);
	number(o, &first, "bufferSize", d->buffer_size);
	number(o, &first, "zeroCopies", d->zero_copies);
	number(o, &first, "direction", d->direction);
	truth(o, &first, "promiscuous", d->promiscuous != 0);
	truth(o, &first, "immediate", d->immediate != 0);
	truth(o, &first, "locked", d->locked != 0);
	out_char(o, '}');
}

static void
error(struct out *o, bool *first, const struct zbufprobe_result *r)
{
	bool inside;

	if (r->problem == ZBUFPROBE_OK)
		return;
	key(o, first, "error");
	out_char(o, '{');
	inside = true;
	text(o, &inside, "code", name_problem(r->problem));
	if (r->step != ZBUFPROBE_STEP_NONE) {
		text(o, &inside, "step", name_step(r->step));
		number(o, &inside, "errno", (uint32_t)r->error);
	} else if (r->error != 0)
		number(o, &inside, "found", (uint32_t)r->error);
	out_char(o, '}');
}

static void
lists(struct out *o, bool *first, const struct zbufprobe_result *r,
    uint32_t flags)
{
	uint32_t i;
	bool inside;

	key(o, first, "matrix");
	out_char(o, '[');
	for (inside = true, i = 0; i < r->cell_count; i++) {
		comma(o, &inside);
		cell(o, &r->cells[i]);
	}
	out_char(o, ']');
	if ((flags & ZBUFPROBE_BENCH) != 0) {
		key(o, first, "bench");
		out_char(o, '[');
		for (inside = true, i = 0; i < r->bench_count; i++) {
			comma(o, &inside);
			bench(o, &r->benches[i]);
		}
		out_char(o, ']');
	}
	if (r->inspected == 0)
		return;
	key(o, first, "descriptors");
	out_char(o, '[');
	for (inside = true, i = 0; i < r->descriptor_count; i++) {
		comma(o, &inside);
		descriptor(o, &r->descriptors[i]);
	}
	out_char(o, ']');
	number(o, first, "descriptorTotal", r->descriptor_total);
}

bool
json_write(const struct zbufprobe_result *r, uint32_t flags, int fd)
{
	struct out o;
	bool first, inside;

	out_open(&o, fd);
	first = true;
	out_char(&o, '{');
	text(&o, &first, "schema", "zbufctl.native-probe/1");
	text(&o, &first, "kernel", r->kernel);
	text(&o, &first, "machine", r->machine);
	truth(&o, &first, "model", r->model != 0);
	text(&o, &first, "interface", r->ifname);
	value_or_null(&o, &first, "zerocopyBefore", r->zerocopy_before);
	value_or_null(&o, &first, "zerocopyAfter", r->zerocopy_after);
	number(&o, &first, "elapsedMilliseconds", r->elapsed_ms);
	if (r->windows != 0) {
		key(&o, &first, "enableWindow");
		inside = true;
		out_char(&o, '{');
		number(&o, &inside, "times", r->windows);
		number(&o, &inside, "longestMicroseconds", r->window_max_us);
		number(&o, &inside, "totalMicroseconds", r->window_total_us);
		out_char(&o, '}');
	}
	error(&o, &first, r);
	lists(&o, &first, r, flags);
	out_text(&o, "}\n");
	return (out_close(&o));
}
