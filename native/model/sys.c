/*
 * sys.h over the model: processes, pipes and clocks are Linux's, memory, BPF
 * and the sysctls are the model's, loopback packets go no further than it.
 */
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../sys.h"
#include "world.h"

#define POLL_MAX 4
#define EM0_ADDRESS 0xc0000201u	/* 192.0.2.1, RFC 5737 */
#define PACKET_MAX 2048

extern char **environ;

/* errno of Linux to errno of FreeBSD, where they differ. */
static int
translate(int error)
{
	switch (error) {
	case EAGAIN:
		return (ABI_EAGAIN);
	case EOPNOTSUPP:
		return (ABI_EOPNOTSUPP);
	case ETIMEDOUT:
		return (ABI_ETIMEDOUT);
	case ENOSYS:
		return (ABI_ENOSYS);
	default:
		return (error);
	}
}

static long
result(long value)
{
	return (value == -1 ? -(long)translate(errno) : value);
}

static int
open_lock(const char *path, int mode)
{
	int fd;

	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd == -1)
		return ((int)result(-1));
	if (strcmp(path, "/dev/null") != 0 &&
	    flock(fd, LOCK_EX | LOCK_NB) == -1) {
		close(fd);
		return (-ABI_EAGAIN);
	}
	return (fd);
}

int
sys_open(const char *path, int flags, int mode)
{
	int error, fd;

	if (strcmp(path, "/dev/bpf") == 0) {
		error = bpf_open(&fd);
		return (error == 0 ? fd : -error);
	}
	if ((flags & ABI_O_EXLOCK) != 0)
		return (open_lock(path, mode));
	return ((int)result(open(path, (flags & ABI_O_RDWR ? O_RDWR :
	    O_RDONLY) | O_CLOEXEC)));
}

int
sys_close(int fd)
{
	if (bpf_index(fd) != -1)
		bpf_close(fd);
	return ((int)result(close(fd)));
}

long
sys_read(int fd, void *data, size_t length)
{
	vm_touch(data, length);
	if (bpf_index(fd) != -1)
		return (bpf_read(fd, data, length));
	return (result(read(fd, data, length)));
}

long
sys_write(int fd, const void *data, size_t length)
{
	return (result(write(fd, data, length)));
}

int
sys_ioctl(int fd, unsigned long request, void *data)
{
	struct abi_sockaddr_in sin;
	struct abi_ifreq *ifr;

	if (bpf_index(fd) != -1)
		return (-bpf_ioctl(fd, request, data));
	ifr = data;
	if (request != ABI_SIOCGIFADDR)
		return (-ABI_ENOTTY);
	if (strncmp(ifr->ifr_name, "em0", 4) != 0)
		return (-ABI_ENXIO);
	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = ABI_AF_INET;
	sin.sin_addr = htonl(EM0_ADDRESS);
	memcpy(ifr->ifr_data, &sin, sizeof(sin));
	return (0);
}

int
sys_pipe(int ends[2])
{
	return ((int)result(pipe2(ends, O_CLOEXEC)));
}

void *
sys_map(size_t length)
{
	return (vm_map(length));
}

void
sys_unmap(void *p, size_t length)
{
	vm_unmap(p, length);
}

int
sys_minherit(void *p, size_t length, int inherit)
{
	return (-vm_inherit(p, length, inherit));
}

int
sys_socket(int domain, int type, int protocol)
{
	int flags;

	if (domain != ABI_AF_INET)
		return (-ABI_EINVAL);
	flags = SOCK_CLOEXEC;
	if ((type & ABI_SOCK_NONBLOCK) != 0)
		flags |= SOCK_NONBLOCK;
	return ((int)result(socket(AF_INET, SOCK_DGRAM | flags, protocol)));
}

static void
to_linux(struct sockaddr_in *to, const struct abi_sockaddr_in *from)
{
	memset(to, 0, sizeof(*to));
	to->sin_family = AF_INET;
	to->sin_port = from->sin_port;
	to->sin_addr.s_addr = from->sin_addr;
}

int
sys_bind(int fd, const void *address, unsigned int length)
{
	struct sockaddr_in sin;

	if (length != sizeof(struct abi_sockaddr_in))
		return (-ABI_EINVAL);
	to_linux(&sin, address);
	return ((int)result(bind(fd, (struct sockaddr *)&sin, sizeof(sin))));
}

