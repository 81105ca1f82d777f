#include "text/suggest.h"

#include <stddef.h>
#include <string.h>

#define DISTANCE	2	/* slips in a near miss, at most */

static int
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static int
least(int a, int b)
{
	return a < b ? a : b;
}

/* How many slips turn a into b; neither is longer than SUGGEST_NAME. */
static int
distance(const char *a, const char *b)
{
	int d[SUGGEST_NAME + 1][SUGGEST_NAME + 1];
	int la = (int)strlen(a), lb = (int)strlen(b), i, j, same;

	for (i = 0; i <= la; i++)
		d[i][0] = i;
	for (j = 0; j <= lb; j++)
		d[0][j] = j;
	for (i = 1; i <= la; i++)
		for (j = 1; j <= lb; j++) {
			same = lower(a[i - 1]) == lower(b[j - 1]);
			d[i][j] = least(d[i - 1][j - 1] + !same,
			    least(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 &&
			    lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	return d[la][lb];
}

void
suggest_try(struct suggest *h, const char *name)
{
	size_t len = strlen(name);
	int slips;

	if (strlen(h->typed) > SUGGEST_NAME || len > SUGGEST_NAME)
		return;
	slips = distance(h->typed, name);
	/* Two slips in a short word make any word of it. */
	if (slips > DISTANCE || (size_t)slips * 3 > len)
		return;
	if (h->name == NULL || slips < h->distance) {
		h->name = name;
		h->distance = slips;
	}
}
