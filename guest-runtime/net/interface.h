/* SPDX-License-Identifier: Apache-2.0 */
/* The one network interface of a VM, as netdevice(7)'s requests know it. */
#ifndef GUEST_NET_INTERFACE_H
#define GUEST_NET_INTERFACE_H

#include <stdint.h>

#define INTERFACE_NAME	"lo"
#define INTERFACE_INDEX 1
#define INTERFACE_MTU	65536u
#define INTERFACE_FLAGS 0x49u /* IFF_UP, IFF_LOOPBACK, IFF_RUNNING */
#define INTERFACE_DOWN	0x08u /* IFF_LOOPBACK: no address, nothing is reached */

/* ioctl(2) of any socket. -ENOTTY: the request is not about interfaces. */
long interface_ioctl(uint32_t request, uint64_t argument);

#endif
