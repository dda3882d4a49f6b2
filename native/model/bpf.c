/*
 * BPF descriptors, as bpf(4) and sys/net behave (reading, and measured where
 * the facts say so).
 *
 * A descriptor has a store buffer that fills, a hold buffer that is the
 * reader's, and perhaps a spare.  Zero-copy buffers are the process's own
 * memory: handing one over is adding one to the generation in its header,
 * and it comes back when the process has stored the same number there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <signal.h>
#include <sys/time.h>

#include "world.h"

#define FDS 1024
#define HEADER sizeof(struct abi_bpf_zbuf_header)
#define ALIGN(n) (((n) + 7) & ~(uint32_t)7)
/* bh_tstamp to bh_hdrlen, without the padding at the end. */
#define BPF_HEADER 26
#define ZBUF_MAX (512 * PAGE)
#define BUFFER_MAX 524288
#define BUFFER_DEFAULT 4096

static int index_of_fd[FDS];	/* descriptor + 1; 0: not one of ours */

static struct abi_bpf_zbuf_header *
header(const struct descriptor *d, int buffer)
{
	return ((struct abi_bpf_zbuf_header *)(void *)world_memory(
	    d->object[buffer]));
}

static uint8_t *
bytes(const struct descriptor *d, int buffer)
{
	return (world_memory(d->object[buffer]) +
	    (d->mode == ABI_BPF_BUFMODE_ZBUF ? HEADER : 0));
}

/* The buffer is the process's now. */
static void
assign(struct descriptor *d, int buffer, uint32_t length)
{
	if (d->mode != ABI_BPF_BUFMODE_ZBUF || d->assigned[buffer] ||
	    MODEL_FAULT == FAULT_HEADER_NOT_SHARED)
		return;
	d->assigned[buffer] = 1;
	header(d, buffer)->bzh_kernel_len = length;
	__atomic_add_fetch(&header(d, buffer)->bzh_kernel_gen, 1,
	    __ATOMIC_RELEASE);
}

static bool
acknowledged(const struct descriptor *d)
{
	if (d->mode != ABI_BPF_BUFMODE_ZBUF || d->hold == -1 ||
	    MODEL_FAULT == FAULT_ACKNOWLEDGE_IGNORED)
		return (false);
	return (__atomic_load_n(&header(d, d->hold)->bzh_user_gen,
	    __ATOMIC_ACQUIRE) == header(d, d->hold)->bzh_kernel_gen);
}

static void
rotate(struct descriptor *d)
{
	d->hold = d->store;
	d->hold_length = d->store_length;
	d->store = d->spare;
	d->store_length = 0;
	d->spare = -1;
	if (MODEL_FAULT == FAULT_ROTATE_LOSES_PACKET && d->hold_length > 64)
		d->hold_length -= 64;
	assign(d, d->hold, d->hold_length);
}

/* A held buffer that was acknowledged becomes the spare one. */
static void
reclaim(struct descriptor *d)
{
	if (d->spare != -1 || !acknowledged(d))
		return;
	d->spare = d->hold;
	d->hold = -1;
	d->hold_length = 0;
	d->assigned[d->spare] = 0;
}

static void
append(struct descriptor *d, const uint8_t *packet, uint32_t length,
    uint32_t keep, uint32_t link_header)
{
	struct abi_bpf_hdr h;
	struct timeval now;
	uint32_t at, hdrlen, total;

	hdrlen = ALIGN(link_header + BPF_HEADER) - link_header;
	total = hdrlen + keep;
	reclaim(d);
	at = ALIGN(d->store_length);
	if (at + total > d->buffer_size) {
		if (d->spare == -1) {
			assign(d, d->store, d->store_length);
			d->dropped++;
			return;
		}
		rotate(d);
		at = 0;
	}
	if (d->assigned[d->store] && d->mode == ABI_BPF_BUFMODE_ZBUF) {
		d->dropped++;
		return;
	}
	memset(&h, 0, sizeof(h));
	gettimeofday(&now, NULL);
	h.bh_tstamp.tv_sec = now.tv_sec;
	h.bh_tstamp.tv_usec = now.tv_usec;
	h.bh_caplen = keep;
	h.bh_datalen = length;
	h.bh_hdrlen = (uint16_t)hdrlen;
	memset(bytes(d, d->store) + at, 0, hdrlen);
	memcpy(bytes(d, d->store) + at, &h, BPF_HEADER);
	memcpy(bytes(d, d->store) + at + hdrlen, packet, keep);
	d->store_length = at + total;
	if (d->mode == ABI_BPF_BUFMODE_ZBUF)
		d->zero_copies++;
}