int
sys_getsockname(int fd, void *address, unsigned int *length)
{
	struct abi_sockaddr_in *to;
	struct sockaddr_in sin;
	socklen_t size;

	size = sizeof(sin);
	if (getsockname(fd, (struct sockaddr *)&sin, &size) == -1)
		return ((int)result(-1));
	to = address;
	memset(to, 0, sizeof(*to));
	to->sin_len = sizeof(*to);
	to->sin_family = ABI_AF_INET;
	to->sin_port = sin.sin_port;
	to->sin_addr = sin.sin_addr.s_addr;
	*length = sizeof(*to);
	return (0);
}

int
sys_setsockopt(int fd, int level, int name, const void *value,
    unsigned int length)
{
	uint32_t address;

	(void)fd;
	if (level != ABI_IPPROTO_IP)
		return (-ABI_EINVAL);
	if (name == ABI_IP_MULTICAST_IF) {
		if (length != sizeof(address))
			return (-ABI_EINVAL);
		memcpy(&address, value, sizeof(address));
		return (address == htonl(EM0_ADDRESS) ? 0 : -ABI_EINVAL);
	}
	return (name == ABI_IP_MULTICAST_LOOP ? 0 : -ABI_EINVAL);
}

/* IPv4 and UDP around the payload, behind a link header. */
static size_t
wrap(uint8_t *packet, size_t link, const struct abi_sockaddr_in *to,
    const void *payload, size_t length)
{
	uint8_t *ip;
	size_t total, udp;

	udp = 8 + length;
	total = 20 + udp;
	memset(packet, 0, link + 28);
	ip = packet + link;
	ip[0] = 0x45;
	ip[2] = (uint8_t)(total >> 8);
	ip[3] = (uint8_t)total;
	ip[8] = 64;
	ip[9] = 17;
	memcpy(ip + 16, &to->sin_addr, 4);
	memcpy(ip + 22, &to->sin_port, 2);
	ip[24] = (uint8_t)(udp >> 8);
	ip[25] = (uint8_t)udp;
	memcpy(ip + 28, payload, length);
	return (link + total);
}

/* A loopback packet is seen going out and coming in (measured). */
long
sys_sendto(int fd, const void *data, size_t length, const void *address,
    unsigned int address_length)
{
	const struct abi_sockaddr_in *to;
	const char *seen;
	uint8_t packet[PACKET_MAX];
	uint32_t family;
	size_t total;

	(void)fd;
	to = address;
	if (address_length != sizeof(*to) || length + 64 > sizeof(packet))
		return (-ABI_EINVAL);
	if (ntohl(to->sin_addr) >> 28 == 0xe) {
		total = wrap(packet, 14, to, data, length);
		packet[12] = 0x08;
		bpf_tap("em0", ABI_BPF_D_OUT, packet, total);
		return ((long)length);
	}
	total = wrap(packet, 4, to, data, length);
	family = ABI_AF_INET;
	memcpy(packet, &family, sizeof(family));
	seen = getenv("ZBUFPROBE_MODEL_LO0");
	if (seen == NULL || strcmp(seen, "none") != 0)
		bpf_tap("lo0", ABI_BPF_D_OUT, packet, total);
	if (seen == NULL)
		bpf_tap("lo0", ABI_BPF_D_IN, packet, total);
	return ((long)length);
}

int
sys_fork(void)
{
	return ((int)result(vm_fork()));
}

static int
run_program(const char *path, int input)
{
	char *argv[2];
	int null;

	argv[0] = (char *)(uintptr_t)path;
	argv[1] = NULL;
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null == -1 || dup2(null, 1) == -1 || dup2(input, 0) == -1)
		return ((int)result(-1));
	vm_exec_begins();
	execve(path, argv, environ);
	vm_exec_failed();
	return ((int)result(-1));
}

int
sys_spawn(const char *path, int input)
{
	posix_spawn_file_actions_t actions;
	char *argv[2];
	pid_t pid;
	int error;

	if (MODEL_FAULT == FAULT_SPAWN_FORKS) {
		pid = vm_fork();
		if (pid == 0) {
			/* The parent goes on before the exec has happened. */
			sys_sleep(300);
			run_program(path, input);
			_exit(1);
		}
		return ((int)result(pid));
	}
	argv[0] = (char *)(uintptr_t)path;
	argv[1] = NULL;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY,
	    0);
	error = posix_spawn(&pid, path, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return (error == 0 ? pid : -translate(error));
}

int
sys_exec(const char *path, int input)
{
	return (run_program(path, input));
}

_Noreturn void
sys_exit(int status)
{
	_exit(status);
}

int
sys_wait(int pid, int *status, int options)
{
	return ((int)result(waitpid(pid, status,
	    (options & ABI_WNOHANG) != 0 ? WNOHANG : 0)));
}

int
sys_kill(int pid, int signal)
{
	return ((int)result(kill(pid, signal)));
}

