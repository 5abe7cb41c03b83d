// SPDX-License-Identifier: Apache-2.0
/* The runtime image that image-blob.S puts into this executable. */
#include "hv/hv.h"

extern uint8_t image_blob[] __attribute__((visibility("hidden")));
extern const uint64_t image_blob_size __attribute__((visibility("hidden")));

struct hv_image hv_runtime_image(void)
{
	return (struct hv_image){ .bytes = image_blob, .size = image_blob_size };
}
