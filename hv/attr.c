// SPDX-License-Identifier: Apache-2.0
/*
 * fstat(2) into struct hc_attr. The raw system call: the library's wrapper is
 * newfstatat(2) in some versions, whose path argument a filter cannot pin.
 */
#include "hv/attr.h"

#include "abi/hypercalls.h"
#include "hv/clock.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int attr_get(int fd, struct hc_attr *out)
{
	struct stat st;

	if (syscall(SYS_fstat, fd, &st))
		return -errno;
	*out = (struct hc_attr){
		.dev = st.st_dev,
		.ino = st.st_ino,
		.rdev = st.st_rdev,
		.mode = st.st_mode,
		.nlink = st.st_nlink > UINT32_MAX ? UINT32_MAX : (uint32_t)st.st_nlink,
		.uid = st.st_uid,
		.gid = st.st_gid,
		.size = st.st_size,
		.blocks = st.st_blocks,
		.blksize = st.st_blksize,
		.atime_ns = clock_ns(&st.st_atim),
		.mtime_ns = clock_ns(&st.st_mtim),
		.ctime_ns = clock_ns(&st.st_ctim),
	};
	return 0;
}
