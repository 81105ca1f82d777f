#include "text/json.h"

#include <sys/wait.h>

#include <atf-c.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text/buf.h"

#define T(text)	text, sizeof(text) - 1

static const struct {
	const char	*name;
	const char	*src;
	size_t		 len;
	const char	*want;
} strings[] = {
	{ "empty", T(""), "" },
	{ "plain", T("web-1 (a)/~{x}'"), "web-1 (a)/~{x}'" },
	{ "quote, backslash", T("a\"b\\c"), "a\\\"b\\\\c" },
	{ "controls", T("\n\t\r\b\f\x1b"),
	    "\\u000a\\u0009\\u000d\\u0008\\u000c\\u001b" },
	{ "NUL", T("a\0b"), "a\\u0000b" },
	{ "last C0, first not", T("\x1f "), "\\u001f " },
	{ "a digit behind", T("\x01" "7"), "\\u00017" },
	{ "DEL", T("~\x7f"), "~\\u007f" },
	{ "C1", T("\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0"),
	    "\\u0080\\u009b\\u009f\xc2\xa0" },
	{ "2 bytes", T("\xc3\xa9\xdf\xbf"), "\xc3\xa9\xdf\xbf" },
	{ "3 bytes", T("\xe0\xa0\x80\xe2\x82\xac\xef\xbf\xbf"),
	    "\xe0\xa0\x80\xe2\x82\xac\xef\xbf\xbf" },
	{ "4 bytes", T("\xf0\x90\x80\x80\xf1\x80\x80\x80\xf4\x8f\xbf\xbf"),
	    "\xf0\x90\x80\x80\xf1\x80\x80\x80\xf4\x8f\xbf\xbf" },
	{ "U+110000", T("\xf4\x90\x80\x80"),
	    "\\ufffd\\ufffd\\ufffd\\ufffd" },
	{ "F5", T("\xf5\x80\x80\x80"), "\\ufffd\\ufffd\\ufffd\\ufffd" },
	{ "F5 FE FF", T("\xf5\xfe\xff"), "\\ufffd\\ufffd\\ufffd" },
	{ "lone continuation", T("a\x80z\xbf"), "a\\ufffdz\\ufffd" },
	{ "overlong, 2", T("\xc0\xaf\xc1\xbf"),
	    "\\ufffd\\ufffd\\ufffd\\ufffd" },
	{ "overlong, 3", T("\xe0\x9f\xbf"), "\\ufffd\\ufffd\\ufffd" },
	{ "overlong, 4", T("\xf0\x8f\xbf\xbf"),
	    "\\ufffd\\ufffd\\ufffd\\ufffd" },
	{ "surrogates", T("\xed\x9f\xbf\xed\xa0\x80\xed\xbf\xbf\xee\x80\x80"),
	    "\xed\x9f\xbf\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd"
	    "\xee\x80\x80" },
	{ "cut, 2", T("a\xc3"), "a\\ufffd" },
	{ "cut, 3", T("a\xe2\x82"), "a\\ufffd\\ufffd" },
	{ "cut, 4", T("\xf0\x9f\x98"), "\\ufffd\\ufffd\\ufffd" },
	{ "broken off", T("\xe2\x82z\xf0\x9f\x98z"),
	    "\\ufffd\\ufffdz\\ufffd\\ufffd\\ufffdz" },
	{ "broken off by one that begins", T("\xe2\x82\xc3\xa9"),
	    "\\ufffd\\ufffd\xc3\xa9" },
	{ "bidirectional", T("\xd8\x9c\xe2\x80\x8e\xe2\x80\xae\xe2\x81\xa9"),
	    "\\u061c\\u200e\\u202e\\u2069" },
	{ "separators and neighbours",
	    T("\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaf"),
	    "\xe2\x80\xa7\\u2028\\u2029\xe2\x80\xaf" },
};

/* The text of a buf, as long as it is. */
static int
is_text(const struct buf *b, const char *want)
{
	return b->len == strlen(want) && memcmp(b->base, want, b->len) == 0;
}

