/*
 * The probe's own packets on their way: UDP on the loopback, or link-local
 * multicast (TTL 1) out of a given interface, to a port nobody else has.
 */
#include "bsd.h"
#include "probe.h"
#include "sys.h"

#define LOOPBACK 0x7f000001u
/* 239.255.66.80, administratively scoped (RFC 2365). */
#define GROUP 0xefff4250u
#define SEND_TRIES 50

static uint16_t
net16(uint16_t n)
{
	const uint16_t probe = 1;

	if (*(const uint8_t *)&probe == 0)
		return (n);
	return ((uint16_t)(n << 8 | n >> 8));
}

static uint32_t
net32(uint32_t n)
{
	const uint16_t probe = 1;

	if (*(const uint8_t *)&probe == 0)
		return (n);
	return (n << 24 | (n & 0xff00) << 8 | (n >> 8 & 0xff00) | n >> 24);
}

static void
address(struct sockaddr_in *sin, uint32_t host, uint16_t port)
{
	memset(sin, 0, sizeof(*sin));
	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	sin->sin_port = net16(port);
	BSD_SIN_ADDR(sin) = host;
}

static bool
failed(struct failure *why, uint32_t step, long error)
{
	why->step = step;
	why->error = (int32_t)-error;
	return (false);
}

/* Sends multicast out of the interface, and not back to ourselves. */
static int
aim(struct traffic *t)
{
	struct sockaddr_in sin;
	struct ifreq ifr;
	uint8_t off;
	int error;

	memset(&ifr, 0, sizeof(ifr));
	memcpy(ifr.ifr_name, t->ifname, sizeof(ifr.ifr_name));
	error = sys_ioctl(t->source, SIOCGIFADDR, &ifr);
	if (error != 0)
		return (error);
	memcpy(&sin, BSD_IFR_DATA(&ifr), sizeof(sin));
	error = sys_setsockopt(t->source, IPPROTO_IP, IP_MULTICAST_IF,
	    &sin.sin_addr, sizeof(sin.sin_addr));
	if (error != 0)
		return (error);
	off = 0;
	return (sys_setsockopt(t->source, IPPROTO_IP, IP_MULTICAST_LOOP, &off,
	    sizeof(off)));
}

/*
 * Opens the two sockets.  On the loopback each packet is seen going in once
 * (and, without a direction, going out as well); elsewhere it goes out.
 */
bool
traffic_open(struct traffic *t, const char *ifname, struct failure *why)
{
	struct sockaddr_in sin;
	unsigned int length;
	int error;
	bool loopback;

	memset(t, 0, sizeof(*t));
	t->sink = t->source = -1;
	memcpy(t->ifname, ifname, sizeof(t->ifname) - 1);
	loopback = strncmp(ifname, "lo", 2) == 0;
	t->address = net32(loopback ? LOOPBACK : GROUP);
	t->direction = loopback ? BPF_D_IN : BPF_D_OUT;

	t->sink = sys_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	if (t->sink < 0)
		return (failed(why, ZBUFPROBE_STEP_SOCKET, t->sink));
	t->source = sys_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (t->source < 0)
		return (failed(why, ZBUFPROBE_STEP_SOCKET, t->source));

	address(&sin, net32(LOOPBACK), 0);
	error = sys_bind(t->sink, &sin, sizeof(sin));
	length = sizeof(sin);
	if (error == 0)
		error = sys_getsockname(t->sink, &sin, &length);
	if (error != 0)
		return (failed(why, ZBUFPROBE_STEP_SOCKET, error));
	t->port = net16(sin.sin_port);

	if (!loopback && (error = aim(t)) != 0)
		return (failed(why, ZBUFPROBE_STEP_INTERFACE, error));
	return (true);
}

void
traffic_close(struct traffic *t)
{
	if (t->sink >= 0)
		sys_close(t->sink);
	if (t->source >= 0)
		sys_close(t->source);
	t->sink = t->source = -1;
}

/* A full socket would count our packets as dropped in the host's counters. */
static void
forget_received(struct traffic *t)
{
	uint8_t one[1];

	while (sys_read(t->sink, one, sizeof(one)) >= 0)
		continue;
}

/* Sends the packets of a round; returns how many the kernel took. */
uint32_t
traffic_send(struct traffic *t, uint32_t count, uint32_t nonce,
    uint32_t round, size_t bytes)
{
	uint8_t payload[1472];
	struct sockaddr_in sin;
	uint32_t i, sent, tries;
	long n;

	if (bytes > sizeof(payload))
		bytes = sizeof(payload);
	memset(payload, 0, bytes);
	address(&sin, t->address, t->port);
	for (i = 0, sent = 0; i < count; i++) {
		packet_fill(payload, bytes, nonce, round, i);
		/* ENOBUFS and the like pass; a wrong interface does not. */
		for (tries = 0; tries < SEND_TRIES; tries++) {
			n = sys_sendto(t->source, payload, bytes, &sin,
			    sizeof(sin));
			if (n >= 0) {
				sent++;
				break;
			}
			sys_sleep(1);
		}
		if (tries == SEND_TRIES)
			break;
	}
	forget_received(t);
	return (sent);
}
