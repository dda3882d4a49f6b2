#pragma once
#include <sys/wait.h>
#define PROC_REAP_ACQUIRE 2
#define PROC_PDEATHSIG_CTL 11
#define PROC_LOGSIGEXIT_CTL 23
#define PROC_LOGSIGEXIT_CTL_FORCE_DISABLE 3
int procctl(idtype_t, id_t, int, void *);
