#include "compat.h"

#ifdef COMPAT_STRL
size_t
strlcat(char *dst, const char *src, size_t size)
{
	size_t used = strnlen(dst, size);

	if (used == size)
		return size + strlen(src);
	return used + strlcpy(dst + used, src, size - used);
}
#else
typedef int compat_strlcat_unused;
#endif
