/*
 * Inside the probe: what its files know of one another.
 */
#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zbufprobe.h"

#define PROBE_HARD_LIMIT_MS 60000
#define PROBE_TIME_LIMIT_MS 15000
#define PROBE_PACKETS 20
#define PROBE_PACKETS_MAX 100
#define PROBE_BUFFER_BYTES 32768
#define PROBE_PAYLOAD_BYTES 64
/* The longest a process of a scenario may take for one order. */
#define PROBE_ANSWER_MS 3000

/* The first call that was not as it should be. */
struct failure {
	uint32_t step;
	int32_t error;	/* errno, positive */
};

/* packet.c: our own packets, and the filter that lets nothing else in. */
struct marker {
	uint32_t magic;
	uint32_t nonce;		/* one for each cell or benchmark run */
	uint32_t round;
	uint32_t sequence;
};

struct link {
	uint32_t type;		/* DLT_* */
	uint32_t header;	/* bytes before the IP header */
};

#define PACKET_FILTER_MAX 16

struct bpf_insn;
bool	 packet_link(struct link *, uint32_t);
uint32_t packet_filter(struct bpf_insn *, const struct link *, uint16_t);
void	 packet_fill(uint8_t *, size_t, uint32_t, uint32_t, uint32_t);
uint32_t packet_count(const uint8_t *, size_t, const struct link *, uint32_t,
    uint32_t);

/* traffic.c: where the packets come from. */
struct traffic {
	int sink;		/* holds the port, receives and forgets */
	int source;
	uint16_t port;
	uint16_t pad;
	uint32_t address;	/* network order */
	uint32_t direction;	/* in which each packet is seen once */
	char ifname[16];
};

bool	 traffic_open(struct traffic *, const char *, struct failure *);
void	 traffic_close(struct traffic *);
uint32_t traffic_send(struct traffic *, uint32_t, uint32_t, uint32_t,
    size_t);

/* enable.c: net.bpf.zerocopy_enable, set for no longer than needed. */
struct enabling {
	bool needed;
	int32_t before;
	int guard;		/* the watcher's pipe; -1: none */
	int watcher;		/* pid */
};

struct window {
	uint64_t total_us;
	uint32_t max_us;
	uint32_t count;
};

int32_t	 enable_read(struct failure *);
int	 enable_write(int32_t);
bool	 enable_watch(struct enabling *, uint32_t, struct failure *);
bool	 enable_restore(const struct enabling *, struct failure *);
void	 enable_unwatch(struct enabling *, bool);

struct probe;
/* direction.c */
bool	 direction_choose(struct probe *, struct failure *);

/* capture.c: one BPF descriptor in one of the two modes. */
struct capture_options {
	uint32_t mode;		/* enum zbufprobe_mode */
	uint32_t inherit;	/* enum zbufprobe_inherit */
	uint32_t buffer_bytes;
	uint32_t timeout_ms;	/* 0: immediate */
	const struct traffic *traffic;
	const struct enabling *enabling;
};

struct capture {
	int fd;
	uint32_t mode;
	struct link link;
	uint32_t bytes;		/* of a buffer, its header included */
	uint32_t calls;		/* system calls made to read */
	uint8_t *buffer[2];
	uint8_t *scratch;	/* for looking, ordinary memory */
	int looking[2];		/* a pipe, for looking without a fault */
};

bool	 capture_open(struct capture *, const struct capture_options *,
    uint64_t *, struct failure *);
uint32_t capture_take(struct capture *, uint32_t, struct failure *);
uint32_t capture_drain(struct capture *, uint32_t, uint32_t, struct failure *);
uint32_t capture_look(struct capture *, uint32_t, uint32_t);
bool	 capture_pending(const struct capture *);
bool	 capture_rotate(struct capture *, struct failure *);
bool	 capture_hurry(struct capture *, struct failure *);
bool	 capture_dropped(struct capture *, uint32_t *, struct failure *);

/* channel.c: orders to a process and its answers, over two pipes. */
enum command {
	ORDER_OPEN,
	ORDER_DRAIN,
	ORDER_LOOK,
	ORDER_FORK,		/* a child that takes orders */
	ORDER_FORK_AND_EXIT,	/* the same, and this process exits */
	ORDER_FORK_BRIEFLY,	/* a child that exits at once */
	ORDER_FORK_EXEC,	/* a child that execs at once */
	ORDER_SPAWN,
	ORDER_EXEC,
	ORDER_REAP,		/* how did the child end? */
	ORDER_READ,		/* until the next order, for a benchmark */
	ORDER_FINISH
};

