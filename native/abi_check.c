/*
 * Is abi.h what the system's headers say?  Checked by compiling on FreeBSD.
 *
 * struct xbpf_d is in a header meant for the kernel and netstat(1), which may
 * want other headers in another release, so it is compared only with
 * -DCHECK_XBPF_D; a program asks the kernel for the size anyway (inspect.c).
 */
#if defined(__FreeBSD__) && __STDC_HOSTED__ && defined(__LP64__)

#ifdef CHECK_XBPF_D
#include <sys/param.h>
#include <sys/protosw.h>
#include <sys/socket.h>
#include <sys/socketvar.h>
#include <sys/sysctl.h>
#include <sys/user.h>

#include <net/if.h>
#include <net/bpf.h>
#include <net/bpfdesc.h>
#endif

#include "bsd.h"
#include "abi.h"

#define NUMBER(name) _Static_assert(name == ABI_##name, #name)
#define SIZE(tag)                                                          \
	_Static_assert(sizeof(struct tag) == sizeof(struct abi_##tag), #tag)
#define OFFSET(tag, member)                                                \
	_Static_assert(offsetof(struct tag, member) ==                     \
	    offsetof(struct abi_##tag, member), #tag "." #member)

NUMBER(BIOCSETBUFMODE);
NUMBER(BIOCSETZBUF);
NUMBER(BIOCROTZBUF);
NUMBER(BIOCSETIF);
NUMBER(BIOCSETF);
NUMBER(BIOCSBLEN);
NUMBER(BIOCGBLEN);
NUMBER(BIOCIMMEDIATE);
NUMBER(BIOCGSTATS);
NUMBER(BIOCSRTIMEOUT);
NUMBER(BIOCSDIRECTION);
NUMBER(BIOCGDLT);
NUMBER(SIOCGIFADDR);
NUMBER(BPF_BUFMODE_BUFFER);
NUMBER(BPF_BUFMODE_ZBUF);
NUMBER(BPF_D_IN);
NUMBER(BPF_D_INOUT);
NUMBER(BPF_D_OUT);
NUMBER(DLT_NULL);
NUMBER(DLT_EN10MB);
NUMBER(DLT_RAW);
NUMBER(DLT_LOOP);
NUMBER(INHERIT_SHARE);
NUMBER(INHERIT_COPY);
NUMBER(INHERIT_NONE);
NUMBER(INHERIT_ZERO);
NUMBER(O_RDONLY);
NUMBER(O_RDWR);
NUMBER(O_NONBLOCK);
NUMBER(O_EXLOCK);
NUMBER(O_NOFOLLOW);
NUMBER(O_CREAT);
NUMBER(O_CLOEXEC);
NUMBER(AF_INET);
NUMBER(SOCK_DGRAM);
NUMBER(SOCK_CLOEXEC);
NUMBER(SOCK_NONBLOCK);
NUMBER(IPPROTO_IP);
NUMBER(IP_MULTICAST_IF);
NUMBER(IP_MULTICAST_LOOP);
NUMBER(WNOHANG);
NUMBER(SIGHUP);
NUMBER(SIGINT);
NUMBER(SIGQUIT);
NUMBER(SIGKILL);
NUMBER(SIGSEGV);
NUMBER(SIGPIPE);
NUMBER(SIGALRM);
NUMBER(SIGTERM);
NUMBER(EPERM);
NUMBER(ENOENT);
NUMBER(EINTR);
NUMBER(ENXIO);
NUMBER(EBADF);
NUMBER(ECHILD);
NUMBER(ENOMEM);
NUMBER(EACCES);
NUMBER(EFAULT);
NUMBER(EBUSY);
NUMBER(EINVAL);
NUMBER(ENOTTY);
NUMBER(EPIPE);
NUMBER(EAGAIN);
NUMBER(EOPNOTSUPP);
NUMBER(ETIMEDOUT);
NUMBER(ENOSYS);
NUMBER(EPROTO);

SIZE(timeval);
SIZE(sockaddr_in);
OFFSET(sockaddr_in, sin_port);
OFFSET(sockaddr_in, sin_addr);
SIZE(ifreq);
SIZE(bpf_zbuf);
OFFSET(bpf_zbuf, bz_buflen);
SIZE(bpf_zbuf_header);
OFFSET(bpf_zbuf_header, bzh_user_gen);
SIZE(bpf_hdr);
OFFSET(bpf_hdr, bh_caplen);
OFFSET(bpf_hdr, bh_hdrlen);
SIZE(bpf_insn);
SIZE(bpf_program);
OFFSET(bpf_program, bf_insns);
SIZE(bpf_stat);
#ifdef CHECK_XBPF_D
SIZE(xbpf_d);
OFFSET(xbpf_d, bd_promisc);
OFFSET(xbpf_d, bd_immediate);
OFFSET(xbpf_d, bd_direction);
OFFSET(xbpf_d, bd_rcount);
OFFSET(xbpf_d, bd_dcount);
OFFSET(xbpf_d, bd_fcount);
OFFSET(xbpf_d, bd_slen);
OFFSET(xbpf_d, bd_hlen);
OFFSET(xbpf_d, bd_bufsize);
OFFSET(xbpf_d, bd_pid);
OFFSET(xbpf_d, bd_ifname);
OFFSET(xbpf_d, bd_locked);
OFFSET(xbpf_d, bd_zcopy);
OFFSET(xbpf_d, bd_bufmode);
#endif

#else

_Static_assert(sizeof(char) == 1, "nothing to check here");

#endif
