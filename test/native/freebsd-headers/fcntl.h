#pragma once
#include <sys/types.h>
#define O_RDONLY 0
#define O_WRONLY 1
#define O_RDWR 2
#define O_NONBLOCK 0x0004
#define O_EXLOCK 0x0020
#define O_NOFOLLOW 0x0100
#define O_CREAT 0x0200
#define O_CLOEXEC 0x00100000
int open(const char *, int, ...);
