/*
 * sys.h on FreeBSD with nothing below it: raw system calls.
 */
#include "../bsd.h"
#include "../sys.h"
#include "syscall.h"

#define PROT_READ_WRITE 3
#define MAP_PRIVATE_ANON 0x1002
#define O_WRONLY ABI_O_WRONLY
#define SIG_DFL 0
#define SIG_IGN 1
#define SIG_SETMASK 3
#define SIGNALS 128
#define POLLIN 0x1
#define POLL_MAX 4
#define CLOCK_MONOTONIC 4
#define RUSAGE_SELF 0
#define ITIMER_REAL 0
#define RLIMIT_CORE 4
#define P_PID 0
#define PROC_REAP_ACQUIRE 2
#define PROC_PDEATHSIG_CTL 11
#define PROC_LOGSIGEXIT_CTL 23
#define PROC_LOGSIGEXIT_CTL_FORCE_DISABLE 3

struct sigaction {
	uint64_t handler;
	int32_t flags;
	uint32_t mask[4];
};

struct pollfd {
	int32_t fd;
	int16_t events;
	int16_t revents;
};

struct timespec {
	int64_t tv_sec;
	int64_t tv_nsec;
};

struct itimerval {
	struct timeval interval;
	struct timeval value;
};

struct rusage {
	struct timeval user;
	struct timeval system;
	int64_t rest[14];
};

_Static_assert(sizeof(struct sigaction) == 32, "sigaction");
_Static_assert(sizeof(struct rusage) == 144, "rusage");

/* Not empty, so that the data segment has bytes in the file as usual. */
static char *no_environment[] = {NULL};
static char **environment = no_environment;

int	 main(int, char **);
_Noreturn void start(int, char **, char **);

/* The architecture's _start calls this with its stack in order. */
_Noreturn void
start(int argc, char **argv, char **envp)
{
	environment = envp;
	sys_exit(main(argc, argv));
}

static long
call(long number, long a, long b, long c)
{
	return (syscall6(number, a, b, c, 0, 0, 0));
}

int
sys_open(const char *path, int flags, int mode)
{
	return ((int)call(SYS_open, (long)path, flags, mode));
}

int
sys_close(int fd)
{
	return ((int)call(SYS_close, fd, 0, 0));
}

long
sys_read(int fd, void *data, size_t length)
{
	return (call(SYS_read, fd, (long)data, (long)length));
}

long
sys_write(int fd, const void *data, size_t length)
{
	return (call(SYS_write, fd, (long)data, (long)length));
}

int
sys_ioctl(int fd, unsigned long request, void *data)
{
	return ((int)call(SYS_ioctl, fd, (long)request, (long)data));
}

int
sys_pipe(int ends[2])
{
	return ((int)call(SYS_pipe2, (long)ends, O_CLOEXEC, 0));
}

void *
sys_map(size_t length)
{
	long p;

	p = syscall6(SYS_mmap, 0, (long)length, PROT_READ_WRITE,
	    MAP_PRIVATE_ANON, -1, 0);
	/* No mapping is in the last page; errnos are there. */
	return (p < 0 ? NULL : (void *)p);
}

void
sys_unmap(void *p, size_t length)
{
	call(SYS_munmap, (long)p, (long)length, 0);
}

int
sys_minherit(void *p, size_t length, int inherit)
{
	return ((int)call(SYS_minherit, (long)p, (long)length, inherit));
}

int
sys_socket(int domain, int type, int protocol)
{
	return ((int)call(SYS_socket, domain, type, protocol));
}

int
sys_bind(int fd, const void *address, unsigned int length)
{
	return ((int)call(SYS_bind, fd, (long)address, length));
}

int
sys_getsockname(int fd, void *address, unsigned int *length)
{
	return ((int)call(SYS_getsockname, fd, (long)address, (long)length));
}

int
sys_setsockopt(int fd, int level, int name, const void *value,
    unsigned int length)
{
	return ((int)syscall6(SYS_setsockopt, fd, level, name, (long)value,
	    length, 0));
}

long
sys_sendto(int fd, const void *data, size_t length, const void *address,
    unsigned int address_length)
{
	return (syscall6(SYS_sendto, fd, (long)data, (long)length, 0,
	    (long)address, address_length));
}

int
sys_fork(void)
{
	return ((int)call(SYS_fork, 0, 0, 0));
}

int
sys_spawn(const char *path, int input)
{
	char *argv[2];
	int failed, null;
	long pid;

	argv[0] = (char *)(uintptr_t)path;
	argv[1] = NULL;
	null = sys_open("/dev/null", O_WRONLY | O_CLOEXEC, 0);
	if (null < 0)
		return (null);
	failed = 0;
	pid = vfork_exec(path, argv, environment, input, null, &failed);
	sys_close(null);
	return (failed != 0 ? -failed : (int)pid);
}

