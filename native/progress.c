/*
 * What the parts of a run note of it: problems, progress, windows, time left.
 */
#include "bsd.h"
#include "probe.h"
#include "sys.h"

/* A process may outlive the run's deadline by this, never longer. */
#define ALARM_MORE_S 2

void
probe_problem(struct zbufprobe_result *r, uint32_t what,
    const struct failure *why)
{
	/* What happened first is what matters. */
	if (r->problem != ZBUFPROBE_OK)
		return;
	r->problem = what;
	if (why != NULL) {
		r->step = why->step;
		r->error = why->error;
	}
}

/* Counts one more done and tells the caller; false when it says stop. */
bool
probe_progress(struct probe *p, uint32_t row, uint32_t scenario,
    uint32_t verdict)
{
	p->done++;
	if (p->progress == NULL ||
	    p->progress(p->done, p->total, row, scenario, verdict) == 0)
		return (true);
	probe_problem(p->result, ZBUFPROBE_STOPPED, NULL);
	return (false);
}

void
probe_window(struct probe *p, uint64_t us)
{
	if (us == 0)
		return;
	p->window.count++;
	p->window.total_us += us;
	if (us > p->window.max_us)
		p->window.max_us = (uint32_t)us;
}

/* Seconds after which a process of a scenario ends, whatever it does. */
uint32_t
probe_alarm(const struct probe *p)
{
	return ((uint32_t)milliseconds_until(p->deadline) / 1000 +
	    ALARM_MORE_S);
}
