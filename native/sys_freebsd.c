/*
 * sys.h on FreeBSD, over libc.
 */
#if defined(__FreeBSD__) && __STDC_HOSTED__

#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/procctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/sysctl.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sys.h"

#define POLL_MAX 4

extern char **environ;

static int
result(int value)
{
	return (value == -1 ? -errno : value);
}

static long
long_result(ssize_t value)
{
	return (value == -1 ? -(long)errno : (long)value);
}

int
sys_open(const char *path, int flags, int mode)
{
	return (result(open(path, flags, mode)));
}

int
sys_close(int fd)
{
	return (result(close(fd)));
}

long
sys_read(int fd, void *data, size_t length)
{
	return (long_result(read(fd, data, length)));
}

long
sys_write(int fd, const void *data, size_t length)
{
	return (long_result(write(fd, data, length)));
}

int
sys_ioctl(int fd, unsigned long request, void *data)
{
	return (result(ioctl(fd, request, data)));
}

int
sys_pipe(int ends[2])
{
	return (result(pipe2(ends, O_CLOEXEC)));
}

void *
sys_map(size_t length)
{
	void *p;

	p = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_ANON | MAP_PRIVATE,
	    -1, 0);
	return (p == MAP_FAILED ? NULL : p);
}

void
sys_unmap(void *p, size_t length)
{
	munmap(p, length);
}

int
sys_minherit(void *p, size_t length, int inherit)
{
	return (result(minherit(p, length, inherit)));
}

int
sys_socket(int domain, int type, int protocol)
{
	return (result(socket(domain, type, protocol)));
}

int
sys_bind(int fd, const void *address, unsigned int length)
{
	return (result(bind(fd, address, length)));
}

int
sys_getsockname(int fd, void *address, unsigned int *length)
{
	return (result(getsockname(fd, address, length)));
}

int
sys_setsockopt(int fd, int level, int name, const void *value,
    unsigned int length)
{
	return (result(setsockopt(fd, level, name, value, length)));
}

long
sys_sendto(int fd, const void *data, size_t length, const void *address,
    unsigned int address_length)
{
	return (long_result(sendto(fd, data, length, 0, address,
	    address_length)));
}

int
sys_fork(void)
{
	return (result(fork()));
}

int
sys_spawn(const char *path, int input)
{
	posix_spawn_file_actions_t actions;
	char *argv[2];
	pid_t pid;
	int error;

	argv[0] = __DECONST(char *, path);
	argv[1] = NULL;
	error = posix_spawn_file_actions_init(&actions);
	if (error != 0)
		return (-error);
	error = posix_spawn_file_actions_adddup2(&actions, input, 0);
	if (error == 0)
		error = posix_spawn_file_actions_addopen(&actions, 1,
		    "/dev/null", O_WRONLY, 0);
	if (error == 0)
		error = posix_spawn(&pid, path, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return (error == 0 ? pid : -error);
}

int
sys_exec(const char *path, int input)
{
	char *argv[2];
	int null;

	argv[0] = __DECONST(char *, path);
	argv[1] = NULL;
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null == -1 || dup2(null, 1) == -1 || dup2(input, 0) == -1)
		return (-errno);
	execve(path, argv, environ);
	return (-errno);
}

_Noreturn void
sys_exit(int status)
{
	_exit(status);
}

int
sys_wait(int pid, int *status, int options)
{
	return (result(waitpid(pid, status, options)));
}

int
sys_kill(int pid, int signal)
{
	return (result(kill(pid, signal)));
}

int
sys_getpid(void)
{
	return (getpid());
}

int
sys_geteuid(void)
{
	return ((int)geteuid());
}

int
sys_own_group(void)
{
	return (result(setpgid(0, 0)));
}

int
sys_adopt_orphans(void)
{
	return (result(procctl(P_PID, getpid(), PROC_REAP_ACQUIRE, NULL)));
}

int
sys_die_with_parent(void)
{
	int signal;

	signal = SIGKILL;
	return (result(procctl(P_PID, getpid(), PROC_PDEATHSIG_CTL, &signal)));
}

void
sys_default_signals(void)
{
	struct sigaction action;
	sigset_t none;
	int i;

	memset(&action, 0, sizeof(action));
	action.sa_handler = SIG_DFL;
	for (i = 1; i < NSIG; i++)
		sigaction(i, &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void
sys_ignore_termination(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = SIG_IGN;
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGQUIT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

void
sys_quiet_crash(void)
{
	struct rlimit none;
#ifdef PROC_LOGSIGEXIT_CTL
	int quiet;

	quiet = PROC_LOGSIGEXIT_CTL_FORCE_DISABLE;
	procctl(P_PID, getpid(), PROC_LOGSIGEXIT_CTL, &quiet);
#endif
	none.rlim_cur = none.rlim_max = 0;
	setrlimit(RLIMIT_CORE, &none);
}

void
sys_alarm(unsigned int seconds)
{
	alarm(seconds);
}

int
sys_wait_readable(const int *fds, unsigned int count, int milliseconds)
{
	struct pollfd polled[POLL_MAX];
	unsigned int i;
	int n, ready;

	if (count > POLL_MAX)
		return (-EINVAL);
	for (i = 0; i < count; i++) {
		polled[i].fd = fds[i];
		polled[i].events = POLLIN;
		polled[i].revents = 0;
	}
	n = poll(polled, count, milliseconds);
	if (n <= 0)
		return (result(n));
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
	t.tv_nsec = (long)(milliseconds % 1000) * 1000000;
	nanosleep(&t, NULL);
}

uint64_t
sys_microseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
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

	if (getrusage(RUSAGE_SELF, &usage) == -1)
		return (0);
	return (microseconds_of(&usage.ru_utime) +
	    microseconds_of(&usage.ru_stime));
}

int
sys_sysctl(const char *name, void *old, size_t *old_length, const void *new,
    size_t new_length)
{
	return (result(sysctlbyname(name, old, old_length, new, new_length)));
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

#else

_Static_assert(sizeof(char) == 1, "not for this system");

#endif
