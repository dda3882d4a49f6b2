/*
 * The matrix: every way to capture, in every scenario.
 */
#include "bsd.h"
#include "probe.h"
#include "sys.h"

static bool
selected(const struct zbufprobe_request *r, uint32_t row, uint32_t scenario)
{
	if ((r->flags & ZBUFPROBE_MATRIX) == 0)
		return (false);
	return (r->cells == 0 || (r->cells >> (row * ZBUFPROBE_SCENARIOS +
	    scenario) & 1) != 0);
}

uint32_t
matrix_selected(const struct zbufprobe_request *r)
{
	uint32_t count, row, scenario;

	count = 0;
	for (row = 0; row < ZBUFPROBE_ROWS; row++)
		for (scenario = 0; scenario < ZBUFPROBE_SCENARIOS; scenario++)
			count += selected(r, row, scenario);
	return (count);
}

bool
matrix_needs_zerocopy(const struct zbufprobe_request *r)
{
	uint32_t row, scenario;

	for (row = 0; row < ZBUFPROBE_ROWS; row++)
		for (scenario = 0; scenario < ZBUFPROBE_SCENARIOS; scenario++)
			if (row_mode(row) == ZBUFPROBE_ZBUF &&
			    selected(r, row, scenario))
				return (true);
	return (false);
}

/* Plays one cell; false when the run must end. */
static bool
one_cell(struct probe *p, uint32_t row, uint32_t scenario)
{
	struct zbufprobe_result *r;
	struct zbufprobe_cell *cell;
	struct failure why = {0, 0};

	r = p->result;
	cell = &r->cells[r->cell_count];
	memset(cell, 0, sizeof(*cell));
	cell->mode = row_mode(row);
	cell->inherit = row_inherit(row);
	cell->scenario = (uint8_t)scenario;
	cell_run(p, cell);
	if (!enable_restore(&p->enabling, &why)) {
		r->problem = ZBUFPROBE_NOT_RESTORED;
		r->step = why.step;
		r->error = why.error;
		return (false);
	}
	if (sys_microseconds() >= p->deadline) {
		/* Cut off in the middle: it proves nothing. */
		r->problem = ZBUFPROBE_TIME_LIMIT;
		return (false);
	}
	if (cell->step == ZBUFPROBE_STEP_SYSCTL_WRITE) {
		r->problem = ZBUFPROBE_CANNOT_ENABLE;
		r->step = cell->step;
		r->error = cell->error;
		return (false);
	}
	r->cell_count++;
	return (probe_progress(p, row, scenario, cell->verdict));
}

void
matrix_run(struct probe *p)
{
	uint32_t row, scenario;

	for (row = 0; row < ZBUFPROBE_ROWS; row++)
		for (scenario = 0; scenario < ZBUFPROBE_SCENARIOS; scenario++)
			if (selected(p->request, row, scenario) &&
			    !one_cell(p, row, scenario))
				return;
}
