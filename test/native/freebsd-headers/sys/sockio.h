#pragma once
#include <sys/ioctl.h>
#define SIOCGIFADDR _IOWR('i', 33, struct ifreq)
