#include "sys/notify.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* So much time is asked for, so often: a few may get lost. */
#define EXTEND		"EXTEND_TIMEOUT_USEC=60000000"
#define EXTEND_EVERY	15000		/* ms */

void
notify_open(struct notify *n, const char *name)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	size_t len = name == NULL ? 0 : strlen(name);

	n->fd = -1;
	n->next = n->by = 0;
	if (len < 2 || len >= sizeof(sun.sun_path) ||
	    (*name != '/' && *name != '@'))
		return;
	memcpy(sun.sun_path, name, len);
	if (*name == '@')
		sun.sun_path[0] = '\0';
	n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* The length of an abstract name counts, not a NUL. */
	if (n->fd != -1 && connect(n->fd, (struct sockaddr *)&sun,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == -1)
		notify_close(n);
}

void
notify_close(struct notify *n)
{
	if (n->fd != -1)
		(void)close(n->fd);
	n->fd = -1;
	n->next = 0;
}

void
notify_send(const struct notify *n, const char *lines)
{
	if (n->fd != -1)
		(void)send(n->fd, lines, strlen(lines), MSG_NOSIGNAL);
}

void
notify_extend(struct notify *n, int64_t now)
{
	if (n->fd == -1)
		return;
	n->next = now;
	notify_tick(n, now);
}

void
notify_tick(struct notify *n, int64_t now)
{
	if (n->next == 0 || now < n->next)
		return;
	n->next = n->by != 0 && now >= n->by ? 0 : now + EXTEND_EVERY;
	if (n->next == 0)
		return;
	notify_send(n, EXTEND);
}
