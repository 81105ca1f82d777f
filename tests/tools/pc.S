/*
 * What bios.S and guest.S share; both run in real mode.
 */

	.set	CLOCK, 0x46c		/* where ticks are counted, 18 in a
					   second */

/*
 * flat REGISTER: memory above 1 MiB is out of reach of real mode; that segment
 * register keeps the limit of 4 GiB that it is given in a moment of protected
 * mode.  The table is loaded, interrupts are off; %eax and %cx are used.
 */
	.macro	flat register
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	movw	$8, %cx
	movw	%cx, \register
	andb	$0xfe, %al
	movl	%eax, %cr0
	.endm

/* flat_table BASE: the table, gdtr, in a program that is at BASE. */
	.macro	flat_table base
	.balign	4
gdt:	.quad	0, 0x00cf92000000ffff
gdtr:	.word	gdtr - gdt - 1
	.long	\base + gdt
	.endm
