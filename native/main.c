/*
 * zbufprobe: the probe as a program.  JSON on standard output and nothing
 * else; what people want to know on standard error.
 *
 * Exit status: 0 done, 1 the JSON says what went wrong, 2 wrong usage or
 * nothing could be written.
 */
#include "bsd.h"
#include "out.h"
#include "probe.h"
#include "sys.h"

#define STDOUT 1
#define STDERR 2
#define DECODE_MAX (1024 * 1024)

static const char usage_text[] =
    "usage: zbufprobe [matrix] [bench] [inspect] [options]\n"
    "       zbufprobe decode FILE     FILE: the bytes of net.bpf.stats\n"
    "       zbufprobe --list          the cells of the matrix\n"
    "\n"
    "  --only MODE[/INHERIT[/SCENARIO]]   these cells only; * for all;\n"
    "                                     may be given more than once\n"
    "  --interface NAME       lo0; another one sends multicast, TTL 1\n"
    "  --allow-enable         set net.bpf.zerocopy_enable where needed and\n"
    "                         restore it at once\n"
    "  --packets N            a round, 1 to 100 (20)\n"
    "  --time-limit SECONDS   1 to 60 (15)\n"
    "  --progress             a line on standard error for each cell\n";

static struct zbufprobe_result result;

static void
say(const char *text)
{
	struct out o;

	out_open(&o, STDERR);
	out_text(&o, text);
	out_close(&o);
}

static void
list(void)
{
	struct out o;
	uint32_t row, scenario;

	out_open(&o, STDOUT);
	for (row = 0; row < ZBUFPROBE_ROWS; row++)
		for (scenario = 0; scenario < ZBUFPROBE_SCENARIOS; scenario++) {
			out_text(&o, name_mode(row_mode(row)));
			out_char(&o, '/');
			out_text(&o, name_inherit(row_inherit(row)));
			out_char(&o, '/');
			out_text(&o, name_scenario(scenario));
			out_char(&o, '\n');
		}
	out_close(&o);
}

static int
show(uint32_t done, uint32_t total, uint32_t row, uint32_t scenario,
    uint32_t verdict)
{
	struct out o;

	out_open(&o, STDERR);
	out_number(&o, done);
	out_char(&o, '/');
	out_number(&o, total);
	out_char(&o, ' ');
	if (row < ZBUFPROBE_ROWS) {
		out_text(&o, name_mode(row_mode(row)));
		out_char(&o, '/');
		out_text(&o, name_inherit(row_inherit(row)));
		out_char(&o, '/');
		out_text(&o, name_scenario(scenario));
		out_char(&o, ' ');
		out_text(&o, name_verdict(verdict));
	} else
		out_text(&o, "bench");
	out_char(&o, '\n');
	out_close(&o);
	return (0);
}

/* Is the word the pattern's part up to the next slash?  Moves past it. */
static bool
matches(const char **pattern, const char *word)
{
	const char *end;
	size_t length;
	bool match;

	if (**pattern == '\0')
		return (true);
	for (end = *pattern; *end != '\0' && *end != '/'; end++)
		continue;
	length = (size_t)(end - *pattern);
	match = (length == 1 && **pattern == '*') ||
	    (strlen(word) == length && strncmp(*pattern, word, length) == 0);
	*pattern = *end == '/' ? end + 1 : end;
	return (match);
}

static uint64_t
cells_of(const char *pattern)
{
	const char *at;
	uint64_t cells;
	uint32_t row, scenario;

	cells = 0;
	for (row = 0; row < ZBUFPROBE_ROWS; row++)
		for (scenario = 0; scenario < ZBUFPROBE_SCENARIOS; scenario++) {
			at = pattern;
			if (matches(&at, name_mode(row_mode(row))) &&
			    matches(&at, name_inherit(row_inherit(row))) &&
			    matches(&at, name_scenario(scenario)) &&
			    *at == '\0')
				cells |= (uint64_t)1 <<
				    (row * ZBUFPROBE_SCENARIOS + scenario);
		}
	return (cells);
}

