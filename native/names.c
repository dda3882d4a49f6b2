/*
 * The contract's words for the numbers of zbufprobe.h.
 */
#include "probe.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static const struct row {
	uint8_t mode;
	uint8_t inherit;
} rows[ZBUFPROBE_ROWS] = {
	{ZBUFPROBE_BUFFER, ZBUFPROBE_DEFAULT},
	{ZBUFPROBE_ZBUF, ZBUFPROBE_DEFAULT},
	{ZBUFPROBE_ZBUF, ZBUFPROBE_COPY},
	{ZBUFPROBE_ZBUF, ZBUFPROBE_SHARE},
	{ZBUFPROBE_ZBUF, ZBUFPROBE_NONE},
	{ZBUFPROBE_ZBUF, ZBUFPROBE_ZERO},
};

static const char *const modes[] = {"buffer", "zbuf"};

static const char *const inherits[] = {
	"default", "copy", "share", "none", "zero"
};

static const char *const scenarios[ZBUFPROBE_SCENARIOS] = {
	"no-fork", "helper-alive", "helper-exits", "child-captures",
	"both-capture", "exec", "exec-late", "daemonize", "spawn"
};

static const char *const verdicts[] = {
	"not-run", "delivered", "stalled", "crashed", "unsupported"
};

static const char *const steps[ZBUFPROBE_STEPS] = {
	"none", "open", "map", "minherit", "set-buffer-mode",
	"set-zero-copy-buffers", "set-buffer-length", "set-filter",
	"set-interface", "get-link-type", "set-direction", "set-immediate",
	"read", "rotate", "get-statistics", "fork", "exec", "spawn", "wait",
	"pipe", "socket", "interface-address", "send", "read-sysctl",
	"write-sysctl", "lock", "answer"
};

static const struct words {
	const char *code;
	const char *text;
} problems[] = {
	[ZBUFPROBE_OK] = {"ok", "no problem"},
	[ZBUFPROBE_NOT_ROOT] = {"not-root",
	    "must be run as root: /dev/bpf belongs to it"},
	[ZBUFPROBE_ZEROCOPY_OFF] = {"zerocopy-off",
	    "net.bpf.zerocopy_enable is 0: --allow-enable sets it for "
	    "microseconds at a time"},
	[ZBUFPROBE_NO_ZEROCOPY] = {"no-zerocopy",
	    "this kernel has no net.bpf.zerocopy_enable"},
	[ZBUFPROBE_CANNOT_ENABLE] = {"cannot-enable",
	    "net.bpf.zerocopy_enable could not be set"},
	[ZBUFPROBE_NOT_RESTORED] = {"not-restored",
	    "net.bpf.zerocopy_enable could not be set back to its old value"},
	[ZBUFPROBE_LOCKED] = {"locked", "another probe runs on this host"},
	[ZBUFPROBE_TIME_LIMIT] = {"time-limit",
	    "the time limit was reached; what was finished is reported"},
	[ZBUFPROBE_STOPPED] = {"stopped", "stopped as asked"},
	[ZBUFPROBE_BAD_STRUCTSIZE] = {"bad-structsize",
	    "this kernel's net.bpf.stats has records of another size"},
	[ZBUFPROBE_BAD_LENGTH] = {"bad-length",
	    "net.bpf.stats ends in the middle of a record"},
	[ZBUFPROBE_FAILED] = {"system-call", "a system call failed"},
	[ZBUFPROBE_NO_TRAFFIC] = {"no-traffic",
	    "the probe's own packets were not seen on the interface"},
};

static const char *
word(const char *const *words, size_t count, uint32_t i)
{
	return (i < count ? words[i] : "unknown");
}

const char *
name_mode(uint32_t i)
{
	return (word(modes, LENGTH(modes), i));
}

const char *
name_inherit(uint32_t i)
{
	return (word(inherits, LENGTH(inherits), i));
}

const char *
name_scenario(uint32_t i)
{
	return (word(scenarios, LENGTH(scenarios), i));
}

const char *
name_verdict(uint32_t i)
{
	return (word(verdicts, LENGTH(verdicts), i));
}

const char *
name_step(uint32_t i)
{
	return (word(steps, LENGTH(steps), i));
}

const char *
name_problem(uint32_t i)
{
	return (i < LENGTH(problems) ? problems[i].code : "unknown");
}

const char *
describe_problem(uint32_t i)
{
	return (i < LENGTH(problems) ? problems[i].text : "unknown problem");
}

uint8_t
row_mode(uint32_t row)
{
	return (rows[row].mode);
}

uint8_t
row_inherit(uint32_t row)
{
	return (rows[row].inherit);
}
