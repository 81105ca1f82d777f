#include "config/shvar.h"

#include <sys/wait.h>

#include <atf-c.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text/escape.h"

#define T(text)	text, sizeof(text) - 1
#define ONLY_SHELL	"unquoted ; is unsupported; quote it"
#define SKIPS_FILE	"this line is skipped: other files are not read; copy "\
			"its assignments into this file\n"
#define SKIPS_COLON	"this line is skipped: `:` does nothing here; " \
			"write NAME=VALUE\n"
#define QUOTE		"unclosed quote"

/*
 * A text and what becomes of it: NAME=VALUE@LINE:COL/LINE:COL for an item,
 * its name's place and its value's (then ~: blanks around =, NAME: an undefined
 * variable); !f:LINE:COL: WHY for a line refused, ? for one that is skipped.
 */
struct text_case {
	const char	*name;
	const char	*text;
	size_t		 len;
	const char	*want;
};

static const struct text_case syntax[] = {
	{ "nothing", T(""), "" },
	{ "blank lines", T("\n \t\n\n"), "" },
	{ "comments", T("# a=b\n  #c=d"), "" },
	{ "plain", T("A=b"), "A=b@1:1/1:3\n" },
	{ "names", T("_a9=1\nab_C=2\n"), "_a9=1@1:1/1:5\nab_C=2@2:1/2:6\n" },
	{ "empty", T("A=\nB=''\nC=\"\" # c\n"),
	    "A=@1:1/1:3\nB=@2:1/2:3\nC=@3:1/3:3\n" },
	{ "indented", T(" \tA=b  \n"), "A=b@1:3/1:5\n" },
	{ "several", T("A=1 B=2\tC=3\n"),
	    "A=1@1:1/1:3\nB=2@1:5/1:7\nC=3@1:9/1:11\n" },
	{ "comment behind", T("A=1 # B=2\nC=1#2\nD=1 #"),
	    "A=1@1:1/1:3\nC=1#2@2:1/2:3\nD=1@3:1/3:3\n" },
	{ "export", T("export A=1 B=2\nexport C\nexport A B C=3\n"),
	    "A=1@1:8/1:10\nB=2@1:12/1:14\nC=3@3:12/3:14\n" },
	{ "export as a name", T("export=1\n"), "export=1@1:1/1:8\n" },
	{ "exporting", T("exporting=1\n"), "exporting=1@1:1/1:11\n" },
	{ "single quotes", T("A='a \"b\" $c `d` \\e #f;g'\n"),
	    "A=a \"b\" $c `d` \\\\e #f;g@1:1/1:3\n" },
	{ "double quotes", T("A=\"a 'b' #c;d|e&f(g)<h>\"\n"),
	    "A=a 'b' #c;d|e&f(g)<h>@1:1/1:3\n" },
	{ "double quotes, backslash", T("A=\"\\$\\`\\\"\\\\ \\a \\' \\n\"\n"),
	    "A=$`\"\\\\ \\\\a \\\\' \\\\n@1:1/1:3\n" },
	{ "backslash", T("A=\\$\\a\\ \\'\\\"\\\\\\#\\;\n"),
	    "A=$a '\"\\\\#;@1:1/1:3\n" },
	{ "joined", T("A=a'b c'\"d e\"\\ f\n"), "A=ab cd e f@1:1/1:3\n" },
	{ "text for a shell, not for us", T("A=*?[x]{a,b}~!%^:,=@\n"),
	    "A=*?[x]{a,b}~!%^:,=@@1:1/1:3\n" },
	{ "bytes", T("A=\xc3\xa9\xff\n"), "A=\xc3\xa9\\377@1:1/1:3\n" },
	{ "line ends in quotes", T("A='a\nb'\nB=\"c\n\nd\" C=e\nD=f\n"),
	    "A=a\\nb@1:1/1:3\nB=c\\n\\nd@3:1/3:3\n" "C=e@5:4/5:6\n"
	    "D=f@6:1/6:3\n" },
	{ "backslash at the end", T("A=a\\"), "A=a\\\\@1:1/1:3\n" },
};