static bool
wants(const struct descriptor *d, const char *ifname, uint32_t direction)
{
	if (!d->used || !d->attached || strcmp(d->ifname, ifname) != 0)
		return (false);
	return (MODEL_FAULT == FAULT_DIRECTION_IGNORED ||
	    d->direction == ABI_BPF_D_INOUT || d->direction == direction);
}

/* A packet passes an interface in a direction. */
void
bpf_tap(const char *ifname, uint32_t direction, const uint8_t *packet,
    size_t length)
{
	struct descriptor *d;
	uint32_t keep, link_header;
	int i;

	world_lock();
	for (i = 0; i < DESCRIPTOR_COUNT; i++) {
		d = &world()->descriptors[i];
		if (!wants(d, ifname, direction) || !handle_is_open(i))
			continue;
		d->received++;
		keep = filter_run(d->filter, d->filter_length, packet, length);
		if (keep == 0)
			continue;
		d->matched++;
		link_header = d->link == ABI_DLT_EN10MB ? 14 : 4;
		append(d, packet, (uint32_t)length, keep, link_header);
		if (MODEL_FAULT == FAULT_PACKET_TWICE && d->matched % 8 == 0)
			append(d, packet, (uint32_t)length, keep, link_header);
	}
	world_unlock();
}

int
bpf_index(int fd)
{
	return (fd >= 0 && fd < FDS ? index_of_fd[fd] - 1 : -1);
}

/* Gives a file descriptor. */
int
bpf_open(int *fd)
{
	struct descriptor *d;
	int i;

	world_lock();
	for (i = 0; i < DESCRIPTOR_COUNT; i++)
		if (!world()->descriptors[i].used || !handle_is_open(i))
			break;
	*fd = i < DESCRIPTOR_COUNT ? handle_open(i) : -1;
	if (*fd >= 0 && *fd < FDS) {
		d = &world()->descriptors[i];
		memset(d, 0, sizeof(*d));
		d->used = 1;
		d->opener = d->pid = getpid();
		d->mode = ABI_BPF_BUFMODE_BUFFER;
		d->direction = ABI_BPF_D_INOUT;
		d->buffer_size = BUFFER_DEFAULT;
		d->store = d->hold = d->spare = -1;
		d->object[0] = d->object[1] = -1;
		index_of_fd[*fd] = i + 1;
	}
	world_unlock();
	return (*fd >= 0 && *fd < FDS ? 0 : ABI_ENXIO);
}

void
bpf_close(int fd)
{
	index_of_fd[fd] = 0;
}

/* In the window in which a probe has the sysctl set, for tests. */
static void
accident(void)
{
	const char *what;

	what = getenv("ZBUFPROBE_MODEL_AT_SETBUFMODE");
	if (what == NULL)
		return;
	if (strcmp(what, "die") == 0)
		raise(SIGKILL);
	if (strcmp(what, "crash") == 0)
		raise(SIGBUS);
	while (strcmp(what, "pause") == 0)
		pause();
}

static int
set_mode(struct descriptor *d, uint32_t mode)
{
	if (mode != ABI_BPF_BUFMODE_BUFFER && mode != ABI_BPF_BUFMODE_ZBUF)
		return (ABI_EINVAL);
	if (mode == ABI_BPF_BUFMODE_ZBUF && world()->zerocopy_enable == 0)
		return (ABI_EINVAL);
	if (d->store != -1 || d->attached)
		return (ABI_EBUSY);
	d->mode = mode;
	return (0);
}

