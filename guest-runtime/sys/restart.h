/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an interrupted system call returns inside the runtime: signal_deliver()
 * turns it into -EINTR or into making the call again. The program sees none.
 */
#ifndef GUEST_SYS_RESTART_H
#define GUEST_SYS_RESTART_H

#define ERESTARTSYS    512 /* again with SA_RESTART or without a handler, else EINTR */
#define ERESTARTNOINTR 513 /* again always */
#define ERESTARTNOHAND 514 /* again without a handler, else EINTR */

#endif
