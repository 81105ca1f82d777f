#include <atf-c.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/buf.h"

/* Stands in for libc's, so that memory can run out on purpose. */
static int no_memory;
static int allocations;

void *
reallocarray(void *p, size_t n, size_t size)
{
	if (no_memory || (size != 0 && n > SIZE_MAX / size)) {
		errno = ENOMEM;
		return NULL;
	}
	allocations++;
	return realloc(p, n * size);
}

static void
fill(struct buf *b, size_t n)
{
	size_t i;
	unsigned char c;

	for (i = 0; i < n; i++) {
		c = i & 0xff;
		buf_put(b, &c, 1);
	}
}

static int
is_filled(const struct buf *b, size_t from)
{
	size_t i;

	for (i = 0; i < b->len; i++)
		if (b->base[i] != ((from + i) & 0xff))
			return 0;
	return 1;
}

ATF_TC_WITHOUT_HEAD(put_get);
ATF_TC_BODY(put_get, tc)
{
	struct buf b;
	char out[8];
	const unsigned char *p;

	ATF_REQUIRE_EQ(0, buf_init(&b, 0, 100));
	buf_put(&b, "abc", 3);
	buf_put(&b, "defg", 4);
	ATF_CHECK_EQ(7, buf_left(&b));
	buf_get(&b, out, 2);
	ATF_CHECK(memcmp(out, "ab", 2) == 0);
	p = buf_take(&b, 3);
	ATF_REQUIRE(p != NULL);
	ATF_CHECK(p == b.base + 2);
	ATF_CHECK(memcmp(p, "cde", 3) == 0);
	ATF_CHECK_EQ(2, buf_left(&b));
	ATF_CHECK_EQ(7, b.len);
	ATF_CHECK_EQ(0, b.bad);
	buf_free(&b);
}

ATF_TC_WITHOUT_HEAD(get_past_end);
ATF_TC_BODY(get_past_end, tc)
{
	struct buf b;
	char out[4];
	size_t n;

	for (n = 0; n < 4; n++) {
		char *block = malloc(n);

		ATF_REQUIRE(block != NULL || n == 0);
		if (n > 0)
			memset(block, 'x', n);
		buf_view(&b, block, n);
		memset(out, 'y', sizeof(out));
		buf_get(&b, out, 4);
		ATF_CHECK_MSG(b.bad == 1, "%zu of 4 bytes", n);
		ATF_CHECK_MSG(memcmp(out, "\0\0\0\0", 4) == 0,
		    "%zu of 4 bytes: not zeros", n);
		ATF_CHECK_MSG(buf_left(&b) == n, "%zu of 4: read on", n);
		free(block);
	}
}

ATF_TC_WITHOUT_HEAD(bad_is_sticky);
ATF_TC_BODY(bad_is_sticky, tc)
{
	struct buf b;
	char out[2] = "zz";

	ATF_REQUIRE_EQ(0, buf_init(&b, 16, 16));
	buf_put(&b, "abcd", 4);
	ATF_CHECK(buf_take(&b, 5) == NULL);
	ATF_CHECK_EQ(1, b.bad);
	ATF_CHECK(buf_take(&b, 1) == NULL);
	ATF_CHECK(buf_take(&b, 0) == NULL);
	buf_get(&b, out, 2);
	ATF_CHECK(memcmp(out, "\0\0", 2) == 0);
	buf_put(&b, "e", 1);
	ATF_CHECK_EQ(4, b.len);
	ATF_CHECK_EQ(-1, buf_reserve(&b, 0));
	buf_reset(&b);
	ATF_CHECK_EQ(0, b.bad);
	ATF_CHECK_EQ(0, b.len);
	ATF_CHECK_EQ(0, b.pos);
	buf_put(&b, "e", 1);
	ATF_CHECK_EQ(1, b.len);
	buf_free(&b);
}

/* Up to its maximum, and not a byte further. */
ATF_TC_WITHOUT_HEAD(grows_to_max);
ATF_TC_BODY(grows_to_max, tc)
{
	static const size_t max[] = { 0, 1, 7, 255, 256, 257, 511, 512, 513,
	    4096, 5000 };
	struct buf b;
	size_t i;

	for (i = 0; i < sizeof(max) / sizeof(max[0]); i++) {
		ATF_REQUIRE_EQ(0, buf_init(&b, 0, max[i]));
		fill(&b, max[i]);
		ATF_CHECK_MSG(!b.bad, "max %zu: not reached", max[i]);
		ATF_CHECK_MSG(b.len == max[i] && is_filled(&b, 0),
		    "max %zu: %zu bytes", max[i], b.len);
		ATF_CHECK_MSG(b.size <= max[i], "max %zu: %zu allocated",
		    max[i], b.size);
		fill(&b, 1);
		ATF_CHECK_MSG(b.bad, "max %zu: passed", max[i]);
		ATF_CHECK_EQ(max[i], b.len);
		buf_free(&b);
	}
}

