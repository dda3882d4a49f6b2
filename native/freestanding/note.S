/*
 * "This is a FreeBSD program": how the kernel knows it where the ELF header
 * does not say so (arm64).  The number is the oldest release meant.
 */
	.section .note.tag, "a", %note
	.p2align 2
	.4byte	8			/* length of the name */
	.4byte	4			/* length of the number */
	.4byte	1			/* NT_FREEBSD_ABI_TAG */
	.asciz	"FreeBSD"
	.4byte	1200000			/* 12.0: __sysctlbyname */

	.section .note.GNU-stack, "", %progbits
