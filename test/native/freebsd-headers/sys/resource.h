#pragma once
#include <sys/time.h>
#define RUSAGE_SELF 0
#define RLIMIT_CORE 4
struct rusage {
	struct timeval ru_utime;
	struct timeval ru_stime;
	long ru_rest[14];
};
struct rlimit {
	rlim_t rlim_cur;
	rlim_t rlim_max;
};
int getrusage(int, struct rusage *);
int setrlimit(int, const struct rlimit *);
