#pragma once
#include <sys/types.h>
#define CLOCK_MONOTONIC 4
struct timespec {
	time_t tv_sec;
	long tv_nsec;
};
int clock_gettime(int, struct timespec *);
int nanosleep(const struct timespec *, struct timespec *);
