/*
 * The probe's interface: what libzbufprobe exports.
 *
 * The caller owns all memory.  Requests and results begin with their size and
 * version; a call with others is refused (ZBUFPROBE_REFUSED) and touches
 * nothing.  Mirrored in src/io/native/native-layout.ts.
 */
#ifndef ZBUFPROBE_H
#define ZBUFPROBE_H

#include <stddef.h>
#include <stdint.h>

#define ZBUFPROBE_VERSION 1
/* FreeBSD's EPROTONOSUPPORT. */
#define ZBUFPROBE_REFUSED 43

#define ZBUFPROBE_ROWS 6
#define ZBUFPROBE_CELLS (ZBUFPROBE_ROWS * ZBUFPROBE_SCENARIOS)
#define ZBUFPROBE_ROUNDS 6
#define ZBUFPROBE_RUNS 3
#define ZBUFPROBE_BENCHES 12
#define ZBUFPROBE_DESCRIPTORS 256

/* zbufprobe_request.flags */
#define ZBUFPROBE_MATRIX 0x1
#define ZBUFPROBE_BENCH 0x2
#define ZBUFPROBE_INSPECT 0x4
#define ZBUFPROBE_ALLOW_ENABLE 0x8

enum zbufprobe_mode { ZBUFPROBE_BUFFER, ZBUFPROBE_ZBUF };

enum zbufprobe_inherit {
	ZBUFPROBE_DEFAULT, /* minherit(2) not called */
	ZBUFPROBE_COPY,
	ZBUFPROBE_SHARE,
	ZBUFPROBE_NONE,
	ZBUFPROBE_ZERO
};

enum zbufprobe_scenario {
	ZBUFPROBE_NO_FORK,
	ZBUFPROBE_HELPER_ALIVE,
	ZBUFPROBE_HELPER_EXITS,
	ZBUFPROBE_CHILD_CAPTURES,
	ZBUFPROBE_BOTH_CAPTURE,
	ZBUFPROBE_EXEC,
	ZBUFPROBE_EXEC_LATE,
	ZBUFPROBE_DAEMONIZE,
	ZBUFPROBE_SPAWN,
	ZBUFPROBE_SCENARIOS
};

enum zbufprobe_verdict {
	ZBUFPROBE_NOT_RUN,
	ZBUFPROBE_DELIVERED,
	ZBUFPROBE_STALLED,
	ZBUFPROBE_CRASHED,
	ZBUFPROBE_UNSUPPORTED
};

/* Why there is no result, or not all of it. */
enum zbufprobe_problem {
	ZBUFPROBE_OK,
	ZBUFPROBE_NOT_ROOT,
	ZBUFPROBE_ZEROCOPY_OFF,
	ZBUFPROBE_NO_ZEROCOPY,	/* the kernel has no such sysctl */
	ZBUFPROBE_CANNOT_ENABLE, /* writing the sysctl was refused */
	ZBUFPROBE_NOT_RESTORED,	/* the sysctl could not be put back */
	ZBUFPROBE_LOCKED,	/* another probe runs */
	ZBUFPROBE_TIME_LIMIT,
	ZBUFPROBE_STOPPED,	/* the caller asked for it */
	ZBUFPROBE_BAD_STRUCTSIZE, /* error is the size found */
	ZBUFPROBE_BAD_LENGTH,	/* error is the length found */
	ZBUFPROBE_FAILED,	/* a system call; step and error say which */
	ZBUFPROBE_NO_TRAFFIC	/* our own packets were not seen */
};

/* The call that failed. */
enum zbufprobe_step {
	ZBUFPROBE_STEP_NONE,
	ZBUFPROBE_STEP_OPEN,
	ZBUFPROBE_STEP_MAP,
	ZBUFPROBE_STEP_MINHERIT,
	ZBUFPROBE_STEP_SETBUFMODE,
	ZBUFPROBE_STEP_SETZBUF,
	ZBUFPROBE_STEP_SETBLEN,
	ZBUFPROBE_STEP_SETF,
	ZBUFPROBE_STEP_SETIF,
	ZBUFPROBE_STEP_GETDLT,
	ZBUFPROBE_STEP_DIRECTION,
	ZBUFPROBE_STEP_IMMEDIATE,
	ZBUFPROBE_STEP_READ,
	ZBUFPROBE_STEP_ROTATE,
	ZBUFPROBE_STEP_STATS,
	ZBUFPROBE_STEP_FORK,
	ZBUFPROBE_STEP_EXEC,
	ZBUFPROBE_STEP_SPAWN,
	ZBUFPROBE_STEP_WAIT,
	ZBUFPROBE_STEP_PIPE,
	ZBUFPROBE_STEP_SOCKET,
	ZBUFPROBE_STEP_INTERFACE,
	ZBUFPROBE_STEP_SEND,
	ZBUFPROBE_STEP_SYSCTL_READ,
	ZBUFPROBE_STEP_SYSCTL_WRITE,
	ZBUFPROBE_STEP_LOCK,
	ZBUFPROBE_STEP_ANSWER,	/* a process of the scenario gave none */
	ZBUFPROBE_STEPS
};

