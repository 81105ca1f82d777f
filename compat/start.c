/*
 * What the start of a static-PIE needs and a libc may lack: musl before 1.2.4
 * applies no compact relocations (DT_RELR), and no musl protects the memory
 * that is written by relocations alone (PT_GNU_RELRO): tables of functions.
 * Only static builds define STATIC_PIE; else the dynamic linker does both.
 */
#include "compat.h"

#ifdef STATIC_PIE

#include <sys/mman.h>

#include <elf.h>
#include <limits.h>
#include <link.h>
#include <stdint.h>
#include <unistd.h>

#ifndef DT_RELRSZ
#define DT_RELRSZ	35
#define DT_RELR		36
#endif

#define HIDDEN		__attribute__((__visibility__("hidden")))
#define WORD_BITS	(sizeof(uintptr_t) * CHAR_BIT)

/* The linker defines both; the program is linked for address 0. */
extern const ElfW(Ehdr) __ehdr_start HIDDEN;
extern ElfW(Dyn) _DYNAMIC[] HIDDEN;

/* A libc calls both; the usual ones of crti.o do nothing. */
void	_init(void);
void	_fini(void);

/* It names itself once relocations are applied. */
static const volatile void *const volatile witness = &witness;

static uintptr_t
dynamic_value(intptr_t tag)
{
	const ElfW(Dyn) *d;

	for (d = _DYNAMIC; d->d_tag != DT_NULL; d++)
		if (d->d_tag == tag)
			return d->d_un.d_val;
	return 0;
}

/* An even word is the address of a word to relocate, an odd word a bitmap of
 * those that follow. */
static void
relocate(uintptr_t base)
{
	const uintptr_t *r = (const uintptr_t *)(base + dynamic_value(DT_RELR));
	size_t n = dynamic_value(DT_RELRSZ) / sizeof(*r), i;
	uintptr_t *at = (uintptr_t *)base, bits;

	for (; n > 0; n--, r++) {
		if ((*r & 1) == 0) {
			at = (uintptr_t *)(base + *r);
			*at++ += base;
			continue;
		}
		for (i = 0, bits = *r >> 1; bits != 0; i++, bits >>= 1)
			if (bits & 1)
				at[i] += base;
		at += WORD_BITS - 1;
	}
}

/* If it fails, the program works all the same. */
static void
protect(uintptr_t base)
{
	const ElfW(Phdr) *p =
	    (const ElfW(Phdr) *)(base + __ehdr_start.e_phoff);
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from, to;
	size_t i;

	for (i = 0; i < __ehdr_start.e_phnum; i++) {
		if (p[i].p_type != PT_GNU_RELRO)
			continue;
		from = (base + p[i].p_vaddr) & ~(page - 1);
		to = (base + p[i].p_vaddr + p[i].p_memsz) & ~(page - 1);
		if (to > from)
			(void)mprotect((void *)from, to - from, PROT_READ);
	}
}

void
_init(void)
{
	uintptr_t base = (uintptr_t)&__ehdr_start;

	if (witness != &witness)
		relocate(base);
	protect(base);
}

void
_fini(void)
{
}
#else
typedef int compat_start_unused;
#endif
