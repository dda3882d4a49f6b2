/*
 * A whole run: may it begin, what does it do, and is everything as before.
 */
#include "bsd.h"
#include "probe.h"
#include "sys.h"

static void
read_name(const char *name, char *text, size_t size)
{
	size_t length;

	length = size - 1;
	if (sys_sysctl(name, text, &length, NULL, 0) != 0)
		length = 0;
	text[length < size ? length : size - 1] = '\0';
}

static void
prepare(struct zbufprobe_result *r, const struct zbufprobe_request *q)
{
	memset(r, 0, sizeof(*r));
	r->size = sizeof(*r);
	r->version = ZBUFPROBE_VERSION;
	r->model = (uint32_t)sys_is_model();
	r->zerocopy_before = r->zerocopy_after = -1;
	read_name("kern.osrelease", r->kernel, sizeof(r->kernel));
	read_name("hw.machine", r->machine, sizeof(r->machine));
	memcpy(r->ifname, q->ifname, sizeof(r->ifname) - 1);
	if (r->ifname[0] == '\0')
		memcpy(r->ifname, "lo0", 4);
}

/* Held by every process of the run until the last is gone. */
static int
lock(struct zbufprobe_result *r)
{
	struct failure why;
	int fd;

	fd = sys_open(sys_lock_path(), O_RDWR | O_CREAT | O_EXLOCK |
	    O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0)
		return (fd);
	why.step = ZBUFPROBE_STEP_LOCK;
	why.error = -fd;
	probe_problem(r, fd == -EAGAIN ? ZBUFPROBE_LOCKED : ZBUFPROBE_FAILED,
	    &why);
	return (-1);
}

/* Is zero-copy on, or may we switch it on? */
static bool
settle_zerocopy(struct probe *p, uint32_t limit_ms)
{
	const struct zbufprobe_request *q;
	struct zbufprobe_result *r;
	struct failure why = {0, 0};

	q = p->request;
	r = p->result;
	p->enabling.guard = -1;
	p->enabling.before = r->zerocopy_before;
	if (!matrix_needs_zerocopy(q) && bench_selected(q) == 0)
		return (true);
	if (r->zerocopy_before == -1) {
		enable_read(&why);
		probe_problem(r, why.error == ENOENT ? ZBUFPROBE_NO_ZEROCOPY :
		    ZBUFPROBE_FAILED, &why);
		return (false);
	}
	if (r->zerocopy_before != 0)
		return (true);
	if ((q->flags & ZBUFPROBE_ALLOW_ENABLE) == 0) {
		probe_problem(r, ZBUFPROBE_ZEROCOPY_OFF, NULL);
		return (false);
	}
	/* Before the watcher is forked: it has to know. */
	p->enabling.needed = true;
	if (enable_watch(&p->enabling, limit_ms, &why))
		return (true);
	p->enabling.needed = false;
	probe_problem(r, ZBUFPROBE_FAILED, &why);
	return (false);
}

/* Opens what sends the packets and finds out how they are seen. */
static bool
begin_traffic(struct probe *p)
{
	struct failure why = {0, 0};

	if (!traffic_open(&p->traffic, p->result->ifname, &why))
		probe_problem(p->result, ZBUFPROBE_FAILED, &why);
	else if (!direction_choose(p, &why))
		probe_problem(p->result, why.error != 0 ? ZBUFPROBE_FAILED :
		    ZBUFPROBE_NO_TRAFFIC, &why);
	return (p->result->problem == ZBUFPROBE_OK);
}

static void
measure(struct probe *p, uint32_t limit_ms)
{
	struct failure why = {0, 0};
	int fd;

	fd = lock(p->result);
	if (fd < 0)
		return;
	/* Read again: before the lock another probe may have set it. */
	p->result->zerocopy_before = enable_read(&why);
	if (settle_zerocopy(p, limit_ms)) {
		if (begin_traffic(p))
			matrix_run(p);
		if (p->result->problem == ZBUFPROBE_OK)
			bench_run(p);
		traffic_close(&p->traffic);
		if (!enable_restore(&p->enabling, &why))
			probe_problem(p->result, ZBUFPROBE_NOT_RESTORED, &why);
	}
	enable_unwatch(&p->enabling,
	    p->result->problem != ZBUFPROBE_NOT_RESTORED);
	sys_close(fd);
}

static uint32_t
limit_of(const struct zbufprobe_request *q)
{
	if (q->time_limit_ms == 0)
		return (PROBE_TIME_LIMIT_MS);
	if (q->time_limit_ms > PROBE_HARD_LIMIT_MS)
		return (PROBE_HARD_LIMIT_MS);
	return (q->time_limit_ms);
}

static uint32_t
packets_of(const struct zbufprobe_request *q)
{
	if (q->packets == 0)
		return (PROBE_PACKETS);
	if (q->packets > PROBE_PACKETS_MAX)
		return (PROBE_PACKETS_MAX);
	return (q->packets);
}

int
zbufprobe_run(const struct zbufprobe_request *q, struct zbufprobe_result *r,
    zbufprobe_progress *progress)
{
	struct failure why = {0, 0};
	struct probe p;
	uint64_t start;

	if (q->size != sizeof(*q) || q->version != ZBUFPROBE_VERSION ||
	    r->size != sizeof(*r) || r->version != ZBUFPROBE_VERSION)
		return (ZBUFPROBE_REFUSED);
	start = sys_microseconds();
	prepare(r, q);
	if (sys_geteuid() != 0) {
		probe_problem(r, ZBUFPROBE_NOT_ROOT, NULL);
		return (0);
	}
	r->zerocopy_before = enable_read(&why);
	memset(&p, 0, sizeof(p));
	p.request = q;
	p.result = r;
	p.progress = progress;
	p.deadline = start + (uint64_t)limit_of(q) * 1000;
	p.packets = packets_of(q);
	p.nonce = (uint32_t)start ^ (uint32_t)sys_getpid() << 16;
	p.total = matrix_selected(q) + bench_selected(q);
	p.traffic.sink = p.traffic.source = -1;
	p.enabling.guard = -1;
	if (p.total > 0)
		measure(&p, limit_of(q));
	if ((q->flags & ZBUFPROBE_INSPECT) != 0 &&
	    r->problem != ZBUFPROBE_STOPPED)
		inspect_run(r);
	r->zerocopy_after = enable_read(&why);
	if (r->problem == ZBUFPROBE_LOCKED)
		/* The value is what the other probe made it, not the host's. */
		r->zerocopy_before = r->zerocopy_after = -1;
	r->windows = p.window.count;
	r->window_max_us = p.window.max_us;
	r->window_total_us = p.window.total_us;
	r->elapsed_ms = (uint32_t)((sys_microseconds() - start) / 1000);
	return (0);
}
