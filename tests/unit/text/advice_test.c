#include "text/advice.h"

#include <atf-c.h>

#include <stdio.h>
#include <string.h>

#include "text/buf.h"

static void
add(struct advice *a, enum advice_level level, const char *object,
    const char *todo)
{
	const struct advice_about about = { level, "guest", object, todo };

	advice_put(a, &about, "%s has %d", "this", 7);
}

/* The layout is that text. */
static void
laid_out(const struct advice *a, size_t width, const char *wanted)
{
	struct buf out;

	ATF_REQUIRE_EQ(0, buf_init(&out, 64, 65536));
	advice_layout(a, width, &out);
	buf_put(&out, "", 1);
	ATF_CHECK_MSG(!out.bad && strcmp(wanted, (char *)out.base) == 0,
	    "%zu columns:\n%s, not:\n%s", width, (char *)out.base, wanted);
	buf_free(&out);
}

ATF_TC_WITHOUT_HEAD(sorted);
ATF_TC_BODY(sorted, tc)
{
	struct advice a;

	advice_init(&a);
	ATF_CHECK(!advice_any(&a));
	add(&a, ADVICE_OK, "a", NULL);
	ATF_CHECK(!advice_any(&a));
	add(&a, ADVICE_WARN, "b", "do b");
	add(&a, ADVICE_FAIL, "c", "do c");
	add(&a, ADVICE_OK, NULL, NULL);
	add(&a, ADVICE_WARN, "e", NULL);
	add(&a, ADVICE_FAIL, "f", "do f");
	ATF_CHECK(advice_any(&a));
	advice_sort(&a);
	laid_out(&a, 80, "FAIL  c: this has 7  -> do c\n"
	    "FAIL  f: this has 7  -> do f\n"
	    "WARN  b: this has 7  -> do b\n"
	    "WARN  e: this has 7\n"
	    "ok    a: this has 7\n"
	    "ok    this has 7\n");
	advice_free(&a);
}

/* The same finding is listed once: same level, object and text. */
ATF_TC_WITHOUT_HEAD(once);
ATF_TC_BODY(once, tc)
{
	struct advice a;

	advice_init(&a);
	add(&a, ADVICE_WARN, "a", "x");
	add(&a, ADVICE_WARN, "a", "y");
	ATF_CHECK_EQ(1, a.n);
	add(&a, ADVICE_FAIL, "a", "x");
	add(&a, ADVICE_WARN, NULL, "x");
	add(&a, ADVICE_WARN, NULL, "x");
	add(&a, ADVICE_WARN, "b", "x");
	ATF_CHECK_EQ(4, a.n);
	ATF_CHECK(!a.bad);
	advice_free(&a);
}

ATF_TC_WITHOUT_HEAD(wrapped);
ATF_TC_BODY(wrapped, tc)
{
	const struct advice_about about = { ADVICE_FAIL, "save", "/x/y",
	    "mount a disk there or do something else" };
	struct advice a;

	advice_init(&a);
	advice_put(&a, &about, "%s", "four words of text");
	/* 6 + 24 columns, 2 + 3 + 39 for the rest. */
	laid_out(&a, 73, "FAIL  /x/y: four words of text\n"
	    "      -> mount a disk there or do something else\n");
	laid_out(&a, 74, "FAIL  /x/y: four words of text  -> mount a disk "
	    "there or do something else\n");
	laid_out(&a, 24, "FAIL  /x/y: four words\n"
	    "      of text\n"
	    "      -> mount a disk\n"
	    "         there or do\n"
	    "         something else\n");
	/* A word that does not fit is not broken. */
	laid_out(&a, 7, "FAIL  /x/y:\n      four\n      words\n      of\n"
	    "      text\n      -> mount\n         a\n         disk\n"
	    "         there\n         or\n         do\n"
	    "         something\n         else\n");
	advice_free(&a);
}

/* A character of several bytes is one column. */
ATF_TC_WITHOUT_HEAD(characters);
ATF_TC_BODY(characters, tc)
{
	const struct advice_about about = { ADVICE_OK, "guest", NULL, NULL };
	struct advice a;

	advice_init(&a);
	advice_put(&a, &about, "%s", "\303\251\303\251\303\251 \303\251 b");
	laid_out(&a, 13, "ok    \303\251\303\251\303\251 \303\251 b\n");
	laid_out(&a, 12, "ok    \303\251\303\251\303\251 \303\251\n      b\n");
	advice_free(&a);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, sorted);
	ATF_TP_ADD_TC(tp, once);
	ATF_TP_ADD_TC(tp, wrapped);
	ATF_TP_ADD_TC(tp, characters);
	return atf_no_error();
}
