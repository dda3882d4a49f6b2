/*
 * FreeBSD's names for the probe: from the system's headers where they are,
 * otherwise (freestanding build, model) from abi.h.
 */
#ifndef BSD_H
#define BSD_H

#if defined(__FreeBSD__) && __STDC_HOSTED__

#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/sockio.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <net/if.h>
#include <net/bpf.h>
#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#define BSD_SIN_ADDR(sin) ((sin)->sin_addr.s_addr)
#define BSD_IFR_DATA(ifr) ((void *)&(ifr)->ifr_addr)

#else

#include <stddef.h>
#include <stdint.h>

#include "abi.h"

#if __STDC_HOSTED__
#include <string.h>
#else
void	*memcpy(void *restrict, const void *restrict, size_t);
void	*memmove(void *, const void *, size_t);
void	*memset(void *, int, size_t);
int	 memcmp(const void *, const void *, size_t);
size_t	 strlen(const char *);
int	 strcmp(const char *, const char *);
int	 strncmp(const char *, const char *, size_t);
#endif

#define BSD_SIN_ADDR(sin) ((sin)->sin_addr)
#define BSD_IFR_DATA(ifr) ((void *)(ifr)->ifr_data)

#define timeval abi_timeval
#define sockaddr_in abi_sockaddr_in
#define ifreq abi_ifreq
#define bpf_zbuf abi_bpf_zbuf
#define bpf_zbuf_header abi_bpf_zbuf_header
#define bpf_hdr abi_bpf_hdr
#define bpf_insn abi_bpf_insn
#define bpf_program abi_bpf_program
#define bpf_stat abi_bpf_stat

#define BIOCSETBUFMODE ABI_BIOCSETBUFMODE
#define BIOCSETZBUF ABI_BIOCSETZBUF
#define BIOCROTZBUF ABI_BIOCROTZBUF
#define BIOCSETIF ABI_BIOCSETIF
#define BIOCSETF ABI_BIOCSETF
#define BIOCSBLEN ABI_BIOCSBLEN
#define BIOCGBLEN ABI_BIOCGBLEN
#define BIOCIMMEDIATE ABI_BIOCIMMEDIATE
#define BIOCGSTATS ABI_BIOCGSTATS
#define BIOCSRTIMEOUT ABI_BIOCSRTIMEOUT
#define BIOCSDIRECTION ABI_BIOCSDIRECTION
#define BIOCGDLT ABI_BIOCGDLT
#define SIOCGIFADDR ABI_SIOCGIFADDR

#define BPF_BUFMODE_BUFFER ABI_BPF_BUFMODE_BUFFER
#define BPF_BUFMODE_ZBUF ABI_BPF_BUFMODE_ZBUF
#define BPF_D_IN ABI_BPF_D_IN
#define BPF_D_OUT ABI_BPF_D_OUT
#define DLT_NULL ABI_DLT_NULL
#define DLT_EN10MB ABI_DLT_EN10MB
#define DLT_RAW ABI_DLT_RAW
#define DLT_LOOP ABI_DLT_LOOP

#define INHERIT_SHARE ABI_INHERIT_SHARE
#define INHERIT_COPY ABI_INHERIT_COPY
#define INHERIT_NONE ABI_INHERIT_NONE
#define INHERIT_ZERO ABI_INHERIT_ZERO

#define O_RDONLY ABI_O_RDONLY
#define O_RDWR ABI_O_RDWR
#define O_NONBLOCK ABI_O_NONBLOCK
#define O_EXLOCK ABI_O_EXLOCK
#define O_NOFOLLOW ABI_O_NOFOLLOW
#define O_CREAT ABI_O_CREAT
#define O_CLOEXEC ABI_O_CLOEXEC

#define AF_INET ABI_AF_INET
#define SOCK_DGRAM ABI_SOCK_DGRAM
#define SOCK_CLOEXEC ABI_SOCK_CLOEXEC
#define SOCK_NONBLOCK ABI_SOCK_NONBLOCK
#define IPPROTO_IP ABI_IPPROTO_IP
#define IP_MULTICAST_IF ABI_IP_MULTICAST_IF
#define IP_MULTICAST_LOOP ABI_IP_MULTICAST_LOOP

#define WNOHANG ABI_WNOHANG
#define SIGKILL ABI_SIGKILL
#define SIGALRM ABI_SIGALRM

#define EPERM ABI_EPERM
#define ENOENT ABI_ENOENT
#define EINTR ABI_EINTR
#define ENXIO ABI_ENXIO
#define ECHILD ABI_ECHILD
#define ENOMEM ABI_ENOMEM
#define EACCES ABI_EACCES
#define EINVAL ABI_EINVAL
#define EPIPE ABI_EPIPE
#define EAGAIN ABI_EAGAIN
#define EOPNOTSUPP ABI_EOPNOTSUPP
#define ETIMEDOUT ABI_ETIMEDOUT
#define EPROTO ABI_EPROTO

#endif

/* Fixed by the kernel's interface, not by a header a program can include. */
#define BSD_SIGNAL_OF(status) ((status) & 0x7f)

#endif
