#ifndef COMPAT_H
#define COMPAT_H

/*
 * Functions of BSD that a libc may lack: one file each beside this header,
 * or libbsd where the build has it (LIBBSD=yes).
 */
#include <stdlib.h>
#include <string.h>

#ifndef HAVE_LIBBSD

/* The number in a string, minval to maxval; 0 and *errstr set when it is
 * none: "invalid", "too small" or "too large" (errno EINVAL or ERANGE). */
long long strtonum(const char *, long long minval, long long maxval,
    const char **errstr);

#ifdef __GLIBC__
#if !__GLIBC_PREREQ(2, 38)
#define COMPAT_STRL
/* Copy or append, always terminated; return the length that was wanted. */
size_t strlcpy(char *, const char *, size_t);
size_t strlcat(char *, const char *, size_t);
#endif
#endif

#endif

#endif
