#include "plan/guest.h"

#include <atf-c.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/lvmsg.h"

#define MANY	1000

/* A domain; its UUID is that number. */
static struct lvmsg_domain
domain(const char *name, int32_t id, uint16_t uuid)
{
	struct lvmsg_domain d = { .name = name, .namelen = strlen(name),
	    .id = id };

	d.uuid[3] = (unsigned char)(uuid >> 8);
	d.uuid[15] = (unsigned char)uuid;
	return d;
}

static struct guest *
add(struct guests *gs, size_t uri, const struct lvmsg_domain *d)
{
	struct guest *g = NULL;

	ATF_REQUIRE(guests_add(gs, uri, d, &g) == 0);
	return g;
}

/* "URI/NAME " each. */
static const char *
names(const struct guests *gs)
{
	static char text[256];
	size_t i, n = 0;

	text[0] = '\0';
	for (i = 0; i < gs->n && n < sizeof(text); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%zu/%s ",
		    gs->guest[i].uri, gs->guest[i].name);
	return text;
}

ATF_TC_WITHOUT_HEAD(added);
ATF_TC_BODY(added, tc)
{
	struct lvmsg_domain d = domain("web", 7, 0x1234);
	struct guests gs;
	struct guest *g;

	guests_init(&gs);
	g = add(&gs, 3, &d);
	ATF_REQUIRE(g != NULL && gs.n == 1);
	ATF_CHECK_STREQ("web", g->name);
	ATF_CHECK(g->uri == 3 && g->id == 7 && !g->persistent);
	ATF_CHECK(memcmp(g->uuid, d.uuid, UUID_LEN) == 0);
	/* Who asks for nothing gets nothing. */
	d = domain("db", 8, 9);
	ATF_CHECK(guests_add(&gs, 3, &d, NULL) == 0 && gs.n == 2);
	guests_free(&gs);
	ATF_CHECK(gs.n == 0 && gs.guest == NULL);
}

/* A name as it lies in a message: its end is its length. */
ATF_TC_WITHOUT_HEAD(name_is_copied);
ATF_TC_BODY(name_is_copied, tc)
{
	char message[] = "web0AND MORE";
	struct lvmsg_domain d = domain(message, 1, 1);
	struct guests gs;
	struct guest *g;

	guests_init(&gs);
	d.namelen = 4;
	g = add(&gs, 0, &d);
	memset(message, 'x', sizeof(message));
	ATF_CHECK_STREQ("web0", g->name);
	d = domain("", 2, 2);
	ATF_CHECK_STREQ("", add(&gs, 0, &d)->name);
	guests_free(&gs);
}

/* The same UUID twice is one guest of a URI, and two of two. */
ATF_TC_WITHOUT_HEAD(same_uuid);
ATF_TC_BODY(same_uuid, tc)
{
	struct lvmsg_domain d = domain("web", 7, 1), e = domain("new", 9, 1);
	struct guests gs;
	struct guest *g;

	guests_init(&gs);
	g = add(&gs, 0, &d);
	g->persistent = true;
	ATF_CHECK(add(&gs, 0, &e) == g && gs.n == 1);
	ATF_CHECK_STREQ("web", g->name);
	ATF_CHECK(g->id == 7 && g->persistent);
	ATF_CHECK_STREQ("new", add(&gs, 1, &e)->name);
	ATF_CHECK_EQ(2, gs.n);
	ATF_CHECK(guests_find(&gs, 0, d.uuid) == &gs.guest[0]);
	ATF_CHECK(guests_find(&gs, 1, d.uuid) == &gs.guest[1]);
	ATF_CHECK(guests_find(&gs, 2, d.uuid) == NULL);
	guests_free(&gs);
}

/* A UUID that differs in any one byte is another one. */
ATF_TC_WITHOUT_HEAD(whole_uuid);
ATF_TC_BODY(whole_uuid, tc)
{
	struct lvmsg_domain d = domain("g", 1, 1), e;
	struct guests gs;
	size_t i;

	guests_init(&gs);
	add(&gs, 0, &d);
	for (i = 0; i < UUID_LEN; i++) {
		e = d;
		e.uuid[i] ^= 0x40;
		ATF_CHECK_MSG(guests_find(&gs, 0, e.uuid) == NULL,
		    "byte %zu", i);
	}
	guests_free(&gs);
}

ATF_TC_WITHOUT_HEAD(dom0_is_no_guest);
ATF_TC_BODY(dom0_is_no_guest, tc)
{
	struct lvmsg_domain d = domain("Domain-0", 0, 0);
	struct guests gs;
	struct guest *g = (struct guest *)&gs;

	guests_init(&gs);
	ATF_CHECK(guests_add(&gs, 0, &d, &g) == 0);
	ATF_CHECK(g == NULL && gs.n == 0);
	ATF_CHECK(guests_add(&gs, 0, &d, NULL) == 0);
	guests_free(&gs);
}

ATF_TC_WITHOUT_HEAD(move);
ATF_TC_BODY(move, tc)
{
	struct lvmsg_domain d = domain("g", 1, 1), e = domain("h", 2, 2);
	struct guests from, to;
	struct guest *g;

	guests_init(&from);
	guests_init(&to);
	add(&to, 3, &d)->over = true;
	to.guest[0].os = strdup("os");
	add(&to, 3, &e);
	d.id = 9;
	g = add(&from, 3, &d);
	g->os = strdup("other");
	g->memory = 5;
	/* In the place of the same one, with all that is known. */
	ATF_REQUIRE_EQ(0, guests_move(&to, g));
	ATF_CHECK(g->name == NULL && g->os == NULL);
	ATF_CHECK_STREQ("3/g 3/h ", names(&to));
	g = &to.guest[0];
	ATF_CHECK(!g->over && g->id == 9 && g->memory == 5);
	ATF_CHECK_STREQ("other", g->os);
	/* One of another URI is another one. */
	guests_free(&from);
	ATF_REQUIRE_EQ(0, guests_move(&to, add(&from, 4, &d)));
	guests_free(&from);
	ATF_CHECK_STREQ("3/g 3/h 4/g ", names(&to));
	guests_free(&to);
}

