/*
 * One BPF descriptor, buffered or zero-copy, read the way a careful program
 * reads it: bpf(4).
 */
#include "bsd.h"
#include "probe.h"
#include "sys.h"

/* How long a drain waits for packets that were sent but not yet seen. */
#define PATIENCE_US 30000
#define LOOK_CHUNK 4096

static bool
failed(struct failure *why, uint32_t step, long error)
{
	why->step = step;
	why->error = (int32_t)-error;
	return (false);
}

static bool
control(struct capture *c, unsigned long request, void *data, uint32_t step,
    struct failure *why)
{
	int error;

	c->calls++;
	error = sys_ioctl(c->fd, request, data);
	return (error == 0 || failed(why, step, error));
}

/*
 * Sets the mode, and the sysctl around it when it is off.  Between the two
 * writes nothing else is done: that is the window, in microseconds.
 */
static bool
set_zero_copy(struct capture *c, const struct enabling *e, uint64_t *window_us,
    struct failure *why)
{
	struct failure restored;
	uint32_t mode;
	uint64_t start;
	int error;
	bool done;

	mode = BPF_BUFMODE_ZBUF;
	*window_us = 0;
	if (!e->needed)
		return (control(c, BIOCSETBUFMODE, &mode,
		    ZBUFPROBE_STEP_SETBUFMODE, why));
	start = sys_microseconds();
	error = enable_write(1);
	if (error != 0)
		return (failed(why, ZBUFPROBE_STEP_SYSCTL_WRITE, error));
	done = control(c, BIOCSETBUFMODE, &mode, ZBUFPROBE_STEP_SETBUFMODE,
	    why);
	enable_restore(e, &restored);
	/* At least 1, so that an open window is never mistaken for none. */
	*window_us = sys_microseconds() - start + 1;
	return (done);
}

static bool
map(uint8_t **at, size_t bytes, struct failure *why)
{
	*at = sys_map(bytes);
	return (*at != NULL || failed(why, ZBUFPROBE_STEP_MAP, -ENOMEM));
}

static bool
set_inherit(struct capture *c, uint32_t inherit, struct failure *why)
{
	static const int modes[] = {
		[ZBUFPROBE_DEFAULT] = -1,
		[ZBUFPROBE_COPY] = INHERIT_COPY,
		[ZBUFPROBE_SHARE] = INHERIT_SHARE,
		[ZBUFPROBE_NONE] = INHERIT_NONE,
		[ZBUFPROBE_ZERO] = INHERIT_ZERO
	};
	int error, i;

	if (inherit == ZBUFPROBE_DEFAULT)
		return (true);
	for (i = 0; i < 2; i++) {
		error = sys_minherit(c->buffer[i], c->bytes, modes[inherit]);
		if (error != 0)
			return (failed(why, ZBUFPROBE_STEP_MINHERIT, error));
	}
	return (true);
}

static bool
set_zero_copy_buffers(struct capture *c, const struct capture_options *o,
    uint64_t *window_us, struct failure *why)
{
	struct bpf_zbuf zb;

	c->bytes = o->buffer_bytes;
	if (!map(&c->buffer[0], c->bytes, why) ||
	    !map(&c->buffer[1], c->bytes, why) ||
	    !set_inherit(c, o->inherit, why) ||
	    !set_zero_copy(c, o->enabling, window_us, why))
		return (false);
	memset(&zb, 0, sizeof(zb));
	zb.bz_bufa = c->buffer[0];
	zb.bz_bufb = c->buffer[1];
	zb.bz_buflen = c->bytes;
	return (control(c, BIOCSETZBUF, &zb, ZBUFPROBE_STEP_SETZBUF, why));
}

static bool
set_kernel_buffer(struct capture *c, const struct capture_options *o,
    struct failure *why)
{
	uint32_t bytes;

	bytes = o->buffer_bytes;
	if (!control(c, BIOCSBLEN, &bytes, ZBUFPROBE_STEP_SETBLEN, why) ||
	    !control(c, BIOCGBLEN, &bytes, ZBUFPROBE_STEP_SETBLEN, why))
		return (false);
	c->bytes = bytes;
	/* read(2) wants a buffer of exactly the kernel's size. */
	return (map(&c->buffer[0], c->bytes, why));
}

