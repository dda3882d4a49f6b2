/*
 * Opens a capture as libpcap does, with a buffer mode (native/mode) between
 * it and the model of the kernel: zero-copy is tried, and whatever
 * BIOCSETBUFMODE answers to that but success means a buffered capture
 * (libpcap 1.10.6, pcap-bpf.c; facts: libpcap-zerocopy-history.md).
 *
 * capture.c is compiled with capture_open and sys_ioctl renamed, so that the
 * rest of the probe uses this capture and knows nothing of the mode.
 */
#include "../../native/bsd.h"
#include "../../native/probe.h"
#include "../../native/sys.h"

bool	 plain_capture_open(struct capture *, const struct capture_options *,
	    uint64_t *, struct failure *);
int	 client_ioctl(int, unsigned long, void *);
int	*__error(void);
int	 mode_ioctl(int, unsigned long, ...);

static int the_errno;

int *
__error(void)
{
	return (&the_errno);
}

#if __STDC_HOSTED__
char	*getenv(const char *);
long	 mode_call(long, long, long, long);

/*
 * The two system calls a mode makes, of the model.  With CLIENT_NO_MINHERIT
 * in the environment the kernel refuses minherit(2).
 */
long
mode_call(long number, long a, long b, long c)
{
	if (number == 54)
		return (sys_ioctl((int)a, (unsigned long)(uint32_t)b,
		    (void *)c));
	if (number == 250 && getenv("CLIENT_NO_MINHERIT") == NULL)
		return (sys_minherit((void *)a, (size_t)b, (int)c));
	return (-ABI_EINVAL);
}
#endif

/* libpcap keeps a request in an int: BIOCSETZBUF arrives sign-extended. */
int
client_ioctl(int fd, unsigned long request, void *data)
{
	int error;

	error = mode_ioctl(fd, (unsigned long)(long)(int)(uint32_t)request,
	    data);
	return (error == -1 ? -the_errno : error);
}

bool
capture_open(struct capture *c, const struct capture_options *wanted,
    uint64_t *window_us, struct failure *why)
{
	struct capture_options o;

	o = *wanted;
	o.mode = ZBUFPROBE_ZBUF;
	if (plain_capture_open(c, &o, window_us, why))
		return (true);
	if (why->step != ZBUFPROBE_STEP_SETBUFMODE)
		return (false);
	sys_close(c->fd);
	memset(why, 0, sizeof(*why));
	o.mode = ZBUFPROBE_BUFFER;
	return (plain_capture_open(c, &o, window_us, why));
}
