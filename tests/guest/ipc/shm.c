// SPDX-License-Identifier: Apache-2.0
/* System V shared memory: attachments over fork and exit, removal, permissions, what is counted. */
#include "../fs/try.h"

#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>

static int id;

static void show(const char *what)
{
	struct shmid_ds ds;

	if (shmctl(id, IPC_STAT, &ds) < 0) {
		printf("%s: %s\n", what, strerrorname_np(errno));
		return;
	}
	printf("%s: size %zu nattch %d mode %o key %d cpid %d lpid %d a %d d %d\n", what,
	       ds.shm_segsz, (int)ds.shm_nattch, ds.shm_perm.mode, ds.shm_perm.__key != 0,
	       ds.shm_cpid == getpid(), ds.shm_lpid == getpid(), ds.shm_atime != 0,
	       ds.shm_dtime != 0);
}

static void keys(void)
{
	key_t key = 0x5eed0000 + getpid();

	TRY(shmget(key, 100, 0));
	id = shmget(key, 5000, IPC_CREAT | 0640);
	printf("made %d\n", id >= 0);
	TRY(shmget(key, 5000, IPC_CREAT | IPC_EXCL | 0600));
	TRY(shmget(key, 5001, 0));
	TRY(shmget(key, 10, 0) == id);
	TRY(shmget(key, 0, 0) == id);
	TRY(shmget(IPC_PRIVATE, 0, 0600));
	TRY(shmget(IPC_PRIVATE, ~0ul, 0600));
	TRY(shmget(key + 1, 0, IPC_CREAT | 0600));
	show("new");
}

static void attach(void)
{
	char *a = shmat(id, NULL, 0), *b = shmat(id, NULL, SHM_RDONLY);

	printf("%d %d\n", a != (void *)-1, b != (void *)-1);
	show("attached twice");
	strcpy(a, "shared");
	printf("%s\n", b);
	TRY(mprotect(b, 4096, PROT_READ | PROT_WRITE));
	TRY(mprotect(a, 4096, PROT_READ));
	show("split");
	TRY(shmat(id, a, 0) == (void *)-1 ? -1 : 0);
	TRY(shmat(id, a + 1, 0) == (void *)-1 ? -1 : 0);
	TRY(shmat(id, NULL, SHM_REMAP) == (void *)-1 ? -1 : 0);
	TRY(shmat(id, a, SHM_REMAP) == a);
	TRY(shmat(id, b + 100, SHM_RND | SHM_REMAP) == b);
	show("remapped");
	TRY(shmdt(a + 4096));
	TRY(shmdt(a + 1));
	TRY(shmdt(b));
	TRY(shmdt(b));
	show("one left");
	fflush(stdout);
	if (fork() == 0) {
		show("in a child");
		strcpy(a, "from the child");
		_exit(0 * printf("%s", ""));
	}
	wait(NULL);
	printf("%s\n", a);
	show("child gone");
	TRY(munmap(a, 4096));
	show("half of it");
	TRY(shmdt(a));
	show("none");
	TRY(shmat(999999, NULL, 0) == (void *)-1 ? -1 : 0);
	TRY(shmat(-1, NULL, 0) == (void *)-1 ? -1 : 0);
}

static void removed(void)
{
	char *a = shmat(id, NULL, 0);

	printf("[%s]\n", a);
	TRY(shmctl(id, IPC_RMID, NULL));
	show("doomed");
	char *b = shmat(id, NULL, 0);
	printf("attached again %d\n", b != (void *)-1);
	strcpy(a, "still there");
	printf("%s\n", b);
	TRY(shmdt(b));
	fflush(stdout);
	int pid = fork();
	if (pid == 0) {
		usleep(20000);
		printf("%s\n", a);
		show("in the child, alone");
		fflush(stdout);
		_exit(0);
	}
	TRY(shmdt(a));
	wait(NULL);
	show("gone");
	TRY(shmctl(id, IPC_RMID, NULL));
	TRY(shmat(id, NULL, 0) == (void *)-1 ? -1 : 0);
}

/* What execve leaves. */
static void executed(const char *self)
{
	id = shmget(IPC_PRIVATE, 4096, 0600);
	char *a = shmat(id, NULL, 0);

	strcpy(a, "before");
	fflush(stdout);
	if (fork() == 0) {
		char number[16];

		sprintf(number, "%d", id);
		execl(self, self, number, NULL);
	}
	wait(NULL);
	show("after exec");
	shmctl(id, IPC_RMID, NULL);
	shmdt(a);
}

static void control(void)
{
	struct shmid_ds ds;
	struct shminfo limits;
	struct shm_info use;

	id = shmget(IPC_PRIVATE, 10000, 0600);
	TRY_OK(shmctl(0, IPC_INFO, (struct shmid_ds *)&limits));
	printf("%lx %lu %lu %lu %lx\n", limits.shmmax, limits.shmmin, limits.shmmni, limits.shmseg,
	       limits.shmall);
	TRY_OK(shmctl(0, SHM_INFO, (struct shmid_ds *)&use));
	printf("used %d tot %d\n", use.used_ids >= 1, use.shm_tot >= 3);
	shmctl(id, IPC_STAT, &ds);
	ds.shm_perm.mode = 0777444;
	TRY(shmctl(id, IPC_SET, &ds));
	show("mode set");
	TRY(shmctl(id, SHM_LOCK, NULL));
	show("locked");
	TRY(shmctl(id, SHM_UNLOCK, NULL));
	TRY(shmctl(id, 77, NULL));
	TRY(shmctl(-1, IPC_STAT, &ds));
	TRY(shmctl(id, IPC_STAT, (void *)8));
	TRY(shmctl(id % 32768, SHM_STAT, &ds) == id);
	TRY(shmctl(5000, SHM_STAT, &ds));
	if (getuid() == 0) {
		fflush(stdout);
		if (fork() == 0) {
			setresgid(1000, 1000, 1000), setresuid(1000, 1000, 1000);
			TRY(shmat(id, NULL, SHM_RDONLY) != (void *)-1 ? 0 : -1);
			TRY(shmat(id, NULL, 0) != (void *)-1 ? 0 : -1);
			TRY(shmctl(id, IPC_STAT, &ds));
			TRY(shmctl(id, IPC_RMID, NULL));
			TRY(shmctl(id, IPC_SET, &ds));
			fflush(stdout);
			_exit(0);
		}
		wait(NULL);
	}
	TRY(shmctl(id, IPC_RMID, NULL));
}

static void maps(void)
{
	id = shmget(IPC_PRIVATE, 4096, 0600);
	char *a = shmat(id, NULL, SHM_EXEC), line[256];
	FILE *f = fopen("/proc/self/maps", "r");

	while (fgets(line, sizeof(line), f))
		if (strstr(line, "SYSV"))
			printf("%.4s%s", strchr(line, ' ') + 1, strchr(line, '/'));
	fclose(f);
	shmctl(id, IPC_RMID, NULL);
	shmdt(a);
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		id = atoi(argv[1]);
		show("executed");
		char *a = shmat(id, NULL, 0);
		printf("%s\n", a);
		return 0;
	}
	setvbuf(stdout, NULL, _IOFBF, 65536);
	keys(), attach(), removed(), executed(argv[0]), control(), maps();
	return 0;
}