static const struct text_case continuation[] = {
	{ "in a value", T("A=a\\\nb\nB=c\n"), "A=ab@1:1/1:3\nB=c@3:1/3:3\n" },
	{ "in a name", T("A\\\nB=c\n"), "AB=c@1:1/2:3\n" },
	{ "before =", T("A\\\n=c\n"), "A=c@1:1/2:2\n" },
	{ "before the value", T("A=\\\nb\n"), "A=b@1:1/2:1\n" },
	{ "between", T("A=1 \\\n B=2\n"), "A=1@1:1/1:3\nB=2@2:2/2:4\n" },
	{ "in export", T("exp\\\nort \\\nA=1\n"), "A=1@3:1/3:3\n" },
	{ "in double quotes", T("A=\"a\\\nb\"\n"), "A=ab@1:1/1:3\n" },
	{ "none in single quotes", T("A='a\\\nb'\n"),
	    "A=a\\\\\\nb@1:1/1:3\n" },
	{ "none in a comment", T("# a \\\nA=1\nB=2 # b\\\nC=3\n"),
	    "A=1@2:1/2:3\nB=2@3:1/3:3\n" "C=3@4:1/4:3\n" },
	{ "in a reference", T("AB=x\nC=$A\\\nB\nD=${A\\\nB}\nE=$\\\nAB\n"),
	    "AB=x@1:1/1:4\nC=x@2:1/2:3\nD=x@4:1/4:3\nE=x@6:1/6:3\n" },
	{ "at the end", T("A=a\\\n"), "A=a@1:1/1:3\n" },
	{ "CR LF", T("A=a\\\r\nb\r\n"), "A=ab@1:1/1:3\n" },
	{ "escaped backslash", T("A=a\\\\\nB=1\n"),
	    "A=a\\\\@1:1/1:3\nB=1@2:1/2:3\n" },
};

static const struct text_case line_ends[] = {
	{ "CR LF", T("A=1\r\n\r\n# c\r\nB=2\r\n"),
	    "A=1@1:1/1:3\nB=2@4:1/4:3\n" },
	{ "CR LF in quotes", T("A='a\r\nb'\r\nB=\"c\r\nd\"\r\n"),
	    "A=a\\nb@1:1/1:3\nB=c\\nd@3:1/3:3\n" },
	{ "CR at the end", T("A=1\r"), "A=1@1:1/1:3\n" },
	{ "CR inside", T("A=1\r2\nB=3\n"), "A=1\\r2@1:1/1:3\nB=3@2:1/2:3\n" },
	{ "no end", T("A=1\nB=2"), "A=1@1:1/1:3\nB=2@2:1/2:3\n" },
};

static const struct text_case references[] = {
	{ "set above", T("A=x\nB=$A\nC=${A}y\nD=a$A-$A\n"),
	    "A=x@1:1/1:3\nB=x@2:1/2:3\nC=xy@3:1/3:3\nD=ax-x@4:1/4:3\n" },
	{ "unset", T("B=$A\nC=a${A}b\nA=1\n"),
	    "B=@1:1/1:3 A\nC=ab@2:1/2:3 A\nA=1@3:1/3:3\n" },
	{ "the last", T("A=1\nA=2\nB=$A\n"),
	    "A=1@1:1/1:3\nA=2@2:1/2:3\nB=2@3:1/3:3\n" },
	{ "of itself", T("A=1\nA=$A$A\nA=$A$A\n"),
	    "A=1@1:1/1:3\nA=11@2:1/2:3\nA=1111@3:1/3:3\n" },
	{ "in quotes", T("A='x y'\nB=\"$A ${A}\"\nC='$A'\n"),
	    "A=x y@1:1/1:3\nB=x y x y@2:1/2:3\nC=$A@3:1/3:3\n" },
	{ "on one line", T("A=1 B=$A\n"), "A=1@1:1/1:3\nB=1@1:5/1:7\n" },
	/* export expands its words before it sets the first. */
	{ "on a line of export", T("A=0\nexport A=1 B=$A\nC=$A\n"),
	    "A=0@1:1/1:3\nA=1@2:8/2:10\nB=0@2:12/2:14\nC=1@3:1/3:3\n" },
	{ "longest name", T("A=1\nAB=2\nC=$AB$A_B${A}B$A-\n"),
	    "A=1@1:1/1:3\nAB=2@2:1/2:4\nC=21B1-@3:1/3:3 A_B\n" },
	{ "never twice", T("A='$B'\nB=1\nC=$A\n"),
	    "A=$B@1:1/1:3\nB=1@2:1/2:3\nC=$B@3:1/3:3\n" },
	{ "no reference", T("A=$\nB=a$.b\nC=\"$\"\nD=\"$'x'\"\nE=$ \n"),
	    "A=$@1:1/1:3\nB=a$.b@2:1/2:3\nC=$@3:1/3:3\n"
	    "D=$'x'@4:1/4:3\nE=$@5:1/5:3\n" },
	{ "not from a refused line", T("A=1\nA=2;\nB=$A\n"),
	    "A=1@1:1/1:3\n!f:2:4: " ONLY_SHELL "\nB=1@3:1/3:3\n" },
};

