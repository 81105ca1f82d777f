#include <atf-c.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/xdr.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))

/* Bytes in a block of exactly their size: a read past it is seen. */
static void *
block(const void *bytes, size_t n)
{
	void *p = malloc(n);

	ATF_REQUIRE(p != NULL || n == 0);
	if (n > 0)
		memcpy(p, bytes, n);
	return p;
}

static void
same(const struct buf *b, const void *bytes, size_t n, const char *what)
{
	ATF_CHECK_MSG(!b->bad, "%s: bad", what);
	ATF_CHECK_MSG(b->len == n, "%s: %zu bytes, want %zu", what, b->len,
	    n);
	ATF_CHECK_MSG(b->len == n && memcmp(b->base, bytes, n) == 0,
	    "%s: other bytes", what);
}

static const struct word {
	uint32_t	v;
	const char	*bytes;
} words[] = {
	{ 0, "\0\0\0\0" },
	{ 1, "\0\0\0\1" },
	{ 0x01020304, "\1\2\3\4" },
	{ 0x80000000, "\x80\0\0\0" },
	{ 0xfffefdfc, "\xff\xfe\xfd\xfc" },
	{ 0xffffffff, "\xff\xff\xff\xff" }
};

static const struct sword {
	int32_t		v;
	const char	*bytes;
} swords[] = {
	{ 0, "\0\0\0\0" },
	{ -1, "\xff\xff\xff\xff" },
	{ -2, "\xff\xff\xff\xfe" },
	{ INT32_MAX, "\x7f\xff\xff\xff" },
	{ INT32_MIN, "\x80\0\0\0" }
};

static const struct hyper {
	uint64_t	v;
	const char	*bytes;
} hypers[] = {
	{ 0, "\0\0\0\0\0\0\0\0" },
	{ 1, "\0\0\0\0\0\0\0\1" },
	{ 0x0102030405060708, "\1\2\3\4\5\6\7\10" },
	{ 0x80000000, "\0\0\0\0\x80\0\0\0" },
	{ 0x100000000, "\0\0\0\1\0\0\0\0" },
	{ 0xffffffffffffffff, "\xff\xff\xff\xff\xff\xff\xff\xff" }
};

static const struct shyper {
	int64_t		v;
	const char	*bytes;
} shypers[] = {
	{ 1700000000, "\0\0\0\0\x65\x53\xf1\0" },
	{ -1, "\xff\xff\xff\xff\xff\xff\xff\xff" },
	{ INT64_MAX, "\x7f\xff\xff\xff\xff\xff\xff\xff" },
	{ INT64_MIN, "\x80\0\0\0\0\0\0\0" }
};

ATF_TC_WITHOUT_HEAD(words_32);
ATF_TC_BODY(words_32, tc)
{
	struct buf b;
	size_t i;

	ATF_REQUIRE_EQ(0, buf_init(&b, 0, 100));
	for (i = 0; i < N(words); i++) {
		buf_reset(&b);
		xdr_put_u32(&b, words[i].v);
		same(&b, words[i].bytes, 4, "u32");
		ATF_CHECK_EQ(words[i].v, xdr_get_u32(&b));
	}
	for (i = 0; i < N(swords); i++) {
		buf_reset(&b);
		xdr_put_i32(&b, swords[i].v);
		same(&b, swords[i].bytes, 4, "i32");
		ATF_CHECK_EQ(swords[i].v, xdr_get_i32(&b));
	}
	ATF_CHECK_EQ(0, b.bad);
	buf_free(&b);
}

ATF_TC_WITHOUT_HEAD(words_64);
ATF_TC_BODY(words_64, tc)
{
	struct buf b;
	size_t i;

	ATF_REQUIRE_EQ(0, buf_init(&b, 0, 100));
	for (i = 0; i < N(hypers); i++) {
		buf_reset(&b);
		xdr_put_u64(&b, hypers[i].v);
		same(&b, hypers[i].bytes, 8, "u64");
		ATF_CHECK_EQ(hypers[i].v, xdr_get_u64(&b));
	}
	for (i = 0; i < N(shypers); i++) {
		buf_reset(&b);
		xdr_put_i64(&b, shypers[i].v);
		same(&b, shypers[i].bytes, 8, "i64");
		ATF_CHECK_EQ(shypers[i].v, xdr_get_i64(&b));
	}
	ATF_CHECK_EQ(0, b.bad);
	buf_free(&b);
}

