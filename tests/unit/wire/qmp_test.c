#include "wire/qmp.h"

#include <atf-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N(a)	(sizeof(a) / sizeof((a)[0]))

/* A line without its end, from memory of exactly its size. */
static void
take(const char *line, struct qmp_news *n)
{
	struct qmp q = { 0 };
	size_t len = strlen(line) + 1;
	char *exact = malloc(len);

	ATF_REQUIRE(exact != NULL);
	memcpy(exact, line, len - 1);
	exact[len - 1] = '\n';
	ATF_REQUIRE_EQ(len, qmp_take(&q, exact, len, n));
	ATF_REQUIRE(q.len == 0 && !q.over);
	free(exact);
}

#define GREETING "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, "	\
	"\"minor\": 2, \"major\": 7}, \"package\": \"Debian 1:7.2\"}, "	\
	"\"capabilities\": [\"oob\"]}}"
#define STAMP "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, "

static const struct {
	const char	*line;
	struct qmp_news	 news;
} lines[] = {
	{ GREETING, { QMP_GREETING, QMP_NCOMMAND, 0, false, "" } },
	{ GREETING "\r", { QMP_GREETING, QMP_NCOMMAND, 0, false, "" } },
	{ "{\"return\": {}, \"id\": 2}",
	    { QMP_RETURN, QMP_POWERDOWN, QMP_PAUSED, false, "" } },
	{ "{\"id\":6,\"return\":{}}",
	    { QMP_RETURN, QMP_QUIT, QMP_PAUSED, false, "" } },
	{ "{\"return\": {\"status\": \"running\", \"singlestep\": false, "
	    "\"running\": true}, \"id\": 1}",
	    { QMP_RETURN, QMP_STATUS, QMP_RUNNING, false, "" } },
	{ " { \"id\" : 1 , \"return\" : { \"status\" : \"shutdown\" } } ",
	    { QMP_RETURN, QMP_STATUS, QMP_OFF, false, "" } },
	{ "{\"return\": {\"status\": \"suspended\"}, \"id\": 1}",
	    { QMP_RETURN, QMP_STATUS, QMP_ASLEEP, false, "" } },
	{ "{\"return\": {\"status\": \"guest-panicked\"}, \"id\": 1}",
	    { QMP_RETURN, QMP_STATUS, QMP_CRASHED, false, "" } },
	{ "{\"return\": {\"status\": \"io-error\"}, \"id\": 1}",
	    { QMP_RETURN, QMP_STATUS, QMP_PAUSED, false, "" } },
	{ "{\"error\": {\"class\": \"GenericError\", \"desc\": "
	    "\"no\033[1m } way\"}, \"id\": 3}",
	    { QMP_ERROR, QMP_CONT, 0, false, "no\\e[1m } way" } },
	{ "{\"error\": {\"desc\": 7}, \"id\": 99}",
	    { QMP_ERROR, QMP_NCOMMAND, 0, false, "" } },
	{ "{\"error\": null, \"id\": \"0\"}",
	    { QMP_ERROR, QMP_NCOMMAND, 0, false, "" } },
	{ STAMP "\"event\": \"SHUTDOWN\", \"data\": {\"guest\": true, "
	    "\"reason\": \"guest-shutdown\"}}",
	    { QMP_SHUTDOWN, QMP_NCOMMAND, 0, true, "" } },
	{ STAMP "\"event\": \"SHUTDOWN\", \"data\": {\"guest\": false, "
	    "\"reason\": \"host-qmp-quit\"}}",
	    { QMP_SHUTDOWN, QMP_NCOMMAND, 0, false, "" } },
	{ STAMP "\"event\": \"SHUTDOWN\"}",
	    { QMP_SHUTDOWN, QMP_NCOMMAND, 0, false, "" } },
	{ STAMP "\"event\": \"RESET\", \"data\": {\"guest\": true}}",
	    { QMP_RESET, QMP_NCOMMAND, 0, true, "" } },
	{ STAMP "\"event\": \"POWERDOWN\"}",
	    { QMP_NOTHING, QMP_NCOMMAND, 0, false, "" } },
	/* What stands in strings, and deeper, is not what it seems. */
	{ "{\"x\": \"\\\"event\\\": \\\"SHUTDOWN\\\"\", \"return\": [], "
	    "\"id\": 0}",
	    { QMP_RETURN, QMP_CAPABILITIES, QMP_PAUSED, false, "" } },
	{ "{\"x\": {\"event\": \"SHUTDOWN\"}}",
	    { QMP_NOTHING, QMP_NCOMMAND, 0, false, "" } },
	{ "{\"x\": [{\"return\": {}}, \"}\", [[]]], \"id\": 4}",
	    { QMP_NOTHING, QMP_WAKEUP, 0, false, "" } },
	{ STAMP "\"event\": \"JOB\", \"data\": {\"x\": {\"guest\": true}}}",
	    { QMP_NOTHING, QMP_NCOMMAND, 0, false, "" } },
	{ "{\"return\": {\"x\": {\"status\": \"shutdown\"}}, \"id\": 1}",
	    { QMP_RETURN, QMP_STATUS, QMP_PAUSED, false, "" } },
	{ "{\"return\": \"status\", \"id\": 1}",
	    { QMP_RETURN, QMP_STATUS, QMP_PAUSED, false, "" } },
};

