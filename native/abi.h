/*
 * What the FreeBSD kernel expects of a program: numbers and layouts, LP64,
 * little-endian.  They let the probe be built where no FreeBSD headers are.
 * abi_check.c compares every line with the system's own when compiled on
 * FreeBSD.  Names are the system's with ABI_ or abi_ in front.
 */
#ifndef ABI_H
#define ABI_H

#include <stddef.h>
#include <stdint.h>

#define ABI_BIOCSETBUFMODE 0x8004427eUL
#define ABI_BIOCGETBUFMODE 0x4004427dUL
#define ABI_BIOCSETZBUF 0x80184281UL
#define ABI_BIOCROTZBUF 0x40184280UL
#define ABI_BIOCSETIF 0x8020426cUL
#define ABI_BIOCSETF 0x80104267UL
#define ABI_BIOCSBLEN 0xc0044266UL
#define ABI_BIOCGBLEN 0x40044266UL
#define ABI_BIOCIMMEDIATE 0x80044270UL
#define ABI_BIOCGSTATS 0x4008426fUL
#define ABI_BIOCSRTIMEOUT 0x8010426dUL
#define ABI_BIOCSDIRECTION 0x80044277UL
#define ABI_BIOCGDLT 0x4004426aUL
#define ABI_SIOCGIFADDR 0xc0206921UL

#define ABI_BPF_BUFMODE_BUFFER 1
#define ABI_BPF_BUFMODE_ZBUF 2
#define ABI_BPF_D_IN 0
#define ABI_BPF_D_INOUT 1
#define ABI_BPF_D_OUT 2

#define ABI_DLT_NULL 0
#define ABI_DLT_EN10MB 1
#define ABI_DLT_RAW 12
#define ABI_DLT_LOOP 108

#define ABI_INHERIT_SHARE 0
#define ABI_INHERIT_COPY 1
#define ABI_INHERIT_NONE 2
#define ABI_INHERIT_ZERO 3

#define ABI_O_RDONLY 0
#define ABI_O_WRONLY 1
#define ABI_O_RDWR 2
#define ABI_O_NONBLOCK 0x0004
#define ABI_O_EXLOCK 0x0020
#define ABI_O_NOFOLLOW 0x0100
#define ABI_O_CREAT 0x0200
#define ABI_O_CLOEXEC 0x00100000

#define ABI_AF_INET 2
#define ABI_SOCK_DGRAM 2
#define ABI_SOCK_CLOEXEC 0x10000000
#define ABI_SOCK_NONBLOCK 0x20000000
#define ABI_IPPROTO_IP 0
#define ABI_IP_MULTICAST_IF 9
#define ABI_IP_MULTICAST_LOOP 11

#define ABI_WNOHANG 1

#define ABI_SIGHUP 1
#define ABI_SIGINT 2
#define ABI_SIGQUIT 3
#define ABI_SIGKILL 9
#define ABI_SIGSEGV 11
#define ABI_SIGPIPE 13
#define ABI_SIGALRM 14
#define ABI_SIGTERM 15

#define ABI_EPERM 1
#define ABI_ENOENT 2
#define ABI_EINTR 4
#define ABI_ENXIO 6
#define ABI_EBADF 9
#define ABI_ECHILD 10
#define ABI_ENOMEM 12
#define ABI_EACCES 13
#define ABI_EFAULT 14
#define ABI_EBUSY 16
#define ABI_EINVAL 22
#define ABI_ENOTTY 25
#define ABI_EPIPE 32
#define ABI_EAGAIN 35
#define ABI_EOPNOTSUPP 45
#define ABI_ETIMEDOUT 60
#define ABI_ENOSYS 78
#define ABI_EPROTO 92

struct abi_timeval {
	int64_t tv_sec;
	int64_t tv_usec;
};

struct abi_sockaddr_in {
	uint8_t sin_len;
	uint8_t sin_family;
	uint16_t sin_port; /* network order */
	uint32_t sin_addr; /* network order */
	uint8_t sin_zero[8];
};

struct abi_ifreq {
	char ifr_name[16];
	uint8_t ifr_data[16];
};

struct abi_bpf_zbuf {
	void *bz_bufa;
	void *bz_bufb;
	size_t bz_buflen;
};

struct abi_bpf_zbuf_header {
	uint32_t bzh_kernel_gen;
	uint32_t bzh_kernel_len;
	uint32_t bzh_user_gen;
	uint32_t bzh_pad[5];
};

struct abi_bpf_hdr {
	struct abi_timeval bh_tstamp;
	uint32_t bh_caplen;
	uint32_t bh_datalen;
	uint16_t bh_hdrlen;
	uint8_t bh_pad[6];
};

struct abi_bpf_insn {
	uint16_t code;
	uint8_t jt;
	uint8_t jf;
	uint32_t k;
};

struct abi_bpf_program {
	uint32_t bf_len;
	struct abi_bpf_insn *bf_insns;
};

struct abi_bpf_stat {
	uint32_t bs_recv;
	uint32_t bs_drop;
};

/* One record of the sysctl net.bpf.stats. */
struct abi_xbpf_d {
	uint32_t bd_structsize;
	uint8_t bd_promisc;
	uint8_t bd_immediate;
	uint8_t bd_pad1[6];
	int32_t bd_hdrcmplt;
	int32_t bd_direction;
	int32_t bd_feedback;
	int32_t bd_async;
	uint32_t bd_pad2;
	uint64_t bd_rcount;
	uint64_t bd_dcount;
	uint64_t bd_fcount;
	int32_t bd_sig;
	int32_t bd_slen;
	int32_t bd_hlen;
	int32_t bd_bufsize;
	int32_t bd_pid;
	char bd_ifname[16];
	int32_t bd_locked;
	uint64_t bd_wcount;
	uint64_t bd_wfcount;
	uint64_t bd_wdcount;
	uint64_t bd_zcopy;
	int32_t bd_bufmode;
	uint32_t bd_pad3;
	uint64_t bd_spare[4];
};

_Static_assert(sizeof(struct abi_sockaddr_in) == 16, "sockaddr_in");
_Static_assert(sizeof(struct abi_ifreq) == 32, "ifreq");
_Static_assert(sizeof(struct abi_bpf_zbuf) == 24, "bpf_zbuf");
_Static_assert(sizeof(struct abi_bpf_zbuf_header) == 32, "bpf_zbuf_header");
_Static_assert(sizeof(struct abi_bpf_hdr) == 32, "bpf_hdr");
_Static_assert(offsetof(struct abi_bpf_hdr, bh_hdrlen) == 24, "bh_hdrlen");
_Static_assert(sizeof(struct abi_bpf_insn) == 8, "bpf_insn");
_Static_assert(sizeof(struct abi_bpf_program) == 16, "bpf_program");
_Static_assert(sizeof(struct abi_xbpf_d) == 168, "xbpf_d");
_Static_assert(offsetof(struct abi_xbpf_d, bd_rcount) == 32, "bd_rcount");
_Static_assert(offsetof(struct abi_xbpf_d, bd_slen) == 60, "bd_slen");
_Static_assert(offsetof(struct abi_xbpf_d, bd_pid) == 72, "bd_pid");
_Static_assert(offsetof(struct abi_xbpf_d, bd_locked) == 92, "bd_locked");
_Static_assert(offsetof(struct abi_xbpf_d, bd_zcopy) == 120, "bd_zcopy");
_Static_assert(offsetof(struct abi_xbpf_d, bd_bufmode) == 128, "bd_bufmode");

#endif
