/*
 * A whole guest in one boot sector, for machine `pc': it hears the ACPI power
 * button and does what the words at its end say.
 *
 *	as --32 -I tests/tools -o guest.o guest.S
 *	ld -m elf_i386 -Ttext 0x7c00 --oformat binary -o guest.bin guest.o
 *
 * What it is to do, little-endian words at these offsets of the sector:
 *
 *	480  obey	the press that is obeyed, 1 = the first, 0 = none
 *	482  delay	seconds from that press to the end
 *	484  deaf	seconds after boot in which presses are lost
 *	486  port	the end is this value ...
 *	488  value	... written to that port (0x604, 0x2000: power off)
 *	490  fill	MiB of memory, from 1 MiB up, filled with noise at boot
 *	492  flags	1 = note the end in sector 1, 2 = keep rewriting memory
 *
 * What it tells, on its first disk, "LAB!" and a 16-bit counter in each:
 *
 *	sector 1	ends it came to by itself: the proof of a clean stop
 *	sector 2	boots: a guest restored from its save does not count one
 *	sector 3	presses of the button that it heard
 *
 * and on its serial port: "READY" once it hears the button, then a dot for
 * every second that it runs.  Idle, it halts between the ticks of its clock.
 */

	.include "pc.S"

	.set	MAGIC, 0x2142414c	/* "LAB!" */
	.set	PROOF, 1
	.set	BOOTS, 2
	.set	PRESSES, 3
	.set	NOTE, 1
	.set	REWRITE, 2
	.set	HERTZ, 18		/* ticks of the BIOS clock in a second */
	.set	SECTOR, 0x7e00		/* where a sector is read to */
	.set	COM1, 0x3f8
	.set	PM1_STATUS, 0x600
	.set	PM1_ENABLE, 0x602
	.set	BUTTON, 0x100

	.code16
	.globl	_start
_start:
	cli
	cld
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$_start, %sp
	ljmp	$0, $boot

boot:
	sti
	movb	%dl, drive
	movb	$BOOTS, %al
	call	count
	xorl	%ebx, %ebx
fill_next:
	cmpw	fill, %bx
	jae	filled
	call	scribble
	jmp	fill_next
filled:
	imulw	$HERTZ, deaf, %bx
deaf_next:
	testw	%bx, %bx
	jz	listen
	call	tick
	decw	%bx
	jmp	deaf_next

listen:
	movw	$PM1_ENABLE, %dx
	movw	$BUTTON, %ax
	outw	%ax, %dx
	movw	$ready, %si
say:
	lodsb
	testb	%al, %al
	jz	loop
	call	putc
	jmp	say

loop:
	call	tick
	testb	$REWRITE, flags
	jz	beat
	cmpw	fill, %bx		/* %bx is the MiB whose turn it is */
	jb	rewrite
	xorw	%bx, %bx
rewrite:
	call	scribble
beat:
	decb	second
	jnz	look
	movb	$HERTZ, second
	movb	$'.', %al
	call	putc
look:
	movw	$PM1_STATUS, %dx
	inw	%dx, %ax
	testw	$BUTTON, %ax
	jz	wait
	movw	$BUTTON, %ax		/* a one clears it */
	outw	%ax, %dx
	movb	$PRESSES, %al
	call	count
	incw	heard
	movw	heard, %ax
	cmpw	obey, %ax
	jne	wait
	imulw	$HERTZ, delay, %ax
	incw	%ax
	movw	%ax, left
wait:
	cmpw	$0, left
	je	loop
	decw	left
	jnz	loop
	testb	$NOTE, flags
	jz	end
	movb	$PROOF, %al
	call	count
end:
	movw	port, %dx
	movw	value, %ax
	outw	%ax, %dx
stay:
	hlt
	jmp	stay

/* Add one to the counter in sector %al. */
count:
	movb	%al, packet_lba
	movb	$0x42, %ah
	call	disk
	movl	$MAGIC, SECTOR
	incw	SECTOR + 4
	movb	$0x43, %ah
disk:
	xorb	%al, %al
	movb	drive, %dl
	movw	$packet, %si
	int	$0x13
	jnc	done
	movb	$'!', %al		/* the disk failed: say so and stop */
	call	putc
	jmp	stay
done:
	ret

/* Return at the next tick of the clock. */
tick:
	movw	CLOCK, %ax
tick_next:
	hlt
	cmpw	CLOCK, %ax
	je	tick_next
	ret

putc:
	pushw	%ax
	movw	$COM1 + 5, %dx
putc_busy:
	inb	%dx, %al
	testb	$0x20, %al
	jz	putc_busy
	popw	%ax
	movw	$COM1, %dx
	outb	%al, %dx
	ret

/* Noise into MiB %bx + 1; %bx moves on. */
scribble:
	cli
	incw	%bx
	lgdt	gdtr
	flat	%es
	xorw	%cx, %cx
	movw	%cx, %es
	movl	%ebx, %edi
	shll	$20, %edi
	movl	$0x40000, %ecx
	movl	noise, %eax
scribble_next:
	imull	$1664525, %eax
	addl	$1013904223, %eax
	addr32 stosl
	addr32 loop scribble_next
	movl	%eax, noise
	sti
	ret

ready:	.asciz	"READY\r\n"
second:	.byte	HERTZ
drive:	.byte	0
heard:	.word	0
left:	.word	0
noise:	.long	1
packet:	.byte	16, 0
	.word	1, SECTOR, 0
packet_lba:
	.long	0, 0
	flat_table 0

	.org	480
obey:	.word	1
delay:	.word	0
deaf:	.word	0
port:	.word	0x604
value:	.word	0x2000
fill:	.word	0
flags:	.word	NOTE
	.org	510
	.word	0xaa55