struct order {
	uint32_t command;
	uint32_t round;
	uint32_t expected;	/* packets */
	uint32_t nonce;
};

struct answer {
	uint32_t command;
	uint32_t step;
	int32_t error;
	uint32_t packets;
	int32_t pid;
	int32_t status;
	uint64_t window_us;
	struct zbufprobe_run run;
};

struct channel {
	int order[2];
	int answer[2];
};

enum heard { HEARD_ANSWER, HEARD_END, HEARD_NOTHING };

bool	 channel_open(struct channel *, struct failure *);
void	 channel_close(struct channel *);
void	 channel_keep_near(struct channel *);
void	 channel_keep_far(struct channel *);
void	 channel_hang_up(struct channel *);
bool	 channel_tell(const struct channel *, const struct order *);
enum heard channel_hear(const struct channel *, struct answer *, uint64_t);
bool	 channel_next_order(const struct channel *, struct order *);
void	 channel_reply(const struct channel *, const struct answer *);
bool	 read_whole(int, void *, size_t);
bool	 write_whole(int, const void *, size_t);
int	 milliseconds_until(uint64_t);
void	 close_fd(int *);

/* receive.c: the reader of a benchmark. */
#define PROBE_READ_TIMEOUT_MS 20

void	 receive(struct capture *, const struct channel *, uint32_t,
    struct zbufprobe_run *, struct failure *);
void	 receive_rest(struct capture *, uint32_t, struct zbufprobe_run *,
    struct failure *);

/* worker.c: a process of a scenario. */
struct worker {
	const struct capture_options *options;
	struct capture capture;
	struct channel *channel;
	struct channel *child_channel;	/* NULL in the child */
	int child;			/* pid */
	uint32_t alarm_s;
};

_Noreturn void worker_main(struct worker *);

/* supervisor.c: the process above a scenario's processes. */
struct reaped {
	int32_t pid;
	int32_t status;
};

struct scene {
	struct channel parent;
	struct channel child;
	int ends[2];		/* how processes ended, struct reaped */
	int supervisor;		/* pid */
};

bool	 scene_begin(struct scene *, const struct capture_options *, uint32_t,
    struct failure *);
bool	 scene_end_of(struct scene *, int, int32_t *, uint64_t);
bool	 scene_finish(struct scene *, uint64_t);

/* The whole run. */
struct probe {
	const struct zbufprobe_request *request;
	struct zbufprobe_result *result;
	zbufprobe_progress *progress;
	struct traffic traffic;
	struct enabling enabling;
	struct window window;
	uint64_t deadline;	/* microseconds */
	uint32_t packets;
	uint32_t nonce;
	uint32_t done;
	uint32_t total;
};

/* progress.c: what its parts note of it. */
void	 probe_problem(struct zbufprobe_result *, uint32_t,
    const struct failure *);
bool	 probe_progress(struct probe *, uint32_t, uint32_t, uint32_t);
void	 probe_window(struct probe *, uint64_t);
uint32_t probe_alarm(const struct probe *);

void	 cell_run(struct probe *, struct zbufprobe_cell *);
uint32_t matrix_selected(const struct zbufprobe_request *);
bool	 matrix_needs_zerocopy(const struct zbufprobe_request *);
void	 matrix_run(struct probe *);
void	 bench_run(struct probe *);
uint32_t bench_selected(const struct zbufprobe_request *);
void	 inspect_run(struct zbufprobe_result *);

/* names.c: words of the contract for the numbers of zbufprobe.h. */
const char *name_mode(uint32_t);
const char *name_inherit(uint32_t);
const char *name_scenario(uint32_t);
const char *name_verdict(uint32_t);
const char *name_problem(uint32_t);
const char *name_step(uint32_t);
const char *describe_problem(uint32_t);
uint8_t	 row_mode(uint32_t);
uint8_t	 row_inherit(uint32_t);

/* json.c: the result as one JSON document; false when it was not written. */
bool	 json_write(const struct zbufprobe_result *, uint32_t, int);

#endif
