// SPDX-License-Identifier: Apache-2.0
/* System V semaphores: operations all or none, waiting, order, undo, removal, permissions. */
#include "../fs/try.h"

#include <signal.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <time.h>

static int id;

static int op1(int number, int value, int flags)
{
	struct sembuf op = { (unsigned short)number, (short)value, (short)flags };

	return semop(id, &op, 1);
}

static void values(const char *what)
{
	printf("%s:", what);
	for (int i = 0; i < 3; i++)
		printf(" %d", semctl(id, i, GETVAL));
	printf("\n");
}

static int start(void)
{
	fflush(stdout);
	return fork();
}

static void end_child(void)
{
	fflush(stdout);
	_exit(0);
}

static void get(void)
{
	key_t key = 0x5e3a0000 + getpid();

	TRY(semget(key, 3, 0));
	TRY(semget(key, 0, IPC_CREAT | 0600));
	TRY(semget(key, 40000, IPC_CREAT | 0600));
	TRY(semget(key, -1, IPC_CREAT | 0600));
	id = semget(key, 3, IPC_CREAT | 0640);
	printf("made %d\n", id >= 0);
	TRY(semget(key, 4, 0));
	TRY(semget(key, 0, 0) == id);
	TRY(semget(key, 3, IPC_CREAT | IPC_EXCL));
	values("new");
}

static void operate(void)
{
	struct sembuf ops[4] = { { 0, 2, 0 }, { 1, 1, 0 }, { 2, -1, IPC_NOWAIT } };

	TRY(semop(id, ops, 3));
	values("all or none");
	TRY(semop(id, ops, 2));
	values("done");
	TRY(op1(0, -3, IPC_NOWAIT));
	TRY(op1(0, 0, IPC_NOWAIT));
	TRY(op1(2, 0, 0));
	TRY(op1(3, 1, 0));
	TRY(op1(0, 32767, 0));
	TRY(semop(id, ops, 0));
	TRY(semop(id, ops, 501));
	TRY(semop(id, (void *)8, 1));
	TRY(semop(-1, ops, 1));
	TRY(semop(999999999, ops, 1));
	TRY(semctl(id, 0, GETPID) == getpid());
	TRY(semctl(id, 2, SETVAL, 7));
	TRY(semctl(id, 2, SETVAL, -1));
	TRY(semctl(id, 2, SETVAL, 32768));
	TRY(semctl(id, 3, SETVAL, 1));
	unsigned short all[3] = { 1, 2, 3 };
	TRY(semctl(id, 0, SETALL, all));
	values("set");
	all[1] = 40000;
	TRY(semctl(id, 0, SETALL, all));
	TRY(semctl(id, 0, GETALL, all));
	printf("%d %d %d\n", all[0], all[1], all[2]);
	TRY(semctl(id, 3, GETVAL));
	TRY(semctl(id, 0, 99));
	struct timespec t = { 0, 20000000 };
	TRY(semtimedop(id, &(struct sembuf){ 0, -5, 0 }, 1, &t));
	t.tv_nsec = 1000000000;
	TRY(semtimedop(id, &(struct sembuf){ 0, -5, 0 }, 1, &t));
	t = (struct timespec){ -1, 0 };
	TRY(semtimedop(id, &(struct sembuf){ 0, -5, 0 }, 1, &t));
}

/* Three wait for more and more: the first that came is not overtaken by who wants less later. */
static void order(void)
{
	int p[2];
	char got[8] = "";

	semctl(id, 0, SETVAL, 0);
	pipe(p);
	static const struct sembuf wanted[] = { { 0, -2, 0 }, { 0, -1, 0 }, { 0, -3, 0 } };
	for (int i = 0; i < 3; i++) {
		if (start() == 0) {
			struct sembuf op = wanted[i];

			semop(id, &op, 1);
			write(p[1], &"abc"[i], 1);
			_exit(0);
		}
		usleep(10000);
	}
	printf("waiting %d %d\n", semctl(id, 0, GETNCNT), semctl(id, 0, GETZCNT));
	op1(0, 1, 0); /* enough for the second alone */
	usleep(10000);
	op1(0, 2, 0);
	usleep(10000);
	op1(0, 3, 0);
	for (int i = 0; i < 3; i++)
		wait(NULL);
	read(p[0], got, 3);
	printf("order %s\n", got);
	values("after");
	close(p[0]), close(p[1]);
}