ATF_TC_WITHOUT_HEAD(told);
ATF_TC_BODY(told, tc)
{
	const struct qmp_news *w;
	struct qmp_news n;
	size_t i;

	for (i = 0; i < N(lines); i++) {
		w = &lines[i].news;
		take(lines[i].line, &n);
		ATF_CHECK_MSG(n.what == w->what && n.command == w->command &&
		    n.guest == w->guest && strcmp(n.text, w->text) == 0,
		    "%s: %d %d %d %s", lines[i].line, n.what, n.command,
		    n.guest, n.text);
		ATF_CHECK_MSG(n.what != QMP_RETURN || n.status == w->status,
		    "%s: %d", lines[i].line, n.status);
	}
}

/* They tell nothing, and nothing is read that is not there. */
static const char *const nonsense[] = {
	"", " ", "{", "}", "[", "{}", "[]", "\"", "\"return\"", "{\"",
	"{\"return", "{\"return\"", "{\"return\":", "{\"return\":}",
	"{\"return\": \"", "{\"return\": {", "{\"return\": \"\\",
	"{\"return\": \"\\\"", "{return: {}}", "{,\"return\": {}}",
	"{\"return\" {}}", "[{\"return\": {}}]", "{\"a\" \"return\": {}}",
	"{\"event\": \"SHUTDOWN", "{\"event\": SHUTDOWN}",
	"{\"event\": \"shutdown\"}", "{\"event\": {\"SHUTDOWN\": 1}}",
	"{\"a\": 1 \"event\": \"SHUTDOWN\"}", "\033[1m", "\\u0000",
	"{{{{{{{{{{{{{{{{", "]]]]]]]]]]]", "{\"a\": ]}}}}", "null",
};

ATF_TC_WITHOUT_HEAD(malformed);
ATF_TC_BODY(malformed, tc)
{
	struct qmp_news n;
	size_t i;

	for (i = 0; i < N(nonsense); i++) {
		take(nonsense[i], &n);
		ATF_CHECK_EQ_MSG(QMP_NOTHING, n.what, "%s: %d", nonsense[i],
		    n.what);
	}
}

/* A line that is cut anywhere, or has a wrong byte anywhere. */
ATF_TC_WITHOUT_HEAD(cut);
ATF_TC_BODY(cut, tc)
{
	static const char wrong[] = "\"{}[]:,\\x\t";
	char text[QMP_LINE];
	struct qmp_news n;
	size_t i, k, len, w;

	for (i = 0; i < N(lines); i++) {
		len = strlen(lines[i].line);
		for (k = 0; k < len; k++) {
			memcpy(text, lines[i].line, len + 1);
			for (w = 0; w < sizeof(wrong) - 1; w++) {
				text[k] = wrong[w];
				take(text, &n);
			}
			text[k] = '\0';
			take(text, &n);
		}
	}
	/* Half of what ends a guest is nothing. */
	take("{\"event\": \"SHUTDOWN\", \"data\": {\"guest\": true", &n);
	ATF_CHECK(!n.guest);
}

/* In pieces of any size, several lines at once, what is too long passed over:
 * it is the lines that count. */
ATF_TC_WITHOUT_HEAD(pieces);
ATF_TC_BODY(pieces, tc)
{
	static const enum qmp_what wanted[] = { QMP_GREETING, QMP_RETURN,
	    QMP_SHUTDOWN, QMP_RETURN, QMP_RESET };
	char text[8192] = GREETING "\r\n{\"return\": {}, \"id\": 0}\r\n\n";
	size_t len, at, piece, step, got, k, size;
	struct qmp_news n;
	struct qmp q;

	len = strlen(text);
	len += (size_t)snprintf(text + len, sizeof(text) - len,
	    "{\"event\": \"SHUTDOWN\"}\n{\"return\": \"");
	/* Too long by its last byte. */
	memset(text + len, 'x', QMP_LINE - 13);
	len += QMP_LINE - 13;
	len += (size_t)snprintf(text + len, sizeof(text) - len,
	    "\"}\n{\"return\": \"");
	/* Just not too long. */
	memset(text + len, 'x', QMP_LINE - 14);
	len += QMP_LINE - 14;
	len += (size_t)snprintf(text + len, sizeof(text) - len,
	    "\"}\n");
	memset(text + len, '{', 3000);
	len += 3000;
	len += (size_t)snprintf(text + len, sizeof(text) - len,
	    "\n{\"event\": \"RESET\"}\n");
	for (piece = 1; piece <= len; piece += piece < 40 ? 1 : 97) {
		memset(&q, 0, sizeof(q));
		for (at = k = 0; at < len; at += size) {
			size = len - at < piece ? len - at : piece;
			for (got = 0; got < size; got += step) {
				step = qmp_take(&q, text + at + got,
				    size - got, &n);
				ATF_REQUIRE(step > 0 && step <= size - got);
				if (n.what == QMP_NOTHING)
					continue;
				ATF_REQUIRE_MSG(k < N(wanted) &&
				    wanted[k] == n.what, "%zu: %zu: %d",
				    piece, k, n.what);
				k++;
			}
		}
		ATF_CHECK_EQ(N(wanted), k);
	}
}

/* An answer can be told from its number. */
ATF_TC_WITHOUT_HEAD(commands);
ATF_TC_BODY(commands, tc)
{
	char id[32];
	const char *line;
	int c;

	for (c = 0; c < QMP_NCOMMAND; c++) {
		line = qmp_command((enum qmp_command)c);
		(void)snprintf(id, sizeof(id), "\"id\":%d}\n", c);
		ATF_CHECK_MSG(strstr(line, id) == line + strlen(line) -
		    strlen(id), "%s", line);
	}
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, told);
	ATF_TP_ADD_TC(tp, malformed);
	ATF_TP_ADD_TC(tp, cut);
	ATF_TP_ADD_TC(tp, pieces);
	ATF_TP_ADD_TC(tp, commands);
	return atf_no_error();
}
