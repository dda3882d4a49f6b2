/*
 * libpcap with a buffer mode, for programs that cannot choose one (PR 163370).
 *
 * libmap.conf(5) has rtld load this object in the place of libpcap.so.8, for
 * one program.  It needs the real libpcap, and its ioctl(2) is found before
 * libc's.  Which mode it is was decided when it was compiled:
 *
 *	MODE_BUFFERED	zero-copy is refused, as by a kernel that has it off
 *	MODE_INHERIT	a child shares the buffers
 *	MODE_PRIVATE	a child does not have the buffers
 *
 * libpcap falls back to a buffered capture when BIOCSETBUFMODE fails.  When
 * BIOCSETZBUF fails it gives up with a message, which is what we want where
 * the inheritance could not be set: a program that does not start is seen,
 * a capture that stops is not.
 *
 * facts: per-program-modes.md (how this has to be built, and the traps).
 */
#include <stdarg.h>

#include "../abi.h"
#include "../bsd.h"

#define MODE_BUFFERED 1
#define MODE_INHERIT 2
#define MODE_PRIVATE 3

#if !defined(MODE) || MODE < MODE_BUFFERED || MODE > MODE_PRIVATE
#error "compile with -DMODE=MODE_BUFFERED, MODE_INHERIT or MODE_PRIVATE"
#endif

#define CALL_IOCTL 54
#define CALL_MINHERIT 250

#if defined(__FreeBSD__) && __STDC_HOSTED__
#include <sys/syscall.h>

_Static_assert(SYS_ioctl == CALL_IOCTL, "ioctl");
_Static_assert(SYS_minherit == CALL_MINHERIT, "minherit");
_Static_assert(BIOCSETBUFMODE == ABI_BIOCSETBUFMODE, "BIOCSETBUFMODE");
_Static_assert(BIOCSETZBUF == ABI_BIOCSETZBUF, "BIOCSETZBUF");
_Static_assert(BPF_BUFMODE_ZBUF == ABI_BPF_BUFMODE_ZBUF, "BUFMODE_ZBUF");
_Static_assert(INHERIT_SHARE == ABI_INHERIT_SHARE, "INHERIT_SHARE");
_Static_assert(INHERIT_NONE == ABI_INHERIT_NONE, "INHERIT_NONE");
_Static_assert(EINVAL == ABI_EINVAL, "EINVAL");
_Static_assert(sizeof(struct bpf_zbuf) == sizeof(struct abi_bpf_zbuf) &&
    offsetof(struct bpf_zbuf, bz_bufa) == 0 &&
    offsetof(struct bpf_zbuf, bz_bufb) == 8 &&
    offsetof(struct bpf_zbuf, bz_buflen) == 16, "bpf_zbuf");
#endif

/* Both are libc's.  __error() is where errno is kept. */
int	*__error(void);
int	 ioctl(int, unsigned long, ...);

/*
 * A system call of three arguments: its value, or its errno negated.  Outside
 * FreeBSD whoever links this has to bring it along.
 */
#if defined(__FreeBSD__) && defined(__x86_64__)
static long
mode_call(long number, long a, long b, long c)
{
	long value;
	int carry;

	/* The kernel gives back a second value in rdx. */
	__asm__ volatile("syscall"
	    : "=a" (value), "=@ccc" (carry), "+d" (c)
	    : "a" (number), "D" (a), "S" (b)
	    : "rcx", "r8", "r9", "r10", "r11", "memory");
	return (carry != 0 ? -value : value);
}
#elif defined(__FreeBSD__) && defined(__aarch64__)
static long
mode_call(long number, long a, long b, long c)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;

	__asm__ volatile("svc #0\n\tcneg %0, %0, cs"
	    : "+r" (x0), "+r" (x1)
	    : "r" (x8), "r" (x2)
	    : "cc", "memory");
	return (x0);
}
#else
long	 mode_call(long, long, long, long);
#endif

/* As a system call of libc's returns: -1 with errno, or the value. */
static int
returned(long value)
{
	if (value >= 0)
		return ((int)value);
	*__error() = (int)-value;
	return (-1);
}

/* Both buffers, before the kernel knows of them; 0 or an errno negated. */
static long
set_inheritance(const struct bpf_zbuf *zb)
{
	const long how = MODE == MODE_PRIVATE ? INHERIT_NONE : INHERIT_SHARE;
	long error;

	error = mode_call(CALL_MINHERIT, (long)zb->bz_bufa,
	    (long)zb->bz_buflen, how);
	if (error == 0)
		error = mode_call(CALL_MINHERIT, (long)zb->bz_bufb,
		    (long)zb->bz_buflen, how);
	return (error);
}

__attribute__((visibility("default"))) int
ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;
	uint32_t command;
	void *data;
	long error;

	va_start(arguments, request);
	data = va_arg(arguments, void *);
	va_end(arguments);
	/*
	 * libpcap keeps a request in an int, so it may be sign-extended.  The
	 * kernel takes the low half, too (sys_generic.c, reading).
	 */
	command = (uint32_t)request;
	if (MODE == MODE_BUFFERED && command == BIOCSETBUFMODE &&
	    data != NULL && *(const uint32_t *)data == BPF_BUFMODE_ZBUF)
		return (returned(-EINVAL));
	if (MODE != MODE_BUFFERED && command == BIOCSETZBUF && data != NULL) {
		error = set_inheritance(data);
		if (error != 0)
			return (returned(error));
	}
	return (returned(mode_call(CALL_IOCTL, fd, (long)command,
	    (long)data)));
}
