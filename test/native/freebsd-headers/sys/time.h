#pragma once
#include <sys/types.h>
#ifndef STUB_TIMEVAL
#define STUB_TIMEVAL
struct timeval {
	time_t tv_sec;
	suseconds_t tv_usec;
};
#endif
