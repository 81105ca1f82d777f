#include "text/deadline.h"

int64_t
deadline_min(int64_t a, int64_t b)
{
	if (a == 0 || b == 0)
		return a + b;
	return a < b ? a : b;
}
