#pragma once
#define POLLIN 1
struct pollfd {
	int fd;
	short events;
	short revents;
};
int poll(struct pollfd *, unsigned int, int);
