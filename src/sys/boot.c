#include "sys/boot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compat.h"
#include "sys/file.h"

#define BOOT_ID		"/proc/sys/kernel/random/boot_id"
#define DAY		(24 * 60 * 60 * INT64_C(1000))	/* ms */

void
boot_id(char id[BOOT_TEXT])
{
	struct file_read f = { .path = BOOT_ID, .max = BOOT_TEXT - 1 };
	struct errmsg em;
	char *text;
	size_t len;

	(void)strlcpy(id, "unknown", BOOT_TEXT);
	if (file_read(&f, &text, &len, &em) == -1)
		return;
	text[strcspn(text, "\n")] = '\0';
	(void)strlcpy(id, text, BOOT_TEXT);
	free(text);
}

int64_t
boot_clock(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

void
boot_clock_in(int64_t ms, char text[BOOT_CLOCK])
{
	struct timespec now;
	struct tm tm;
	time_t t;

	text[0] = '\0';
	if (ms < 0 || ms >= DAY || clock_gettime(CLOCK_REALTIME, &now) == -1)
		return;
	t = now.tv_sec + (time_t)((now.tv_nsec / 1000000 + ms) / 1000);
	if (localtime_r(&t, &tm) != NULL)
		(void)snprintf(text, BOOT_CLOCK, "%02d:%02d:%02d", tm.tm_hour,
		    tm.tm_min, tm.tm_sec);
}
