#ifndef FAKE_H
#define FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A daemon that does as a script says: for what a real one cannot be made to
 * do.  It listens on a unix socket, speaks libvirt's RPC with an encoder of
 * its own (nothing of src/ is in it), and remembers what it was asked.  It
 * does something only in fake_turn; its one descriptor is readable when there
 * is something to do.
 */
#define FAKE_CONNS	32
#define FAKE_CALLS	1024	/* remembered */
#define FAKE_HELD	256
#define FAKE_BODY	128	/* bytes of a call's arguments, remembered */

enum fake_act {
	FAKE_ANSWER,	/* with bytes */
	FAKE_ERROR,	/* code, text */
	FAKE_HOLD,	/* with bytes, when fake_release says so */
	FAKE_HANG,	/* never; pings are answered */
	FAKE_FREEZE,	/* never, and nothing of this connection is read */
	FAKE_DROP,	/* close the connection */
	FAKE_CUT,	/* half of the answer, then close the connection */
	FAKE_RAW,	/* bytes are sent as they are, frame and all */
	FAKE_EVENT,	/* bytes as a lifecycle event, then an empty answer */
	FAKE_LEAVE,	/* close everything, the listening socket too */
	FAKE_STOP,	/* this process is stopped (SIGSTOP) */
	FAKE_DIE	/* ... or killed */
};

/* The first rule for a procedure (0: any) that is not used up is taken; if
 * there is none, what "other" of struct fake makes, or the greeting's; else
 * error 39, as of an unknown call. */
struct fake_rule {
	uint32_t	 proc;
	enum fake_act	 act;
	bool		 flagged;	/* only calls with these flags, the
					   last word of their arguments */
	uint32_t	 flags;
	unsigned	 skip;		/* not the first so many calls */
	unsigned	 times;		/* 0: for ever */
	const char	*bytes;
	size_t		 len;
	int		 code;
	const char	*text;
	unsigned	 used;
};

struct fake_call {
	int		 conn;		/* the how-manieth, from 0 */
	uint32_t	 proc;
	uint32_t	 serial;
	size_t		 len;
	unsigned char	 body[FAKE_BODY];
};

struct fake_conn {
	int		 fd;		/* -1: none */
	int		 number;
	bool		 frozen;
	size_t		 len;
	unsigned char	 in[4096];
};

struct fake_held {
	struct fake_conn	*conn;
	int			 number;
	struct fake_call	 call;
	const struct fake_rule	*rule;
};

struct fake {
	/* Fill in the answer to a call that no rule is for; false: none. */
	bool		(*other)(struct fake *, const struct fake_call *,
			    struct fake_rule *);
	struct fake_rule  made;		/* by other */
	char		  path[108];
	int		  listener;	/* -1: away */
	int		  fd;		/* readable: fake_turn has work */
	bool		  paused;	/* fake_turn does nothing */
	struct fake_rule *rule;
	size_t		  nrules;
	int		  accepted;
	unsigned	  pings;
	struct fake_conn  conn[FAKE_CONNS];
	struct fake_call  call[FAKE_CALLS];
	size_t		  ncalls;
	struct fake_held  held[FAKE_HELD];
	size_t		  nheld;
};

/* rules are the caller's, and are marked as they are used.  0 or -1, errno. */
int	 fake_init(struct fake *, const char *path, struct fake_rule *rules,
	    size_t n);
void	 fake_free(struct fake *);
/* Do what there is to do; 0, or -1 with errno when the script is faulty. */
int	 fake_turn(struct fake *);
/* Close all connections and the listening socket; listen again. */
void	 fake_leave(struct fake *);
int	 fake_return(struct fake *);
/* Close the connections alone. */
void	 fake_kick(struct fake *);
/* Answer what is held: the i-th of it. */
void	 fake_release(struct fake *, size_t i);
/* A lifecycle event with that body, to the connection of that number. */
void	 fake_event(struct fake *, int number, const void *, size_t);
/* A ping to it. */
void	 fake_ping(struct fake *, int number);
/* How often a procedure was called. */
size_t	 fake_count(const struct fake *, uint32_t proc);
/* The i-th call of it, or NULL. */
const struct fake_call *fake_find(const struct fake *, uint32_t proc,
	    size_t i);

/* The body of a list of guests, "NAME NAME...", that are on: ids from 1, and
 * UUIDs of 16 bytes of the id.  Its length, at most size, 0 if it is more. */
size_t	 fake_list(unsigned char *, size_t size, const char *names);

/*
 * A script as text, a line a rule:
 *
 *	PROC answer|hold|cut|raw|event [HEX...]
 *	PROC list NAME...
 *	PROC error CODE TEXT...
 *	PROC hang|freeze|drop|leave|stop|die
 *
 * with PROC a number or "any", then "/FLAGS" for calls with these flags, "+N"
 * to skip N calls, "*N" for N times; # begins a comment.  What is held without
 * bytes is answered by "other" later.  The number of rules, or -1 with *line;
 * bytes are never freed.
 */
int	 fake_script(char *text, struct fake_rule *, size_t max, int *line);

#endif
