/*
 * FreeBSD arm64.  Number in x8, arguments in x0 to x5.  An error sets the
 * carry flag and leaves a positive errno in x0.  The kernel keeps all other
 * registers but x1, a second value.
 */
	.text

	.globl	_start
	.type	_start, @function
_start:
	/* x0: argc, argv, NULL, envp, NULL */
	mov	x29, #0
	mov	x30, #0
	mov	x3, x0
	ldr	w0, [x3]
	add	x1, x3, #8
	add	x2, x1, w0, sxtw #3
	add	x2, x2, #8
	mov	x4, sp
	and	sp, x4, #-16
	bl	start
	brk	#1
	.size	_start, . - _start

	.globl	syscall6
	.type	syscall6, @function
syscall6:
	mov	x8, x0
	mov	x0, x1
	mov	x1, x2
	mov	x2, x3
	mov	x3, x4
	mov	x4, x5
	mov	x5, x6
	svc	#0
	b.cc	1f
	neg	x0, x0
1:	ret
	.size	syscall6, . - syscall6

	/* As on amd64: the child must not write to the stack. */
	.globl	vfork_exec
	.type	vfork_exec, @function
vfork_exec:
	stp	x19, x20, [sp, #-48]!
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	mov	x19, x0
	mov	x20, x1
	mov	x21, x2
	sxtw	x22, w3
	sxtw	x23, w4
	mov	x24, x5
	mov	x8, #66			/* vfork */
	svc	#0
	b.cs	3f
	cbnz	x0, 4f
	mov	x0, x22
	mov	x1, #0
	mov	x8, #90			/* dup2 */
	svc	#0
	b.cs	1f
	mov	x0, x23
	mov	x1, #1
	mov	x8, #90
	svc	#0
	b.cs	1f
	mov	x0, x19
	mov	x1, x20
	mov	x2, x21
	mov	x8, #59			/* execve */
	svc	#0
1:	str	w0, [x24]
	mov	x0, #1
	mov	x8, #1			/* exit */
	svc	#0
	brk	#1
3:	neg	x0, x0
4:	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x19, x20, [sp], #48
	ret
	.size	vfork_exec, . - vfork_exec

	.section .note.GNU-stack, "", @progbits
