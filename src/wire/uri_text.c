#include "wire/uri_part.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/escape.h"

int
uri_fail(const struct uri_parse *ps, const char *fmt, ...)
{
	char uri[128], why[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	(void)escape_text(uri, sizeof(uri), ps->u->text,
	    strlen(ps->u->text));
	return errmsg_set(ps->em, EINVAL, "%s: %s", uri, why);
}

int
uri_no_memory(const struct uri_parse *ps)
{
	return errmsg_set(ps->em, ENOMEM, "no memory for a URI");
}

int
uri_is_control(unsigned char c)
{
	return c < ' ' || c == 0x7f;
}

static int
hex_value(char c)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const char *p;

	if (c == '\0' || (p = strchr(digits, c)) == NULL)
		return -1;
	return (int)(p - digits) < 16 ? (int)(p - digits) :
	    (int)(p - digits) - 6;
}

/* The byte at *p, percent-decoded; -1 when that cannot be. */
static int
byte_decode(const char **p, const char *end)
{
	int high, low;

	if (**p != '%')
		return (unsigned char)*(*p)++;
	if (end - *p < 3 || (high = hex_value((*p)[1])) == -1 ||
	    (low = hex_value((*p)[2])) == -1)
		return -1;
	*p += 3;
	return high << 4 | low;
}

int
uri_decode(const struct uri_parse *ps, const struct uri_span *s, char **out)
{
	const char *p = s->p, *end = s->p + s->n;
	char *text;
	size_t n = 0;
	int c;

	if ((text = malloc(s->n + 1)) == NULL)
		return uri_no_memory(ps);
	while (p < end) {
		if ((c = byte_decode(&p, end)) == -1) {
			free(text);
			return uri_fail(ps, "invalid percent-encoding");
		}
		if (uri_is_control((unsigned char)c)) {
			free(text);
			return uri_fail(ps, "control byte in percent-encoding");
		}
		text[n++] = (char)c;
	}
	text[n] = '\0';
	free(*out);
	*out = text;
	return 0;
}

int
uri_decode_check(const struct uri_parse *ps, const struct uri_span *s)
{
	char *text = NULL;
	int ret = uri_decode(ps, s, &text);

	free(text);
	return ret;
}

