/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the boot block (abi/boot.h): all that the runtime learns about its run. */
#ifndef HV_BOOT_H
#define HV_BOOT_H

struct err;
struct hv_config;
struct vm;

/* Fills the start of guest RAM; memory, vCPU and streams of vm are there. */
int boot_write(const struct vm *vm, const struct hv_config *config, struct err *e);

#endif
