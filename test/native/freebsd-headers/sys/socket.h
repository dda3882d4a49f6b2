#pragma once
#include <sys/types.h>
#define AF_INET 2
#define SOCK_DGRAM 2
#define SOCK_CLOEXEC 0x10000000
#define SOCK_NONBLOCK 0x20000000
struct sockaddr {
	unsigned char sa_len;
	uint8_t sa_family;
	char sa_data[14];
};
int socket(int, int, int);
int bind(int, const struct sockaddr *, socklen_t);
int getsockname(int, struct sockaddr *restrict, socklen_t *restrict);
int setsockopt(int, int, int, const void *, socklen_t);
ssize_t sendto(int, const void *, size_t, int, const struct sockaddr *,
    socklen_t);
