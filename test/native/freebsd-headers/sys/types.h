#pragma once
#include <stddef.h>
#include <stdint.h>
typedef long ssize_t;
typedef int32_t pid_t;
typedef int64_t id_t;
typedef int64_t off_t;
typedef int64_t time_t;
typedef int64_t rlim_t;
typedef long suseconds_t;
typedef uint32_t uid_t;
typedef uint16_t mode_t;
typedef uint32_t socklen_t;
typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
typedef unsigned long u_long;
#define __DECONST(type, var) ((type)(uintptr_t)(const void *)(var))