ATF_TC_WITHOUT_HEAD(string);
ATF_TC_BODY(string, tc)
{
	char want[256];
	struct json j;
	struct buf b;
	size_t i;

	for (i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		/* Behind the last byte is nothing to be read. */
		char *src = malloc(strings[i].len);

		ATF_REQUIRE(src != NULL || strings[i].len == 0);
		if (src != NULL)
			memcpy(src, strings[i].src, strings[i].len);
		ATF_REQUIRE_EQ(0, buf_init(&b, 0, 1024));
		(void)snprintf(want, sizeof(want), "\"%s\"", strings[i].want);
		json_begin(&j, &b);
		json_text(&j, src == NULL ? "" : src, strings[i].len);
		ATF_CHECK_EQ_MSG(0, json_end(&j), "%s", strings[i].name);
		ATF_CHECK_MSG(is_text(&b, want), "%s: %.*s", strings[i].name,
		    (int)b.len, (const char *)b.base);
		buf_free(&b);
		free(src);
	}
}

/*
 * A document by letters: { } [ ] as they are, k a key, s i t f n values.
 */
static void
write_letters(struct json *j, const char *p)
{
	for (; *p != '\0'; p++)
		switch (*p) {
		case '{':
			json_object_begin(j);
			break;
		case '}':
			json_object_end(j);
			break;
		case '[':
			json_array_begin(j);
			break;
		case ']':
			json_array_end(j);
			break;
		case 'k':
			json_key(j, "k");
			break;
		case 's':
			json_string(j, "s");
			break;
		case 'i':
			json_int(j, -1);
			break;
		case 'N':
			json_string(j, NULL);
			break;
		case 'n':
			json_null(j);
			break;
		default:
			json_bool(j, *p == 't');
		}
}

static const struct {
	const char	*letters;
	const char	*want;		/* NULL = refused */
} shapes[] = {
	{ "s", "\"s\"" },
	{ "i", "-1" },
	{ "t", "true" },
	{ "f", "false" },
	{ "n", "null" },
	{ "N", "null" },
	{ "{}", "{}" },
	{ "[]", "[]" },
	{ "[i]", "[-1]" },
	{ "[isn]", "[-1,\"s\",null]" },
	{ "[[][]{}]", "[[],[],{}]" },
	{ "[[i]i[i]]", "[[-1],-1,[-1]]" },
	{ "{ki}", "{\"k\":-1}" },
	{ "{kikt}", "{\"k\":-1,\"k\":true}" },
	{ "{k[]ki}", "{\"k\":[],\"k\":-1}" },
	{ "{k{}k{ks}}", "{\"k\":{},\"k\":{\"k\":\"s\"}}" },
	{ "{k[{ki}{ki}]kf}",
	    "{\"k\":[{\"k\":-1},{\"k\":-1}],\"k\":false}" },
	{ "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]",
	    "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]" },
	{ "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", NULL },
	{ "", NULL },
	{ "ii", NULL },
	{ "{}{}", NULL },
	{ "[]i", NULL },
	{ "[", NULL },
	{ "[i", NULL },
	{ "{", NULL },
	{ "]", NULL },
	{ "[}", NULL },
	{ "{]", NULL },
	{ "[]]", NULL },
	{ "k", NULL },
	{ "[k", NULL },
	{ "[ki]", NULL },
	{ "{i}", NULL },
	{ "{k}", NULL },
	{ "{kk}", NULL },
	{ "{kki}", NULL },
	{ "{kkii}", NULL },
	{ "{kii}", NULL },
	{ "{k[}]", NULL },
	{ "{{}}", NULL },
};

ATF_TC_WITHOUT_HEAD(shape);
ATF_TC_BODY(shape, tc)
{
	struct json j;
	struct buf b;
	size_t i;
	int rv;

	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		ATF_REQUIRE_EQ(0, buf_init(&b, 0, 1024));
		json_begin(&j, &b);
		write_letters(&j, shapes[i].letters);
		rv = json_end(&j);
		ATF_CHECK_EQ_MSG(shapes[i].want == NULL ? -1 : 0, rv, "%s",
		    shapes[i].letters);
		if (shapes[i].want != NULL)
			ATF_CHECK_MSG(is_text(&b, shapes[i].want), "%s: %.*s",
			    shapes[i].letters, (int)b.len,
			    (const char *)b.base);
		buf_free(&b);
	}
}

