#ifndef ENGINE_PART_H
#define ENGINE_PART_H

#include "plan/engine.h"
#include "text/deadline.h"

/*
 * What the parts of the engine share, and nobody else: engine.c turns the
 * whole, engine_act.c has the table and its actions, engine_job.c what there
 * is to know of a job: its word, its turn, its time.
 */

#define SECOND		((int64_t)1000)
#define SAY_EVERY	(5 * SECOND)	/* lines on waiting */

size_t	 job_index(const struct engine *, const struct engine_job *);
struct engine_uri *job_uri(const struct engine *, const struct engine_job *);
bool	 job_finished(const struct engine_job *);
void	 job_tell(struct engine *, const struct engine_job *,
	    enum engine_said);
void	 job_state(struct engine *, struct engine_job *, enum engine_state);
/* The reason for what comes next; it may be the one before. */
void	 job_why(struct engine_job *, const char *);
void	 job_end(struct engine *, struct engine_job *, enum engine_result);
void	 job_fail(struct engine *, struct engine_job *, enum engine_result,
	    const char *why);

/* Its time: the word's own limit, that of its URI when it is shared, that of
 * the whole. */
void	 job_clock(struct engine *, struct engine_job *);
/* By when its words begin, prepared or not; 0 = when it is prepared. */
int64_t	 job_prepare_by(const struct engine *);
enum policy_word job_last_word(const struct plan_step *);
/* When it has to come to its last word, 0 = it need not, or it has. */
int64_t	 job_skip_at(const struct engine *, const struct engine_job *);

/* Its next word begins, at its turn: whatever belonged to this one is over. */
void	 word_next(struct engine *, struct engine_job *);
bool	 word_is_last(const struct engine_job *);
/* Another word in place of this one, for a reason. */
void	 word_instead(struct engine *, struct engine_job *, enum policy_word,
	    const char *why);
/* A word has come to nothing: the next one, or the end. */
void	 word_over(struct engine *, struct engine_job *, enum engine_result,
	    const char *why);

/* There is one more turn of its word. */
bool	 slot_free(const struct engine *, const struct engine_job *);
/* A turn counts against the bound of its word until it is given back. */
void	 slot_take(struct engine *, struct engine_job *);
/* Until when others wait for it, 0 = as long as it takes. */
int64_t	 slot_hold(const struct engine *, const struct engine_job *);
void	 slot_release(struct engine *, struct engine_job *);
/* It waits for its turn where nobody may have waited when others took theirs,
 * for all of the time that there is: they have their share of it. */
void	 slots_share(struct engine *, const struct engine_job *);

/* Something happened to a job. */
void	 act_event(struct engine *, struct engine_job *, enum engine_event);
/* Carry out its word. */
void	 act_ask(struct engine *, struct engine_job *);

#endif
