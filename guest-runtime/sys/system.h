/* SPDX-License-Identifier: Apache-2.0 */
/* The names of the system, for uname(2) and /proc. */
#ifndef GUEST_SYS_SYSTEM_H
#define GUEST_SYS_SYSTEM_H

#define SYSTEM_NODE    "sandbox"
#define SYSTEM_RELEASE "6.1.0-sandbox"
#define SYSTEM_VERSION "#1 SMP sandbox"

#endif
