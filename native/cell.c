/*
 * One cell of the matrix: a way to capture, a scenario, six rounds of packets.
 * The verdict comes from counted packets alone.
 */
#include "bsd.h"
#include "probe.h"
#include "sys.h"

/* The fork happens after round 1 was drained. */
#define FORK_ROUND 2
/* "exec late": the parent acknowledged two rounds before the exec. */
#define LATE_EXEC_ROUND 4

/* What a scenario does with the child, by enum zbufprobe_scenario. */
static const struct plan {
	uint32_t command;	/* ORDER_OPEN: none */
	bool parent_reads;
	bool child_reads;
} plans[ZBUFPROBE_SCENARIOS] = {
	[ZBUFPROBE_NO_FORK] = {ORDER_OPEN, true, false},
	[ZBUFPROBE_HELPER_ALIVE] = {ORDER_FORK, true, false},
	[ZBUFPROBE_HELPER_EXITS] = {ORDER_FORK_BRIEFLY, true, false},
	[ZBUFPROBE_CHILD_CAPTURES] = {ORDER_FORK, false, true},
	[ZBUFPROBE_BOTH_CAPTURE] = {ORDER_FORK, true, true},
	[ZBUFPROBE_EXEC] = {ORDER_FORK_EXEC, true, false},
	[ZBUFPROBE_EXEC_LATE] = {ORDER_FORK, true, false},
	[ZBUFPROBE_DAEMONIZE] = {ORDER_FORK_AND_EXIT, false, true},
	[ZBUFPROBE_SPAWN] = {ORDER_SPAWN, true, false},
};

/* One of the two processes, as the run sees it. */
struct party {
	struct channel *channel;
	bool alive;		/* takes orders */
	int pid;
};

/* The cell that is being measured: its processes, and how far it is. */
struct session {
	struct probe *probe;
	struct zbufprobe_cell *cell;
	const struct plan *plan;
	struct scene scene;
	struct party parent;
	struct party child;
	uint32_t round;
	bool over;
};

static uint64_t
answer_deadline(const struct probe *p)
{
	uint64_t t;

	t = sys_microseconds() + PROBE_ANSWER_MS * 1000;
	return (t < p->deadline ? t : p->deadline);
}

static void
record_failure(struct session *s, uint32_t step, int32_t error)
{
	if (s->cell->step != ZBUFPROBE_STEP_NONE)
		return;
	s->cell->step = (uint8_t)step;
	s->cell->error = error;
}

/* A process is gone that should not be: how did it end? */
static void
record_death(struct session *s, struct party *who)
{
	struct order o;
	struct answer a;
	int32_t status;
	bool known;

	who->alive = false;
	status = 0;
	if (who == &s->child && s->parent.alive) {
		memset(&o, 0, sizeof(o));
		o.command = ORDER_REAP;
		known = channel_tell(s->parent.channel, &o) &&
		    channel_hear(s->parent.channel, &a,
		    answer_deadline(s->probe)) == HEARD_ANSWER;
		status = a.status;
	} else
		known = scene_end_of(&s->scene, who->pid, &status,
		    answer_deadline(s->probe));
	if (known && BSD_SIGNAL_OF(status) == SIGALRM) {
		s->cell->hung = 1;
		s->over = true;
	} else if (known && BSD_SIGNAL_OF(status) != 0) {
		s->cell->signal = (uint8_t)BSD_SIGNAL_OF(status);
		s->cell->crashed_at = (uint8_t)s->round;
	} else
		record_failure(s, ZBUFPROBE_STEP_ANSWER, EPIPE);
}

/* Gives an order and waits for the answer; false when there was none. */
static bool
ask(struct session *s, struct party *who, struct order *o, struct answer *a)
{
	if (!who->alive)
		return (false);
	o->round = s->round;
	o->nonce = s->probe->nonce;
	o->expected = s->probe->packets;
	memset(a, 0, sizeof(*a));
	if (!channel_tell(who->channel, o)) {
		record_death(s, who);
		return (false);
	}
	switch (channel_hear(who->channel, a, answer_deadline(s->probe))) {
	case HEARD_ANSWER:
		if (a->error != 0)
			record_failure(s, a->step, a->error);
		return (true);
	case HEARD_END:
		/* The one order whose success is silence. */
		if (o->command == ORDER_EXEC)
			who->alive = false;
		else
			record_death(s, who);
		return (false);
	default:
		s->cell->hung = 1;
		s->over = true;
		record_failure(s, ZBUFPROBE_STEP_ANSWER, ETIMEDOUT);
		return (false);
	}
}

static bool
order(struct session *s, struct party *who, uint32_t command, struct answer *a)
{
	struct order o;

	memset(&o, 0, sizeof(o));
	o.command = command;
	return (ask(s, who, &o, a) && a->error == 0);
}

/* The scenario's fork, exec or exit; false when it could not be done. */
static bool
begin_scenario(struct session *s)
{
	struct answer a;
	int32_t status;

	if (s->plan->command == ORDER_OPEN)
		return (true);
	if (!order(s, &s->parent, s->plan->command, &a))
		return (false);
	s->child.pid = a.pid;
	s->child.alive = s->plan->command == ORDER_FORK ||
	    s->plan->command == ORDER_FORK_AND_EXIT;
	if (s->plan->command != ORDER_FORK_AND_EXIT)
		return (true);
	s->parent.alive = false;
	if (scene_end_of(&s->scene, s->parent.pid, &status,
	    answer_deadline(s->probe)))
		return (true);
	record_failure(s, ZBUFPROBE_STEP_WAIT, ETIMEDOUT);
	return (false);
}