/* What is taken, or skipped, although a shell does neither. */
static const struct text_case lenient[] = {
	{ "blanks around =", T("A = 1\nB =2\nC= 3\nD  =\t'4 5' # x\n"),
	    "A=1@1:1/1:5~\nB=2@2:1/2:4~\nC=3@3:1/3:4~\nD=4 5@4:1/4:6~\n" },
	{ "empty and blank", T("A= \nB=  # x\nC= D=1\nE= F = 1\n"),
	    "A=@1:1/1:3\nB=@2:1/2:3\nC=@3:1/3:3\nD=1@3:4/3:6\n"
	    "E=@4:1/4:3\nF=1@4:4/4:8~\n" },
	{ "blanks, and a word more", T("A = 1 2\nB=1\n"), "!f:1:7: \"2\" is "
	    "not an assignment: quote a value that contains blanks\n"
	    "B=1@2:1/2:3\n" },
	{ "byte order mark", T("\xef\xbb\xbf" "A=1\n\xef\xbb\xbf" "B=2\n"),
	    "A=1@1:1/1:3\n!f:2:1: \"\xef\xbb\xbf" "B=2\" is not an "
	    "assignment: commands are not run\n" },
	{ "other files", T(". /etc/x\nsource x\n[ -f x ] && . x\n"
	    "  test -f x && source x; A=1\nB=2\n"), "?f:1:1: " SKIPS_FILE
	    "?f:2:1: " SKIPS_FILE "?f:3:1: " SKIPS_FILE "?f:4:3: " SKIPS_FILE
	    "B=2@5:1/5:3\n" },
	{ "colon", T(": ${A:=1}\n:\n: 'x\ny' \\\nz\nB=2\n: # it's\nC=1\n"
	    ": 'x\nD=1\n"), "?f:1:1: " SKIPS_COLON "?f:2:1: " SKIPS_COLON
	    "?f:3:1: " SKIPS_COLON "B=2@6:1/6:3\n?f:7:1: " SKIPS_COLON
	    "C=1@8:1/8:3\n?f:9:1: " SKIPS_COLON "D=1@10:1/10:3\n" },
	{ "undefined", T("A=$B\nB=1\nC=$B$D$E\n"),
	    "A=@1:1/1:3 B\nB=1@2:1/2:3\nC=1@3:1/3:3 D\n" },
};

