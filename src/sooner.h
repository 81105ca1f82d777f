#ifndef SOONER_H
#define SOONER_H

#include <stdint.h>

/* The earlier of two times, of which 0 is none. */
int64_t	 sooner(int64_t, int64_t);

#endif
