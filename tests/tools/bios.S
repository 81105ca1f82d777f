/*
 * A firmware for the guest of guest.S on machine `pc': the few things that it
 * asks of a BIOS, in 64 KiB that hold one page of code.  SeaBIOS does the same
 * within a third of a second of processor time, which is most of what a guest
 * costs; in a host that is itself emulated it takes 50 times as long.
 *
 *	as --32 -I tests/tools -o bios.o bios.S
 *	ld -m elf_i386 -Ttext 0 --oformat binary -o bios.bin bios.o
 *
 * It sets the ACPI registers to port 0x600, counts the clock at 0x46c, reads
 * and writes sectors of the first disk by int 0x13, functions 0x42 and 0x43,
 * one sector a call, and starts the disk's first sector.
 */

	.include "pc.S"

	.set	BOOT, 0x7c00		/* where the first sector goes */
	.set	PACKET, 0x500		/* the packet of our own read */
	.set	APIC, 0xfee00000
	.set	PIC, 0x20
	.set	PIT, 0x40
	.set	IDE, 0x1f0
	.set	PCI, 0xcf8
	.set	PM, 0x80000b00		/* PCI device 1, function 3 */

	.code16
	.globl	_start
_start:
	cli
	cld
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$BOOT, %sp

	/* The local APIC, which lets through what the PIC says. */
	lgdtl	%cs:gdtr
	flat	%fs
	movl	$APIC + 0xf0, %ebx
	movl	$0x1ff, %fs:(%ebx)
	movw	$0x350, %bx
	movl	$0x700, %fs:(%ebx)

	/* Interrupts: only the clock's is let through. */
	xorw	%ax, %ax
	movw	$clock, 8 * 4
	movw	%cs, 8 * 4 + 2
	movw	$disk, 0x13 * 4
	movw	%cs, 0x13 * 4 + 2
	movw	$PIC, %dx
	movb	$0x11, %al		/* its four words of set-up */
	outb	%al, %dx
	incw	%dx
	movb	$8, %al
	outb	%al, %dx
	movb	$4, %al
	outb	%al, %dx
	movb	$1, %al
	outb	%al, %dx
	movb	$0xfe, %al		/* and its mask */
	outb	%al, %dx
	movb	$0x34, %al
	outb	%al, $PIT + 3
	xorb	%al, %al
	outb	%al, $PIT
	outb	%al, $PIT

	/* ACPI: the ports, then that they are on. */
	movl	$PM + 0x40, %eax
	movw	$PCI, %dx
	outl	%eax, %dx
	movl	$0x601, %eax
	movw	$PCI + 4, %dx
	outl	%eax, %dx
	movl	$PM + 0x80, %eax
	movw	$PCI, %dx
	outl	%eax, %dx
	movb	$1, %al
	movw	$PCI + 4, %dx
	outb	%al, %dx
	/* QEMU takes a wake-up for a press of the button: forget it. */
	movw	$0x600, %dx
	movw	$0xffff, %ax
	outw	%ax, %dx

	/* Sector 0 to 0000:7c00. */
	movw	$PACKET, %si
	movl	$BOOT, 4(%si)
	movl	$0, 8(%si)
	movb	$0x42, %ah
	movb	$0x80, %dl
	int	$0x13
	jc	stay
	ljmp	$0, $BOOT
stay:
	hlt
	jmp	stay

clock:
	pushw	%ax
	pushw	%ds
	xorw	%ax, %ax
	movw	%ax, %ds
	incw	CLOCK
	movb	$0x20, %al
	outb	%al, $PIC
	popw	%ds
	popw	%ax
	iret

/* Function %ah with the packet at %si; carry is set if the disk failed. */
disk:
	pushaw
	pushw	%es
	movw	%ax, %bx
	les	4(%si), %di
	movw	$IDE + 2, %dx		/* one sector, by its number */
	movb	$1, %al
	outb	%al, %dx
	incw	%dx
	movb	8(%si), %al
	outb	%al, %dx
	incw	%dx
	movb	9(%si), %al
	outb	%al, %dx
	incw	%dx
	movb	10(%si), %al
	outb	%al, %dx
	incw	%dx
	movb	$0xe0, %al
	outb	%al, %dx
	incw	%dx
	movb	$0x20, %al
	cmpb	$0x42, %bh
	je	command
	movb	$0x30, %al
command:
	outb	%al, %dx
	call	busy
	testb	$8, %al
	jz	failed
	movw	$256, %cx
	movw	$IDE, %dx
	cmpb	$0x42, %bh
	jne	write
	rep	insw
	jmp	done
write:
	movw	%di, %si
	rep	outsw %es:(%si), %dx
done:
	movw	$IDE + 7, %dx
	call	busy
	testb	$0x21, %al
	jnz	failed
	popw	%es
	popaw
	clc
	sti
	lret	$2
failed:
	popw	%es
	popaw
	stc
	sti
	lret	$2

/* The state of the disk in %al, once it is not busy. */
busy:
	inb	%dx, %al
	testb	$0x80, %al
	jnz	busy
	ret

	flat_table 0xf0000

	/* Where the processor begins. */
	.org	0xfff0
	ljmp	$0xf000, $_start
	.org	0x10000
