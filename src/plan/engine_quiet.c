#include "plan/engine_quiet.h"

void
quiet_job(struct engine *e, size_t job)
{
	e->job[job].at.resend = e->job[job].at.say = 0;
}

void
quiet_save(struct engine *e, size_t job)
{
	e->job[job].at.stall = e->job[job].at.say = 0;
}

void
quiet_uri(struct engine *e, size_t uri)
{
	e->uri[uri].say_at = 0;
}
