#include "sys/boot.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compat.h"
#include "sys/file.h"

#define BOOT_ID		"/proc/sys/kernel/random/boot_id"

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
