#ifndef DEADLINE_H
#define DEADLINE_H

#include <stdint.h>

/* The earlier of two times, of which 0 is none. */
int64_t	 deadline_min(int64_t, int64_t);

#endif
