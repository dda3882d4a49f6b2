#pragma once
#include <sys/types.h>
#define WNOHANG 1
typedef enum idtype { P_PID = 0 } idtype_t;
pid_t waitpid(pid_t, int *, int);