static void zero(void)
{
	semctl(id, 1, SETVAL, 2);
	if (start() == 0) {
		TRY(op1(1, 0, 0));
		end_child();
	}
	usleep(10000);
	printf("waiting %d %d\n", semctl(id, 1, GETNCNT), semctl(id, 1, GETZCNT));
	op1(1, -1, 0);
	usleep(10000);
	printf("waiting %d %d\n", semctl(id, 1, GETNCNT), semctl(id, 1, GETZCNT));
	op1(1, -1, 0);
	wait(NULL);
}

static void undo(void)
{
	semctl(id, 0, SETVAL, 5);
	semctl(id, 1, SETVAL, 0);
	if (start() == 0) {
		op1(0, -3, SEM_UNDO);
		op1(1, 4, SEM_UNDO);
		values("in the child");
		end_child();
	}
	wait(NULL);
	values("taken back");
	if (start() == 0) {
		op1(0, -3, SEM_UNDO);
		if (fork() == 0)
			_exit(0); /* has nothing to take back */
		wait(NULL);
		values("a fork's end");
		semctl(id, 0, SETVAL, 1);
		end_child();
	}
	wait(NULL);
	values("set meanwhile");
	int pid = start();
	if (pid == 0) {
		op1(0, -1, SEM_UNDO);
		pause();
	}
	usleep(10000);
	if (start() == 0) {
		TRY(op1(0, -1, 0));
		end_child();
	}
	usleep(10000);
	kill(pid, SIGKILL);
	wait(NULL), wait(NULL);
	values("killed");
}

static void count(int signo)
{
	(void)signo;
}

static void ends_of_waits(void)
{
	struct sigaction action = { .sa_handler = count, .sa_flags = SA_RESTART };

	sigaction(SIGALRM, &action, NULL);
	ualarm(20000, 0);
	TRY(op1(0, -100, 0));
	if (start() == 0) {
		TRY(op1(0, -100, 0));
		TRY(op1(0, 1, 0));
		end_child();
	}
	usleep(10000);
	TRY(semctl(id, 0, IPC_RMID));
	wait(NULL);
	TRY(semctl(id, 0, GETVAL));
	TRY(semctl(id, 0, IPC_RMID));
}

static void control(void)
{
	struct semid_ds ds;
	struct seminfo info;

	id = semget(IPC_PRIVATE, 3, 0600);
	TRY_OK(semctl(0, 0, IPC_INFO, &info));
	printf("%d %d %d %d %d %d %d\n", info.semmni, info.semmns, info.semmsl, info.semopm,
	       info.semvmx, info.semaem, info.semusz);
	TRY(semctl(id, 0, IPC_STAT, &ds));
	printf("nsems %d mode %o otime %d ctime %d\n", (int)ds.sem_nsems, ds.sem_perm.mode,
	       ds.sem_otime != 0, ds.sem_ctime != 0);
	op1(0, 1, 0);
	semctl(id, 0, IPC_STAT, &ds);
	printf("otime %d\n", ds.sem_otime != 0);
	ds.sem_perm.mode = 0444;
	TRY(semctl(id, 0, IPC_SET, &ds));
	TRY(semctl(id % 32768, 0, SEM_STAT, &ds) == id);
	printf("mode %o\n", ds.sem_perm.mode);
	if (getuid() == 0) {
		if (start() == 0) {
			setresgid(1000, 1000, 1000), setresuid(1000, 1000, 1000);
			TRY(op1(0, 1, 0));
			TRY(op1(1, 0, 0));
			TRY(semctl(id, 0, GETVAL));
			TRY(semctl(id, 0, SETVAL, 1));
			TRY(semctl(id, 0, IPC_RMID));
			end_child();
		}
		wait(NULL);
	}
	TRY(semctl(id, 0, IPC_RMID));
}

int main(void)
{
	setvbuf(stdout, NULL, _IOFBF, 65536);
	get(), operate(), order(), zero(), undo(), ends_of_waits(), control();
	return 0;
}
