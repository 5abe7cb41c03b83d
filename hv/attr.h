/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes of an open descriptor, as the guest gets them. */
#ifndef HV_ATTR_H
#define HV_ATTR_H

struct hc_attr;

/* Fills out for fd, which may be O_PATH: 0 or -errno. */
int attr_get(int fd, struct hc_attr *out);

#endif