static bool
set_filter(struct capture *c, const struct link *link, uint16_t port,
    struct failure *why)
{
	struct bpf_insn insns[PACKET_FILTER_MAX];
	struct bpf_program program;

	memset(&program, 0, sizeof(program));
	program.bf_len = packet_filter(insns, link, port);
	program.bf_insns = insns;
	return (control(c, BIOCSETF, &program, ZBUFPROBE_STEP_SETF, why));
}

/* Immediate mode: a read no longer waits for a full buffer. */
bool
capture_hurry(struct capture *c, struct failure *why)
{
	uint32_t on;

	on = 1;
	return (control(c, BIOCIMMEDIATE, &on, ZBUFPROBE_STEP_IMMEDIATE, why));
}

static bool
set_timing(struct capture *c, const struct capture_options *o,
    struct failure *why)
{
	struct timeval tv;

	if (o->timeout_ms != 0) {
		memset(&tv, 0, sizeof(tv));
		tv.tv_sec = (int)(o->timeout_ms / 1000);
		tv.tv_usec = (int)(o->timeout_ms % 1000 * 1000);
		return (control(c, BIOCSRTIMEOUT, &tv,
		    ZBUFPROBE_STEP_IMMEDIATE, why));
	}
	return (capture_hurry(c, why));
}

/*
 * Nothing passes until the link type is known and the filter fits: a busy
 * interface could otherwise fill a buffer with other people's packets.
 */
static bool
attach(struct capture *c, const struct capture_options *o, struct failure *why)
{
	struct ifreq ifr;
	uint32_t direction, type;

	if (!set_filter(c, NULL, 0, why))
		return (false);
	direction = o->traffic->direction;
	if (!control(c, BIOCSDIRECTION, &direction, ZBUFPROBE_STEP_DIRECTION,
	    why))
		return (false);
	memset(&ifr, 0, sizeof(ifr));
	memcpy(ifr.ifr_name, o->traffic->ifname, sizeof(o->traffic->ifname));
	if (!control(c, BIOCSETIF, &ifr, ZBUFPROBE_STEP_SETIF, why) ||
	    !control(c, BIOCGDLT, &type, ZBUFPROBE_STEP_GETDLT, why))
		return (false);
	if (!packet_link(&c->link, type))
		return (failed(why, ZBUFPROBE_STEP_GETDLT, -EOPNOTSUPP));
	return (set_filter(c, &c->link, o->traffic->port, why));
}

/*
 * Opens the capture; window_us is how long the sysctl was set for it, 0 if it
 * was not.  Whatever was opened stays open: the process is about to end.
 */