int
sys_getpid(void)
{
	return (getpid());
}

int
sys_geteuid(void)
{
	const char *uid;

	uid = getenv("ZBUFPROBE_MODEL_UID");
	return (uid == NULL ? 0 : atoi(uid));
}

int
sys_own_group(void)
{
	return ((int)result(setpgid(0, 0)));
}

int
sys_adopt_orphans(void)
{
	return ((int)result(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)));
}

int
sys_die_with_parent(void)
{
	return ((int)result(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)));
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

	none.rlim_cur = none.rlim_max = 0;
	setrlimit(RLIMIT_CORE, &none);
}

void
sys_alarm(unsigned int seconds)
{
	alarm(seconds);
}

/* Which of the descriptors are the model's and ready? */
static int
ready_descriptors(const int *fds, unsigned int count, bool waited)
{
	unsigned int i;
	int ready;

	for (i = 0, ready = 0; i < count; i++)
		if (bpf_index(fds[i]) != -1 && bpf_ready(fds[i], waited))
			ready |= 1 << i;
	return (ready);
}

static int
poll_others(const int *fds, unsigned int count, int milliseconds)
{
	struct pollfd polled[POLL_MAX];
	unsigned int i;
	int n, ready;

	for (i = 0; i < count; i++) {
		polled[i].fd = bpf_index(fds[i]) == -1 ? fds[i] : -1;
		polled[i].events = POLLIN;
		polled[i].revents = 0;
	}
	n = poll(polled, count, milliseconds);
	if (n <= 0)
		return ((int)result(n));
	for (i = 0, ready = 0; i < count; i++)
		if (polled[i].revents != 0)
			ready |= 1 << i;
	return (ready);
}

int
sys_wait_readable(const int *fds, unsigned int count, int milliseconds)
{
	uint64_t end;
	unsigned int i;
	int ready;
	bool ours, waited;

	if (count > POLL_MAX)
		return (-ABI_EINVAL);
	for (i = 0, ours = false; i < count; i++)
		ours = ours || bpf_index(fds[i]) != -1;
	if (!ours)
		return (poll_others(fds, count, milliseconds));
	end = sys_microseconds() + (uint64_t)milliseconds * 1000;
	do {
		waited = sys_microseconds() >= end;
		ready = ready_descriptors(fds, count, waited) |
		    poll_others(fds, count, 0);
		if (ready == 0 && !waited)
			usleep(200);
	} while (ready == 0 && !waited);
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

uint64_t
sys_cpu_microseconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return ((uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 +
	    (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec));
}

static int
give(const void *value, size_t size, void *old, size_t *old_length)
{
	if (old == NULL) {
		*old_length = size;
		return (0);
	}
	if (*old_length < size)
		return (-ABI_ENOMEM);
	memcpy(old, value, size);
	*old_length = size;
	return (0);
}

static int
zerocopy_enable(void *old, size_t *old_length, const void *new,
    size_t new_length)
{
	int32_t value;
	int error;

	value = world()->zerocopy_enable;
	error = old_length == NULL ? 0 : give(&value, sizeof(value), old,
	    old_length);
	if (error != 0 || new == NULL)
		return (error);
	if (sys_geteuid() != 0)
		return (-ABI_EPERM);
	if (new_length != sizeof(value))
		return (-ABI_EINVAL);
	memcpy(&value, new, sizeof(value));
	world()->zerocopy_enable = value;
	return (0);
}

static int
statistics(void *old, size_t *old_length)
{
	size_t count;

	count = bpf_statistics(old, old == NULL ? 0 : *old_length /
	    sizeof(struct abi_xbpf_d));
	if (old != NULL && count * sizeof(struct abi_xbpf_d) > *old_length)
		return (-ABI_ENOMEM);
	*old_length = count * sizeof(struct abi_xbpf_d);
	return (0);
}

int
sys_sysctl(const char *name, void *old, size_t *old_length, const void *new,
    size_t new_length)
{
	struct utsname u;

	if (strcmp(name, "net.bpf.zerocopy_enable") == 0)
		return (zerocopy_enable(old, old_length, new, new_length));
	if (strcmp(name, "net.bpf.stats") == 0)
		return (statistics(old, old_length));
	uname(&u);
	if (strcmp(name, "kern.osrelease") == 0)
		return (give("model", 6, old, old_length));
	if (strcmp(name, "hw.machine") == 0)
		return (give(u.machine, strlen(u.machine) + 1, old,
		    old_length));
	return (-ABI_ENOENT);
}

int
sys_is_model(void)
{
	return (1);
}

const char *
sys_lock_path(void)
{
	return (world_lock_path());
}