/* A decimal number from 1 to max, or 0. */
static uint32_t
number_of(const char *text, uint32_t max)
{
	uint32_t n;

	for (n = 0; *text >= '0' && *text <= '9' && n <= max; text++)
		n = n * 10 + (uint32_t)(*text - '0');
	return (*text == '\0' && n <= max ? n : 0);
}

/* Takes an option with a value; false when the value is not acceptable. */
static bool
option(struct zbufprobe_request *q, const char *name, const char *value)
{
	uint64_t cells;

	if (strcmp(name, "--only") == 0) {
		cells = cells_of(value);
		q->cells |= cells;
		return (cells != 0);
	}
	if (strcmp(name, "--interface") == 0) {
		if (*value == '\0' || strlen(value) >= sizeof(q->ifname))
			return (false);
		memcpy(q->ifname, value, strlen(value) + 1);
		return (true);
	}
	if (strcmp(name, "--packets") == 0)
		return ((q->packets = number_of(value,
		    PROBE_PACKETS_MAX)) != 0);
	if (strcmp(name, "--time-limit") == 0)
		return ((q->time_limit_ms = 1000 * number_of(value,
		    PROBE_HARD_LIMIT_MS / 1000)) != 0);
	return (false);
}

static bool
flag(struct zbufprobe_request *q, zbufprobe_progress **progress,
    const char *name)
{
	if (strcmp(name, "matrix") == 0)
		q->flags |= ZBUFPROBE_MATRIX;
	else if (strcmp(name, "bench") == 0)
		q->flags |= ZBUFPROBE_BENCH;
	else if (strcmp(name, "inspect") == 0)
		q->flags |= ZBUFPROBE_INSPECT;
	else if (strcmp(name, "--allow-enable") == 0)
		q->flags |= ZBUFPROBE_ALLOW_ENABLE;
	else if (strcmp(name, "--progress") == 0)
		*progress = show;
	else
		return (false);
	return (true);
}

static int
answer(uint32_t flags)
{
	if (result.problem != ZBUFPROBE_OK) {
		say("zbufprobe: ");
		say(describe_problem(result.problem));
		say("\n");
	}
	if (!json_write(&result, flags, STDOUT))
		return (2);
	return (result.problem == ZBUFPROBE_OK ? 0 : 1);
}

static int
decode(const char *path)
{
	static uint8_t data[DECODE_MAX];
	size_t length;
	long n;
	int fd;

	fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0) {
		say("zbufprobe: cannot open ");
		say(path);
		say("\n");
		return (2);
	}
	for (length = 0; length < sizeof(data); length += (size_t)n) {
		n = sys_read(fd, data + length, sizeof(data) - length);
		if (n <= 0)
			break;
	}
	sys_close(fd);
	zbufprobe_decode(data, length, &result);
	return (answer(ZBUFPROBE_INSPECT));
}

int
main(int argc, char **argv)
{
	struct zbufprobe_request q;
	zbufprobe_progress *progress;
	int i;

	sys_default_signals();
	result.size = sizeof(result);
	result.version = ZBUFPROBE_VERSION;
	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		list();
		return (0);
	}
	if (argc == 3 && strcmp(argv[1], "decode") == 0)
		return (decode(argv[2]));
	memset(&q, 0, sizeof(q));
	q.size = sizeof(q);
	q.version = ZBUFPROBE_VERSION;
	progress = NULL;
	for (i = 1; i < argc; i++) {
		if (flag(&q, &progress, argv[i]))
			continue;
		if (i + 1 < argc && option(&q, argv[i], argv[i + 1])) {
			i++;
			continue;
		}
		say(usage_text);
		return (2);
	}
	if ((q.flags & (ZBUFPROBE_MATRIX | ZBUFPROBE_BENCH |
	    ZBUFPROBE_INSPECT)) == 0)
		q.flags |= ZBUFPROBE_MATRIX;
	zbufprobe_run(&q, &result, progress);
	return (answer(q.flags));
}
