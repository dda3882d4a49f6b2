#pragma once
#include <sys/ioctl.h>
#include <sys/time.h>
struct bpf_insn {
	u_short code;
	u_char jt;
	u_char jf;
	uint32_t k;
};
struct bpf_program {
	u_int bf_len;
	struct bpf_insn *bf_insns;
};
struct bpf_stat {
	u_int bs_recv;
	u_int bs_drop;
};
struct bpf_zbuf {
	void *bz_bufa;
	void *bz_bufb;
	size_t bz_buflen;
};
struct bpf_zbuf_header {
	volatile u_int bzh_kernel_gen;
	volatile u_int bzh_kernel_len;
	volatile u_int bzh_user_gen;
	u_int _bzh_pad[5];
};
struct bpf_hdr {
	struct timeval bh_tstamp;
	uint32_t bh_caplen;
	uint32_t bh_datalen;
	u_short bh_hdrlen;
};
#define BIOCGBLEN _IOR('B', 102, u_int)
#define BIOCSBLEN _IOWR('B', 102, u_int)
#define BIOCSETF _IOW('B', 103, struct bpf_program)
#define BIOCGDLT _IOR('B', 106, u_int)
#define BIOCSETIF _IOW('B', 108, struct ifreq)
#define BIOCSRTIMEOUT _IOW('B', 109, struct timeval)
#define BIOCGSTATS _IOR('B', 111, struct bpf_stat)
#define BIOCIMMEDIATE _IOW('B', 112, u_int)
#define BIOCSDIRECTION _IOW('B', 119, u_int)
#define BIOCSETBUFMODE _IOW('B', 126, u_int)
#define BIOCROTZBUF _IOR('B', 128, struct bpf_zbuf)
#define BIOCSETZBUF _IOW('B', 129, struct bpf_zbuf)
#define BPF_BUFMODE_BUFFER 1
#define BPF_BUFMODE_ZBUF 2
enum bpf_direction { BPF_D_IN, BPF_D_INOUT, BPF_D_OUT };
#define DLT_NULL 0
#define DLT_EN10MB 1
#define DLT_RAW 12
#define DLT_LOOP 108
