#include "libvirt/virt_part.h"

#include <string.h>

#include "compat.h"
#include "libvirt/procs.h"
#include "sys/loop.h"
#include "text/escape.h"
#include "wire/uri.h"

/* The greeting, a call a row. */
enum greeting {
	GREET_AUTH,
	GREET_POLKIT,
	GREET_OPEN,
	GREET_KEEPALIVE,
	GREET_CALLBACK,
	GREET_REGISTER,
	GREET_DONE
};

/* Look at an answer; 0, or -1 with the reason to refuse the connection. */
typedef int	 check_fn(struct virt_greeting *, const struct virt_answer *,
		    struct errmsg *);

static check_fn	 auth_check, callback_check;

static const struct greet {
	uint32_t	 proc;
	int32_t		 number;	/* its argument */
	check_fn	*check;		/* NULL: any answer will do */
	bool		 optional;	/* go on after an error */
	bool		 control;	/* not on work connections */
} greet[GREET_DONE] = {
	[GREET_AUTH] = { LV_PROC_AUTH_LIST, 0, auth_check, false, false },
	[GREET_POLKIT] = { LV_PROC_AUTH_POLKIT, 0, NULL, false, false },
	[GREET_OPEN] = { LV_PROC_OPEN, 0, NULL, false, false },
	[GREET_KEEPALIVE] = { LV_PROC_SUPPORTS_FEATURE, LV_FEATURE_KEEPALIVE,
	    NULL, true, false },
	[GREET_CALLBACK] = { LV_PROC_SUPPORTS_FEATURE,
	    LV_FEATURE_EVENT_CALLBACK, callback_check, true, true },
	[GREET_REGISTER] = { LV_PROC_EVENT_CALLBACK_REGISTER_ANY,
	    LV_EVENT_ID_LIFECYCLE, NULL, true, true },
};

static void	 greet_send(struct virt_lane *);

static bool
auth_has(const struct virt_answer *a, int32_t type)
{
	size_t i;

	for (i = 0; i < a->nauth; i++)
		if (a->auth[i] == type)
			return true;
	return false;
}

static int
auth_check(struct virt_greeting *g, const struct virt_answer *a,
    struct errmsg *em)
{
	if (auth_has(a, LV_AUTH_NONE)) {
		g->step = GREET_POLKIT;		/* which is skipped */
		return 0;
	}
	if (auth_has(a, LV_AUTH_POLKIT))
		return 0;
	return errmsg_set(em, DIAL_NEVER, "the daemon requires SASL "
	    "authentication, which is unsupported; use +ssh");
}

static int
callback_check(struct virt_greeting *g, const struct virt_answer *a,
    struct errmsg *em)
{
	(void)em;
	g->events = a->number != 0;
	return 0;
}

int32_t
virt_error(struct buf *body, char *text, size_t size)
{
	struct lvmsg_error e;

	if (lvmsg_get_error(body, &e) == -1) {
		(void)strlcpy(text, "the daemon sent a malformed error", size);
		return LV_ERR_INTERNAL_ERROR;
	}
	if (e.message != NULL)
		(void)escape_ends(text, size, e.message, e.messagelen);
	else
		(void)strlcpy(text, "the daemon sent an error without text",
		    size);
	return e.code;
}

static void
greet_fail(const struct virt_greeting *g, const char *why, bool never)
{
	const struct virt_refusal refusal = { .why = why, .never = never };

	g->failed(g->arg, &refusal);
}

static bool
greet_skip(const struct virt_greeting *g)
{
	if (greet[g->step].control && !g->control)
		return true;
	return g->step == GREET_REGISTER && !g->events;
}

static void
greet_refused(const struct virt_greeting *g, struct buf *body)
{
	char text[LVERROR_TEXT];
	enum lvmsg_class class = lverror_class(virt_error(body, text,
	    sizeof(text)));
	const struct virt_refusal refusal = {
		.why = text,
		.never = class == LVMSG_DENIED || class == LVMSG_UNSUPPORTED,
		.no_driver = g->step == GREET_OPEN &&
		    class == LVMSG_UNSUPPORTED
	};

	g->failed(g->arg, &refusal);
}

/* Take an answer.  An optional call may have a malformed one. */
static int
greet_take(struct virt_greeting *g, struct buf *body, struct errmsg *em)
{
	const struct greet *row = &greet[g->step];
	struct virt_answer a = { .result = VIRT_OK };

	if (procs_find(row->proc)->take(body, &a) == -1) {
		if (row->optional)
			return 0;
		return errmsg_set(em, DIAL_NEVER, "the daemon sent a malformed "
		    "list of authentication types");
	}
	return row->check == NULL ? 0 : row->check(g, &a, em);
}

static void
greet_answer(void *arg, enum rpc_result result, struct buf *body)
{
	struct virt_lane *l = arg;
	struct virt_greeting *g = &l->greeting;
	struct errmsg em;

	if (result == RPC_LOST)
		return;		/* the function that closed it continues */
	if (result == RPC_TIMEOUT) {
		greet_fail(g, "the daemon does not answer", false);
		return;
	}
	if (result == RPC_ERROR && !greet[g->step].optional) {
		greet_refused(g, body);
		return;
	}
	if (result == RPC_OK && greet_take(g, body, &em) == -1) {
		greet_fail(g, em.text, true);
		return;
	}
	g->step++;
	greet_send(l);
}

static void
greet_send(struct virt_lane *l)
{
	struct virt_greeting *g = &l->greeting;
	const struct virt *v = l->virt;
	struct rpc_wait w = {
		.limit = v->setup.connect_ms, .fn = greet_answer, .arg = l
	};
	struct lvargs args = { .text = v->setup.uri->remote };
	uint32_t proc;

	while (g->step < GREET_DONE && greet_skip(g))
		g->step++;
	if (g->step == GREET_DONE) {
		g->done(g->arg);
		return;
	}
	proc = greet[g->step].proc;
	args.number = greet[g->step].number;
	procs_find(proc)->put(rpc_args(&l->rpc), &args);
	/* No other call is open, so it fits. */
	(void)rpc_call(&l->rpc, proc, &w, loop_now());
}

void
virt_greet(struct virt_lane *l)
{
	l->greeting.step = GREET_AUTH;
	l->greeting.events = false;
	greet_send(l);
}

bool
virt_greeted(const struct virt_lane *l)
{
	return l->greeting.step == GREET_DONE;
}
