/*
 * FreeBSD amd64.  Number in rax, arguments in rdi rsi rdx r10 r8 r9.  An error
 * sets the carry flag and leaves a positive errno in rax.  The kernel keeps
 * rbx rbp rsp r12-r15; it returns a second value in rdx and clears r8 r9 r10
 * on its fast way out (sys/amd64/amd64/exception.S), so nothing is kept there.
 */
	.text

	.globl	_start
	.type	_start, @function
_start:
	/* rdi: argc, argv, NULL, envp, NULL */
	xorl	%ebp, %ebp
	movq	%rdi, %rax
	movl	(%rax), %edi
	leaq	8(%rax), %rsi
	leaq	16(%rax,%rdi,8), %rdx
	andq	$-16, %rsp
	call	start
	ud2
	.size	_start, . - _start

	.globl	syscall6
	.type	syscall6, @function
syscall6:
	movq	%rdi, %rax
	movq	%rsi, %rdi
	movq	%rdx, %rsi
	movq	%rcx, %rdx
	movq	%r8, %r10
	movq	%r9, %r8
	movq	8(%rsp), %r9
	syscall
	jnc	1f
	negq	%rax
1:	ret
	.size	syscall6, . - syscall6

	/*
	 * The child runs on the parent's stack while the parent waits, so it
	 * must not write there: everything it needs is in registers that the
	 * kernel keeps.
	 */
	.globl	vfork_exec
	.type	vfork_exec, @function
vfork_exec:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rdi, %rbx
	movq	%rsi, %rbp
	movq	%rdx, %r12
	movslq	%ecx, %r13
	movslq	%r8d, %r14
	movq	%r9, %r15
	movl	$66, %eax		/* vfork */
	syscall
	jc	3f
	testl	%eax, %eax
	jnz	4f
	movq	%r13, %rdi
	xorl	%esi, %esi
	movl	$90, %eax		/* dup2 */
	syscall
	jc	1f
	movq	%r14, %rdi
	movl	$1, %esi
	movl	$90, %eax
	syscall
	jc	1f
	movq	%rbx, %rdi
	movq	%rbp, %rsi
	movq	%r12, %rdx
	movl	$59, %eax		/* execve */
	syscall
1:	movl	%eax, (%r15)
	movl	$1, %edi
	movl	$1, %eax		/* exit */
	syscall
	ud2
3:	negq	%rax
4:	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret
	.size	vfork_exec, . - vfork_exec

	.section .note.GNU-stack, "", @progbits