static const struct text_case refused[] = {
	{ "command", T("echo hello\nA=1\n"),
	    "!f:1:1: \"echo\" is not an assignment: commands are not run\n"
	    "A=1@2:1/2:3\n" },
	{ "tilde", T("A=~/x\nB=a~\nC='~'\n"),
	    "!f:1:3: unquoted ~ is unsupported; write the whole path\n"
	    "B=a~@2:1/2:3\nC=~@3:1/3:3\n" },
	{ "tilde after a colon",
	    T("A=x:~\nB=\\:\\\n:\\\n~\nC=\\:~:'~'\nD=':'~\n"),
	    "!f:1:5: unquoted ~ is unsupported; write the whole path\n"
	    "!f:4:1: unquoted ~ is unsupported; write the whole path\n"
	    "C=:~:~@5:1/5:3\nD=:~@6:1/6:3\n" },
	{ "a test", T("[ -f x ] && A=1\n[ . ]\n.x\n"),
	    "!f:1:1: \"[\" is not an assignment: commands are not run\n"
	    "!f:2:1: \"[\" is not an assignment: commands are not run\n"
	    "!f:3:1: \".x\" is not an assignment: commands are not run\n" },
	{ "name with a digit first", T("1A=2\n"),
	    "!f:1:1: \"1A=2\" is not an assignment: commands are not run\n" },
	{ "name with a hyphen", T("  A-B=2\n"),
	    "!f:1:3: \"A-B=2\" is not an assignment: commands are not run\n" },
	{ "no name", T("=2\n"),
	    "!f:1:1: \"=2\" is not an assignment: commands are not run\n" },
	{ "quoted name", T("\"A\"=2\nB=1\n"),
	    "!f:1:1: \"\"A\"=2\" is not an assignment: commands are not run\n"
	    "B=1@2:1/2:3\n" },
	{ "blank in a value", T("A=a b\n"), "!f:1:5: \"b\" is not an assignment"
	    ": quote a value that contains blanks\n" },
	{ "assignment before a command", T("A=1 B=2 cmd C=3\nD=4\n"),
	    "!f:1:9: \"cmd\" is not an assignment: quote a value "
	    "that contains blanks\nD=4@2:1/2:3\n" },
	{ "append", T("A=1\nA+=2\n"), "A=1@1:1/1:3\n"
	    "!f:2:1: \"A+=2\" is not an assignment: += is not POSIX; use =\n" },
	{ "array", T("A=(1 2)\nB[0]=1\n"),
	    "!f:1:3: unquoted ( is unsupported; quote it\n"
	    "!f:2:1: \"B[0]=1\" is not an assignment: commands are not run\n" },
	{ "semicolon", T("A=1; B=2\n;\nC=3\n"), "!f:1:4: " ONLY_SHELL "\n"
	    "!f:2:1: " ONLY_SHELL "\nC=3@3:1/3:3\n" },
	{ "operators", T("A=1&\nA=1|b\nA=<x\nA=a>x\nA=a(\nA=a)\n"),
	    "!f:1:4: unquoted & is unsupported; quote it\n"
	    "!f:2:4: unquoted | is unsupported; quote it\n"
	    "!f:3:3: unquoted < is unsupported; quote it\n"
	    "!f:4:4: unquoted > is unsupported; quote it\n"
	    "!f:5:4: unquoted ( is unsupported; quote it\n"
	    "!f:6:4: unquoted ) is unsupported; quote it\n" },
	{ "backquotes", T("A=a`date`\nB=\"b`date`\"\n"),
	    "!f:1:4: `...` is unsupported: commands are not run\n"
	    "!f:2:5: `...` is unsupported: commands are not run\n" },
	{ "command substitution", T("A=a$(date \"+%s\")\nB=\"x $(d)\"\n"
	    "C=$((1+1))\nD=1\n"),
	    "!f:1:4: $(...) is unsupported: commands are not run\n"
	    "!f:2:6: $(...) is unsupported: commands are not run\n"
	    "!f:3:3: $(...) is unsupported: commands are not run\n"
	    "D=1@4:1/4:3\n" },
	{ "braces", T("A=${X:-y}\nA=\"${#X}\"\nA=a${}\nA=${X\nA=${1}\n"),
	    "!f:1:3: only the form ${NAME} of ${...} is supported\n"
	    "!f:2:4: only the form ${NAME} of ${...} is supported\n"
	    "!f:3:4: only the form ${NAME} of ${...} is supported\n"
	    "!f:4:3: only the form ${NAME} of ${...} is supported\n"
	    "!f:5:3: only the form ${NAME} of ${...} is supported\n" },
	{ "parameters of a shell", T("A=$1\nA=$?\nA=\"$$\"\nA=$@\nA=$-\n"),
	    "!f:1:3: this shell parameter is unsupported\n"
	    "!f:2:3: this shell parameter is unsupported\n"
	    "!f:3:4: this shell parameter is unsupported\n"
	    "!f:4:3: this shell parameter is unsupported\n"
	    "!f:5:3: this shell parameter is unsupported\n" },
	{ "quotes of bash", T("A=$'x'\nA=a$\"x\"\nB=1\n"),
	    "!f:1:3: $ before a quote is not portable\n"
	    "!f:2:4: $ before a quote is not portable\nB=1@3:1/3:3\n" },
	{ "export of nothing", T("export\nexport  # x\nexport \\\n\nA=1\n"),
	    "!f:1:7: export without a name\n!f:2:12: export without a name\n"
	    "!f:4:1: export without a name\nA=1@5:1/5:3\n" },
	{ "export of no name", T("export -n A\nexport A=1 2\nexport A;\n"),
	    "!f:1:8: \"-n\" is not an assignment: commands are not run\n"
	    "!f:2:12: \"2\" is not an assignment: commands are not run\n"
	    "!f:3:8: \"A;\" is not an assignment: commands are not run\n" },
	{ "export not first", T("A=1 export B=2\n"),
	    "!f:1:5: \"export\" is not an assignment: quote a value "
	    "that contains blanks\n" },
	{ "if", T("if [ -f /x ]; then\nA=1\nfi\nB=2\n"),
	    "!f:1:1: \"if\" is not an assignment: commands are not run\n"
	    "A=1@2:1/2:3\n"
	    "!f:3:1: \"fi\" is not an assignment: commands are not run\n"
	    "B=2@4:1/4:3\n" },
	{ "an apostrophe", T("don't\nA=1\n"),
	    "!f:1:1: \"don't\" is not an assignment: commands are not run\n"
	    "A=1@2:1/2:3\n" },
	{ "continued", T("cmd \\\nB=1 \\\n C=2\nA=1\n"),
	    "!f:1:1: \"cmd\" is not an assignment: commands are not run\n"
	    "A=1@4:1/4:3\n" },
	{ "a comment's backslash", T("cmd # \\\nA=1\n"),
	    "!f:1:1: \"cmd\" is not an assignment: commands are not run\n"
	    "A=1@2:1/2:3\n" },
	{ "within quotes over lines", T("A=\"a\n$(x)\nB=1\n\" C=2\nD=3\n"),
	    "!f:2:1: $(...) is unsupported: commands are not run\n"
	    "D=3@5:1/5:3\n" },
	{ "escaped", T("\x1b[2J\xc2\x9b=\n"),
	    "!f:1:1: \"\\e[2J\\302\\233=\" is not an assignment: "
	    "commands are not run\n" },
};