struct zbufprobe_request {
	uint32_t size;
	uint32_t version;
	uint32_t flags;
	uint32_t packets;	/* a round; 0: 20 */
	uint32_t time_limit_ms;	/* 0: 15000; never more than 60000 */
	uint32_t pad;
	uint64_t cells;		/* bit row * SCENARIOS + scenario; 0: all */
	char ifname[16];	/* "": lo0 */
};

/* A row is buffer, or zbuf with one of the five ways to inherit. */
struct zbufprobe_cell {
	uint8_t mode;
	uint8_t inherit;
	uint8_t scenario;
	uint8_t verdict;
	uint8_t exposed;	/* the other process could read the packets */
	uint8_t stalled_at;	/* round, from 1; 0: never */
	uint8_t crashed_at;
	uint8_t signal;		/* that ended a process of the scenario */
	uint8_t step;
	uint8_t hung;		/* a process had to be killed */
	uint8_t pad[2];
	int32_t error;
	uint16_t sent[ZBUFPROBE_ROUNDS];
	uint16_t parent[ZBUFPROBE_ROUNDS];
	uint16_t child[ZBUFPROBE_ROUNDS];
	uint16_t seen[ZBUFPROBE_ROUNDS]; /* in the other process's memory */
};

struct zbufprobe_run {
	uint32_t sent;
	uint32_t received;
	uint32_t dropped;
	uint32_t microseconds;	/* first send to last packet */
	uint32_t cpu_us;	/* of the reader */
	uint32_t calls;		/* system calls of the reader */
};

struct zbufprobe_bench {
	uint8_t mode;
	uint8_t runs;
	uint8_t step;
	uint8_t pad;
	int32_t error;
	uint32_t packet_bytes;	/* UDP payload */
	uint32_t buffer_bytes;
	struct zbufprobe_run run[ZBUFPROBE_RUNS];
};

struct zbufprobe_descriptor {
	int32_t pid;
	uint32_t mode;		/* bd_bufmode: 1 buffer, 2 zbuf */
	uint64_t received;
	uint64_t dropped;
	uint64_t matched;
	uint64_t zero_copies;
	uint32_t store_length;
	uint32_t hold_length;
	uint32_t buffer_size;
	uint32_t direction;
	uint8_t promiscuous;
	uint8_t immediate;
	uint8_t locked;
	uint8_t pad[5];
	char ifname[16];
};

struct zbufprobe_result {
	uint32_t size;
	uint32_t version;
	uint32_t problem;
	uint32_t step;
	int32_t error;
	uint32_t model;
	int32_t zerocopy_before; /* -1: not read */
	int32_t zerocopy_after;
	uint32_t windows;	/* times the sysctl was set */
	uint32_t window_max_us;
	uint64_t window_total_us;
	uint32_t elapsed_ms;
	uint32_t cell_count;
	uint32_t bench_count;
	uint32_t inspected;	/* 1: net.bpf.stats was read */
	uint32_t descriptor_count; /* in the array */
	uint32_t descriptor_total; /* the kernel has */
	char kernel[64];
	char machine[32];
	char ifname[16];
	struct zbufprobe_cell cells[ZBUFPROBE_CELLS];
	struct zbufprobe_bench benches[ZBUFPROBE_BENCHES];
	struct zbufprobe_descriptor descriptors[ZBUFPROBE_DESCRIPTORS];
};

_Static_assert(sizeof(struct zbufprobe_request) == 48, "request");
_Static_assert(sizeof(struct zbufprobe_cell) == 64, "cell");
_Static_assert(sizeof(struct zbufprobe_bench) == 88, "bench");
_Static_assert(sizeof(struct zbufprobe_descriptor) == 80, "descriptor");
_Static_assert(sizeof(struct zbufprobe_result) == 25176, "result");

/*
 * Called after each cell and each benchmark: done, of how many, and for a
 * cell its row, scenario and verdict (for a benchmark row is ROWS).  Anything
 * but 0 stops the probe.
 */
typedef int zbufprobe_progress(uint32_t, uint32_t, uint32_t, uint32_t,
    uint32_t);

#if defined(__GNUC__)
#define ZBUFPROBE_EXPORT __attribute__((visibility("default")))
#else
#define ZBUFPROBE_EXPORT
#endif

/*
 * Does what the request's flags say, as root, and fills the result.  Returns
 * 0 whenever the result was filled: result->problem says how it went.
 */
ZBUFPROBE_EXPORT int zbufprobe_run(const struct zbufprobe_request *,
    struct zbufprobe_result *, zbufprobe_progress *);

/* Decodes the bytes of net.bpf.stats into result->descriptors. */
ZBUFPROBE_EXPORT int zbufprobe_decode(const void *, size_t,
    struct zbufprobe_result *);

#endif
