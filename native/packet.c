/*
 * The probe's packets: how they look, which filter lets in nothing else, and
 * how many of them lie in a buffer.
 */
#include "bsd.h"
#include "probe.h"

#define MAGIC 0x5a425546u
#define IP_HEADER 20
#define UDP_HEADER 8
#define PROTOCOL_UDP 17
#define ETHERTYPE_OFFSET 12
#define ETHERTYPE_IPV4 0x0800

/* BPF instructions, bpf(4). */
#define LOAD_BYTE 0x30
#define LOAD_HALF 0x28
#define LOAD_HALF_INDEXED 0x48
#define LOAD_IP_HEADER_LENGTH 0xb1
#define AND 0x54
#define IF_EQUAL 0x15
#define IF_BITS 0x45
#define RETURN 0x06

#define WORD sizeof(long)
#define ALIGN(n) (((n) + (WORD - 1)) & ~(WORD - 1))

/* Returns false for a link type whose header we do not know. */
bool
packet_link(struct link *link, uint32_t type)
{
	link->type = type;
	switch (type) {
	case DLT_NULL:
	case DLT_LOOP:
		link->header = 4;
		return (true);
	case DLT_EN10MB:
		link->header = 14;
		return (true);
	case DLT_RAW:
		link->header = 0;
		return (true);
	default:
		return (false);
	}
}

static struct bpf_insn
insn(uint16_t code, uint8_t jt, uint8_t jf, uint32_t k)
{
	struct bpf_insn i;

	i.code = code;
	i.jt = jt;
	i.jf = jf;
	i.k = k;
	return (i);
}

/*
 * Writes a filter for unfragmented IPv4 UDP to the port, or for nothing when
 * link is NULL.  Returns its length.
 */
uint32_t
packet_filter(struct bpf_insn *f, const struct link *link, uint16_t port)
{
	uint32_t ip, n, reject;

	n = 0;
	if (link == NULL) {
		f[n++] = insn(RETURN, 0, 0, 0);
		return (n);
	}
	ip = link->header;
	reject = link->type == DLT_EN10MB ? 13 : 11;
#define ELSE_REJECT (uint8_t)(reject - n - 1)
	if (link->type == DLT_EN10MB) {
		f[n++] = insn(LOAD_HALF, 0, 0, ETHERTYPE_OFFSET);
		f[n] = insn(IF_EQUAL, 0, ELSE_REJECT, ETHERTYPE_IPV4);
		n++;
	}
	f[n++] = insn(LOAD_BYTE, 0, 0, ip);
	f[n++] = insn(AND, 0, 0, 0xf0);
	f[n] = insn(IF_EQUAL, 0, ELSE_REJECT, 0x40);
	n++;
	f[n++] = insn(LOAD_BYTE, 0, 0, ip + 9);
	f[n] = insn(IF_EQUAL, 0, ELSE_REJECT, PROTOCOL_UDP);
	n++;
	f[n++] = insn(LOAD_HALF, 0, 0, ip + 6);
	f[n] = insn(IF_BITS, ELSE_REJECT, 0, 0x1fff);
	n++;
	f[n++] = insn(LOAD_IP_HEADER_LENGTH, 0, 0, ip);
	f[n++] = insn(LOAD_HALF_INDEXED, 0, 0, ip + 2);
	f[n] = insn(IF_EQUAL, 0, ELSE_REJECT, port);
	n++;
	f[n++] = insn(RETURN, 0, 0, 0x40000);
	f[n++] = insn(RETURN, 0, 0, 0);
#undef ELSE_REJECT
	return (n);
}

/* Makes a UDP payload of the length out of zeroed memory. */
void
packet_fill(uint8_t *payload, size_t length, uint32_t nonce, uint32_t round,
    uint32_t sequence)
{
	struct marker m;

	m.magic = MAGIC;
	m.nonce = nonce;
	m.round = round;
	m.sequence = sequence;
	if (length >= sizeof(m))
		memcpy(payload, &m, sizeof(m));
}

static bool
is_ours(const uint8_t *ip, size_t length, uint32_t nonce, uint32_t round)
{
	struct marker m;
	size_t header;

	if (length < IP_HEADER || ip[0] >> 4 != 4 || ip[9] != PROTOCOL_UDP)
		return (false);
	header = (size_t)(ip[0] & 0x0f) * 4 + UDP_HEADER;
	if (header + sizeof(m) > length)
		return (false);
	memcpy(&m, ip + header, sizeof(m));
	return (m.magic == MAGIC && m.nonce == nonce &&
	    (round == 0 || m.round == round));
}

/*
 * Counts our packets of the round (0: of any) in what BPF wrote.  Trusts no
 * length in it: the memory may be shared with somebody, or stale.
 */
uint32_t
packet_count(const uint8_t *data, size_t length, const struct link *link,
    uint32_t nonce, uint32_t round)
{
	struct bpf_hdr h;
	size_t end, start;
	uint32_t count;

	count = 0;
	for (start = 0; start + sizeof(h) <= length; start = ALIGN(end)) {
		memcpy(&h, data + start, sizeof(h));
		if (h.bh_hdrlen == 0 || h.bh_caplen == 0)
			break;
		end = start + h.bh_hdrlen + h.bh_caplen;
		if (end > length)
			break;
		if (h.bh_caplen > link->header &&
		    is_ours(data + start + h.bh_hdrlen + link->header,
		    h.bh_caplen - link->header, nonce, round))
			count++;
	}
	return (count);
}