ATF_TC_WITHOUT_HEAD(sticky);
ATF_TC_BODY(sticky, tc)
{
	struct json j;
	struct buf b;

	ATF_REQUIRE_EQ(0, buf_init(&b, 0, 1024));
	json_begin(&j, &b);
	write_letters(&j, "[i}ii]");
	ATF_CHECK_EQ(-1, json_end(&j));
	ATF_CHECK(is_text(&b, "[-1"));
	buf_free(&b);
}

ATF_TC_WITHOUT_HEAD(full);
ATF_TC_BODY(full, tc)
{
	const char *whole = "[\"s\",\"s\"]";
	struct json j;
	struct buf b;
	size_t max;

	for (max = 0; max <= strlen(whole); max++) {
		ATF_REQUIRE_EQ(0, buf_init(&b, 0, max));
		json_begin(&j, &b);
		write_letters(&j, "[ss]");
		ATF_CHECK_EQ_MSG(max == strlen(whole) ? 0 : -1, json_end(&j),
		    "%zu", max);
		buf_free(&b);
	}
}

ATF_TC_WITHOUT_HEAD(integer);
ATF_TC_BODY(integer, tc)
{
	struct json j;
	struct buf b;

	ATF_REQUIRE_EQ(0, buf_init(&b, 0, 1024));
	buf_put(&b, "x ", 2);
	json_begin(&j, &b);
	json_array_begin(&j);
	json_int(&j, 0);
	json_int(&j, INT64_MAX);
	json_int(&j, INT64_MIN);
	json_millis(&j, 0);
	json_millis(&j, 120034);
	json_millis(&j, INT64_MAX);
	json_millis(&j, -1);
	json_array_end(&j);
	ATF_CHECK_EQ(0, json_end(&j));
	ATF_CHECK(is_text(&b,
	    "x [0,9223372036854775807,-9223372036854775808,"
	    "0.000,120.034,9223372036854775.807,null]"));
	buf_free(&b);
}

/* All strings at once, as keys and as values. */
static void
write_all(struct json *j)
{
	size_t i;

	json_object_begin(j);
	json_key(j, "bytes \"\\\n\xff");
	json_array_begin(j);
	for (i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		json_text(j, strings[i].src, strings[i].len);
	json_array_end(j);
	json_key(j, "n");
	json_int(j, INT32_MIN);
	json_object_end(j);
}

ATF_TC_WITHOUT_HEAD(jq);
ATF_TC_BODY(jq, tc)
{
	struct json j;
	struct buf b;
	char test[256];
	FILE *fp;

	if (system("jq --version >/dev/null 2>&1") != 0)
		atf_tc_skip("no jq");
	ATF_REQUIRE_EQ(0, buf_init(&b, 0, 65536));
	json_begin(&j, &b);
	write_all(&j);
	ATF_REQUIRE_EQ(0, json_end(&j));
	ATF_REQUIRE((fp = fopen("all.json", "w")) != NULL);
	ATF_REQUIRE_EQ(b.len, fwrite(b.base, 1, b.len, fp));
	ATF_REQUIRE_EQ(0, fclose(fp));
	buf_free(&b);
	(void)snprintf(test, sizeof(test), "jq -e '.n == -2147483648 and "
	    "(.[\"bytes \\\"\\\\\\n\\ufffd\"] | length == %zu and "
	    ".[1] == \"web-1 (a)/~{x}\\u0027\" and "
	    ".[2] == \"a\\\"b\\\\c\" and .[4] == \"a\\u0000b\")' "
	    "all.json >/dev/null", sizeof(strings) / sizeof(strings[0]));
	ATF_CHECK_EQ(0, system(test));
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, string);
	ATF_TP_ADD_TC(tp, shape);
	ATF_TP_ADD_TC(tp, sticky);
	ATF_TP_ADD_TC(tp, full);
	ATF_TP_ADD_TC(tp, integer);
	ATF_TP_ADD_TC(tp, jq);
	return atf_no_error();
}
