/*
 * Text to a descriptor, without stdio: a small buffer and an error that
 * sticks.
 */
#ifndef OUT_H
#define OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct out {
	int fd;
	bool failed;
	size_t length;
	char data[2048];
};

void	 out_open(struct out *, int);
void	 out_char(struct out *, char);
void	 out_text(struct out *, const char *);
void	 out_number(struct out *, uint64_t);
void	 out_signed(struct out *, int64_t);
/* Flushes; false when something was not written. */
bool	 out_close(struct out *);

#endif
