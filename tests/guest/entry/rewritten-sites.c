// SPDX-License-Identifier: Apache-2.0
/*
 * System-call sites in the shapes that the runtime rewrites, and in shapes
 * that it must leave alone, called often enough that it does: registers, red
 * zone, flags and jumps into the middle of a site are as without rewriting.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 300

struct registers {
	uint64_t rbx, rbp, rdi, rsi, rdx, r8, r9, r10, r12, r13, r14, r15, rflags, rax;
};

/*
 * Loads all registers, keeps data in the red zone, makes getppid by `shape`,
 * stores all registers.
 */
#define SITE(name, shape) \
	__asm__(".pushsection .text\n.globl " #name "\n.balign 16\n" #name ":\n" \
		"push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15; push %rdi\n" \
		"mov 0(%rdi),%rbx; mov 8(%rdi),%rbp; mov 24(%rdi),%rsi; mov 32(%rdi),%rdx\n" \
		"mov 40(%rdi),%r8; mov 48(%rdi),%r9; mov 56(%rdi),%r10; mov 64(%rdi),%r12\n" \
		"mov 72(%rdi),%r13; mov 80(%rdi),%r14; mov 88(%rdi),%r15\n" \
		"movq $0x1234,-8(%rsp); movq $0x5678,-128(%rsp)\n" \
		"mov 16(%rdi),%rdi\n stc\n" shape "\n" \
		"cmpq $0x1234,-8(%rsp); jne 9f; cmpq $0x5678,-128(%rsp); jne 9f\n" \
		"mov (%rsp),%rcx\n mov %rax,104(%rcx)\n" \
		"mov %rbx,0(%rcx); mov %rbp,8(%rcx); mov %rdi,16(%rcx); mov %rsi,24(%rcx)\n" \
		"mov %rdx,32(%rcx); mov %r8,40(%rcx); mov %r9,48(%rcx); mov %r10,56(%rcx)\n" \
		"mov %r12,64(%rcx); mov %r13,72(%rcx); mov %r14,80(%rcx); mov %r15,88(%rcx)\n" \
		"pop %rdi; pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx; ret\n" \
		"9: ud2\n.popsection\n"); \
	void name(struct registers *r)

SITE(site_number, "mov $39,%eax; syscall; jnc 9f"); /* flags: CF lives on */
SITE(site_compare, "xor %eax,%eax; mov $39,%al; syscall; cmp $0xfffffffffffff000,%rax; ja 9f");
SITE(site_test, "xor %eax,%eax; mov $39,%al; syscall; test %rax,%rax; js 9f");

/* An instruction between the number and SYSCALL; r.rsi is 4, r.rdx 5, r.r10 8. */
SITE(site_lea,
     "mov $39,%eax; lea 1f(%rip),%rsi; syscall\n1: lea 1b(%rip),%rcx; cmp %rcx,%rsi; jne 9f\n"
     "mov $4,%esi");
SITE(site_lea_rbx,
     "mov $39,%eax; lea 0x1000(%rbx),%rsi; syscall; cmp $0x1001,%rsi; jne 9f; mov $4,%esi");
SITE(site_xor, "mov $39,%eax; xor $0x81,%sil; syscall; xor $0x81,%sil");
SITE(site_mov, "mov $39,%eax; mov $7,%edx; syscall; cmp $7,%edx; jne 9f; mov $5,%edx");
SITE(site_zero, "mov $39,%eax; xor %r10d,%r10d; syscall; test %r10,%r10; jnz 9f; mov $8,%r10d");
SITE(site_middle_jumped_to, "mov $39,%eax; jmp 1f; mov $102,%eax\n1: xor %edx,%edx; syscall\n"
			    "test %edx,%edx; jnz 9f; mov $5,%edx");

/* The number is loaded once and SYSCALL is jumped to with another one. */
uint64_t site_entered_late(uint64_t late);
__asm__(".pushsection .text\n.balign 16\nsite_entered_late:\n"
	"test %rdi,%rdi; jz 1f; mov $102,%eax; jmp 2f\n"
	"1: mov $39,%eax\n2: syscall; ret\n.popsection");

/* The instruction after SYSCALL is jumped to: it must stay where it is. */
uint64_t site_jumped_behind(uint64_t skip);
__asm__(".pushsection .text\n.balign 16\nsite_jumped_behind:\n"
	"mov $-5,%rax; test %rdi,%rdi; jnz 1f; push $39; pop %rax\n"
	"syscall\n1: cmp $0xfffffffffffff000,%rax; ja 2f; ret\n"
	"2: mov $77,%eax; ret\n.popsection");

/* SYSCALL, RET and padding. */
uint64_t site_return(uint64_t number);
__asm__(".pushsection .text\n.balign 16\nsite_return:\n"
	"mov %rdi,%rax; syscall; ret; nopw 0(%rax,%rax)\n.popsection");

static volatile sig_atomic_t alarms;

static void on_alarm(int signal)
{
	(void)signal;
	alarms++;
}

static int keeps_registers(void (*site)(struct registers *))
{
	struct registers in = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0 };

	for (int i = 0; i < ROUNDS; i++) {
		struct registers r = in;

		site(&r);
		if (r.rax != (uint64_t)getpid() || memcmp(&r, &in, sizeof(r) - 16) != 0)
			return 0;
	}
	return 1;
}

static int same_for_all(uint64_t (*site)(uint64_t), uint64_t argument, uint64_t wanted)
{
	for (int i = 0; i < ROUNDS; i++)
		if (site(argument) != wanted)
			return 0;
	return 1;
}

int main(void)
{
	struct itimerval soon = { .it_value = { .tv_usec = 20000 } };
	struct timespec moment = { .tv_nsec = 1 }, long_time = { .tv_sec = 5 }, left = { 0 };
	uint64_t pid = (uint64_t)getpid(), uid = getuid();

	printf("number %d\n", keeps_registers(site_number));
	printf("compare %d\n", keeps_registers(site_compare));
	printf("test %d\n", keeps_registers(site_test));
	printf("between %d %d %d %d %d %d\n", keeps_registers(site_lea),
	       keeps_registers(site_lea_rbx), keeps_registers(site_xor), keeps_registers(site_mov),
	       keeps_registers(site_zero), keeps_registers(site_middle_jumped_to));
	printf("entered late %d %d %d\n", same_for_all(site_entered_late, 0, pid),
	       same_for_all(site_entered_late, 1, uid), same_for_all(site_entered_late, 0, pid));
	printf("jumped behind %d %d %d\n", same_for_all(site_jumped_behind, 0, pid),
	       same_for_all(site_jumped_behind, 1, 77), same_for_all(site_jumped_behind, 0, pid));
	printf("return %d %d\n", same_for_all(site_return, SYS_getpid, pid),
	       same_for_all(site_return, SYS_getuid, uid));

	/*
	 * A signal into a call whose site was rewritten: EINTR, and the program
	 * goes on where it was.
	 */
	signal(SIGALRM, on_alarm);
	for (int i = 0; i < ROUNDS; i++)
		nanosleep(&moment, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	int result = nanosleep(&long_time, &left);
	printf("interrupted %d %d %d %d\n", result, result ? errno == EINTR : 0, left.tv_sec == 4,
	       (int)alarms);
	return 0;
}
