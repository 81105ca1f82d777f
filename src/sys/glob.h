#ifndef GLOB_H
#define GLOB_H

/*
 * The files of a pattern, as of glob(7), sorted by name in each directory.
 * Only * ? [ ] and \ are special, a leading dot is matched by itself alone.
 * Links count even if they point nowhere.  glob(3) itself costs 13 KB.
 */
#define GLOB_PATH	512	/* bytes of a path; longer ones are left out */

typedef void	 glob_fn(void *arg, const char *path);
void	 glob_each(const char *pattern, glob_fn *, void *arg);

#endif
