/*
 * Memory and fork, as FreeBSD's virtual memory system does it (sys/vm,
 * reading; the outcome was measured).
 *
 * An entry is a mapping of an object.  fork gives the child what minherit(2)
 * said: nothing, zeroed memory, the same mapping, or, the default, a copy,
 * which both sides get as "needs copy": readable, and any store faults.  The
 * fault asks whether anybody else still refers to the object.  If not, there
 * is nobody to copy for and the page stays.  If so, the process gets a page of
 * its own, and what it stores is seen by nobody else from then on: not by the
 * kernel either, which goes on with the page it was given.
 *
 * The page of its own is made by Linux, which copies it at the store to a
 * private mapping: the copy-on-write is real.
 */
#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "world.h"

#define ENTRIES 16
#define PAGES (OBJECT_BYTES / PAGE)

struct entry {
	uint8_t *start;
	size_t length;
	int object;
	int inherit;
	bool needs_copy;
	bool shadowed;		/* some pages may be our own */
	bool own[PAGES];
};

static struct entry entries[ENTRIES];

static struct entry *
entry_at(const void *address)
{
	const uint8_t *at;
	struct entry *e;
	int i;

	at = address;
	for (i = 0; i < ENTRIES; i++) {
		e = &entries[i];
		if (e->start != NULL && at >= e->start &&
		    at < e->start + e->length)
			return (e);
	}
	return (NULL);
}

int
vm_object_of(const void *address)
{
	struct entry *e;

	e = entry_at(address);
	/* Only a mapping's start can be looked up: one object each. */
	return (e != NULL && e->start == address ? e->object : -1);
}

bool
vm_has_object(int object)
{
	int i;

	for (i = 0; i < ENTRIES; i++)
		if (entries[i].start != NULL && entries[i].object == object)
			return (true);
	return (false);
}

/* A page of our own; Linux copies it when the store is tried again. */
static void
copy_page(struct entry *e, size_t page)
{
	void *p;

	if (e->own[page])
		p = mprotect(e->start + page * PAGE, PAGE,
		    PROT_READ | PROT_WRITE) == 0 ? e->start : MAP_FAILED;
	else
		p = mmap(e->start + page * PAGE, PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_FIXED, world_file(),
		    world_offset(e->object) + (long)(page * PAGE));
	if (p == MAP_FAILED)
		_exit(99);
	e->own[page] = MODEL_FAULT != FAULT_KERNEL_FOLLOWS_COPY;
}

static void
fault(int signal, siginfo_t *info, void *context)
{
	struct entry *e;
	bool shared;

	(void)context;
	e = entry_at(info->si_addr);
	if (e == NULL || (!e->needs_copy && !e->shadowed)) {
		/* Nothing is mapped there: this is the end. */
		sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL},
		    NULL);
		return;
	}
	if (e->needs_copy) {
		shared = object_shared_with_others(e->object) ||
		    MODEL_FAULT == FAULT_ALWAYS_COPIES;
		e->needs_copy = false;
		if (shared)
			e->shadowed = true;
		else if (!e->shadowed) {
			mprotect(e->start, e->length, PROT_READ | PROT_WRITE);
			return;
		}
	}
	if (MODEL_FAULT == FAULT_KERNEL_FOLLOWS_COPY)
		mprotect(e->start, e->length, PROT_READ | PROT_WRITE);
	else
		copy_page(e, (size_t)((uint8_t *)info->si_addr - e->start) /
		    PAGE);
}

static void
catch_faults(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = fault;
	action.sa_flags = SA_SIGINFO;
	sigaction(SIGSEGV, &action, NULL);
}

/*
 * The kernel is about to store to the process's memory.  A real one takes the
 * process's faults on the way; Linux would only see memory it may not write.
 */
void
vm_touch(void *address, size_t length)
{
	volatile uint8_t *at;
	size_t i;

	at = address;
	if (entry_at(address) != NULL)
		for (i = 0; i < length; i += PAGE - (size_t)(at + i) % PAGE)
			at[i] = at[i];
}