int
sys_exec(const char *path, int input)
{
	char *argv[2];
	int null;
	long error;

	argv[0] = (char *)(uintptr_t)path;
	argv[1] = NULL;
	null = sys_open("/dev/null", O_WRONLY | O_CLOEXEC, 0);
	if (null < 0)
		return (null);
	error = call(SYS_dup2, null, 1, 0);
	if (error >= 0)
		error = call(SYS_dup2, input, 0, 0);
	if (error >= 0)
		error = call(SYS_execve, (long)path, (long)argv,
		    (long)environment);
	return ((int)error);
}

_Noreturn void
sys_exit(int status)
{
	for (;;)
		call(SYS_exit, status, 0, 0);
}

int
sys_wait(int pid, int *status, int options)
{
	return ((int)syscall6(SYS_wait4, pid, (long)status, options, 0, 0, 0));
}

int
sys_kill(int pid, int signal)
{
	return ((int)call(SYS_kill, pid, signal, 0));
}

int
sys_getpid(void)
{
	return ((int)call(SYS_getpid, 0, 0, 0));
}

int
sys_geteuid(void)
{
	return ((int)call(SYS_geteuid, 0, 0, 0));
}

int
sys_own_group(void)
{
	return ((int)call(SYS_setpgid, 0, 0, 0));
}

int
sys_adopt_orphans(void)
{
	return ((int)syscall6(SYS_procctl, P_PID, sys_getpid(),
	    PROC_REAP_ACQUIRE, 0, 0, 0));
}

int
sys_die_with_parent(void)
{
	int signal;

	signal = SIGKILL;
	return ((int)syscall6(SYS_procctl, P_PID, sys_getpid(),
	    PROC_PDEATHSIG_CTL, (long)&signal, 0, 0));
}

static void
set_signal(int signal, uint64_t handler)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.handler = handler;
	call(SYS_sigaction, signal, (long)&action, 0);
}

void
sys_default_signals(void)
{
	uint32_t none[4];
	int i;

	for (i = 1; i <= SIGNALS; i++)
		set_signal(i, SIG_DFL);
	set_signal(ABI_SIGPIPE, SIG_IGN);
	memset(none, 0, sizeof(none));
	call(SYS_sigprocmask, SIG_SETMASK, (long)none, 0);
}

void
sys_ignore_termination(void)
{
	set_signal(ABI_SIGHUP, SIG_IGN);
	set_signal(ABI_SIGINT, SIG_IGN);
	set_signal(ABI_SIGQUIT, SIG_IGN);
	set_signal(ABI_SIGTERM, SIG_IGN);
}

void
sys_quiet_crash(void)
{
	uint64_t none[2];
	int quiet;

	/* Kernels before 14 do not know it, and log. */
	quiet = PROC_LOGSIGEXIT_CTL_FORCE_DISABLE;
	syscall6(SYS_procctl, P_PID, sys_getpid(), PROC_LOGSIGEXIT_CTL,
	    (long)&quiet, 0, 0);
	none[0] = none[1] = 0;
	call(SYS_setrlimit, RLIMIT_CORE, (long)none, 0);
}

void
sys_alarm(unsigned int seconds)
{
	struct itimerval timer;

	memset(&timer, 0, sizeof(timer));
	timer.value.tv_sec = seconds;
	call(SYS_setitimer, ITIMER_REAL, (long)&timer, 0);
}

int
sys_wait_readable(const int *fds, unsigned int count, int milliseconds)
{
	struct pollfd polled[POLL_MAX];
	unsigned int i;
	int ready;
	long n;

	if (count > POLL_MAX)
		return (-EINVAL);
	for (i = 0; i < count; i++) {
		polled[i].fd = fds[i];
		polled[i].events = POLLIN;
		polled[i].revents = 0;
	}
	n = call(SYS_poll, (long)polled, count, milliseconds);
	if (n <= 0)
		return ((int)n);
	for (i = 0, ready = 0; i < count; i++)
		if (polled[i].revents != 0)
			ready |= 1 << i;
	return (ready);
}

void
sys_sleep(unsigned int milliseconds)
{
	struct timespec t;

	t.tv_sec = milliseconds / 1000;
	t.tv_nsec = (int64_t)(milliseconds % 1000) * 1000000;
	call(SYS_nanosleep, (long)&t, 0, 0);
}

uint64_t
sys_microseconds(void)
{
	struct timespec t;

	memset(&t, 0, sizeof(t));
	call(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&t, 0);
	return ((uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000);
}

static uint64_t
microseconds_of(const struct timeval *t)
{
	return ((uint64_t)t->tv_sec * 1000000 + (uint64_t)t->tv_usec);
}

uint64_t
sys_cpu_microseconds(void)
{
	struct rusage usage;

	if (call(SYS_getrusage, RUSAGE_SELF, (long)&usage, 0) < 0)
		return (0);
	return (microseconds_of(&usage.user) + microseconds_of(&usage.system));
}

int
sys_sysctl(const char *name, void *old, size_t *old_length, const void *new,
    size_t new_length)
{
	return ((int)syscall6(SYS___sysctlbyname, (long)name,
	    (long)strlen(name), (long)old, (long)old_length, (long)new,
	    (long)new_length));
}

int
sys_is_model(void)
{
	return (0);
}

const char *
sys_lock_path(void)
{
	return ("/var/run/zbufprobe.lock");
}