/* A number of which a byte is missing is zero, not a part of it. */
ATF_TC_WITHOUT_HEAD(words_cut);
ATF_TC_BODY(words_cut, tc)
{
	struct buf b;
	void *p;
	size_t n;

	for (n = 0; n < 8; n++) {
		p = block("\xff\xff\xff\xff\xff\xff\xff\xff", n);
		buf_view(&b, p, n);
		ATF_CHECK_MSG(xdr_get_u64(&b) == 0, "u64 of %zu bytes", n);
		ATF_CHECK_MSG(b.bad, "u64 of %zu bytes", n);
		buf_view(&b, p, n);
		ATF_CHECK_MSG(xdr_get_i64(&b) == 0, "i64 of %zu bytes", n);
		buf_view(&b, p, n);
		ATF_CHECK_MSG((xdr_get_u32(&b) == 0) == (n < 4),
		    "u32 of %zu bytes", n);
		buf_view(&b, p, n);
		ATF_CHECK_MSG((xdr_get_i32(&b) == 0) == (n < 4),
		    "i32 of %zu bytes", n);
		ATF_CHECK_MSG(b.bad == (n < 4), "i32 of %zu bytes", n);
		free(p);
	}
}

static const struct text {
	const char	*s;
	size_t		 n;		/* on the wire */
	const char	*bytes;
} texts[] = {
	{ "", 4, "\0\0\0\0" },
	{ "a", 8, "\0\0\0\1a\0\0\0" },
	{ "ab", 8, "\0\0\0\2ab\0\0" },
	{ "abc", 8, "\0\0\0\3abc\0" },
	{ "abcd", 8, "\0\0\0\4abcd" },
	{ "abcde", 12, "\0\0\0\5abcde\0\0\0" },
	{ "\n\\\x7f\xff\xc3\xa9", 12, "\0\0\0\6\n\\\x7f\xff\xc3\xa9\0\0" }
};

ATF_TC_WITHOUT_HEAD(strings);
ATF_TC_BODY(strings, tc)
{
	struct buf b;
	const char *s;
	size_t i, len;

	ATF_REQUIRE_EQ(0, buf_init(&b, 0, 100));
	for (i = 0; i < N(texts); i++) {
		buf_reset(&b);
		xdr_put_string(&b, texts[i].s);
		same(&b, texts[i].bytes, texts[i].n, texts[i].s);
		s = xdr_get_string(&b, &len, 100);
		ATF_CHECK_MSG(!b.bad && buf_left(&b) == 0, "%s",
		    texts[i].s);
		ATF_CHECK_MSG(len == strlen(texts[i].s) &&
		    memcmp(s, texts[i].s, len) == 0, "%s", texts[i].s);
	}
	buf_free(&b);
}

ATF_TC_WITHOUT_HEAD(string_in_place);
ATF_TC_BODY(string_in_place, tc)
{
	static const char bytes[] = "\0\0\0\3abc\0";
	struct buf b;
	size_t len;

	buf_view(&b, bytes, 8);
	ATF_CHECK(xdr_get_string(&b, &len, 3) == bytes + 4);
}