static const struct text_case nuls[] = {
	{ "in a value", T("A=a\0b\nB=1\n"), "!f:1:4: NUL byte\nB=1@2:1/2:3\n" },
	{ "in a name", T("A\0=b\nB=1\n"), "!f:1:1: \"A\\000=b\" is "
	    "not an assignment: commands are not run\nB=1@2:1/2:3\n" },
	{ "alone", T("A=1\n \0\nB=1\n"),
	    "A=1@1:1/1:3\n!f:2:2: NUL byte\nB=1@3:1/3:3\n" },
	{ "in a comment", T("# a\0b\0 \\\nB=1\n"),
	    "!f:1:4: NUL byte\nB=1@2:1/2:3\n" },
	{ "in single quotes", T("A='a\0b\nc'\nB=1\n"),
	    "!f:1:5: NUL byte\nB=1@3:1/3:3\n" },
	{ "in double quotes", T("A=\"a\0\\\"\nc\"\nB=1\n"),
	    "!f:1:5: NUL byte\nB=1@3:1/3:3\n" },
	{ "behind a backslash", T("A=a\\\0\nB=\"\\\0\"\nC=1\n"),
	    "!f:1:5: NUL byte\n!f:2:5: NUL byte\nC=1@3:1/3:3\n" },
	{ "behind a dollar", T("A=$\0\nB=${\0}\nC=1\n"), "!f:1:4: NUL byte\n"
	    "!f:2:3: only the form ${NAME} of ${...} is supported\n"
	    "C=1@3:1/3:3\n" },
};

static const struct text_case unclosed[] = {
	{ "single", T("A='b"), "!f:1:3: " QUOTE "\n" },
	{ "double", T("A=1\nB=x\"b c\n"),
	    "A=1@1:1/1:3\n!f:2:4: " QUOTE "\n" },
	{ "the second of a value", T("A='b'c\"d\nB=1\n"),
	    "!f:1:7: " QUOTE "\nB=1@2:1/2:3\n" },
	{ "the rest is read", T("A=\"b\nB=1\nC='x' # d\n"),
	    "!f:1:3: " QUOTE "\nB=1@2:1/2:3\nC=x@3:1/3:3\n" },
	/* What the lexer sees is the last quote; what is missing is before. */
	{ "among quotes of that kind", T("A=\"b\nB=\"c\"\nC=d\n"),
	    "!f:1:3: " QUOTE "\nB=c@2:1/2:3\nC=d@3:1/3:3\n" },
	{ "again", T("A=\"b\nB='c\nC=d E='\n"), "!f:1:3: " QUOTE "\n"
	    "!f:2:3: " QUOTE "\n!f:3:7: " QUOTE "\n" },
	{ "no more over lines", T("A=\"b\nB='c\nd'\nC=1\n"),
	    "!f:1:3: " QUOTE "\n!f:2:3: " QUOTE "\n"
	    "!f:3:1: \"d'\" is not an assignment: commands are not run\n"
	    "C=1@4:1/4:3\n" },
	{ "behind a backslash", T("A=\"b\\\"\nB=1\n"),
	    "!f:1:3: " QUOTE "\nB=1@2:1/2:3\n" },
	{ "behind a continuation", T("A=\\\n\"b\nB=1\n"),
	    "!f:2:1: " QUOTE "\nB=1@3:1/3:3\n" },
	{ "in a refused line", T("A=\"$(b\nB=1\nC='\nD=2\n"),
	    "!f:1:4: $(...) is unsupported: commands are not run\n"
	    "B=1@2:1/2:3\n!f:3:3: " QUOTE "\nD=2@4:1/4:3\n" },
};

static void
append(char *text, size_t size, const char *line)
{
	size_t n = strlen(text);

	ATF_REQUIRE(n + strlen(line) < size);
	(void)snprintf(text + n, size - n, "%s", line);
}

