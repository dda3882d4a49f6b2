#pragma once
#include <sys/socket.h>
#define IFNAMSIZ 16
struct ifreq {
	char ifr_name[IFNAMSIZ];
	union {
		struct sockaddr ifru_addr;
		char ifru_room[16];
	} ifr_ifru;
#define ifr_addr ifr_ifru.ifru_addr
};
