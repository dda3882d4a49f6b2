#pragma once
#include <sys/socket.h>
#define IPPROTO_IP 0
#define IP_MULTICAST_IF 9
#define IP_MULTICAST_LOOP 11
struct in_addr {
	uint32_t s_addr;
};
struct sockaddr_in {
	uint8_t sin_len;
	uint8_t sin_family;
	uint16_t sin_port;
	struct in_addr sin_addr;
	char sin_zero[8];
};