static void
drain(struct session *s, struct party *who, uint16_t *packets)
{
	struct answer a;

	if (ask(s, who, &(struct order){.command = ORDER_DRAIN}, &a))
		packets[s->round - 1] = (uint16_t)a.packets;
}

static void
look(struct session *s, struct party *who)
{
	struct answer a;

	if (ask(s, who, &(struct order){.command = ORDER_LOOK}, &a) &&
	    a.packets > s->cell->seen[s->round - 1])
		s->cell->seen[s->round - 1] = (uint16_t)a.packets;
}

/* One round; the parties that both read take turns in being first. */
static void
run_round(struct session *s)
{
	struct zbufprobe_cell *cell;
	struct answer a;
	bool child_first, child_reads, forked;

	cell = s->cell;
	forked = s->round >= FORK_ROUND;
	child_reads = forked && s->plan->child_reads;
	cell->sent[s->round - 1] = (uint16_t)traffic_send(&s->probe->traffic,
	    s->probe->packets, s->probe->nonce, s->round,
	    PROBE_PAYLOAD_BYTES);
	if (cell->sent[s->round - 1] < s->probe->packets)
		record_failure(s, ZBUFPROBE_STEP_SEND, EAGAIN);
	if (cell->scenario == ZBUFPROBE_EXEC_LATE &&
	    s->round == LATE_EXEC_ROUND)
		order(s, &s->child, ORDER_EXEC, &a);

	/* Without a parent that reads the child's turn never matters. */
	child_first = child_reads && s->plan->parent_reads &&
	    s->round % 2 == 1;
	if (child_first)
		drain(s, &s->child, cell->child);
	if (!forked || s->plan->parent_reads)
		drain(s, &s->parent, cell->parent);
	/* The one who may be surprised to see them: not the one who opened. */
	if (s->plan->parent_reads)
		look(s, &s->child);
	if (child_reads && !child_first)
		drain(s, &s->child, cell->child);
	if (child_reads && !s->plan->parent_reads)
		look(s, &s->parent);
}

/* From the counts: was every packet seen by a process that reads? */
static void
judge(struct zbufprobe_cell *cell, uint32_t packets)
{
	uint32_t i;
	bool all_sent;

	for (all_sent = true, i = 0; i < ZBUFPROBE_ROUNDS; i++) {
		if (cell->sent[i] < packets)
			all_sent = false;
		if (cell->seen[i] > 0)
			cell->exposed = 1;
		if (cell->stalled_at == 0 &&
		    cell->parent[i] + cell->child[i] < cell->sent[i])
			cell->stalled_at = (uint8_t)(i + 1);
	}
	if (cell->crashed_at != 0)
		cell->verdict = ZBUFPROBE_CRASHED;
	else if (cell->stalled_at != 0)
		cell->verdict = ZBUFPROBE_STALLED;
	else if (!all_sent)
		/* Nothing lost of nothing sent proves nothing. */
		cell->verdict = ZBUFPROBE_UNSUPPORTED;
	else
		cell->verdict = ZBUFPROBE_DELIVERED;
}

static void
run_rounds(struct session *s)
{
	struct zbufprobe_cell *cell;
	struct answer a;
	bool opened;

	cell = s->cell;
	s->round = 1;
	opened = order(s, &s->parent, ORDER_OPEN, &a);
	probe_window(s->probe, a.window_us);
	s->parent.pid = a.pid;
	for (; opened && s->round <= ZBUFPROBE_ROUNDS && !s->over; s->round++) {
		if (s->round == FORK_ROUND && !begin_scenario(s))
			opened = false;
		else
			run_round(s);
	}
	if (opened || cell->crashed_at != 0) {
		/* A process that hung left the rest of its packets unread. */
		if (s->over && cell->stalled_at == 0)
			cell->stalled_at = (uint8_t)(s->round - 1);
		judge(cell, s->probe->packets);
	} else
		cell->verdict = ZBUFPROBE_UNSUPPORTED;
}

/* Runs a scenario from beginning to end and fills the cell. */
void
cell_run(struct probe *p, struct zbufprobe_cell *cell)
{
	struct capture_options options;
	struct failure why = {0, 0};
	struct session s;

	memset(&options, 0, sizeof(options));
	options.mode = cell->mode;
	options.inherit = cell->inherit;
	options.buffer_bytes = PROBE_BUFFER_BYTES;
	options.traffic = &p->traffic;
	options.enabling = &p->enabling;
	p->nonce++;

	memset(&s, 0, sizeof(s));
	s.probe = p;
	s.cell = cell;
	s.plan = &plans[cell->scenario];
	if (!scene_begin(&s.scene, &options, probe_alarm(p), &why)) {
		record_failure(&s, why.step, why.error);
		cell->verdict = ZBUFPROBE_UNSUPPORTED;
		return;
	}
	s.parent.channel = &s.scene.parent;
	s.parent.alive = true;
	s.child.channel = &s.scene.child;
	run_rounds(&s);
	if (!scene_finish(&s.scene,
	    s.over ? sys_microseconds() : answer_deadline(p)))
		cell->hung = 1;
}