static int
set_buffers(struct descriptor *d, const struct abi_bpf_zbuf *z)
{
	void *address[2];
	int i;

	if (d->mode != ABI_BPF_BUFMODE_ZBUF)
		return (ABI_EOPNOTSUPP);
	if (d->store != -1 || z->bz_buflen == 0 || z->bz_buflen % PAGE != 0 ||
	    z->bz_buflen > ZBUF_MAX)
		return (ABI_EINVAL);
	address[0] = z->bz_bufa;
	address[1] = z->bz_bufb;
	for (i = 0; i < 2; i++) {
		d->object[i] = vm_object_of(address[i]);
		if (d->object[i] == -1)
			return (ABI_EFAULT);
		d->address[i] = (uint64_t)(uintptr_t)address[i];
		memset(header(d, i), 0, HEADER);
	}
	d->buffer_size = (uint32_t)(z->bz_buflen - HEADER);
	d->store = 0;
	d->spare = 1;
	return (0);
}

static int
set_interface(struct descriptor *d, const struct abi_ifreq *ifr)
{
	int i;

	if (strncmp(ifr->ifr_name, "lo0", 4) == 0)
		d->link = ABI_DLT_NULL;
	else if (strncmp(ifr->ifr_name, "em0", 4) == 0)
		d->link = ABI_DLT_EN10MB;
	else
		return (ABI_ENXIO);
	if (d->mode == ABI_BPF_BUFMODE_ZBUF && d->store == -1)
		return (ABI_EINVAL);
	for (i = 0; i < 2 && d->mode == ABI_BPF_BUFMODE_BUFFER; i++) {
		/* The kernel's own memory: no process maps it. */
		d->object[i] = object_new(vm_has_object);
		if (d->object[i] == -1)
			return (ABI_ENOMEM);
		d->store = 0;
		d->spare = 1;
	}
	memcpy(d->ifname, ifr->ifr_name, sizeof(d->ifname));
	d->attached = 1;
	return (0);
}

/* A new filter begins with empty buffers. */
static int
set_filter(struct descriptor *d, const struct abi_bpf_program *p)
{
	if (p->bf_len > FILTER_MAX)
		return (ABI_EINVAL);
	memcpy(d->filter, p->bf_insns, p->bf_len * sizeof(*d->filter));
	d->filter_length = p->bf_len;
	if (d->hold != -1) {
		d->spare = d->hold;
		d->hold = -1;
	}
	d->store_length = d->hold_length = 0;
	d->received = d->dropped = d->matched = d->zero_copies = 0;
	return (0);
}

static void
force_rotation(struct descriptor *d, struct abi_bpf_zbuf *z)
{
	memset(z, 0, sizeof(*z));
	if (d->hold != -1 || d->store_length == 0)
		return;
	rotate(d);
	z->bz_bufa = (void *)(uintptr_t)d->address[d->hold];
	z->bz_buflen = d->hold_length;
}

static int
control(struct descriptor *d, unsigned long request, void *data)
{
	const struct abi_timeval *tv;
	struct abi_bpf_stat *stat;
	uint32_t *word;

	word = data;
	switch (request) {
	case ABI_BIOCSETBUFMODE:
		return (set_mode(d, *word));
	case ABI_BIOCSETZBUF:
		return (set_buffers(d, data));
	case ABI_BIOCROTZBUF:
		if (d->mode != ABI_BPF_BUFMODE_ZBUF)
			return (ABI_EOPNOTSUPP);
		force_rotation(d, data);
		return (0);
	case ABI_BIOCSETIF:
		return (set_interface(d, data));
	case ABI_BIOCSETF:
		return (set_filter(d, data));
	case ABI_BIOCSBLEN:
		if (d->attached)
			return (ABI_EINVAL);
		d->buffer_size = *word > BUFFER_MAX ? BUFFER_MAX : *word;
		*word = d->buffer_size;
		return (0);
	case ABI_BIOCGBLEN:
		*word = d->buffer_size;
		return (0);
	case ABI_BIOCIMMEDIATE:
		d->immediate = *word;
		return (0);
	case ABI_BIOCSDIRECTION:
		if (*word > ABI_BPF_D_OUT)
			return (ABI_EINVAL);
		d->direction = *word;
		return (0);
	case ABI_BIOCSRTIMEOUT:
		tv = data;
		d->timeout_ms = (uint32_t)(tv->tv_sec * 1000 +
		    tv->tv_usec / 1000);
		return (0);
	case ABI_BIOCGDLT:
		if (!d->attached)
			return (ABI_EINVAL);
		*word = d->link;
		return (0);
	case ABI_BIOCGSTATS:
		stat = data;
		stat->bs_recv = (uint32_t)d->received;
		stat->bs_drop = (uint32_t)d->dropped;
		return (0);
	default:
		return (ABI_EINVAL);
	}
}

