/*
 * What the sanitizers ask the program that they are in.
 *
 * The leak detector passes over the listing of a program's test cases: libatf-c
 * 0.21 forgets the lists it makes, and a report of that costs more time than
 * most tests.  In a test's body nothing is suppressed.  It cannot run in a
 * process that strace traces.
 *
 * FOUND is the path of reports, without the number of the process: see
 * tests/tools/variant.  The options are here, because some tests give the
 * program an empty environment.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int __lsan_is_turned_off(void);

#ifdef FOUND
#define OPTIONS	"exitcode=99:log_path=" FOUND

const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *
__asan_default_options(void)
{
	return OPTIONS;
}

const char *
__ubsan_default_options(void)
{
	return OPTIONS;
}
#endif

static ssize_t
read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd != -1) {
		n = read(fd, text, size - 1);
		(void)close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	return n;
}

static int
traced(void)
{
	static const char field[] = "\nTracerPid:\t";
	char text[4096];
	const char *p;

	(void)read_file("/proc/self/status", text, sizeof(text));
	p = strstr(text, field);
	return p != NULL && p[sizeof(field) - 1] != '0';
}

int
__lsan_is_turned_off(void)
{
	char text[4096];
	const char *p;
	ssize_t n = read_file("/proc/self/cmdline", text, sizeof(text));

	for (p = text; p - text < n; p += strlen(p) + 1)
		if (strcmp(p, "-l") == 0)
			return 1;
	return traced();
}