ATF_TC_WITHOUT_HEAD(take);
ATF_TC_BODY(take, tc)
{
	struct guests from, to;
	struct lvmsg_domain d;
	char name[] = "a";
	uint16_t i;

	guests_init(&from);
	guests_init(&to);
	for (i = 0; i < 40; i++) {
		name[0] = (char)('A' + i);
		d = domain(name, i, i + 1);
		add(i < 2 ? &to : &from, 1, &d);
	}
	ATF_REQUIRE_EQ(0, guests_take(&to, &from));
	ATF_CHECK_EQ(0, from.n);
	ATF_REQUIRE_EQ(40, to.n);
	for (i = 0; i < 40; i++)
		ATF_CHECK_EQ('A' + i, to.guest[i].name[0]);
	ATF_REQUIRE_EQ(0, guests_take(&to, &from));
	ATF_CHECK_EQ(40, to.n);
	guests_free(&to);
}

/* Running ones by id, then those that are off, by name; URI by URI. */
ATF_TC_WITHOUT_HEAD(sort);
ATF_TC_BODY(sort, tc)
{
	static const struct {
		size_t		 uri;
		const char	*name;
		int32_t		 id;
	} row[] = {
		{ 1, "a", 1 }, { 0, "z", -1 }, { 0, "c", 10 }, { 0, "y", -1 },
		{ 0, "b", 9 }, { 1, "x", -1 }, { 0, "d", INT32_MAX },
		{ 2, "e", 0 }, { 0, "f", 2 },
	};
	struct lvmsg_domain d;
	struct guests gs;
	uint16_t i;

	guests_init(&gs);
	guests_sort(&gs);
	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		d = domain(row[i].name, row[i].id, i + 1);
		add(&gs, row[i].uri, &d);
		guests_sort(&gs);
	}
	ATF_CHECK_STREQ("0/f 0/b 0/c 0/d 0/y 0/z 1/a 1/x 2/e ", names(&gs));
	guests_free(&gs);
}

ATF_TC_WITHOUT_HEAD(many);
ATF_TC_BODY(many, tc)
{
	struct lvmsg_domain d;
	struct guests gs;
	char name[32];
	uint16_t i;

	guests_init(&gs);
	for (i = 1; i <= MANY; i++) {
		(void)snprintf(name, sizeof(name), "guest %u", i);
		d = domain(name, i, i);
		add(&gs, i % 3, &d);
	}
	ATF_CHECK_EQ(MANY, gs.n);
	for (i = 1; i <= MANY; i++) {
		(void)snprintf(name, sizeof(name), "guest %u", i);
		d = domain(name, i, i);
		ATF_REQUIRE_MSG(guests_find(&gs, i % 3, d.uuid) != NULL,
		    "%s", name);
		ATF_CHECK_STREQ(name, guests_find(&gs, i % 3, d.uuid)->name);
		ATF_CHECK(guests_find(&gs, (i + 1) % 3, d.uuid) == NULL);
	}
	guests_free(&gs);
}

/* No byte of a name reaches a terminal as it is, nor more than fit. */
ATF_TC_WITHOUT_HEAD(label);
ATF_TC_BODY(label, tc)
{
	struct lvmsg_domain d = domain("a\033[31m\nb", 1, 1);
	char text[GUEST_LABEL], long_name[2 * GUEST_LABEL + 1];
	struct guests gs;
	const char *s;

	guests_init(&gs);
	ATF_CHECK(guest_label(add(&gs, 0, &d), text) == text);
	for (s = text; *s != '\0'; s++)
		ATF_CHECK_MSG(*s >= ' ' && *s <= '~', "byte %zu of %s",
		    (size_t)(s - text), text);
	ATF_CHECK(text[0] == 'a' && text[strlen(text) - 1] == 'b');
	memset(long_name, '\001', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	d = domain(long_name, 2, 2);
	memset(text, 'x', sizeof(text));
	(void)guest_label(add(&gs, 0, &d), text);
	ATF_CHECK(memchr(text, '\0', sizeof(text)) != NULL);
	ATF_CHECK(strlen(text) > GUEST_LABEL / 2);
	d = domain("plain name", 3, 3);
	ATF_CHECK_STREQ("plain name", guest_label(add(&gs, 0, &d), text));
	guests_free(&gs);
}

ATF_TP_ADD_TCS(tp)
{
	ATF_TP_ADD_TC(tp, added);
	ATF_TP_ADD_TC(tp, name_is_copied);
	ATF_TP_ADD_TC(tp, same_uuid);
	ATF_TP_ADD_TC(tp, whole_uuid);
	ATF_TP_ADD_TC(tp, dom0_is_no_guest);
	ATF_TP_ADD_TC(tp, move);
	ATF_TP_ADD_TC(tp, take);
	ATF_TP_ADD_TC(tp, sort);
	ATF_TP_ADD_TC(tp, many);
	ATF_TP_ADD_TC(tp, label);
	return atf_no_error();
}