/* What has to be refused; every one of them leaves an empty string. */
static const struct refusal {
	const char	*what;
	size_t		 max;
	size_t		 n;
	const char	*bytes;
} refusals[] = {
	{ "longer than max", 4, 12, "\0\0\0\5abcde\0\0\0" },
	{ "max 0", 0, 8, "\0\0\0\1a\0\0\0" },
	{ "NUL inside", 100, 8, "\0\0\0\3a\0c\0" },
	{ "NUL first", 100, 8, "\0\0\0\3\0bc\0" },
	{ "NUL last", 100, 8, "\0\0\0\4abc\0" },
	{ "padding 1", 100, 8, "\0\0\0\3abc\1" },
	{ "padding 2, first", 100, 8, "\0\0\0\2ab\1\0" },
	{ "padding 2, last", 100, 8, "\0\0\0\2ab\0\x80" },
	{ "padding 3, first", 100, 8, "\0\0\0\1a \0\0" },
	{ "padding 3, last", 100, 8, "\0\0\0\1a\0\0 " },
	{ "no padding", 100, 7, "\0\0\0\3abc" },
	{ "padding short", 100, 7, "\0\0\0\1a\0\0" },
	{ "length ffffffff", SIZE_MAX, 8, "\xff\xff\xff\xff" "abcd" },
	{ "length fffffffd", SIZE_MAX, 8, "\xff\xff\xff\xfd" "abcd" },
	{ "length 80000000", SIZE_MAX, 8, "\x80\0\0\0abcd" },
	{ "length 7fffffff", SIZE_MAX, 8, "\x7f\xff\xff\xff" "abcd" },
	{ "one more than there is", 100, 8, "\0\0\0\5abcd" }
};

ATF_TC_WITHOUT_HEAD(strings_refused);
ATF_TC_BODY(strings_refused, tc)
{
	struct buf b;
	const char *s;
	void *p;
	size_t i, len;

	for (i = 0; i < N(refusals); i++) {
		p = block(refusals[i].bytes, refusals[i].n);
		buf_view(&b, p, refusals[i].n);
		len = 99;
		s = xdr_get_string(&b, &len, refusals[i].max);
		ATF_CHECK_MSG(b.bad, "%s: taken", refusals[i].what);
		ATF_CHECK_MSG(len == 0 && *s == '\0', "%s: not empty",
		    refusals[i].what);
		free(p);
	}
}

ATF_TC_WITHOUT_HEAD(string_max);
ATF_TC_BODY(string_max, tc)
{
	struct buf b;
	size_t len;

	buf_view(&b, "\0\0\0\5abcde\0\0\0", 12);
	(void)xdr_get_string(&b, &len, 5);
	ATF_CHECK_EQ(0, b.bad);
	ATF_CHECK_EQ(5, len);
}

ATF_TC_WITHOUT_HEAD(strings_cut);
ATF_TC_BODY(strings_cut, tc)
{
	struct buf b;
	void *p;
	size_t i, n, len;

	for (i = 0; i < N(texts); i++)
		for (n = 0; n < texts[i].n; n++) {
			p = block(texts[i].bytes, n);
			buf_view(&b, p, n);
			(void)xdr_get_string(&b, &len, 100);
			ATF_CHECK_MSG(b.bad && len == 0,
			    "%zu bytes of \"%s\"", n, texts[i].s);
			free(p);
		}
}

ATF_TC_WITHOUT_HEAD(options);
ATF_TC_BODY(options, tc)
{
	struct buf b;
	const char *s;
	size_t len;

	ATF_REQUIRE_EQ(0, buf_init(&b, 0, 100));
	xdr_put_optstring(&b, NULL);
	xdr_put_optstring(&b, "");
	xdr_put_optstring(&b, "abc");
	same(&b, "\0\0\0\0" "\0\0\0\1\0\0\0\0" "\0\0\0\1\0\0\0\3abc\0", 24,
	    "options");

	len = 99;
	ATF_CHECK(xdr_get_optstring(&b, &len, 100) == NULL);
	ATF_CHECK_EQ(0, len);
	len = 99;
	ATF_CHECK(xdr_get_optstring(&b, &len, 100) != NULL);
	ATF_CHECK_EQ(0, len);
	s = xdr_get_optstring(&b, &len, 100);
	ATF_REQUIRE(s != NULL);
	ATF_CHECK(len == 3 && memcmp(s, "abc", 3) == 0);
	ATF_CHECK_EQ(0, buf_left(&b));
	ATF_CHECK_EQ(0, b.bad);
	buf_free(&b);
}