bool
capture_open(struct capture *c, const struct capture_options *o,
    uint64_t *window_us, struct failure *why)
{
	int error;

	memset(c, 0, sizeof(*c));
	*window_us = 0;
	c->mode = o->mode;
	c->fd = sys_open("/dev/bpf", O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
	if (c->fd < 0)
		return (failed(why, ZBUFPROBE_STEP_OPEN, c->fd));
	if (c->mode == ZBUFPROBE_ZBUF) {
		if (!set_zero_copy_buffers(c, o, window_us, why))
			return (false);
	} else if (!set_kernel_buffer(c, o, why))
		return (false);
	if (!set_timing(c, o, why) || !attach(c, o, why) ||
	    !map(&c->scratch, c->bytes, why))
		return (false);
	error = sys_pipe(c->looking);
	c->calls = 0;
	return (error == 0 || failed(why, ZBUFPROBE_STEP_PIPE, error));
}

static volatile struct bpf_zbuf_header *
header_of(const struct capture *c, int i)
{
	return ((volatile struct bpf_zbuf_header *)(void *)c->buffer[i]);
}

/* Zero-copy: has the kernel handed over a buffer we did not give back? */
bool
capture_pending(const struct capture *c)
{
	volatile struct bpf_zbuf_header *h;
	int i;

	for (i = 0; i < 2; i++) {
		h = header_of(c, i);
		if (__atomic_load_n(&h->bzh_kernel_gen, __ATOMIC_ACQUIRE) !=
		    h->bzh_user_gen)
			return (true);
	}
	return (false);
}

/* Zero-copy: asks for what the kernel has gathered so far. */
bool
capture_rotate(struct capture *c, struct failure *why)
{
	struct bpf_zbuf zb;

	memset(&zb, 0, sizeof(zb));
	return (control(c, BIOCROTZBUF, &zb, ZBUFPROBE_STEP_ROTATE, why));
}

static uint32_t
take_zero_copy(struct capture *c, uint32_t nonce)
{
	volatile struct bpf_zbuf_header *h;
	uint32_t count, generation, length;
	int i;

	count = 0;
	for (i = 0; i < 2; i++) {
		h = header_of(c, i);
		generation = __atomic_load_n(&h->bzh_kernel_gen,
		    __ATOMIC_ACQUIRE);
		if (generation == h->bzh_user_gen)
			continue;
		length = h->bzh_kernel_len;
		if (length > c->bytes - sizeof(*h))
			length = c->bytes - sizeof(*h);
		count += packet_count(c->buffer[i] + sizeof(*h), length,
		    &c->link, nonce, 0);
		/* The acknowledge: the one store to the shared pages. */
		__atomic_store_n(&h->bzh_user_gen, generation,
		    __ATOMIC_RELEASE);
	}
	return (count);
}

/* Takes what is there now; the count of our packets. */
uint32_t
capture_take(struct capture *c, uint32_t nonce, struct failure *why)
{
	long n;

	if (c->mode == ZBUFPROBE_ZBUF)
		return (take_zero_copy(c, nonce));
	c->calls++;
	n = sys_read(c->fd, c->buffer[0], c->bytes);
	if (n > 0)
		return (packet_count(c->buffer[0], (size_t)n, &c->link, nonce,
		    0));
	if (n < 0 && n != -EAGAIN && n != -EINTR)
		failed(why, ZBUFPROBE_STEP_READ, n);
	return (0);
}

/*
 * Takes until the expected number was seen, and once more, so that a packet
 * seen twice shows; or until nothing more has come for a while.
 */
uint32_t
capture_drain(struct capture *c, uint32_t expected, uint32_t nonce,
    struct failure *why)
{
	uint64_t deadline;
	uint32_t count, n;
	bool last;

	deadline = sys_microseconds() + PATIENCE_US;
	for (count = 0, last = false;;) {
		if (c->mode == ZBUFPROBE_ZBUF && !capture_rotate(c, why))
			return (count);
		n = capture_take(c, nonce, why);
		count += n;
		if (last || why->error != 0)
			return (count);
		last = count >= expected;
		if (last || n != 0)
			continue;
		if (milliseconds_until(deadline) == 0)
			return (count);
		sys_sleep(2);
	}
}

/*
 * Copies memory that may not be there: write(2) answers EFAULT where a load
 * would be the end of the process.
 */
static bool
look_at(struct capture *c, const uint8_t *from, uint8_t *to, size_t bytes)
{
	size_t at, chunk;

	for (at = 0; at < bytes; at += chunk) {
		chunk = bytes - at < LOOK_CHUNK ? bytes - at : LOOK_CHUNK;
		if (sys_write(c->looking[1], from + at, chunk) != (long)chunk ||
		    !read_whole(c->looking[0], to + at, chunk))
			return (false);
	}
	return (true);
}

/*
 * How many packets of the round this process can read in its own memory
 * although it takes none: without the descriptor, and without a store.
 */
uint32_t
capture_look(struct capture *c, uint32_t nonce, uint32_t round)
{
	const size_t header = sizeof(struct bpf_zbuf_header);
	uint32_t count;
	int i;

	if (c->mode != ZBUFPROBE_ZBUF)
		return (0);
	for (count = 0, i = 0; i < 2; i++)
		if (look_at(c, c->buffer[i], c->scratch, c->bytes))
			count += packet_count(c->scratch + header,
			    c->bytes - header, &c->link, nonce, round);
	return (count);
}

bool
capture_dropped(struct capture *c, uint32_t *dropped, struct failure *why)
{
	struct bpf_stat stat;

	memset(&stat, 0, sizeof(stat));
	if (!control(c, BIOCGSTATS, &stat, ZBUFPROBE_STEP_STATS, why))
		return (false);
	*dropped = stat.bs_drop;
	return (true);
}
