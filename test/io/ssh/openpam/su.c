/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A su(1) that reads its password as FreeBSD's does: "su root -c command".
 *
 * FreeBSD's su leaves the reading to OpenPAM, whose openpam_ttyconv.c goes two
 * ways (read in its source; the first was also measured on 15.1-RELEASE-p1):
 *
 *   - without a terminal it polls the descriptor before every character and
 *     takes the character with getchar(3).  stdio has read all there is after
 *     the first one, so poll(2) waits for more input, or the end of file,
 *     although the whole password is in the buffer;
 *   - with a terminal it writes the prompt, and only then switches echo off
 *     with TCSAFLUSH, which discards what has arrived meanwhile.
 *
 * Must be set-user-ID root.  The files "password" and "shell" beside it hold
 * root's password and login shell.
 */

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Long enough for an answer that does not wait to arrive before the flush. */
#define	FLUSH_DELAY_US	50000

static const char prompt[] = "Password:";

static void
beside(const char *self, const char *name, char *line, size_t size)
{
	char path[1024];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%.*s%s",
	    (int)(strrchr(self, '/') - self + 1), self, name);
	if ((file = fopen(path, "r")) == NULL ||
	    fgets(line, (int)size, file) == NULL)
		errx(1, "%s cannot be read", path);
	(void)fclose(file);
	line[strcspn(line, "\n")] = '\0';
}

static void
wait_for_input(int fd)
{
	struct pollfd pfd;

	pfd.fd = fd;
	pfd.events = POLLIN;
	if (poll(&pfd, 1, -1) != 1)
		errx(1, "poll");
}

/* The way of prompt_notty(). */
static void
read_through_stdio(char *typed, size_t size)
{
	size_t pos;
	int ch;

	(void)fputs(prompt, stdout);
	(void)fflush(stdout);
	pos = 0;
	for (;;) {
		wait_for_input(STDIN_FILENO);
		ch = getchar();
		if (ch == EOF || ch == '\n')
			break;
		if (pos + 1 < size)
			typed[pos++] = (char)ch;
	}
	typed[pos] = '\0';
}

/* The way of prompt_tty(). */
static void
read_from_terminal(int ifd, int ofd, char *typed, size_t size)
{
	struct termios mode;
	tcflag_t before;
	size_t pos;
	char ch;

	if (write(ofd, prompt, strlen(prompt)) < 0)
		errx(1, "write");
	(void)usleep(FLUSH_DELAY_US);
	if (tcgetattr(ifd, &mode) != 0)
		errx(1, "tcgetattr");
	before = mode.c_lflag;
	mode.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(ifd, TCSAFLUSH, &mode) != 0)
		errx(1, "tcsetattr");
	pos = 0;
	for (;;) {
		wait_for_input(ifd);
		if (read(ifd, &ch, 1) != 1 || ch == '\n')
			break;
		if (pos + 1 < size)
			typed[pos++] = ch;
	}
	typed[pos] = '\0';
	mode.c_lflag = before;
	(void)tcsetattr(ifd, 0, &mode);
	if (write(ofd, "\n", 1) < 0)
		errx(1, "write");
}

int
main(int argc, char *argv[])
{
	char password[256], self[1024], shell[256], typed[256];
	ssize_t length;
	int fd;

	if (argc != 4 || strcmp(argv[1], "root") != 0 ||
	    strcmp(argv[2], "-c") != 0)
		errx(1, "usage: su root -c command");
	if ((length = readlink("/proc/self/exe", self, sizeof(self) - 1)) < 0)
		errx(1, "where am I?");
	self[length] = '\0';
	beside(self, "password", password, sizeof(password));
	beside(self, "shell", shell, sizeof(shell));

	if (isatty(STDIN_FILENO))
		read_from_terminal(STDIN_FILENO, STDOUT_FILENO, typed,
		    sizeof(typed));
	else if ((fd = open("/dev/tty", O_RDWR)) >= 0)
		read_from_terminal(fd, fd, typed, sizeof(typed));
	else
		read_through_stdio(typed, sizeof(typed));

	/* su.c, reading: whatever is wrong, it says no more than this. */
	if (strcmp(typed, password) != 0)
		errx(1, "Sorry");
	if (setgid(0) != 0 || setuid(0) != 0)
		errx(1, "not set-user-ID root");
	(void)execl(shell, shell, "-c", argv[3], (char *)NULL);
	err(1, "%s", shell);
}
