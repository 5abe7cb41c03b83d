// SPDX-License-Identifier: Apache-2.0
/* System V message queues: types, limits, waiting senders and receivers, removal, permissions. */
#include "../fs/try.h"

#include <signal.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>

#define COPY 040000 /* MSG_COPY */

static int id;
static struct {
	long type;
	char text[20000];
} m;

static long send(long type, const char *text, int flags)
{
	m.type = type;
	strcpy(m.text, text);
	return msgsnd(id, &m, strlen(text) + 1, flags);
}

static void receive(long type, size_t room, int flags)
{
	memset(m.text, 0, 100);
	m.type = 0;
	errno = 0;
	long n = msgrcv(id, &m, room, type, flags);
	printf("type %ld, room %zu, %x: ", type, room, flags);
	if (n < 0)
		printf("%s\n", strerrorname_np(errno));
	else
		printf("%ld bytes, type %ld, [%s]\n", n, m.type, m.text);
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

static void show(const char *what)
{
	struct msqid_ds ds;

	if (msgctl(id, IPC_STAT, &ds) < 0) {
		printf("%s: %s\n", what, strerrorname_np(errno));
		return;
	}
	printf("%s: bytes %lu count %lu most %lu mode %o s %d r %d times %d %d %d\n", what,
	       ds.__msg_cbytes, ds.msg_qnum, ds.msg_qbytes, ds.msg_perm.mode,
	       ds.msg_lspid == getpid(), ds.msg_lrpid == getpid(), ds.msg_stime != 0,
	       ds.msg_rtime != 0, ds.msg_ctime != 0);
}

static void types(void)
{
	key_t key = 0x35960000 + getpid();

	TRY(msgget(key, 0));
	id = msgget(key, IPC_CREAT | 0640);
	TRY(msgget(key, IPC_CREAT | IPC_EXCL));
	TRY(msgget(key, 0) == id);
	show("new");
	send(3, "three", 0), send(1, "one", 0), send(2, "two", 0), send(1, "uno", 0);
	show("four");
	receive(0, 100, COPY | IPC_NOWAIT);
	receive(2, 100, COPY | IPC_NOWAIT);
	receive(9, 100, COPY | IPC_NOWAIT);
	receive(0, 2, COPY | IPC_NOWAIT);
	receive(0, 2, COPY | IPC_NOWAIT | MSG_NOERROR);
	receive(0, 100, COPY);
	receive(-2, 100, 0);
	receive(1, 100, 0);
	receive(3, 100, MSG_EXCEPT);
	receive(7, 100, IPC_NOWAIT);
	receive(0, 2, 0);
	receive(0, 2, MSG_NOERROR);
	receive(0, 100, IPC_NOWAIT);
	show("empty");
	TRY(msgsnd(id, &m, 8193, 0));
	m.type = 0;
	TRY(msgsnd(id, &m, 1, 0));
	TRY(msgsnd(id, (void *)8, 1, 0));
	m.type = 1;
	TRY(msgsnd(-1, &m, 1, 0));
	TRY(msgsnd(99999999, &m, 1, 0));
	TRY(msgrcv(id, &m, (size_t)-1, 0, 0));
	TRY(msgsnd(id, &m, 0, 0));
	receive(0, 0, 0);
}

static void full(void)
{
	m.type = 1;
	for (int i = 0; i < 2; i++)
		TRY(msgsnd(id, &m, 8192, IPC_NOWAIT));
	TRY(msgsnd(id, &m, 1, IPC_NOWAIT));
	TRY(msgsnd(id, &m, 0, IPC_NOWAIT));
	if (start() == 0) {
		TRY(send(5, "waited for room", 0));
		end_child();
	}
	usleep(20000);
	show("before");
	TRY(msgrcv(id, &m, 8192, 0, 0));
	wait(NULL);
	TRY(msgrcv(id, &m, 8192, 0, 0));
	TRY(msgrcv(id, &m, 8192, 0, 0));
	receive(0, 100, 0);
}

/* Who waits for a type gets the next of it, the first that came first. */
static void waiting(void)
{
	static const long types[] = { 2, 1, 0, -5 };

	for (int i = 0; i < 4; i++) {
		if (start() == 0) {
			receive(types[i], i == 1 ? 3 : 100, 0);
			end_child();
		}
		usleep(10000);
	}
	send(9, "nine", 0), usleep(10000);
	send(4, "four", 0), usleep(10000);
	send(1, "long one", 0), usleep(10000);
	receive(0, 100, 0);
	send(2, "two", 0);
	for (int i = 0; i < 4; i++)
		wait(NULL);
	show("all served");
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
	receive(0, 100, 0);
	if (start() == 0) {
		receive(0, 100, 0);
		end_child();
	}
	usleep(10000);
	TRY(msgctl(id, IPC_RMID, NULL));
	wait(NULL);
	TRY(msgctl(id, IPC_RMID, NULL));
	receive(0, 100, 0);
	id = msgget(IPC_PRIVATE, 0600);
	m.type = 1;
	msgsnd(id, &m, 8192, 0), msgsnd(id, &m, 8192, 0);
	if (start() == 0) {
		TRY(msgsnd(id, &m, 8192, 0));
		end_child();
	}
	usleep(10000);
	TRY(msgctl(id, IPC_RMID, NULL));
	wait(NULL);
}

static void control(void)
{
	struct msqid_ds ds;
	struct msginfo info;

	id = msgget(IPC_PRIVATE, 0600);
	TRY_OK(msgctl(0, IPC_INFO, (struct msqid_ds *)&info));
	printf("%d %d %d\n", info.msgmax, info.msgmnb, info.msgmni);
	msgctl(id, IPC_STAT, &ds);
	ds.msg_qbytes = 100;
	ds.msg_perm.mode = 0444;
	TRY(msgctl(id, IPC_SET, &ds));
	show("set");
	m.type = 1;
	TRY(msgsnd(id, &m, 101, IPC_NOWAIT));
	TRY(msgctl(id % 32768, MSG_STAT, &ds) == id);
	TRY(msgctl(id, 99, &ds));
	if (getuid() == 0) {
		if (start() == 0) {
			setresgid(1000, 1000, 1000), setresuid(1000, 1000, 1000);
			TRY(msgsnd(id, &m, 1, IPC_NOWAIT));
			receive(0, 1, IPC_NOWAIT);
			TRY(msgctl(id, IPC_SET, &ds));
			TRY(msgctl(id, IPC_RMID, &ds));
			end_child();
		}
		wait(NULL);
	}
	TRY(msgctl(id, IPC_RMID, NULL));
}

int main(void)
{
	setvbuf(stdout, NULL, _IOFBF, 65536);
	types(), full(), waiting(), ends_of_waits(), control();
	return 0;
}
