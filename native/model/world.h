/*
 * A model of the part of the FreeBSD kernel that the probe asks about, on
 * Linux: BPF descriptors, the memory behind them, one sysctl.
 *
 * The "machine" is one file (a memfd unless told otherwise), mapped shared by
 * every process: its state, and its physical memory.  The model kernel writes
 * packets to physical memory through that mapping.  A process has the same
 * memory mapped at addresses of its own, and after a fork that mapping is made
 * copy-on-write the way FreeBSD's VM does it (vm.c).  So what breaks a capture
 * here is what breaks it there: two mappings that no longer show one page.
 *
 * Nothing here knows the truth table.
 *
 * Environment:
 *	ZBUFPROBE_MODEL_HOST		file that keeps the machine's state
 *	ZBUFPROBE_MODEL_ZEROCOPY	net.bpf.zerocopy_enable of a new machine
 *	ZBUFPROBE_MODEL_UID		effective uid, 0
 *	ZBUFPROBE_MODEL_AT_SETBUFMODE	"pause", "die" or "crash" in that call
 *	ZBUFPROBE_MODEL_LO0		"out": loopback packets are seen going
 *					out only, "none": not at all
 */
#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>

#include "../abi.h"

/*
 * Break the model on purpose, cc -DMODEL_FAULT=FAULT_...: the probe has to
 * notice each of them.
 */
#define FAULT_FORK_SHARES 1		/* fork leaves COPY memory shared */
#define FAULT_SHARE_IGNORED 2		/* INHERIT_SHARE has no effect */
#define FAULT_NONE_IGNORED 3		/* INHERIT_NONE has no effect */
#define FAULT_ZERO_UNMAPS 4		/* INHERIT_ZERO acts as NONE */
#define FAULT_ALWAYS_COPIES 5		/* even with no other reference */
#define FAULT_EXEC_KEEPS_MEMORY 6	/* exec does not drop the old memory */
#define FAULT_SPAWN_FORKS 7		/* posix_spawn by fork and exec */
#define FAULT_DIRECTION_IGNORED 8
#define FAULT_ACKNOWLEDGE_IGNORED 9	/* a buffer is never taken back */
#define FAULT_ROTATE_LOSES_PACKET 10
#define FAULT_KERNEL_FOLLOWS_COPY 11	/* acknowledges count wherever made */
#define FAULT_CHILD_READS_NOTHING 12	/* read(2) only for the opener */
#define FAULT_PACKET_TWICE 13		/* one packet in eight is doubled */
#define FAULT_HEADER_NOT_SHARED 14	/* the generation is not handed over */
#ifndef MODEL_FAULT
#define MODEL_FAULT 0
#endif

#define PAGE 4096
#define OBJECT_BYTES (2 * 1024 * 1024)
#define OBJECT_COUNT 64
#define DESCRIPTOR_COUNT 32
#define FILTER_MAX 32
#define WORLD_MAGIC "ZBMODEL1"

struct descriptor {
	int32_t used;
	int32_t opener;
	int32_t pid;		/* who used it last */
	uint32_t mode;
	uint32_t link;
	uint32_t direction;
	uint32_t immediate;
	uint32_t timeout_ms;
	uint32_t buffer_size;	/* without a zero-copy header */
	uint32_t attached;
	uint64_t received;
	uint64_t dropped;
	uint64_t matched;
	uint64_t zero_copies;
	/* Which of the two buffers is where; -1: none. */
	int32_t store;
	int32_t hold;
	int32_t spare;
	uint32_t store_length;
	uint32_t hold_length;
	uint32_t assigned[2];	/* handed to the process */
	int32_t object[2];
	uint64_t address[2];	/* the process's, as BIOCROTZBUF returns it */
	char ifname[16];
	uint32_t filter_length;
	struct abi_bpf_insn filter[FILTER_MAX];
};

/* Tests read the first two members. */
struct world {
	char magic[8];
	int32_t zerocopy_enable;
	int32_t ready;
	pthread_mutex_t mutex;
	int32_t leaked[OBJECT_COUNT]; /* FAULT_EXEC_KEEPS_MEMORY */
	struct descriptor descriptors[DESCRIPTOR_COUNT];
};

/* world.c */
struct world *world(void);
int	 world_file(void);
uint8_t	*world_memory(int);
long	 world_offset(int);
void	 world_lock(void);
void	 world_unlock(void);
const char *world_lock_path(void);
/* A reference keeps an object's memory; it ends with the process. */
int	 object_new(bool (*)(int));
void	 object_reference(int);
void	 object_release(int);
bool	 object_shared_with_others(int);
/* An open file; it ends with the last descriptor of any process. */
int	 handle_open(int);
bool	 handle_is_open(int);

/* vm.c */
void	*vm_map(size_t);
void	 vm_unmap(void *, size_t);
void	 vm_touch(void *, size_t);
int	 vm_inherit(void *, size_t, int);
int	 vm_fork(void);
void	 vm_exec_begins(void);
void	 vm_exec_failed(void);
int	 vm_object_of(const void *);
bool	 vm_has_object(int);

/* bpf.c; results are 0, or a positive FreeBSD errno. */
int	 bpf_open(int *);
int	 bpf_index(int);
void	 bpf_close(int);
int	 bpf_ioctl(int, unsigned long, void *);
long	 bpf_read(int, void *, size_t);
bool	 bpf_ready(int, bool);
void	 bpf_tap(const char *, uint32_t, const uint8_t *, size_t);
size_t	 bpf_statistics(struct abi_xbpf_d *, size_t);

/* filter.c */
uint32_t filter_run(const struct abi_bpf_insn *, uint32_t, const uint8_t *,
    size_t);

#endif
