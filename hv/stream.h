/* SPDX-License-Identifier: Apache-2.0 */
/* The caller's standard input, output and error, see stream.c and stream-io.c. */
#ifndef HV_STREAM_H
#define HV_STREAM_H

#include <stdint.h>

struct hc_call;
struct vm;

/* Before the jail: which of the streams a transfer may have to wait for. */
void stream_init(struct vm *vm);

/* The descriptor of a stream, or -EBADF. */
int stream_fd(const struct hc_call *call, uint32_t stream);

#endif
