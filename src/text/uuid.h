#ifndef UUID_H
#define UUID_H

#define UUID_LEN	16
#define UUID_TEXT	37	/* with its NUL */

/* Lower case with hyphens, like virsh. */
void	 uuid_format(const unsigned char uuid[UUID_LEN], char text[UUID_TEXT]);
/* 36 characters, either case; 0 or -1. */
int	 uuid_parse(const char *text, unsigned char uuid[UUID_LEN]);
/* Dom0 of Xen, not a guest. */
int	 uuid_is_zero(const unsigned char uuid[UUID_LEN]);

#endif
