/*
 * Runs a static FreeBSD amd64 program on Linux, to see that its system calls
 * are what FreeBSD expects: cc -o freebsd-on-linux freebsd-on-linux.c.
 *
 *	freebsd-on-linux program [argument ...]
 *
 * A tracer translates each call: number, arguments, structures that differ,
 * and the result the way FreeBSD gives it (carry flag, errno).  Registers that
 * FreeBSD does not keep are spoiled on purpose.  A call the tracer does not
 * know ends the test.
 *
 * /dev/bpf is a pretence: buffered, on lo0, and reading it gives what was sent
 * with sendto.  Zero-copy is refused, as with net.bpf.zerocopy_enable=0, and
 * the sysctl is a variable; each write of it is told on descriptor 3 if open.
 *
 * Environment: STATS, a file with the bytes of net.bpf.stats.
 */
#define _GNU_SOURCE
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../native/abi.h"

#define PROCESSES 64
#define QUEUE_MAX 32768
#define CARRY 1u
#define SPOILED 0xdeadbeefcafef00dull

struct process {
	int pid;
	bool known;		/* its birth was seen; else its first stop */
	bool stopped;
	bool inside;		/* a call */
	bool native;		/* has exec'ed a Linux program */
	bool emulated;		/* the call is not made; result below */
	long result;		/* value or FreeBSD errno negated */
	long number;		/* FreeBSD's */
	unsigned long argument[6];
	int bpf;		/* descriptor; -1 */
};

static struct process processes[PROCESSES];
static uint8_t queue[QUEUE_MAX];
static size_t queued;
static int32_t zerocopy;

static struct process *
find(int pid)
{
	int i;

	for (i = 0; i < PROCESSES; i++)
		if (processes[i].pid == pid)
			return (&processes[i]);
	for (i = 0; i < PROCESSES; i++)
		if (processes[i].pid == 0) {
			memset(&processes[i], 0, sizeof(processes[i]));
			processes[i].pid = pid;
			processes[i].bpf = -1;
			return (&processes[i]);
		}
	fprintf(stderr, "freebsd-on-linux: too many processes\n");
	exit(98);
}

static void
get(int pid, unsigned long from, void *to, size_t n)
{
	struct iovec here, there;

	here.iov_base = to;
	here.iov_len = there.iov_len = n;
	there.iov_base = (void *)from;
	if (process_vm_readv(pid, &here, 1, &there, 1, 0) != (ssize_t)n)
		memset(to, 0, n);
}

static bool
put(int pid, unsigned long to, const void *from, size_t n)
{
	struct iovec here, there;

	here.iov_base = (void *)(uintptr_t)from;
	here.iov_len = there.iov_len = n;
	there.iov_base = (void *)to;
	return (process_vm_writev(pid, &here, 1, &there, 1, 0) == (ssize_t)n);
}

static void
get_string(int pid, unsigned long from, char *to, size_t size)
{
	size_t i;

	for (i = 0; i < size - 1; i++) {
		get(pid, from + i, &to[i], 1);
		if (to[i] == '\0')
			return;
	}
	to[i] = '\0';
}

static int
freebsd_errno(int error)
{
	switch (error) {
	case EAGAIN:
		return (ABI_EAGAIN);
	case EOPNOTSUPP:
		return (ABI_EOPNOTSUPP);
	case ENOSYS:
		return (ABI_ENOSYS);
	default:
		return (error);
	}
}

static void
emulate(struct process *p, struct user_regs_struct *r, long result)
{
	p->emulated = true;
	p->result = result;
	r->orig_rax = (unsigned long)-1;
}

static long
sysctl(struct process *p)
{
	char name[64];
	uint8_t data[4096];
	size_t have, size;
	const char *file;
	int fd;

	get_string(p->pid, p->argument[0], name, sizeof(name));
	if (strlen(name) != p->argument[1]) {
		fprintf(stderr, "freebsd-on-linux: wrong name length\n");
		exit(98);
	}
	size = 0;
	if (strcmp(name, "net.bpf.zerocopy_enable") == 0) {
		if (p->argument[4] != 0) {
			if (p->argument[5] != sizeof(zerocopy))
				return (-ABI_EINVAL);
			get(p->pid, p->argument[4], &zerocopy,
			    sizeof(zerocopy));
			dprintf(3, "%d\n", zerocopy);
		}
		memcpy(data, &zerocopy, size = sizeof(zerocopy));
	} else if (strcmp(name, "net.bpf.stats") == 0) {
		file = getenv("STATS");
		fd = file == NULL ? -1 : open(file, O_RDONLY);
		if (fd != -1) {
			size = (size_t)read(fd, data, sizeof(data));
			close(fd);
		}
	} else if (strcmp(name, "kern.osrelease") == 0)
		memcpy(data, "15.1-PRETENCE", size = 14);
	else if (strcmp(name, "hw.machine") == 0)
		memcpy(data, "amd64", size = 6);
	else
		return (-ABI_ENOENT);
	if (p->argument[3] == 0)
		return (0);
	get(p->pid, p->argument[3], &have, sizeof(have));
	if (p->argument[2] != 0 && have < size)
		return (-ABI_ENOMEM);
	if (p->argument[2] != 0)
		put(p->pid, p->argument[2], data, size);
	put(p->pid, p->argument[3], &size, sizeof(size));
	return (0);
}

