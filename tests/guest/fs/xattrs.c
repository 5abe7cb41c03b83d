// SPDX-License-Identifier: Apache-2.0
/* Extended attributes of a file that has none. */
#include "try.h"

#include <sys/xattr.h>

/* Not every file system keeps such attributes, and none is there: the same to a program. */
static const char *none(ssize_t result)
{
	return result < 0 && (errno == ENODATA || errno == EOPNOTSUPP) ? "none" : "some";
}

int main(void)
{
	char text[64];

	work_enter();
	make_file("f", "");
	int fd = open("f", O_RDONLY);
	printf("%s\n", none(getxattr("f", "user.none", text, sizeof(text))));
	printf("%s\n", none(fgetxattr(fd, "user.none", text, sizeof(text))));
	TRY(getxattr("missing", "user.none", text, sizeof(text)));
	TRY(fgetxattr(99, "user.none", text, sizeof(text)));
	TRY(getxattr("f", "", text, sizeof(text)));
	TRY(listxattr("f", text, sizeof(text)));
	TRY(flistxattr(fd, text, sizeof(text)));
	TRY(llistxattr("f", NULL, 0));
	TRY(listxattr("missing", text, sizeof(text)));
	unlink("f");
	return 0;
}
