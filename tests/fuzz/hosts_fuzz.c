/*
 * Addresses, and the lines that getent(1) prints of a host.
 */
#include "sys/tcp.c"

#include "fuzz.h"

static void
one_check(const union tcp_address *a)
{
	must(a->sa.sa_family == AF_INET || a->sa.sa_family == AF_INET6);
	must((a->sa.sa_family == AF_INET ? a->in.sin_port :
	    a->in6.sin6_port) == htons(16509));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	union tcp_address a;
	struct lines at;
	char *text;
	size_t n = 0;

	if (size >= LOOKUP)
		return 0;
	text = text_copy(data, size);
	if (tcp_address(&a, text, 16509))
		one_check(&a);
	cut_line_drop(text, size + 1);
	lines_begin(&at, text, strlen(text));
	while (address_next(&at, 16509, &a)) {
		one_check(&a);
		must(++n <= size);
	}
	free(text);
	return 0;
}
