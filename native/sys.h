/*
 * The system calls the probe makes, and nothing else it needs of a system.
 *
 * Implemented three times: sys_freebsd.c over libc, freestanding/sys.c with
 * raw system calls, model/ over a model of the kernel's part on Linux.  The
 * code that judges is the same for all three.
 *
 * Unless said otherwise a function returns 0 or a count or a descriptor, and
 * on failure the errno, negated, with FreeBSD's numbers.  Arguments are
 * FreeBSD's, too.  Every descriptor is close-on-exec.
 */
#ifndef SYS_H
#define SYS_H

#include <stddef.h>
#include <stdint.h>

int	 sys_open(const char *, int, int);
int	 sys_close(int);
long	 sys_read(int, void *, size_t);
long	 sys_write(int, const void *, size_t);
int	 sys_ioctl(int, unsigned long, void *);
int	 sys_pipe(int [2]);

/* Anonymous private memory, page aligned; NULL when there is none. */
void	*sys_map(size_t);
void	 sys_unmap(void *, size_t);
int	 sys_minherit(void *, size_t, int);

int	 sys_socket(int, int, int);
int	 sys_bind(int, const void *, unsigned int);
int	 sys_getsockname(int, void *, unsigned int *);
int	 sys_setsockopt(int, int, int, const void *, unsigned int);
long	 sys_sendto(int, const void *, size_t, const void *, unsigned int);

/* A new process; 0 in the child. */
int	 sys_fork(void);
/*
 * vfork(2) and exec at once, as posix_spawn(3) does; the program reads its
 * standard input from the descriptor and writes to nowhere.
 */
int	 sys_spawn(const char *, int);
/* The same in this process; returns only when it failed. */
int	 sys_exec(const char *, int);
_Noreturn void sys_exit(int);
int	 sys_wait(int, int *, int);
int	 sys_kill(int, int);
int	 sys_getpid(void);
int	 sys_geteuid(void);
/* Lead a process group of its own, so that the terminal's signals miss it. */
int	 sys_own_group(void);
/* Orphaned descendants become children of this process. */
int	 sys_adopt_orphans(void);
/* SIGKILL when the parent ends. */
int	 sys_die_with_parent(void);
/* All signals to their default, none blocked, SIGPIPE ignored. */
void	 sys_default_signals(void);
/* A watcher outlives a terminal: ignore SIGHUP, SIGINT, SIGQUIT, SIGTERM. */
void	 sys_ignore_termination(void);
/* No core files and, where the kernel can, no log line for a crash. */
void	 sys_quiet_crash(void);
/* SIGALRM after so many seconds, survives exec. */
void	 sys_alarm(unsigned int);

/*
 * Waits until a descriptor is readable or at its end.  Returns a bit mask by
 * index, 0 when the time (milliseconds) passed.
 */
int	 sys_wait_readable(const int *, unsigned int, int);
void	 sys_sleep(unsigned int milliseconds);
/* Monotonic, the same clock in all processes. */
uint64_t sys_microseconds(void);
/* CPU time of this process, user and system. */
uint64_t sys_cpu_microseconds(void);

int	 sys_sysctl(const char *, void *, size_t *, const void *, size_t);

/* 1 when the kernel is a model. */
int	 sys_is_model(void);
/* Where the lock is kept. */
const char *sys_lock_path(void);

#endif