static void
lex(const char *src, size_t len, char *text, size_t size)
{
	char *copy, value[512], line[1024];
	struct shvar_item item;
	struct errmsg em;
	struct shvar lx;
	int ret;

	/* Of that size exactly, for the sanitizers to see a read behind it. */
	ATF_REQUIRE((copy = malloc(len == 0 ? 1 : len)) != NULL);
	memcpy(copy, src, len);
	text[0] = '\0';
	shvar_init(&lx, "f", copy, len);
	while ((ret = shvar_next(&lx, &item, &em)) != 0) {
		if (ret == 1) {
			(void)escape_text(value, sizeof(value), item.value,
			    strlen(item.value));
			(void)snprintf(line, sizeof(line),
			    "%s=%s@%u:%u/%u:%u%s%s%s\n", item.name, value,
			    item.line, item.col, item.value_line,
			    item.value_col, item.spaced ? "~" : "",
			    item.undefined != NULL ? " " : "",
			    item.undefined != NULL ? item.undefined : "");
		} else
			(void)snprintf(line, sizeof(line), "%c%s\n",
			    ret == SHVAR_SKIPPED ? '?' : '!', em.text);
		append(text, size, line);
	}
	ATF_CHECK_EQ(0, shvar_next(&lx, &item, &em));
	shvar_free(&lx);
	free(copy);
}

static void
check(const struct text_case *cases, size_t n)
{
	char text[4096];
	size_t i;

	for (i = 0; i < n; i++) {
		lex(cases[i].text, cases[i].len, text, sizeof(text));
		ATF_CHECK_MSG(strcmp(cases[i].want, text) == 0,
		    "%s: wanted\n%sgot\n%s", cases[i].name, cases[i].want,
		    text);
	}
}

#define CASES(table)							\
	ATF_TC_WITHOUT_HEAD(table);					\
	ATF_TC_BODY(table, tc)						\
	{								\
		check(table, sizeof(table) / sizeof(table[0]));		\
	}

CASES(syntax)
CASES(continuation)
CASES(line_ends)
CASES(references)
CASES(lenient)
CASES(refused)
CASES(nuls)
CASES(unclosed)

/* A value of SHVAR_VALUE bytes is one, a byte more is refused; so are names,
 * and so are more assignments than there may be. */
ATF_TC_WITHOUT_HEAD(bounds);
ATF_TC_BODY(bounds, tc)
{
	static char text[SHVAR_VALUE + 64], out[1024];
	struct shvar_item item;
	struct errmsg em;
	struct shvar lx;
	int n, ret;

	for (n = SHVAR_VALUE; n <= SHVAR_VALUE + 1; n++) {
		(void)snprintf(text, sizeof(text), "A= B='%0*d'\nC=1", n, 0);
		shvar_init(&lx, "f", text, strlen(text));
		ret = shvar_next(&lx, &item, &em);
		if (n == SHVAR_VALUE) {
			ATF_REQUIRE_EQ(1, ret);
			ATF_REQUIRE_EQ(1, shvar_next(&lx, &item, &em));
			ATF_CHECK_EQ((size_t)n, strlen(item.value));
		} else {
			ATF_REQUIRE_EQ(-1, ret);
			ATF_CHECK_STREQ("f:1:6: value too long", em.text);
			ATF_CHECK_EQ(EINVAL, em.code);
		}
		ATF_REQUIRE_EQ(1, shvar_next(&lx, &item, &em));
		ATF_CHECK_STREQ("C", item.name);
		ATF_CHECK_EQ(0, shvar_next(&lx, &item, &em));
		shvar_free(&lx);
	}
	(void)snprintf(text, sizeof(text), "A%0*d=1\nB=$A%0*d\n",
	    SHVAR_NAME - 1, 0, SHVAR_NAME, 0);
	lex(text, strlen(text), out, sizeof(out));
	ATF_CHECK(strstr(out, "=1@1:1/1:257\n!f:2:3: name too long\n") != NULL);
	(void)snprintf(text, sizeof(text), "A%0*d=1\nB=1\n", SHVAR_NAME, 0);
	lex(text, strlen(text), out, sizeof(out));
	ATF_CHECK_STREQ("!f:1:1: name too long\nB=1@2:1/2:3\n", out);
}

ATF_TC_WITHOUT_HEAD(many);
ATF_TC_BODY(many, tc)
{
	static char text[(SHVAR_VARS + 2) * 4];
	struct shvar_item item, first;
	struct errmsg em;
	struct shvar lx;
	size_t i;

	for (i = 0; i < SHVAR_VARS + 2; i++)
		memcpy(text + i * 4, "A=1\n", 4);
	shvar_init(&lx, "f", text, sizeof(text));
	ATF_REQUIRE_EQ(1, shvar_next(&lx, &first, &em));
	for (i = 1; i < SHVAR_VARS; i++)
		ATF_REQUIRE_EQ(1, shvar_next(&lx, &item, &em));
	ATF_CHECK_EQ(-1, shvar_next(&lx, &item, &em));
	ATF_CHECK_STREQ("f:1025:1: too many assignments", em.text);
	ATF_CHECK_EQ(-1, shvar_next(&lx, &item, &em));
	ATF_CHECK_EQ(0, shvar_next(&lx, &item, &em));
	/* The first item is as it was. */
	ATF_CHECK_STREQ("A", first.name);
	ATF_CHECK_STREQ("1", first.value);
	shvar_free(&lx);
}