ATF_TC_WITHOUT_HEAD(grows_by_doubling);
ATF_TC_BODY(grows_by_doubling, tc)
{
	struct buf b;

	ATF_REQUIRE_EQ(0, buf_init(&b, 0, SIZE_MAX));
	allocations = 0;
	fill(&b, 100000);
	ATF_CHECK_MSG(allocations < 16, "%d allocations", allocations);
	ATF_CHECK(is_filled(&b, 0));
	buf_free(&b);
}

/* What was allocated at first suffices without another allocation. */
ATF_TC_WITHOUT_HEAD(init_allocates);
ATF_TC_BODY(init_allocates, tc)
{
	struct buf b;

	ATF_REQUIRE_EQ(0, buf_init(&b, 300, 1000));
	no_memory = 1;
	fill(&b, 300);
	ATF_CHECK_EQ(0, b.bad);
	ATF_CHECK_EQ(300, b.len);
	buf_reset(&b);
	fill(&b, 300);
	ATF_CHECK_EQ(0, b.bad);
	no_memory = 0;
	ATF_CHECK(is_filled(&b, 0));
	buf_free(&b);

	/* More than the maximum is not what anybody can use. */
	ATF_REQUIRE_EQ(0, buf_init(&b, 50, 10));
	ATF_CHECK_EQ(10, b.size);
	fill(&b, 10);
	ATF_CHECK_EQ(0, b.bad);
	fill(&b, 1);
	ATF_CHECK_EQ(1, b.bad);
	buf_free(&b);
}

ATF_TC_WITHOUT_HEAD(no_memory_left);
ATF_TC_BODY(no_memory_left, tc)
{
	struct buf b;

	no_memory = 1;
	errno = 0;
	ATF_CHECK_EQ(-1, buf_init(&b, 10, 10));
	ATF_CHECK_EQ(ENOMEM, errno);
	buf_free(&b);

	no_memory = 0;
	ATF_REQUIRE_EQ(0, buf_init(&b, 10, 1000));
	fill(&b, 10);
	no_memory = 1;
	fill(&b, 1);
	ATF_CHECK_EQ(1, b.bad);
	ATF_CHECK_EQ(10, b.len);
	ATF_CHECK(is_filled(&b, 0));
	no_memory = 0;
	buf_free(&b);
}

ATF_TC_WITHOUT_HEAD(hostile_sizes);
ATF_TC_BODY(hostile_sizes, tc)
{
	static const size_t n[] = { SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 4,
	    SIZE_MAX / 2 + 1, UINT32_MAX };
	struct buf b;
	size_t i;

	no_memory = 0;
	for (i = 0; i < sizeof(n) / sizeof(n[0]); i++) {
		ATF_REQUIRE_EQ(0, buf_init(&b, 16, 4096));
		fill(&b, 5);
		buf_get(&b, (char[2]){ 0 }, 2);
		ATF_CHECK_MSG(buf_take(&b, n[i]) == NULL, "take %zu", n[i]);
		ATF_CHECK_MSG(b.bad, "take %zu", n[i]);
		ATF_CHECK_EQ(2, b.pos);
		b.bad = 0;
		ATF_CHECK_MSG(buf_reserve(&b, n[i]) == -1, "reserve %zu",
		    n[i]);
		ATF_CHECK_MSG(b.bad, "reserve %zu", n[i]);
		ATF_CHECK_EQ(16, b.size);
		b.bad = 0;
		buf_put(&b, "x", n[i]);
		ATF_CHECK_MSG(b.bad && b.len == 5, "put %zu", n[i]);
		buf_free(&b);
	}
}

ATF_TC_WITHOUT_HEAD(reserve);
ATF_TC_BODY(reserve, tc)
{
	struct buf b;
	unsigned char *base;

	ATF_REQUIRE_EQ(0, buf_init(&b, 0, 1000));
	ATF_CHECK_EQ(0, buf_reserve(&b, 0));
	ATF_CHECK_EQ(0, buf_reserve(&b, 1000));
	ATF_CHECK_EQ(0, b.len);
	ATF_CHECK_EQ(1000, b.size);
	base = b.base;
	fill(&b, 1000);
	ATF_CHECK(base == b.base);
	ATF_CHECK_EQ(0, b.bad);
	ATF_CHECK_EQ(0, buf_reserve(&b, 0));
	ATF_CHECK_EQ(-1, buf_reserve(&b, 1));
	ATF_CHECK_EQ(1, b.bad);
	buf_free(&b);
}