static long
bpf_ioctl(struct process *p)
{
	uint32_t word;

	get(p->pid, p->argument[2], &word, sizeof(word));
	switch (p->argument[1]) {
	case ABI_BIOCSETBUFMODE:
		if (word == ABI_BPF_BUFMODE_ZBUF && zerocopy == 0)
			return (-ABI_EINVAL);
		return (0);
	case ABI_BIOCSETZBUF:
		return (-ABI_EOPNOTSUPP);
	case ABI_BIOCSETIF:
		queued = 0;
		return (0);
	case ABI_BIOCGBLEN:
		word = 32768;
		put(p->pid, p->argument[2], &word, sizeof(word));
		return (0);
	case ABI_BIOCGDLT:
		word = ABI_DLT_NULL;
		put(p->pid, p->argument[2], &word, sizeof(word));
		return (0);
	case ABI_BIOCSBLEN:
	case ABI_BIOCSETF:
	case ABI_BIOCIMMEDIATE:
	case ABI_BIOCSDIRECTION:
	case ABI_BIOCSRTIMEOUT:
		return (0);
	default:
		return (-ABI_EINVAL);
	}
}

static long
bpf_read(struct process *p)
{
	size_t n;

	if (p->argument[2] != 32768)
		return (-ABI_EINVAL);
	if (queued == 0)
		return (-ABI_EAGAIN);
	n = queued;
	queued = 0;
	return (put(p->pid, p->argument[1], queue, n) ? (long)n : -ABI_EFAULT);
}

static long
sendto_lo0(struct process *p)
{
	struct abi_bpf_hdr h;
	struct abi_sockaddr_in sin;
	uint8_t *at;
	size_t length, total;

	length = p->argument[2];
	get(p->pid, p->argument[4], &sin, sizeof(sin));
	if (sin.sin_len != sizeof(sin) || sin.sin_family != ABI_AF_INET ||
	    p->argument[5] != sizeof(sin))
		return (-ABI_EINVAL);
	total = 28 + 4 + 28 + length;
	if (queued + total + 8 > sizeof(queue))
		return ((long)length);
	at = queue + queued;
	memset(at, 0, total);
	h.bh_hdrlen = 28;
	h.bh_caplen = h.bh_datalen = (uint32_t)(total - 28);
	memset(&h.bh_tstamp, 0, sizeof(h.bh_tstamp));
	memcpy(at, &h, 26);
	at[28] = ABI_AF_INET;
	at[32] = 0x45;
	at[41] = 17;
	get(p->pid, p->argument[1], at + 60, length);
	queued = (queued + total + 7) & ~(size_t)7;
	return ((long)length);
}

/* FreeBSD's sockaddr begins with a length; Linux has a 16-bit family there. */
static void
family_to_linux(struct process *p, unsigned long at)
{
	uint8_t two[2];

	get(p->pid, at, two, 2);
	if (two[0] != 16 || two[1] != ABI_AF_INET) {
		fprintf(stderr, "freebsd-on-linux: bad sockaddr\n");
		exit(98);
	}
	two[0] = 2;
	two[1] = 0;
	put(p->pid, at, two, 2);
}

static unsigned long
open_flags(unsigned long f)
{
	return ((f & 3) | (f & ABI_O_NONBLOCK ? O_NONBLOCK : 0) |
	    (f & ABI_O_CREAT ? O_CREAT : 0) |
	    (f & ABI_O_NOFOLLOW ? O_NOFOLLOW : 0) |
	    (f & ABI_O_CLOEXEC ? O_CLOEXEC : 0));
}