/* A variable that doubles on each line ends at the bound, and no sooner. */
ATF_TC_WITHOUT_HEAD(doubling);
ATF_TC_BODY(doubling, tc)
{
	static char text[16 + 40 * 8];
	struct shvar_item item;
	struct shvar lx;
	size_t longest = 0;
	int i, ret, errors = 0;

	memcpy(text, "A=aa\n", 6);
	for (i = 0; i < 40; i++)
		memcpy(text + 5 + i * 7, "A=$A$A\n", 8);
	shvar_init(&lx, "f", text, strlen(text));
	while ((ret = shvar_next(&lx, &item, NULL)) != 0) {
		errors += ret == -1;
		if (ret == 1)
			longest = strlen(item.value);
	}
	shvar_free(&lx);
	ATF_CHECK_EQ(SHVAR_VALUE, longest);
	ATF_CHECK_EQ(25, errors);
}

ATF_TC_WITHOUT_HEAD(refers);
ATF_TC_BODY(refers, tc)
{
	static const char text[] = "A=1\nB=2\nC=$A\nD='$B'\nE=\"${C}\"\nA=3\n"
	    "F=1 G=$F\nexport H=1 I=$H\nJ=$J\n";
	static const char *const names[] = {
		"A", "C", "F", NULL, "B", "D", "E", "G", "H", "I", "J", "", "K"
	};
	struct shvar_item item;
	struct shvar lx;
	int i, want = 1;

	shvar_init(&lx, "f", text, sizeof(text) - 1);
	ATF_CHECK(!shvar_refers(&lx, "A"));
	while (shvar_next(&lx, &item, NULL) == 1)
		continue;
	for (i = 0; i < (int)(sizeof(names) / sizeof(names[0])); i++) {
		if (names[i] == NULL)
			want = 0;
		else
			ATF_CHECK_MSG(shvar_refers(&lx, names[i]) == want,
			    "%s", names[i]);
	}
	shvar_free(&lx);
}

/* The name of the file is from outside, too, and may be long. */
ATF_TC_WITHOUT_HEAD(file_name);
ATF_TC_BODY(file_name, tc)
{
	char name[1024];
	struct shvar_item item;
	struct errmsg em;
	struct shvar lx;

	shvar_init(&lx, "/a\x1b[m", T("x"));
	ATF_CHECK_EQ(-1, shvar_next(&lx, &item, &em));
	ATF_CHECK_MSG(strncmp(em.text, "/a\\e[m:1:1: ", 12) == 0, "%s",
	    em.text);
	shvar_free(&lx);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	shvar_init(&lx, name, T("A=1\nx"));
	ATF_CHECK_EQ(1, shvar_next(&lx, &item, &em));
	ATF_CHECK_EQ(-1, shvar_next(&lx, &item, &em));
	ATF_CHECK_MSG(strstr(em.text, "n:2:1: \"x\" is no") != NULL, "%s",
	    em.text);
	shvar_free(&lx);
}

/* What sh has in X behind a text. */
static void
sh_value(const char *src, char *value, size_t size)
{
	char script[2048];
	ssize_t n;
	size_t len = 0;
	int fd[2], status;
	pid_t pid;

	ATF_REQUIRE(snprintf(script, sizeof(script),
	    "%s\nprintf %%s. \"$X\"", src) < (int)sizeof(script));
	ATF_REQUIRE_EQ(0, pipe(fd));
	ATF_REQUIRE((pid = fork()) != -1);
	if (pid == 0) {
		char *env[] = { NULL };

		(void)dup2(fd[1], 1);
		(void)close(fd[0]);
		(void)close(fd[1]);
		(void)execle("/bin/sh", "sh", "-c", script, (char *)NULL, env);
		_exit(127);
	}
	(void)close(fd[1]);
	while ((n = read(fd[0], value + len, size - 1 - len)) > 0)
		len += (size_t)n;
	(void)close(fd[0]);
	ATF_REQUIRE_EQ(pid, waitpid(pid, &status, 0));
	ATF_REQUIRE_MSG(len > 0 && value[len - 1] == '.', "sh fails on %s",
	    src);
	value[len - 1] = '\0';
}

