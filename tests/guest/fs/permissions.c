// SPDX-License-Identifier: Apache-2.0
/* What another user may do: mode bits, the sticky bit, owners. Root becomes one for a while. */
#include "try.h"

#include <grp.h>

static void as(uid_t uid)
{
	if (seteuid(0) == 0 && uid != 0) {
		setegid(uid);
		seteuid(uid);
	}
}

int main(void)
{
	work_enter();
	if (getuid() != 0) {
		printf("only for root\n");
		return 0;
	}
	chmod(".", 0755);
	setgroups(1, (gid_t[1]){ 2000 });
	mkdir("closed", 0700), mkdir("open", 0777), mkdir("sticky", 0777), mkdir("search", 0711);
	chmod("open", 0777), chmod("sticky", 01777), chmod("search", 0711);
	make_file("closed/f", ""), make_file("sticky/root", ""), make_file("open/root", "");
	make_file("search/f", "found"), make_file("secret", ""), make_file("group", "g");
	chmod("secret", 0600), chmod("group", 0640), chown("group", 0, 2000);
	make_file("program", ""), chmod("program", 0755);
	mkdir("setgid", 0777), chown("setgid", 0, 2000), chmod("setgid", 02777);
	as(1000);
	TRY(open("closed/f", O_RDONLY));
	TRY(open("closed/missing", O_RDONLY));
	TRY(open("closed", O_RDONLY));
	TRY(chdir("closed"));
	TRY(open("search", O_RDONLY));
	TRY_OK(open("search/f", O_RDONLY));
	TRY(open("search/f", O_WRONLY));
	TRY(open("search/new", O_WRONLY | O_CREAT, 0600));
	TRY(open("secret", O_RDONLY));
	TRY(open("secret", O_PATH) > 0);
	TRY_OK(open("group", O_RDONLY));
	TRY(open("group", O_RDWR));
	TRY(open("new", O_WRONLY | O_CREAT, 0600));
	TRY(mkdir("new", 0700));
	TRY(unlink("secret"));
	TRY(rename("secret", "open/secret"));
	TRY(link("secret", "open/secret"));
	TRY_OK(open("sticky/mine", O_WRONLY | O_CREAT, 0600));
	TRY(unlink("sticky/root"));
	TRY(rename("sticky/root", "sticky/other"));
	TRY(rename("sticky/mine", "sticky/root"));
	TRY(rename("sticky/mine", "sticky/still"));
	TRY(unlink("sticky/still"));
	TRY(unlink("open/root"));
	TRY(chmod("program", 0700));
	TRY(chown("program", 1000, -1));
	TRY(utimensat(AT_FDCWD, "program", NULL, 0));
	TRY(utimensat(AT_FDCWD, "program", (struct timespec[2]){ { 1, 0 }, { 1, 0 } }, 0));
	TRY(truncate("program", 0));
	TRY(faccessat(AT_FDCWD, "program", X_OK, AT_EACCESS));
	TRY(faccessat(AT_FDCWD, "program", W_OK, AT_EACCESS));
	TRY(access("program", W_OK));
	TRY(access("secret", X_OK));
	make_file("open/mine", "");
	TRY(chown("open/mine", 0, -1));
	TRY(chown("open/mine", -1, 2000));
	TRY(chown("open/mine", -1, 3000));
	TRY(chmod("open/mine", 02755));
	struct stat st;
	stat("open/mine", &st);
	printf("%o %d %d\n", st.st_mode, st.st_uid, st.st_gid);
	make_file("setgid/f", ""), mkdir("setgid/d", 0755);
	stat("setgid/f", &st);
	printf("%o %d %d\n", st.st_mode, st.st_uid, st.st_gid);
	stat("setgid/d", &st);
	printf("%o %d %d\n", st.st_mode, st.st_uid, st.st_gid);
	TRY(open("program", O_RDONLY | O_NOATIME));
	TRY(chroot("."));
	as(0);
	TRY(access("secret", X_OK));
	TRY(access("program", X_OK));
	TRY_OK(open("secret", O_RDWR));
	unlink("closed/f"), unlink("sticky/root"), unlink("search/f"), unlink("secret");
	unlink("group"), unlink("program"), unlink("open/mine"), unlink("setgid/f");
	rmdir("setgid/d"), rmdir("setgid"), rmdir("closed"), rmdir("open"), rmdir("sticky");
	rmdir("search");
	show_dir(".");
	return 0;
}