/* Somebody else's bytes are neither written to nor freed. */
ATF_TC_WITHOUT_HEAD(view);
ATF_TC_BODY(view, tc)
{
	static const char text[] = "abcdef";
	struct buf b;

	buf_view(&b, text, 6);
	ATF_CHECK_EQ(6, buf_left(&b));
	ATF_CHECK(buf_take(&b, 6) == (const unsigned char *)text);
	buf_put(&b, "", 0);
	ATF_CHECK_EQ(0, b.bad);
	buf_put(&b, "g", 1);
	ATF_CHECK_EQ(1, b.bad);
	ATF_CHECK_STREQ("abcdef", text);
	buf_reset(&b);
	ATF_CHECK_EQ(0, buf_left(&b));
	buf_put(&b, "g", 1);
	ATF_CHECK_EQ(1, b.bad);
	ATF_CHECK_STREQ("abcdef", text);
	buf_free(&b);

	buf_view(&b, NULL, 0);
	ATF_CHECK(buf_take(&b, 0) != NULL);
	ATF_CHECK_EQ(0, b.bad);
	ATF_CHECK(buf_take(&b, 1) == NULL);
}

static const struct drop {
	size_t	 held, pos, n;
	size_t	 left, newpos;
	int	 bad;
} drops[] = {
	{ 10, 0, 0, 10, 0, 0 },
	{ 10, 0, 3, 7, 0, 0 },
	{ 10, 3, 3, 7, 0, 0 },
	{ 10, 5, 3, 7, 2, 0 },
	{ 10, 2, 3, 7, 0, 0 },
	{ 10, 10, 10, 0, 0, 0 },
	{ 10, 4, 10, 0, 0, 0 },
	{ 10, 4, 11, 0, 0, 1 },
	{ 0, 0, 0, 0, 0, 0 },
	{ 0, 0, 1, 0, 0, 1 },
	{ 10, 4, SIZE_MAX, 0, 0, 1 }
};

static void
drop_check(const struct drop *d, struct buf *b, const char *what)
{
	(void)buf_take(b, d->pos);
	buf_drop(b, d->n);
	ATF_CHECK_MSG(b->len == d->left && b->pos == d->newpos &&
	    b->bad == d->bad,
	    "%s: drop %zu of %zu at %zu: len %zu pos %zu bad %d", what, d->n,
	    d->held, d->pos, b->len, b->pos, b->bad);
	ATF_CHECK_MSG(is_filled(b, d->n), "%s: drop %zu of %zu: wrong bytes",
	    what, d->n, d->held);
}

ATF_TC_WITHOUT_HEAD(drop);
ATF_TC_BODY(drop, tc)
{
	struct buf own, view;
	size_t i;

	for (i = 0; i < sizeof(drops) / sizeof(drops[0]); i++) {
		ATF_REQUIRE_EQ(0, buf_init(&own, 0, 100));
		fill(&own, drops[i].held);
		buf_view(&view, own.base, own.len);
		drop_check(&drops[i], &view, "view");
		buf_put(&view, "x", 1);
		ATF_CHECK_MSG(view.bad, "a view took a put after drop %zu",
		    drops[i].n);
		drop_check(&drops[i], &own, "own");
		buf_free(&own);
	}
}

/* A stream: bytes come and go, and the room is that of what is held. */
ATF_TC_WITHOUT_HEAD(stream);
ATF_TC_BODY(stream, tc)
{
	struct buf b;
	int i;

	ATF_REQUIRE_EQ(0, buf_init(&b, 0, 8));
	for (i = 0; i < 1000; i++) {
		buf_put(&b, "abcdefgh", 5);
		ATF_REQUIRE(buf_take(&b, 5) != NULL);
		buf_put(&b, "ijk", 3);
		buf_drop(&b, 5);
		ATF_REQUIRE_EQ(3, buf_left(&b));
		ATF_REQUIRE(memcmp(buf_take(&b, 3), "ijk", 3) == 0);
		buf_drop(&b, 3);
	}
	ATF_CHECK_EQ(0, b.bad);
	ATF_CHECK(b.size <= 8);
	buf_free(&b);
}

ATF_TC_WITHOUT_HEAD(freed);
ATF_TC_BODY(freed, tc)
{
	static const struct buf zero;
	struct buf b;

	ATF_REQUIRE_EQ(0, buf_init(&b, 10, 10));
	fill(&b, 11);
	buf_free(&b);
	ATF_CHECK(b.base == zero.base);
	ATF_CHECK(b.len == 0 && b.pos == 0 && b.size == 0 && b.max == 0);
	ATF_CHECK_EQ(0, b.bad);
	buf_free(&b);
	buf_put(&b, "x", 1);
	ATF_CHECK_EQ(1, b.bad);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, put_get);
	ATF_TP_ADD_TC(tp, get_past_end);
	ATF_TP_ADD_TC(tp, bad_is_sticky);
	ATF_TP_ADD_TC(tp, grows_to_max);
	ATF_TP_ADD_TC(tp, grows_by_doubling);
	ATF_TP_ADD_TC(tp, init_allocates);
	ATF_TP_ADD_TC(tp, no_memory_left);
	ATF_TP_ADD_TC(tp, hostile_sizes);
	ATF_TP_ADD_TC(tp, reserve);
	ATF_TP_ADD_TC(tp, view);
	ATF_TP_ADD_TC(tp, drop);
	ATF_TP_ADD_TC(tp, stream);
	ATF_TP_ADD_TC(tp, freed);
	return atf_no_error();
}
