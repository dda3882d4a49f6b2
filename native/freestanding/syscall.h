/*
 * FreeBSD system calls by hand: numbers, one entry for up to six arguments,
 * and the one call that cannot be written in C.
 */
#ifndef SYSCALL_H
#define SYSCALL_H

/* The same on every architecture, and never reused. */
#define SYS_exit 1
#define SYS_fork 2
#define SYS_read 3
#define SYS_write 4
#define SYS_open 5
#define SYS_close 6
#define SYS_wait4 7
#define SYS_getpid 20
#define SYS_geteuid 25
#define SYS_getsockname 32
#define SYS_kill 37
#define SYS_ioctl 54
#define SYS_execve 59
#define SYS_munmap 73
#define SYS_setpgid 82
#define SYS_setitimer 83
#define SYS_dup2 90
#define SYS_socket 97
#define SYS_bind 104
#define SYS_setsockopt 105
#define SYS_getrusage 117
#define SYS_sendto 133
#define SYS_setrlimit 195
#define SYS_poll 209
#define SYS_clock_gettime 232
#define SYS_nanosleep 240
#define SYS_minherit 250
#define SYS_sigprocmask 340
#define SYS_sigaction 416
#define SYS_mmap 477
#define SYS_pipe2 542
#define SYS_procctl 544
#define SYS___sysctlbyname 570

/* Returns the call's value, or its errno negated. */
long	syscall6(long, long, long, long, long, long, long);

/*
 * vfork(2), and in the child dup2(input, 0), dup2(output, 1), execve(path,
 * argv, envp).  Returns the child's pid or an errno negated; failed, in the
 * memory the two share, takes the errno of a call of the child.
 */
long	vfork_exec(const char *, char *const *, char *const *, int, int,
    int *);

#endif
