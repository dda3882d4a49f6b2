#pragma once
#include <net/if.h>
struct xbpf_d {
	u_int bd_structsize;
	u_char bd_promisc;
	u_char bd_immediate;
	u_char bd_rest[6];
	int bd_hdrcmplt;
	int bd_direction;
	int bd_feedback;
	int bd_async;
	uint64_t bd_rcount;
	uint64_t bd_dcount;
	uint64_t bd_fcount;
	int bd_sig;
	int bd_slen;
	int bd_hlen;
	int bd_bufsize;
	pid_t bd_pid;
	char bd_ifname[IFNAMSIZ];
	int bd_locked;
	uint64_t bd_wcount;
	uint64_t bd_wfcount;
	uint64_t bd_wdcount;
	uint64_t bd_zcopy;
	int bd_bufmode;
	uint64_t bd_spare[4];
};