static void
open_call(struct process *p, struct user_regs_struct *r)
{
	static const char null[] = "/dev/null";
	char path[256];

	r->orig_rax = 2;
	r->rsi = open_flags(p->argument[1]);
	get_string(p->pid, p->argument[0], path, sizeof(path));
	if (strcmp(path, "/dev/bpf") != 0 &&
	    strcmp(path, "/var/run/zbufprobe.lock") != 0)
		return;
	/* Below the stack, beyond what a leaf function may use. */
	r->rdi = r->rsp - 512;
	put(p->pid, r->rdi, null, sizeof(null));
	r->rsi &= ~(unsigned long)(O_CREAT | O_NOFOLLOW);
}

static void
enter(struct process *p, struct user_regs_struct *r)
{
	unsigned long *a;

	a = p->argument;
	a[0] = r->rdi, a[1] = r->rsi, a[2] = r->rdx;
	a[3] = r->r10, a[4] = r->r8, a[5] = r->r9;
	p->number = (long)r->orig_rax;
	p->emulated = false;
	switch (p->number) {
#define MADE_BY(freebsd, linux)                                            \
	case freebsd:                                                      \
		r->orig_rax = linux;                                       \
		break
	MADE_BY(1, 231);		/* exit */
	MADE_BY(2, 57);			/* fork */
	MADE_BY(66, 58);		/* vfork */
	MADE_BY(4, 1);			/* write */
	MADE_BY(6, 3);			/* close */
	MADE_BY(7, 61);			/* wait4 */
	MADE_BY(20, 39);		/* getpid */
	MADE_BY(25, 107);		/* geteuid */
	MADE_BY(37, 62);		/* kill */
	MADE_BY(59, 59);		/* execve */
	MADE_BY(73, 11);		/* munmap */
	MADE_BY(82, 109);		/* setpgid */
	MADE_BY(83, 38);		/* setitimer */
	MADE_BY(90, 33);		/* dup2 */
	MADE_BY(117, 98);		/* getrusage */
	MADE_BY(195, 160);		/* setrlimit */
	MADE_BY(209, 7);		/* poll */
	MADE_BY(240, 35);		/* nanosleep */
	case 3: /* read */
		r->orig_rax = 0;
		if ((int)a[0] == p->bpf)
			emulate(p, r, bpf_read(p));
		break;
	case 5: /* open */
		open_call(p, r);
		break;
	case 32: /* getsockname */
		r->orig_rax = 51;
		break;
	case 54: /* ioctl */
		emulate(p, r, (int)a[0] == p->bpf ? bpf_ioctl(p) :
		    -ABI_ENOTTY);
		break;
	case 97: /* socket */
		r->orig_rax = 41;
		r->rsi = (a[1] & 0xf) |
		    (a[1] & ABI_SOCK_CLOEXEC ? 0x80000 : 0) |
		    (a[1] & ABI_SOCK_NONBLOCK ? 0x800 : 0);
		break;
	case 104: /* bind */
		r->orig_rax = 49;
		family_to_linux(p, a[1]);
		break;
	case 133: /* sendto */
		emulate(p, r, sendto_lo0(p));
		break;
	case 232: /* clock_gettime */
		r->orig_rax = 228;
		r->rdi = a[0] == 4 ? 1 : (unsigned long)-1;
		break;
	case 477: /* mmap */
		r->orig_rax = 9;
		r->r10 = a[3] == 0x1002 ? 0x22 : 0;
		break;
	case 542: /* pipe2 */
		r->orig_rax = 293;
		r->rsi = a[1] == ABI_O_CLOEXEC ? O_CLOEXEC : (unsigned long)-1;
		break;
	case 570: /* __sysctlbyname */
		emulate(p, r, sysctl(p));
		break;
	case 544: /* procctl: pid, our own, known commands */
		if (a[0] == 0 && (int)a[1] == p->pid && a[2] == 2) {
			/* PROC_REAP_ACQUIRE: prctl(PR_SET_CHILD_SUBREAPER). */
			r->orig_rax = 157;
			r->rdi = 36;
			r->rsi = 1;
			break;
		}
		emulate(p, r, a[0] == 0 && (int)a[1] == p->pid &&
		    (a[2] == 2 || a[2] == 11 || a[2] == 23) ? 0 :
		    -ABI_EINVAL);
		break;
	case 250: /* minherit */
	case 340: /* sigprocmask */
	case 416: /* sigaction */
		emulate(p, r, 0);
		break;
	default:
		fprintf(stderr, "freebsd-on-linux: call %ld?\n", p->number);
		exit(98);
	}
}

