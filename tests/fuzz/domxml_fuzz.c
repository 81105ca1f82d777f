/*
 * Domain XML and the status files of a driver: a text that is not accepted
 * gives nothing, and what is given is terminated.
 */
#include <string.h>

#include "fuzz.h"
#include "wire/domxml.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char os[DOMXML_OS], out[DOMXML_NSTATUS][DOMXML_OS];
	struct domxml_facts facts;
	/* Just as long as it is: one byte too far is seen. */
	char *text = malloc(size == 0 ? 1 : size);
	size_t i;
	int rv;

	must(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	memset(os, 'x', sizeof(os));
	rv = domxml_os(text, size, os);
	must(rv >= -1 && rv <= 1 && memchr(os, '\0', sizeof(os)) != NULL);
	must(rv == 1 || *os == '\0');
	if (domxml_facts(text, size, &facts) == -1)
		must(facts.set == 0 && facts.memory == 0);
	else
		must((facts.set & DOMXML_AGENT) != 0 ||
		    (facts.set & DOMXML_AGENT_UP) == 0);
	memset(out, 'x', sizeof(out));
	if (domxml_status(text, size, out) == 0)
		for (i = 0; i < DOMXML_NSTATUS; i++)
			must(memchr(out[i], '\0', DOMXML_OS) != NULL);
	free(text);
	return 0;
}