ATF_TC_WITHOUT_HEAD(options_refused);
ATF_TC_BODY(options_refused, tc)
{
	static const char *const flags[] = { "\0\0\0\2", "\1\0\0\0",
	    "\x80\0\0\1", "\xff\xff\xff\xff" };
	struct buf b;
	char bytes[12];
	void *p;
	size_t i, len;

	for (i = 0; i < N(flags); i++) {
		memcpy(bytes, flags[i], 4);
		memcpy(bytes + 4, "\0\0\0\3abc", 8);
		buf_view(&b, bytes, 12);
		len = 99;
		ATF_CHECK_MSG(xdr_get_optstring(&b, &len, 100) == NULL &&
		    b.bad && len == 0, "flag %zu", i);
	}
	memcpy(bytes, "\0\0\0\1", 4);
	for (i = 0; i < 12; i++) {
		p = block(bytes, i);
		buf_view(&b, p, i);
		len = 99;
		ATF_CHECK_MSG(xdr_get_optstring(&b, &len, 100) == NULL &&
		    b.bad && len == 0, "%zu bytes of 12", i);
		free(p);
	}
	buf_view(&b, bytes, 12);
	ATF_CHECK(xdr_get_optstring(&b, &len, 2) == NULL);
	ATF_CHECK_EQ(1, b.bad);
}

ATF_TC_WITHOUT_HEAD(opaque);
ATF_TC_BODY(opaque, tc)
{
	static const char bytes[] = "\1\0\3\0\0\0\0\0" "abcd";
	unsigned char out[5];
	struct buf b;
	void *p;
	size_t n;

	ATF_REQUIRE_EQ(0, buf_init(&b, 0, 100));
	xdr_put_opaque(&b, "\1\0\3\0\0", 5);
	xdr_put_opaque(&b, NULL, 0);
	xdr_put_opaque(&b, "abcd", 4);
	same(&b, bytes, 12, "opaque");
	xdr_get_opaque(&b, out, 5);
	ATF_CHECK(memcmp(out, "\1\0\3\0\0", 5) == 0);
	xdr_get_opaque(&b, out, 0);
	xdr_get_opaque(&b, out, 4);
	ATF_CHECK(memcmp(out, "abcd", 4) == 0);
	ATF_CHECK_EQ(0, b.bad);
	buf_free(&b);

	for (n = 0; n < 8; n++) {
		p = block(bytes, n);
		buf_view(&b, p, n);
		memset(out, 'x', 5);
		xdr_get_opaque(&b, out, 5);
		ATF_CHECK_MSG(b.bad, "%zu bytes of 8", n);
		ATF_CHECK_MSG(memcmp(out, "\0\0\0\0\0", 5) == 0,
		    "%zu bytes of 8: not zeros", n);
		free(p);
	}
	buf_view(&b, "abcde\0\1\0", 8);
	xdr_get_opaque(&b, out, 5);
	ATF_CHECK_EQ(1, b.bad);
	ATF_CHECK(memcmp(out, "\0\0\0\0\0", 5) == 0);
}

/* Puts into a buf that has too little room. */
ATF_TC_WITHOUT_HEAD(puts_refused);
ATF_TC_BODY(puts_refused, tc)
{
	struct buf b;
	size_t max;

	for (max = 0; max < 20; max++) {
		ATF_REQUIRE_EQ(0, buf_init(&b, 0, max));
		xdr_put_u64(&b, 1);
		xdr_put_optstring(&b, "abc");
		ATF_CHECK_MSG(b.bad, "max %zu", max);
		ATF_CHECK_MSG(b.len <= max, "max %zu", max);
		buf_free(&b);
	}
	ATF_REQUIRE_EQ(0, buf_init(&b, 0, 20));
	xdr_put_u64(&b, 1);
	xdr_put_optstring(&b, "abc");
	ATF_CHECK_EQ(0, b.bad);
	buf_free(&b);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, words_32);
	ATF_TP_ADD_TC(tp, words_64);
	ATF_TP_ADD_TC(tp, words_cut);
	ATF_TP_ADD_TC(tp, strings);
	ATF_TP_ADD_TC(tp, string_in_place);
	ATF_TP_ADD_TC(tp, strings_refused);
	ATF_TP_ADD_TC(tp, string_max);
	ATF_TP_ADD_TC(tp, strings_cut);
	ATF_TP_ADD_TC(tp, options);
	ATF_TP_ADD_TC(tp, options_refused);
	ATF_TP_ADD_TC(tp, opaque);
	ATF_TP_ADD_TC(tp, puts_refused);
	return atf_no_error();
}