/* What we have in X; 0 when something was refused. */
static int
our_value(const char *src, char *value, size_t size)
{
	struct shvar_item item;
	struct shvar lx;
	int ret, good = 1;

	value[0] = '\0';
	shvar_init(&lx, "f", src, strlen(src));
	while ((ret = shvar_next(&lx, &item, NULL)) != 0) {
		/* A shell takes no blanks around =. */
		if (ret != 1 || item.spaced)
			good = 0;
		else if (strcmp(item.name, "X") == 0)
			(void)snprintf(value, size, "%s", item.value);
	}
	shvar_free(&lx);
	return good;
}

static const char *const as_sh[] = {
	"X=a", "X='a b'c\"d e\"", "X=\"a\\b\\\"\\\\\\$\"", "X=\\a\\ \\\\",
	"A=1\nX=$A${A}b", "A='x  y'\nX=$A", "A='*'\nX=$A\nX=$X/e*",
	"X=a\\\nb", "X=\"a\\\nb\"", "X='a\\\nb'", "X=1 A=2 X=$A",
	"export X=1", "X=0\nexport X=1 Y=$X\nX=$Y", "X=1#2", "X=1 #2",
	"X=a=b", "X={a,b}", "X=$", "X=\"$\"", "X=a$.b", "X=\"a$'b'\"",
	"X=\"'\"'\"'", "# it's\nX=1", "X='\n'", "X=!a", "X=a\\\n\\\nb",
	"X=\\#a", "X=''", "X=", "A=1\nX=\"${A}\"A$AA$A", "X=a[b]?",
	"A='$B' B=1\nX=$A", "X=\"\\a\\n\\\\n\"", "X=%s\\n", "X\\\n=\\\n1",
	"A='a b' X=$A", "export A='a'\nexport A\nX=$A", "X=^a-b:c,d@e+f",
};

ATF_TC_WITHOUT_HEAD(same_as_sh);
ATF_TC_BODY(same_as_sh, tc)
{
	char ours[1024], theirs[1024];
	size_t i;

	for (i = 0; i < sizeof(as_sh) / sizeof(as_sh[0]); i++) {
		ATF_CHECK_MSG(our_value(as_sh[i], ours, sizeof(ours)),
		    "refused: %s", as_sh[i]);
		sh_value(as_sh[i], theirs, sizeof(theirs));
		ATF_CHECK_MSG(strcmp(ours, theirs) == 0,
		    "%s\nsh: %s\nours: %s", as_sh[i], theirs, ours);
	}
}

/* The same for texts that nobody thought of: whatever is not refused. */
ATF_TC_WITHOUT_HEAD(same_as_sh_for_any);
ATF_TC_BODY(same_as_sh_for_any, tc)
{
	static const char *const pieces[] = {
		"X=", "A=", "$A", "${A}", "$X", "'", "\"", "\\", "\n", " ",
		"#", "a", "b", "$", "\\\n", "=", "'", "\"", "*", "\nX="
	};
	char src[256], ours[2048], theirs[2048];
	unsigned long seed = 1;
	int i, k, tried = 0;

	for (i = 0; i < 20000 && tried < 300; i++) {
		(void)snprintf(src, sizeof(src), "A='u v'\nX=");
		for (k = 0; k < 12; k++) {
			seed = seed * 1103515245 + 12345;
			append(src, sizeof(src), pieces[(seed >> 16) %
			    (sizeof(pieces) / sizeof(pieces[0]))]);
		}
		/* A backslash at the very end would meet printf in sh. */
		append(src, sizeof(src), "\n");
		if (!our_value(src, ours, sizeof(ours)))
			continue;
		tried++;
		sh_value(src, theirs, sizeof(theirs));
		ATF_CHECK_MSG(strcmp(ours, theirs) == 0,
		    "%s\nsh: %s\nours: %s", src, theirs, ours);
	}
	ATF_CHECK_EQ(300, tried);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, syntax);
	ATF_TP_ADD_TC(tp, continuation);
	ATF_TP_ADD_TC(tp, line_ends);
	ATF_TP_ADD_TC(tp, references);
	ATF_TP_ADD_TC(tp, lenient);
	ATF_TP_ADD_TC(tp, refused);
	ATF_TP_ADD_TC(tp, nuls);
	ATF_TP_ADD_TC(tp, unclosed);
	ATF_TP_ADD_TC(tp, bounds);
	ATF_TP_ADD_TC(tp, many);
	ATF_TP_ADD_TC(tp, doubling);
	ATF_TP_ADD_TC(tp, refers);
	ATF_TP_ADD_TC(tp, file_name);
	ATF_TP_ADD_TC(tp, same_as_sh);
	ATF_TP_ADD_TC(tp, same_as_sh_for_any);
	return atf_no_error();
}
