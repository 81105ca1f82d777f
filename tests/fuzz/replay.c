/*
 * Run a harness on files, without libFuzzer: REPLAY FILE...
 */
#include <err.h>
#include <stdio.h>

#include "fuzz.h"

#define MOST	(1 << 20)

int
main(int argc, char *argv[])
{
	static uint8_t data[MOST];
	size_t n;
	FILE *f;
	int i;

	for (i = 1; i < argc; i++) {
		if ((f = fopen(argv[i], "rb")) == NULL)
			err(1, "%s", argv[i]);
		n = fread(data, 1, sizeof(data), f);
		(void)fclose(f);
		/* What ends it is the last file named. */
		(void)fprintf(stderr, "%s\n", argv[i]);
		(void)LLVMFuzzerTestOneInput(data, n);
	}
	return 0;
}
