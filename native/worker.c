/*
 * A process of a scenario: takes orders until there are no more.  It decides
 * nothing; it opens, forks, drains, looks, and says how many packets it saw.
 */
#include "bsd.h"
#include "probe.h"
#include "sys.h"

/* In every FreeBSD and ends by itself when its input does. */
#define PROGRAM "/bin/cat"

static void
failed(struct answer *a, uint32_t step, long error)
{
	a->step = step;
	a->error = (int32_t)-error;
}

/* The child's life in each of the ways to fork. */
static _Noreturn void
be_child(struct worker *w, uint32_t command, int told)
{
	int error;

	sys_alarm(w->alarm_s);
	/* The parent's answers must end when the parent does. */
	channel_close(w->channel);
	w->channel = w->child_channel;
	w->child_channel = NULL;
	switch (command) {
	case ORDER_FORK_BRIEFLY:
		sys_exit(0);
	case ORDER_FORK_EXEC:
		error = sys_exec(PROGRAM, w->channel->order[0]);
		write_whole(told, &error, sizeof(error));
		sys_exit(1);
	default:
		sys_close(told);
		worker_main(w);
	}
}

/*
 * Forks and, for exec, waits until it has happened: the pipe's end is
 * close-on-exec, so it closes after the child's memory was replaced.
 */
static void
fork_child(struct worker *w, uint32_t command, struct answer *a)
{
	int error, status, told[2];

	error = sys_pipe(told);
	if (error != 0) {
		failed(a, ZBUFPROBE_STEP_PIPE, error);
		return;
	}
	w->child = sys_fork();
	if (w->child == 0) {
		sys_close(told[0]);
		be_child(w, command, told[1]);
	}
	sys_close(told[1]);
	channel_close(w->child_channel);
	if (w->child < 0)
		failed(a, ZBUFPROBE_STEP_FORK, w->child);
	else if (read_whole(told[0], &error, sizeof(error)))
		failed(a, ZBUFPROBE_STEP_EXEC, error);
	sys_close(told[0]);
	a->pid = w->child;
	if (command == ORDER_FORK_BRIEFLY && w->child > 0)
		while (sys_wait(w->child, &status, 0) == -EINTR)
			continue;
}

static void
spawn_child(struct worker *w, struct answer *a)
{
	w->child = sys_spawn(PROGRAM, w->child_channel->order[0]);
	channel_close(w->child_channel);
	a->pid = w->child;
	if (w->child < 0)
		failed(a, ZBUFPROBE_STEP_SPAWN, w->child);
}

static void
obey(struct worker *w, const struct order *o, struct answer *a)
{
	struct failure why = {0, 0};

	switch (o->command) {
	case ORDER_OPEN:
		capture_open(&w->capture, w->options, &a->window_us, &why);
		a->pid = sys_getpid();
		break;
	case ORDER_DRAIN:
		a->packets = capture_drain(&w->capture, o->expected, o->nonce,
		    &why);
		break;
	case ORDER_LOOK:
		a->packets = capture_look(&w->capture, o->nonce, o->round);
		break;
	case ORDER_FORK:
	case ORDER_FORK_AND_EXIT:
	case ORDER_FORK_BRIEFLY:
	case ORDER_FORK_EXEC:
		fork_child(w, o->command, a);
		return;
	case ORDER_SPAWN:
		spawn_child(w, a);
		return;
	case ORDER_EXEC:
		/* Returns only if it failed; success is the channel's end. */
		failed(a, ZBUFPROBE_STEP_EXEC,
		    sys_exec(PROGRAM, w->channel->order[0]));
		return;
	case ORDER_READ:
		receive(&w->capture, w->channel, o->nonce, &a->run, &why);
		break;
	case ORDER_FINISH:
		receive_rest(&w->capture, o->nonce, &a->run, &why);
		break;
	case ORDER_REAP:
		while (sys_wait(w->child, &a->status, 0) == -EINTR)
			continue;
		break;
	default:
		break;
	}
	a->step = why.step;
	a->error = why.error;
}

/* Takes orders; exits when nobody can give any more. */
_Noreturn void
worker_main(struct worker *w)
{
	struct order o;
	struct answer a;

	while (channel_next_order(w->channel, &o)) {
		memset(&a, 0, sizeof(a));
		a.command = o.command;
		obey(w, &o, &a);
		channel_reply(w->channel, &a);
		if (o.command == ORDER_FORK_AND_EXIT)
			break;
	}
	sys_exit(0);
}
