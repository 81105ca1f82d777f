#include "run/audit_part.h"

#include <sys/vfs.h>

#include <limits.h>
#include <string.h>

#include "run/inventory.h"
#include "run/saves.h"
#include "run/service.h"
#include "text/buf.h"
#include "text/number.h"
#include "wire/domxml.h"

#define AREA	"save"

enum kind { MEMORY, NETWORK, USER };

/* statfs(2). */
static const struct {
	unsigned long	 type;
	enum kind	 kind;
	const char	*name;
} systems[] = {
	{ 0x01021994, MEMORY, "tmpfs" },
	{ 0x858458f6, MEMORY, "ramfs" },
	{ 0x6969, NETWORK, "NFS" },
	{ 0x517b, NETWORK, "SMB" },
	{ 0xfe534d42, NETWORK, "SMB" },
	{ 0xff534d42, NETWORK, "CIFS" },
	{ 0x00c36400, NETWORK, "Ceph" },
	{ 0x01021997, NETWORK, "9p" },
	{ 0x7461636f, NETWORK, "OCFS2" },
	{ 0x01161970, NETWORK, "GFS2" },
	{ 0x65735546, USER, "FUSE" },
};

static const struct {
	enum advice_level level;
	const char	*text;
	const char	*todo;
} kinds[] = {
	[MEMORY] = { ADVICE_FAIL, "it is in memory, and saves are lost when "
	    "the host goes down",
	    "mount a disk there, or ON_SHUTDOWN=shutdown" },
	[NETWORK] = { ADVICE_FAIL, "the service is not ordered after network "
	    "file systems, which are unmounted before the stop ends",
	    "order the service after remote-fs.target, netmount or "
	    "$remote_fs" },
	[USER] = { ADVICE_WARN, "it ends with its process, which may be "
	    "killed before the stop ends",
	    "keep saves on a disk, or ON_SHUTDOWN=shutdown" },
};

/* The directory, or its nearest parent that exists. */
static void
dir_find(char dir[PATH_MAX], struct statfs *fs)
{
	char *slash;

	saves_dir(dir);
	memset(fs, 0, sizeof(*fs));
	while (statfs(dir, fs) == -1 && (slash = strrchr(dir, '/')) != NULL &&
	    slash != dir)
		*slash = '\0';
}

/* The bytes that saves write here; without: how many guests have no other
 * action. */
static uint64_t
saves_sum(const struct audit_view *v, size_t *without)
{
	const struct guests *gs = &v->inventory->guests;
	const struct guest *g;
	uint64_t sum = 0;
	bool only;
	size_t i;

	*without = 0;
	for (i = 0; i < gs->n; i++) {
		g = &gs->guest[i];
		if (!(g->facts & DOMXML_QEMU) || v->inventory->host[
		    g->uri].uri.transport != URI_UNIX ||
		    !audit_saved(v, i, &only))
			continue;
		*without += only;
		sum += g->memory;
	}
	return sum;
}

static bool
ordered(void)
{
	static const char *const words[] = { "remote-fs", "remote_fs",
	    "netmount", "nfsmount", "RequiresMountsFor" };
	const struct service_manager *m = service_manager();
	char path[SERVICE_PATH];
	struct inifile_text t;
	struct buf text;
	bool is = false;
	size_t i;

	if (m == NULL || buf_init(&text, 4096, AUDIT_TEXT) == -1)
		return true;
	if (service_read(m, AUDIT_SERVICE, &text, path)) {
		t.text = (const char *)text.base;
		t.len = text.len;
		for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			is = is || inifile_mentions(t, words[i]);
	}
	buf_free(&text);
	return is;
}

static void
system_check(struct audit_view *v, const char *dir, unsigned long type)
{
	struct advice_about about = { .area = AREA, .object = dir };
	size_t i;

	for (i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
		if (systems[i].type != type ||
		    (systems[i].kind == NETWORK && ordered()))
			continue;
		about.level = kinds[systems[i].kind].level;
		about.todo = kinds[systems[i].kind].todo;
		advice_put(&v->audit->advice, &about, "%s: %s",
		    systems[i].name, kinds[systems[i].kind].text);
	}
}

void
audit_saves(struct audit_view *v)
{
	struct advice_about about = { .level = ADVICE_OK, .area = AREA };
	char dir[PATH_MAX], needed[NUMBER_BYTES], room[NUMBER_BYTES];
	struct statfs fs;
	uint64_t sum, left;
	size_t without;

	if ((sum = saves_sum(v, &without)) == 0)
		return;
	dir_find(dir, &fs);
	left = (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize;
	about.object = dir;
	if (left < sum) {
		about.level = without > 0 ? ADVICE_FAIL : ADVICE_WARN;
		about.todo = without > 0 ? "free some space, or "
		    "ON_SHUTDOWN=suspend,shutdown" :
		    "free some space, or the next action follows";
	}
	advice_put(&v->audit->advice, &about, "saves need %s at most, and "
	    "there are %s", number_bytes(sum, needed),
	    number_bytes(left, room));
	system_check(v, dir, (unsigned long)fs.f_type);
}
