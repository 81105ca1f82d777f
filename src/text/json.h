#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * Write JSON (RFC 8259) into a buf: one value on one line, without blanks and
 * without a newline at its end; commas and colons are added automatically.  The
 * output is well-formed UTF-8 for any string: a malformed byte becomes \ufffd,
 * a character that controls a terminal (C0, DEL, C1, separators, bidirectional
 * marks) becomes \uXXXX.
 *
 * Errors are sticky, like those of a buf: a value where a key is due, a key
 * outside of an object or twice in a row, an end that does not match its begin,
 * a second value at the top, nesting beyond JSON_DEPTH.  After an error nothing
 * is written, and json_end returns -1.
 */
#define JSON_DEPTH	16

struct json {
	struct buf	*out;		/* the caller's */
	char		 closer[JSON_DEPTH];	/* ] or } of each level */
	size_t		 depth;
	bool		 comma;		/* a value precedes */
	bool		 keyed;		/* a key precedes */
	bool		 bad;
};

/* Append to the buf. */
void	 json_begin(struct json *, struct buf *);
/* 0 if exactly one whole value was written and it fit, else -1. */
int	 json_end(const struct json *);

void	 json_object_begin(struct json *);
void	 json_object_end(struct json *);
void	 json_array_begin(struct json *);
void	 json_array_end(struct json *);
/* The key of the next value; only inside an object. */
void	 json_key(struct json *, const char *);

/* A terminated string; NULL becomes null. */
void	 json_string(struct json *, const char *);
/* The same for bytes with a length, NUL bytes included. */
void	 json_text(struct json *, const char *, size_t);
void	 json_int(struct json *, int64_t);
/* Milliseconds as seconds, "1.250"; below 0: null. */
void	 json_millis(struct json *, int64_t);
void	 json_bool(struct json *, bool);
void	 json_null(struct json *);

#endif