int
bpf_ioctl(int fd, unsigned long request, void *data)
{
	struct descriptor *d;
	int error;

	world_lock();
	d = &world()->descriptors[bpf_index(fd)];
	d->pid = getpid();
	error = control(d, request, data);
	world_unlock();
	if (request == ABI_BIOCSETBUFMODE && error == 0)
		accident();
	return (error);
}

/* Returns the length, or an errno negated. */
long
bpf_read(int fd, void *data, size_t length)
{
	struct descriptor *d;
	long n;

	world_lock();
	d = &world()->descriptors[bpf_index(fd)];
	d->pid = getpid();
	if (d->mode != ABI_BPF_BUFMODE_BUFFER || !d->attached ||
	    length != d->buffer_size)
		n = -ABI_EINVAL;
	else {
		if (d->hold == -1 && d->store_length != 0 && (d->immediate ||
		    d->timeout_ms != 0))
			rotate(d);
		n = -ABI_EAGAIN;
		if (d->hold != -1 && (MODEL_FAULT !=
		    FAULT_CHILD_READS_NOTHING || d->opener == d->pid)) {
			n = d->hold_length;
			memcpy(data, bytes(d, d->hold), d->hold_length);
			d->spare = d->hold;
			d->hold = -1;
			d->hold_length = 0;
		}
	}
	world_unlock();
	return (n);
}

/* Would a reader have something, or, having waited long enough, get it? */
bool
bpf_ready(int fd, bool waited)
{
	struct descriptor *d;
	bool ready;

	world_lock();
	d = &world()->descriptors[bpf_index(fd)];
	ready = (d->hold != -1 && d->hold_length != 0 && !acknowledged(d)) ||
	    ((d->immediate || waited) && d->store_length != 0);
	world_unlock();
	return (ready);
}

/* Records of the sysctl net.bpf.stats; returns how many there are. */
size_t
bpf_statistics(struct abi_xbpf_d *x, size_t room)
{
	const struct descriptor *d;
	size_t count;
	int i;

	world_lock();
	for (count = 0, i = 0; i < DESCRIPTOR_COUNT; i++) {
		d = &world()->descriptors[i];
		if (!d->used || !d->attached || !handle_is_open(i))
			continue;
		if (count++ >= room)
			continue;
		memset(x, 0, sizeof(*x));
		x->bd_structsize = sizeof(*x);
		x->bd_immediate = d->immediate != 0;
		x->bd_direction = (int32_t)d->direction;
		x->bd_rcount = d->received;
		x->bd_dcount = d->dropped;
		x->bd_fcount = d->matched;
		x->bd_slen = (int32_t)d->store_length;
		x->bd_hlen = (int32_t)d->hold_length;
		x->bd_bufsize = (int32_t)d->buffer_size;
		x->bd_pid = d->pid;
		memcpy(x->bd_ifname, d->ifname, sizeof(x->bd_ifname));
		x->bd_zcopy = d->zero_copies;
		x->bd_bufmode = (int32_t)d->mode;
		x++;
	}
	world_unlock();
	return (count);
}
