#include "plan/queue.h"

#include <atf-c.h>

#define JOBS	6

/* The next one with so many places idle: its number, behind 10 when its hooks
 * are those behind it; -1: nobody. */
static int
taken(struct queue *q, size_t idle)
{
	struct queue_item t;

	if (!queue_take(q, idle, &t))
		return -1;
	return (int)t.job + (t.before ? 0 : 10);
}

ATF_TC_WITHOUT_HEAD(order);
ATF_TC_BODY(order, tc)
{
	struct queue q;

	ATF_REQUIRE_EQ(0, queue_init(&q, JOBS));
	ATF_CHECK(queue_empty(&q));
	ATF_CHECK_EQ(-1, taken(&q, QUEUE_PLACES));
	queue_after(&q, 4);
	queue_before(&q, 2);
	queue_before(&q, 0);
	queue_after(&q, 1);
	ATF_CHECK(!queue_empty(&q));
	ATF_CHECK_EQ(-1, taken(&q, 0));
	/* Before the others, and by the last place, too. */
	ATF_CHECK_EQ(2, taken(&q, 1));
	ATF_CHECK_EQ(0, taken(&q, 4));
	/* Those behind guests leave one place to them. */
	ATF_CHECK_EQ(-1, taken(&q, 1));
	ATF_CHECK_EQ(14, taken(&q, 2));
	ATF_CHECK_EQ(11, taken(&q, 2));
	ATF_CHECK(queue_empty(&q));
	queue_free(&q);
}

ATF_TC_WITHOUT_HEAD(ended);
ATF_TC_BODY(ended, tc)
{
	struct queue_item t = { .job = 3, .before = true };
	struct queue q;

	ATF_REQUIRE_EQ(0, queue_init(&q, JOBS));
	queue_before(&q, 3);
	ATF_CHECK_EQ(3, taken(&q, 4));
	/* It ends while those before it run. */
	queue_after(&q, 3);
	ATF_CHECK_EQ(-1, taken(&q, 3));
	queue_over(&q, &t);
	ATF_CHECK_EQ(13, taken(&q, 4));
	t.before = false;
	queue_over(&q, &t);
	ATF_CHECK(queue_empty(&q));
	/* It ends behind them: once all the same. */
	queue_before(&q, 3);
	ATF_CHECK_EQ(3, taken(&q, 4));
	t.before = true;
	queue_over(&q, &t);
	ATF_CHECK(queue_empty(&q));
	queue_after(&q, 3);
	ATF_CHECK_EQ(13, taken(&q, 4));
	queue_free(&q);
}

ATF_TC_WITHOUT_HEAD(cleared);
ATF_TC_BODY(cleared, tc)
{
	struct queue q;
	size_t i;

	ATF_REQUIRE_EQ(0, queue_init(&q, JOBS));
	for (i = 0; i < JOBS; i++)
		queue_before(&q, i);
	ATF_CHECK_EQ(0, taken(&q, 4));
	queue_clear(&q);
	ATF_CHECK(queue_empty(&q));
	ATF_CHECK_EQ(-1, taken(&q, 4));
	queue_free(&q);
	queue_free(&q);
}

#define MORE	300

/* Others come while hooks run and guests wait for theirs: who is where stays
 * so, and there is room for all. */
ATF_TC_WITHOUT_HEAD(more);
ATF_TC_BODY(more, tc)
{
	struct queue_item t = { .before = true };
	struct queue q;
	int i;

	ATF_REQUIRE_EQ(0, queue_init(&q, JOBS));
	for (i = 0; i < 4; i++)
		queue_before(&q, (size_t)i);
	queue_after(&q, 4);
	queue_after(&q, 5);
	ATF_CHECK_EQ(0, taken(&q, 4));
	ATF_CHECK_EQ(1, taken(&q, 4));
	/* Those before it run, and it has ended. */
	queue_after(&q, 0);
	ATF_REQUIRE_EQ(0, queue_more(&q, MORE));
	for (i = JOBS; i < MORE; i++)
		ATF_CHECK_EQ_MSG(0, q.mark[i], "job %d", i);
	queue_after(&q, 1);
	for (i = JOBS; i < MORE; i++)
		queue_before(&q, (size_t)i);
	for (i = 2; i < MORE; i++)
		if (i < 4 || i >= JOBS)
			ATF_CHECK_EQ(i, taken(&q, 1));
	ATF_CHECK_EQ(-1, taken(&q, 1));
	ATF_CHECK_EQ(14, taken(&q, 2));
	for (t.job = 0; t.job < MORE; t.job++) {
		if (t.job >= JOBS)
			queue_after(&q, t.job);
		if (t.job != 4 && t.job != 5)
			queue_over(&q, &t);
	}
	ATF_CHECK_EQ(15, taken(&q, 2));
	ATF_CHECK_EQ(10, taken(&q, 2));
	ATF_CHECK_EQ(11, taken(&q, 2));
	for (i = JOBS; i < MORE; i++)
		ATF_CHECK_EQ(i + 10, taken(&q, 2));
	ATF_CHECK(queue_empty(&q));
	queue_free(&q);
}

/* Those that came were lost, and fewer come after them. */
ATF_TC_WITHOUT_HEAD(more_then_fewer);
ATF_TC_BODY(more_then_fewer, tc)
{
	struct queue q;

	ATF_REQUIRE_EQ(0, queue_init(&q, 1));
	ATF_REQUIRE_EQ(0, queue_more(&q, MORE));
	queue_before(&q, 0);
	ATF_REQUIRE_EQ(0, queue_more(&q, 2));
	queue_before(&q, 1);
	ATF_CHECK_EQ(0, taken(&q, 1));
	ATF_CHECK_EQ(1, taken(&q, 1));
	queue_free(&q);
}

/* For as many as it is for, and for somebody where there was nobody. */
ATF_TC_WITHOUT_HEAD(more_than_none);
ATF_TC_BODY(more_than_none, tc)
{
	struct queue q;

	ATF_REQUIRE_EQ(0, queue_init(&q, 0));
	ATF_CHECK_EQ(0, queue_more(&q, 0));
	ATF_CHECK(queue_empty(&q));
	ATF_CHECK_EQ(0, queue_more(&q, 1));
	queue_before(&q, 0);
	ATF_CHECK_EQ(0, queue_more(&q, 1));
	ATF_CHECK_EQ(0, taken(&q, 1));
	queue_after(&q, 0);
	ATF_CHECK_EQ(-1, taken(&q, 2));
	queue_free(&q);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, order);
	ATF_TP_ADD_TC(tp, ended);
	ATF_TP_ADD_TC(tp, cleared);
	ATF_TP_ADD_TC(tp, more);
	ATF_TP_ADD_TC(tp, more_then_fewer);
	ATF_TP_ADD_TC(tp, more_than_none);
	return atf_no_error();
}
