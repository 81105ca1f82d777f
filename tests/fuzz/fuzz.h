#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* What the harnesses share.  A harness is NAME_fuzz.c; tests/README says how
 * they are built and run. */

int	 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static inline void
must(int truth)
{
	if (!truth)
		abort();
}

/* A message controls no terminal. */
static inline void
text_check(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	for (; *p != '\0'; p++)
		must(*p >= ' ' && *p != 0x7f);
}

/* A copy with a NUL at its end. */
static inline char *
text_copy(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	size_t i;

	must(text != NULL);
	for (i = 0; i < size; i++)
		text[i] = (char)data[i];
	text[size] = '\0';
	return text;
}

#endif
