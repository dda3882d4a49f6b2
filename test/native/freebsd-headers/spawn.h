#pragma once
#include <sys/types.h>
typedef struct stub_actions *posix_spawn_file_actions_t;
typedef struct stub_attr *posix_spawnattr_t;
int posix_spawn(pid_t *restrict, const char *restrict,
    const posix_spawn_file_actions_t *, const posix_spawnattr_t *restrict,
    char *const [], char *const []);
int posix_spawn_file_actions_init(posix_spawn_file_actions_t *);
int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *);
int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *, int, int);
int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *restrict,
    int, const char *restrict, int, mode_t);
