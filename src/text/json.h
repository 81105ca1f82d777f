#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * Write JSON (RFC 8259) into a buf: one value on one line, without blanks and
 * without a newline behind it; commas and colons come by themselves.  What is
 * written is ASCII and well-formed UTF-8, whatever a string held: a byte that
 * belongs to no well-formed character becomes \ufffd, and a character that
 * steers a terminal instead of showing (C0, DEL, C1, separators,
 * bidirectional marks) becomes \uXXXX.
 *
 * Errors are sticky, as a buf's are: a value where a key is due, a key outside
 * of an object or twice in a row, an end that does not match its begin, a
 * second value at the top, nesting beyond JSON_DEPTH.  Nothing is written from
 * there on, and json_end tells it once.
 */
#define JSON_DEPTH	16

struct json {
	struct buf	*out;		/* the caller's */
	char		 closer[JSON_DEPTH];	/* of what is open: ] or } */
	size_t		 depth;
	bool		 comma;		/* a value stands before */
	bool		 keyed;		/* a key waits for its value */
	bool		 bad;
};

/* Begin behind what the buf holds already. */
void	 json_begin(struct json *, struct buf *);
/* 0 when exactly one whole value was written and all of it fit, else -1. */
int	 json_end(const struct json *);

void	 json_object_begin(struct json *);
void	 json_object_end(struct json *);
void	 json_array_begin(struct json *);
void	 json_array_end(struct json *);
/* The name of the value that comes next; only inside an object. */
void	 json_key(struct json *, const char *);

/* A terminated string; NULL becomes null. */
void	 json_string(struct json *, const char *);
/* The same for bytes with a length, NUL bytes included. */
void	 json_text(struct json *, const char *, size_t);
void	 json_int(struct json *, int64_t);
void	 json_bool(struct json *, bool);
void	 json_null(struct json *);

#endif