static void
leave(struct process *p, struct user_regs_struct *r)
{
	char path[256];
	uint8_t two[2];
	long result;

	result = (long)r->rax;
	if (p->emulated)
		result = p->result;
	else if (result < 0 && result > -4096)
		result = -freebsd_errno((int)-result);
	if (p->number == 5 && result >= 0) {
		get_string(p->pid, p->argument[0], path, sizeof(path));
		if (strcmp(path, "/dev/bpf") == 0)
			p->bpf = (int)result;
	}
	if (p->number == 32 && result >= 0) {
		two[0] = 16;
		two[1] = ABI_AF_INET;
		put(p->pid, p->argument[1], two, 2);
	}
	r->eflags &= ~(unsigned long long)CARRY;
	if (result < 0 && result > -4096) {
		r->eflags |= CARRY;
		result = -result;
	}
	r->rax = (unsigned long)result;
	/* FreeBSD: rdx is a second value, these are cleared. */
	r->rdx = SPOILED;
	r->r8 = r->r9 = r->r10 = 0;
	r->rdi = p->argument[0];
	r->rsi = p->argument[1];
}

static void
at_call(struct process *p)
{
	struct user_regs_struct r;

	ptrace(PTRACE_GETREGS, p->pid, NULL, &r);
	if (p->inside)
		leave(p, &r);
	else
		enter(p, &r);
	p->inside = !p->inside;
	ptrace(PTRACE_SETREGS, p->pid, NULL, &r);
}

/* A forked child begins behind the call, with 0. */
static void
at_birth(struct process *parent, int pid)
{
	struct user_regs_struct r;
	struct process *p;
	int status;

	p = find(pid);
	p->bpf = parent->bpf;
	p->known = true;
	if (!p->stopped)
		waitpid(pid, &status, __WALL);
	ptrace(PTRACE_GETREGS, pid, NULL, &r);
	r.rax = 0;
	r.rdx = 1;
	r.eflags &= ~(unsigned long long)CARRY;
	ptrace(PTRACE_SETREGS, pid, NULL, &r);
	ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
}

/* The program itself has begun, or /bin/cat of Linux. */
static void
at_exec(struct process *p, bool first)
{
	struct user_regs_struct r;

	if (!first) {
		p->native = true;
		return;
	}
	ptrace(PTRACE_GETREGS, p->pid, NULL, &r);
	r.rdi = r.rsp;
	ptrace(PTRACE_SETREGS, p->pid, NULL, &r);
}

static void
resume(struct process *p, int signal)
{
	ptrace(p->native ? PTRACE_CONT : PTRACE_SYSCALL, p->pid, NULL,
	    (void *)(long)signal);
}

static void
at_stop(struct process *p, int status, bool *started)
{
	unsigned long message;
	int event, signal;

	event = status >> 16;
	signal = WSTOPSIG(status);
	if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK) {
		ptrace(PTRACE_GETEVENTMSG, p->pid, NULL, &message);
		at_birth(p, (int)message);
	} else if (event == PTRACE_EVENT_EXEC) {
		at_exec(p, !*started);
		*started = true;
		/* The exec's own end is still to come. */
		p->inside = true;
		p->number = 59;
		p->emulated = false;
		if (!p->native) {
			/* Behind it, the registers are the program's. */
			ptrace(PTRACE_SYSCALL, p->pid, NULL, NULL);
			waitpid(p->pid, &status, __WALL);
			at_exec(p, true);
			p->inside = false;
		}
	} else if (signal == (SIGTRAP | 0x80)) {
		if (!p->native)
			at_call(p);
	} else if (event == 0) {
		resume(p, signal);
		return;
	}
	resume(p, 0);
}

int
main(int argc, char **argv)
{
	struct process *p;
	bool started;
	int code, first, pid, status;

	if (argc < 2)
		return (98);
	first = fork();
	if (first == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execv(argv[1], argv + 1);
		_exit(98);
	}
	waitpid(first, &status, 0);
	ptrace(PTRACE_SETOPTIONS, first, NULL, (void *)(long)(
	    PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
	    PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL));
	find(first)->known = true;
	ptrace(PTRACE_CONT, first, NULL, NULL);
	for (started = false, code = 97;;) {
		pid = waitpid(-1, &status, __WALL);
		if (pid == -1)
			return (code);
		p = find(pid);
		if (!p->known) {
			/* Born before its parent told: it waits for that. */
			p->stopped = true;
			continue;
		}
		if (WIFSTOPPED(status)) {
			at_stop(p, status, &started);
			continue;
		}
		p->pid = 0;
		if (pid == first)
			code = WIFEXITED(status) ? WEXITSTATUS(status) :
			    128 + WTERMSIG(status);
	}
}