void *
vm_map(size_t length)
{
	struct entry *e;
	void *p;
	int i;

	if (length > OBJECT_BYTES)
		return (NULL);
	for (i = 0, e = NULL; i < ENTRIES && e == NULL; i++)
		if (entries[i].start == NULL)
			e = &entries[i];
	if (e == NULL)
		return (NULL);
	memset(e, 0, sizeof(*e));
	e->inherit = ABI_INHERIT_COPY;
	e->length = (length + PAGE - 1) / PAGE * PAGE;
	world_lock();
	e->object = object_new(vm_has_object);
	if (e->object != -1)
		object_reference(e->object);
	world_unlock();
	if (e->object == -1)
		return (NULL);
	p = mmap(NULL, e->length, PROT_READ | PROT_WRITE, MAP_SHARED,
	    world_file(), world_offset(e->object));
	if (p == MAP_FAILED) {
		object_release(e->object);
		return (NULL);
	}
	e->start = p;
	catch_faults();
	return (p);
}

void
vm_unmap(void *address, size_t length)
{
	struct entry *e;

	e = entry_at(address);
	if (e == NULL)
		return;
	munmap(address, length);
	object_release(e->object);
	e->start = NULL;
}

int
vm_inherit(void *address, size_t length, int inherit)
{
	struct entry *e;

	e = entry_at(address);
	if (e == NULL || length > e->length || inherit < ABI_INHERIT_SHARE ||
	    inherit > ABI_INHERIT_ZERO)
		return (ABI_EINVAL);
	if (MODEL_FAULT == FAULT_SHARE_IGNORED && inherit == ABI_INHERIT_SHARE)
		return (0);
	if (MODEL_FAULT == FAULT_NONE_IGNORED && inherit == ABI_INHERIT_NONE)
		return (0);
	if (MODEL_FAULT == FAULT_ZERO_UNMAPS && inherit == ABI_INHERIT_ZERO)
		inherit = ABI_INHERIT_NONE;
	e->inherit = inherit;
	return (0);
}

/* Before the fork, for both sides. */
static void
protect(struct entry *e)
{
	if (e->inherit != ABI_INHERIT_COPY || MODEL_FAULT == FAULT_FORK_SHARES)
		return;
	e->needs_copy = true;
	mprotect(e->start, e->length, PROT_READ);
}

/* The child's side. */
static void
inherit(struct entry *e)
{
	switch (e->inherit) {
	case ABI_INHERIT_NONE:
		munmap(e->start, e->length);
		e->start = NULL;
		break;
	case ABI_INHERIT_ZERO:
		mmap(e->start, e->length, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		e->start = NULL;
		break;
	default:
		object_reference(e->object);
		break;
	}
}

/* Returns the child's pid, 0 in the child, or -1 with errno of Linux. */
int
vm_fork(void)
{
	char none;
	int ends[2], i, pid;

	/* The child's references exist before the parent goes on. */
	if (pipe2(ends, O_CLOEXEC) == -1)
		return (-1);
	for (i = 0; i < ENTRIES; i++)
		if (entries[i].start != NULL)
			protect(&entries[i]);
	pid = fork();
	if (pid == 0) {
		for (i = 0; i < ENTRIES; i++)
			if (entries[i].start != NULL)
				inherit(&entries[i]);
		close(ends[0]);
		close(ends[1]);
		return (0);
	}
	close(ends[1]);
	while (read(ends[0], &none, 1) == -1 && errno == EINTR)
		continue;
	close(ends[0]);
	return (pid);
}

/* exec gives the memory up before descriptors are closed (kern_exec.c). */
void
vm_exec_begins(void)
{
	int i;

	if (MODEL_FAULT == FAULT_EXEC_KEEPS_MEMORY)
		for (i = 0; i < ENTRIES; i++)
			if (entries[i].start != NULL)
				world()->leaked[entries[i].object] = 1;
	for (i = 0; i < ENTRIES; i++)
		if (entries[i].start != NULL)
			object_release(entries[i].object);
}

void
vm_exec_failed(void)
{
	int i;

	for (i = 0; i < ENTRIES; i++)
		if (entries[i].start != NULL)
			object_reference(entries[i].object);
}
