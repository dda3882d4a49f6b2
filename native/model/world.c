/*
 * The machine: one file with its state and its physical memory, and who still
 * refers to what.
 *
 * References have to end when a process does, however it does, as they do in
 * a kernel.  So they are file locks, which Linux drops by itself: a POSIX lock
 * (of the process) is a reference to memory, an open file description's lock
 * is an open BPF descriptor.
 */
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "world.h"

#define STATE_BYTES (64 * 1024)
#define TOTAL_BYTES (STATE_BYTES + (off_t)OBJECT_COUNT * OBJECT_BYTES)
/* Far behind the bytes that exist: locks only. */
#define HANDLE_LOCKS (TOTAL_BYTES * 2)

_Static_assert(sizeof(struct world) <= STATE_BYTES, "state does not fit");

static struct world *the_world;
static int memory_file = -1;
static int reference_file = -1;
static char host_path[1024];
static char lock_path[1100];

static _Noreturn void
give_up(const char *what)
{
	/* A broken model must not look like a result. */
	perror(what);
	_exit(99);
}

static int
file(const char *path, const char *suffix)
{
	char name[1100];
	int fd;

	if (path[0] == '\0')
		fd = memfd_create("zbufprobe-model", MFD_CLOEXEC);
	else {
		snprintf(name, sizeof(name), "%s%s", path, suffix);
		fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	}
	if (fd == -1)
		give_up("model: state file");
	return (fd);
}

static void
make_mutex(pthread_mutex_t *mutex)
{
	pthread_mutexattr_t a;

	pthread_mutexattr_init(&a);
	pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(mutex, &a);
	pthread_mutexattr_destroy(&a);
}

static void
begin(struct world *w)
{
	const char *value;

	memset(w, 0, sizeof(*w));
	memcpy(w->magic, WORLD_MAGIC, sizeof(w->magic));
	value = getenv("ZBUFPROBE_MODEL_ZEROCOPY");
	w->zerocopy_enable = value == NULL ? 1 : atoi(value);
	make_mutex(&w->mutex);
	w->ready = 1;
}

static void
open_world(const char *path)
{
	void *p;

	if (the_world != NULL) {
		munmap(the_world, TOTAL_BYTES);
		close(memory_file);
		close(reference_file);
	}
	snprintf(host_path, sizeof(host_path), "%s", path);
	memory_file = file(path, "");
	reference_file = file(path, ".references");
	/* Two programs may meet a new machine at once. */
	if (flock(memory_file, LOCK_EX) == -1 ||
	    ftruncate(memory_file, TOTAL_BYTES) == -1)
		give_up("model: state file");
	p = mmap(NULL, TOTAL_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
	    memory_file, 0);
	if (p == MAP_FAILED)
		give_up("model: state file");
	the_world = p;
	if (the_world->ready == 0)
		begin(the_world);
	flock(memory_file, LOCK_UN);
}

struct world *
world(void)
{
	const char *path;

	path = getenv("ZBUFPROBE_MODEL_HOST");
	if (path == NULL)
		path = "";
	if (the_world == NULL || strcmp(path, host_path) != 0)
		open_world(path);
	return (the_world);
}

int
world_file(void)
{
	return (memory_file);
}

long
world_offset(int object)
{
	return (STATE_BYTES + (long)object * OBJECT_BYTES);
}

/* Physical memory as the kernel sees it. */
uint8_t *
world_memory(int object)
{
	return ((uint8_t *)the_world + world_offset(object));
}

void
world_lock(void)
{
	/* A process died in the kernel: its call is over all the same. */
	if (pthread_mutex_lock(&world()->mutex) == EOWNERDEAD)
		pthread_mutex_consistent(&the_world->mutex);
}

void
world_unlock(void)
{
	pthread_mutex_unlock(&the_world->mutex);
}

const char *
world_lock_path(void)
{
	world();
	if (host_path[0] == '\0')
		/* A private machine: nobody else can be on it. */
		return ("/dev/null");
	snprintf(lock_path, sizeof(lock_path), "%s.lock", host_path);
	return (lock_path);
}

static int
lock_byte(int fd, int command, short type, off_t at)
{
	struct flock l;

	memset(&l, 0, sizeof(l));
	l.l_type = type;
	l.l_whence = SEEK_SET;
	l.l_start = at;
	l.l_len = 1;
	if (fcntl(fd, command, &l) == -1)
		return (-1);
	return (l.l_type);
}

void
object_reference(int object)
{
	if (lock_byte(reference_file, F_SETLK, F_RDLCK, object) == -1)
		give_up("model: reference");
}

void
object_release(int object)
{
	lock_byte(reference_file, F_SETLK, F_UNLCK, object);
}

bool
object_shared_with_others(int object)
{
	return (the_world->leaked[object] != 0 ||
	    lock_byte(reference_file, F_GETLK, F_WRLCK, object) != F_UNLCK);
}

static bool
wired(const struct world *w, int object)
{
	const struct descriptor *d;
	int i, j;

	for (i = 0; i < DESCRIPTOR_COUNT; i++) {
		d = &w->descriptors[i];
		for (j = 0; j < 2; j++)
			if (d->used && d->object[j] == object &&
			    handle_is_open(i))
				return (true);
	}
	return (false);
}

/*
 * Zeroed memory nobody has, is_mapped says whether this process does; -1 when
 * there is none.  Needs the lock.
 */
int
object_new(bool (*is_mapped)(int))
{
	int i;

	for (i = 0; i < OBJECT_COUNT; i++) {
		the_world->leaked[i] = 0;
		if (is_mapped(i) || object_shared_with_others(i) ||
		    wired(the_world, i))
			continue;
		if (fallocate(memory_file, FALLOC_FL_PUNCH_HOLE |
		    FALLOC_FL_KEEP_SIZE, world_offset(i), OBJECT_BYTES) == -1)
			memset(world_memory(i), 0, OBJECT_BYTES);
		return (i);
	}
	return (-1);
}

/* A file descriptor that stands for BPF descriptor number i. */
int
handle_open(int i)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", memory_file);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd == -1)
		return (-1);
	if (lock_byte(fd, F_OFD_SETLK, F_WRLCK, HANDLE_LOCKS + i) == -1)
		give_up("model: descriptor");
	return (fd);
}

bool
handle_is_open(int i)
{
	return (lock_byte(memory_file, F_OFD_GETLK, F_WRLCK,
	    HANDLE_LOCKS + i) != F_UNLCK);
}
