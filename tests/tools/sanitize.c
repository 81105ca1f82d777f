/*
 * The leak detector passes over the listing of a program's test cases: libatf-c
 * 0.21 forgets the lists it makes, and a report of that costs more time than
 * most tests.  In a test's body nothing is suppressed.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int __lsan_is_turned_off(void);

int
__lsan_is_turned_off(void)
{
	char text[4096] = "";
	const char *p;
	ssize_t n = -1;
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);

	if (fd != -1) {
		n = read(fd, text, sizeof(text) - 1);
		(void)close(fd);
	}
	for (p = text; p - text < n; p += strlen(p) + 1)
		if (strcmp(p, "-l") == 0)
			return 1;
	return 0;
}
