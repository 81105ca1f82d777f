# What a power loss may leave of two directories: read the log of strace of a
# run that was cut, and write each state to OUT/N/DIR/NAME.
#
#	awk -v dirs="state run" -v top=/tmp/x -v out=OUT -f crashes.awk \
#	    names log
#
# The files at first are in "names", their contents in TOP/before/DIR.
#
# The model: what was written is on disk after an fsync of the file; before,
# all, half or none of it may be.  Names are on disk after an fsync of the
# directory; before, the changes may be there up to any of them, or only the
# last one.

function unescape(s) {
	gsub(/\\n/, "\n", s)
	gsub(/\\"/, "\"", s)
	gsub(/\\\\/, "\\", s)
	return s
}

# The first string of a call, as it was.
function string(s) {
	sub(/^[^"]*"/, "", s)
	sub(/"(\.\.\.)?, [^"]*$|"\).*$/, "", s)
	return unescape(s)
}

# A name below one of the directories, or nothing.
function ours(path,	i) {
	for (i = 1; i <= ndirs; i++)
		if (index(path, top "/" dir[i] "/") == 1)
			return substr(path, length(top) + 2)
	return ""
}

function of_dir(name) {
	sub(/\/.*/, "", name)
	return name
}

function inode_new(text) {
	now[++inodes] = text
	disk[inodes] = text
	return inodes
}

# A change of names, which is pending until its directory is synced.
function change(name, inode) {
	if (inode == "")
		delete here[name]
	else
		here[name] = inode
	pending[++changes] = name
	target[changes] = inode
}

function sync_dir(d,	i, n) {
	n = 0
	for (i = 1; i <= changes; i++) {
		if (of_dir(pending[i]) == d) {
			if (target[i] == "")
				delete kept[pending[i]]
			else
				kept[pending[i]] = target[i]
			continue
		}
		pending[++n] = pending[i]
		target[n] = target[i]
	}
	changes = n
}

BEGIN { ndirs = split(dirs, dir, " ") }

# Files at first: DIR/NAME.
FILENAME == ARGV[1] {
	text = ""
	file = top "/before/" $0
	while ((getline line <file) > 0)
		text = text line "\n"
	close(file)
	here[$0] = kept[$0] = inode_new(text)
	next
}

{ sub(/^[0-9]+ +/, "") }
/ = -1 E| = \?|unfinished/ { next }

/^open(at)?\(/ {
	path = string($0)
	fd = $0
	sub(/.* = /, "", fd)
	sub(/ .*/, "", fd)
	delete file_of[fd]
	delete dir_of[fd]
	for (i = 1; i <= ndirs; i++)
		if (path == top "/" dir[i])
			dir_of[fd] = dir[i]
	name = ours(path)
	if (name == "")
		next
	if (!(name in here) && /O_CREAT/)
		change(name, inode_new(""))
	if (/O_TRUNC/)
		now[here[name]] = ""
	file_of[fd] = here[name]
	next
}
/^close\(/ {
	fd = $0
	gsub(/^close\(|\).*/, "", fd)
	delete file_of[fd]
	delete dir_of[fd]
}
/^write\(/ {
	fd = $0
	gsub(/^write\(|,.*/, "", fd)
	if (fd in file_of)
		now[file_of[fd]] = now[file_of[fd]] string($0)
}
/^fsync\(/ {
	fd = $0
	gsub(/^fsync\(|\).*/, "", fd)
	if (fd in file_of)
		disk[file_of[fd]] = now[file_of[fd]]
	if (fd in dir_of)
		sync_dir(dir_of[fd])
}
/^rename\(/ {
	split($0, part, "\"")
	from = ours(part[2])
	to = ours(part[4])
	if (from != "" && to != "") {
		inode = here[from]
		change(to, inode)
		change(from, "")
	}
}
/^unlink\(/ {
	name = ours(string($0))
	if (name != "" && name in here)
		change(name, "")
}

# A state: names, and of what is not on disk this part (0, 1/2, 1).
function state(part,	name, text, i, path) {
	states++
	for (i = 1; i <= ndirs; i++)
		system("mkdir -p '" out "/" states "/" dir[i] "'")
	for (name in names) {
		text = now[names[name]]
		if (text != disk[names[name]]) {
			if (index(text, disk[names[name]]) != 1)
				i = 0
			else
				i = length(disk[names[name]])
			text = substr(text, 1, \
			    i + int((length(text) - i) * part))
		}
		path = out "/" states "/" name
		if (name ~ /\/.*\//)
			continue
		printf "%s", text >path
		close(path)
	}
}

function names_kept(	name) {
	split("", names)
	for (name in kept)
		names[name] = kept[name]
}

function apply(i) {
	if (target[i] == "")
		delete names[pending[i]]
	else
		names[pending[i]] = target[i]
}

function torn(	name) {
	for (name in names)
		if (now[names[name]] != disk[names[name]])
			return 1
	return 0
}

function all_parts() {
	state(1)
	if (torn()) {
		state(0)
		state(0.5)
	}
}

END {
	names_kept()
	all_parts()
	for (n = 1; n <= changes; n++) {
		names_kept()
		for (i = 1; i <= n; i++)
			apply(i)
		# A rename is one change.
		if (n < changes && target[n] != "" && target[n + 1] == "")
			continue
		all_parts()
	}
	print states
}
