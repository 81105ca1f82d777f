#include "text/errmsg.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "text/escape.h"

static void	 fill(struct errmsg *, int, const char *, va_list)
		    __attribute__((__format__(__printf__, 3, 0)));

static void
fill(struct errmsg *em, int code, const char *fmt, va_list ap)
{
	if (em == NULL)
		return;
	em->code = code;
	(void)vsnprintf(em->text, sizeof(em->text), fmt, ap);
}

int
errmsg_set(struct errmsg *em, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(em, code, fmt, ap);
	va_end(ap);
	return -1;
}

int
errmsg_sys(struct errmsg *em, const char *fmt, ...)
{
	va_list ap;
	size_t len;
	int code = errno;

	va_start(ap, fmt);
	fill(em, code, fmt, ap);
	va_end(ap);
	if (em == NULL)
		return -1;
	len = strlen(em->text);
	(void)snprintf(em->text + len, sizeof(em->text) - len, ": %s",
	    strerror(code));
	return -1;
}

int
errmsg_path(struct errmsg *em, const char *path)
{
	char shown[ERRMSG_SIZE / 2];
	int saved = errno;

	(void)escape_text(shown, sizeof(shown), path, strlen(path));
	errno = saved;
	return errmsg_sys(em, "%s", shown);
}

int
errmsg_refuse(struct errmsg *em, const char *value, size_t len,
    const char *why)
{
	char shown[ERRMSG_VALUE];

	(void)escape_text(shown, sizeof(shown), value, len);
	return errmsg_set(em, EINVAL, "\"%s\" %s", shown, why);
}
