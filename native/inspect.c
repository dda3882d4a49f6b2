/*
 * net.bpf.stats: what the kernel knows of every BPF descriptor, among it the
 * buffer mode, which no program in base shows.
 */
#include "bsd.h"
#include "abi.h"
#include "probe.h"
#include "sys.h"

#define NAME "net.bpf.stats"
#define TRIES 5
#define RECORD sizeof(struct abi_xbpf_d)

static void
decode_one(const struct abi_xbpf_d *x, struct zbufprobe_descriptor *d)
{
	memset(d, 0, sizeof(*d));
	d->pid = x->bd_pid;
	d->mode = (uint32_t)x->bd_bufmode;
	d->received = x->bd_rcount;
	d->dropped = x->bd_dcount;
	d->matched = x->bd_fcount;
	d->zero_copies = x->bd_zcopy;
	d->store_length = (uint32_t)x->bd_slen;
	d->hold_length = (uint32_t)x->bd_hlen;
	d->buffer_size = (uint32_t)x->bd_bufsize;
	d->direction = (uint32_t)x->bd_direction;
	d->promiscuous = x->bd_promisc != 0;
	d->immediate = x->bd_immediate != 0;
	d->locked = x->bd_locked != 0;
	memcpy(d->ifname, x->bd_ifname, sizeof(d->ifname));
	d->ifname[sizeof(d->ifname) - 1] = '\0';
}

static void
refuse(struct zbufprobe_result *r, uint32_t problem, size_t found)
{
	/* A problem the matrix had comes first. */
	if (r->problem != ZBUFPROBE_OK)
		return;
	r->problem = problem;
	r->error = (int32_t)found;
}

/*
 * Decodes whole records, each of which says its size first: another size is
 * another kernel's layout, and guessing would show wrong numbers.
 */
static void
decode(const uint8_t *data, size_t length, struct zbufprobe_result *r)
{
	struct abi_xbpf_d x;
	uint32_t size;
	size_t at;

	if (length > 0 && length < sizeof(size)) {
		refuse(r, ZBUFPROBE_BAD_LENGTH, length);
		return;
	}
	for (at = 0; at < length; at += RECORD) {
		if (length - at < sizeof(size)) {
			refuse(r, ZBUFPROBE_BAD_LENGTH, length);
			return;
		}
		memcpy(&size, data + at, sizeof(size));
		if (size != RECORD) {
			refuse(r, ZBUFPROBE_BAD_STRUCTSIZE, size);
			return;
		}
		if (length - at < RECORD) {
			refuse(r, ZBUFPROBE_BAD_LENGTH, length);
			return;
		}
		memcpy(&x, data + at, RECORD);
		r->descriptor_total++;
		if (r->descriptor_count < ZBUFPROBE_DESCRIPTORS)
			decode_one(&x, &r->descriptors[r->descriptor_count++]);
	}
	r->inspected = 1;
}

/* Reads and decodes; on failure says which problem. */
void
inspect_run(struct zbufprobe_result *r)
{
	uint8_t *data;
	size_t capacity, length;
	int error, i;

	/* Other programs open captures between asking and reading. */
	error = -ENOMEM;
	for (i = 0; i < TRIES && error == -ENOMEM; i++) {
		length = 0;
		error = sys_sysctl(NAME, NULL, &length, NULL, 0);
		if (error != 0)
			break;
		if (length == 0) {
			decode(NULL, 0, r);
			return;
		}
		capacity = length + 8 * RECORD;
		data = sys_map(capacity);
		if (data == NULL)
			break;
		length = capacity;
		error = sys_sysctl(NAME, data, &length, NULL, 0);
		if (error == 0)
			decode(data, length, r);
		sys_unmap(data, capacity);
		if (error == 0)
			return;
	}
	if (r->problem == ZBUFPROBE_OK)
		r->step = ZBUFPROBE_STEP_SYSCTL_READ;
	refuse(r, ZBUFPROBE_FAILED, (size_t)-error);
}

int
zbufprobe_decode(const void *data, size_t length, struct zbufprobe_result *r)
{
	if (r->size != sizeof(*r) || r->version != ZBUFPROBE_VERSION)
		return (ZBUFPROBE_REFUSED);
	memset(r, 0, sizeof(*r));
	r->size = sizeof(*r);
	r->version = ZBUFPROBE_VERSION;
	r->model = (uint32_t)sys_is_model();
	r->zerocopy_before = r->zerocopy_after = -1;
	decode(data, length, r);
	return (0);
}
