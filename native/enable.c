/*
 * net.bpf.zerocopy_enable: set only while a descriptor takes its mode, and put
 * back whatever happens.
 *
 * Who puts it back: the process that set it, in the next statement; if that
 * process dies there, the run itself after the scenario; if the run is killed
 * as well, the watcher.  The watcher holds one end of a pipe whose other end
 * every process of the run has: when the kernel has closed the last of them,
 * nobody is left who could set the sysctl again.
 */
#include "bsd.h"
#include "probe.h"
#include "sys.h"

#define NAME "net.bpf.zerocopy_enable"
#define ALL_WELL 'w'
/* The watcher lives a little longer than the slowest run. */
#define WATCH_MORE_MS 5000

/* Returns the value, or -1 and why. */
int32_t
enable_read(struct failure *why)
{
	size_t length;
	int32_t value;
	int error;

	length = sizeof(value);
	error = sys_sysctl(NAME, &value, &length, NULL, 0);
	if (error == 0 && length == sizeof(value))
		return (value);
	why->step = ZBUFPROBE_STEP_SYSCTL_READ;
	why->error = error == 0 ? EPROTO : -error;
	return (-1);
}

/* Returns 0 or a negative errno. */
int
enable_write(int32_t value)
{
	return (sys_sysctl(NAME, NULL, NULL, &value, sizeof(value)));
}

/* Puts the value back if it is not there; false if that failed. */
bool
enable_restore(const struct enabling *e, struct failure *why)
{
	int error;

	if (!e->needed || enable_read(why) == e->before)
		return (true);
	error = enable_write(e->before);
	if (error == 0)
		return (true);
	why->step = ZBUFPROBE_STEP_SYSCTL_WRITE;
	why->error = -error;
	return (false);
}

static _Noreturn void
watch(const struct enabling *e, int pipe, uint32_t limit_ms)
{
	struct failure why;
	uint64_t deadline;
	char word;
	int ready;

	sys_own_group();
	sys_default_signals();
	sys_ignore_termination();
	deadline = sys_microseconds() +
	    (uint64_t)(limit_ms + WATCH_MORE_MS) * 1000;
	do
		ready = sys_wait_readable(&pipe, 1,
		    milliseconds_until(deadline));
	while ((ready == 0 && milliseconds_until(deadline) > 0) ||
	    ready == -EINTR);
	if (ready > 0 && sys_read(pipe, &word, 1) == 1 && word == ALL_WELL)
		sys_exit(0);
	enable_restore(e, &why);
	sys_exit(0);
}

/* Starts the watcher; call before anything may set the sysctl. */
bool
enable_watch(struct enabling *e, uint32_t limit_ms, struct failure *why)
{
	int error, ends[2];

	error = sys_pipe(ends);
	if (error != 0) {
		why->step = ZBUFPROBE_STEP_PIPE;
		why->error = -error;
		return (false);
	}
	error = sys_fork();
	if (error == 0) {
		sys_close(ends[1]);
		watch(e, ends[0], limit_ms);
	}
	sys_close(ends[0]);
	if (error < 0) {
		sys_close(ends[1]);
		why->step = ZBUFPROBE_STEP_FORK;
		why->error = -error;
		return (false);
	}
	e->watcher = error;
	e->guard = ends[1];
	return (true);
}

/* Sends the watcher home; if the value is not restored, it tries once more. */
void
enable_unwatch(struct enabling *e, bool restored)
{
	const char word = ALL_WELL;
	int status;

	if (e->guard == -1)
		return;
	if (restored)
		write_whole(e->guard, &word, 1);
	close_fd(&e->guard);
	while (sys_wait(e->watcher, &status, 0) == -EINTR)
		continue;
}
