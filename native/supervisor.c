/*
 * The processes of a scenario: a supervisor with a process group of its own,
 * and below it the parent process, which forks the child.  Whatever happens to
 * them, the supervisor waits for all of them and says how each ended.
 */
#include "bsd.h"
#include "probe.h"
#include "sys.h"

static _Noreturn void
be_parent(struct scene *s, const struct capture_options *o, uint32_t alarm_s)
{
	struct worker w;

	sys_die_with_parent();
	sys_alarm(alarm_s);
	close_fd(&s->ends[1]);
	channel_keep_far(&s->parent);
	channel_keep_far(&s->child);
	memset(&w, 0, sizeof(w));
	w.options = o;
	w.alarm_s = alarm_s;
	w.channel = &s->parent;
	w.child_channel = &s->child;
	worker_main(&w);
}

static _Noreturn void
be_supervisor(struct scene *s, const struct capture_options *o,
    uint32_t alarm_s)
{
	struct reaped r;
	int parent, pid, status;

	sys_own_group();
	sys_die_with_parent();
	sys_default_signals();
	sys_quiet_crash();
	sys_adopt_orphans();
	sys_alarm(alarm_s);
	close_fd(&s->ends[0]);
	parent = sys_fork();
	if (parent == 0)
		be_parent(s, o, alarm_s);
	channel_close(&s->parent);
	channel_close(&s->child);
	for (;;) {
		pid = sys_wait(-1, &status, 0);
		if (pid == -EINTR)
			continue;
		if (pid < 0)
			break;
		memset(&r, 0, sizeof(r));
		r.pid = pid;
		r.status = status;
		write_whole(s->ends[1], &r, sizeof(r));
	}
	sys_exit(0);
}

/* Starts the processes; afterwards the parent takes orders. */
bool
scene_begin(struct scene *s, const struct capture_options *o, uint32_t alarm_s,
    struct failure *why)
{
	int error;

	memset(s, 0xff, sizeof(*s));
	error = sys_pipe(s->ends);
	if (error != 0) {
		why->step = ZBUFPROBE_STEP_PIPE;
		why->error = -error;
		return (false);
	}
	if (channel_open(&s->parent, why) && channel_open(&s->child, why)) {
		s->supervisor = sys_fork();
		if (s->supervisor == 0)
			be_supervisor(s, o, alarm_s);
		if (s->supervisor > 0) {
			close_fd(&s->ends[1]);
			channel_keep_near(&s->parent);
			channel_keep_near(&s->child);
			return (true);
		}
		why->step = ZBUFPROBE_STEP_FORK;
		why->error = -s->supervisor;
	}
	channel_close(&s->parent);
	channel_close(&s->child);
	close_fd(&s->ends[0]);
	close_fd(&s->ends[1]);
	return (false);
}

/*
 * Waits until the supervisor has reaped the process (0: any), and gives its
 * status.
 * Only then is its memory certainly gone: a process's descriptors are closed
 * before its memory is given up.
 */
bool
scene_end_of(struct scene *s, int pid, int32_t *status, uint64_t deadline)
{
	struct reaped r;

	for (;;) {
		if (sys_wait_readable(&s->ends[0], 1,
		    milliseconds_until(deadline)) <= 0) {
			if (milliseconds_until(deadline) == 0)
				return (false);
			continue;
		}
		if (!read_whole(s->ends[0], &r, sizeof(r)))
			return (false);
		if (pid == 0 || r.pid == pid) {
			*status = r.status;
			return (true);
		}
	}
}

/*
 * Ends the scenario and returns whether its processes ended by themselves; if
 * not, they are killed.  Either way all are gone.
 */
bool
scene_finish(struct scene *s, uint64_t deadline)
{
	int32_t status;
	bool willing;

	channel_hang_up(&s->parent);
	channel_hang_up(&s->child);
	/* No process has this pid: waits for the supervisor's last word. */
	scene_end_of(s, -1, &status, deadline);
	willing = milliseconds_until(deadline) > 0;
	if (!willing)
		sys_kill(-s->supervisor, SIGKILL);
	while (sys_wait(s->supervisor, &status, 0) == -EINTR)
		continue;
	channel_close(&s->parent);
	channel_close(&s->child);
	close_fd(&s->ends[0]);
	return (willing);
}
