/* SPDX-License-Identifier: Apache-2.0 */
/* All that can be reached from some grants, each with a handle that stays open. */
#ifndef TESTS_ADVERSARIAL_INSIDE_CRAWL_H
#define TESTS_ADVERSARIAL_INSIDE_CRAWL_H

#include "tests/adversarial/inside/call.h"

#define NODES_MAX 512

struct node {
	uint32_t handle, mode, opened;
	size_t parent; /* NODES_MAX: a grant */
	char name[HC_NAME_MAX + 1];
	char path[512];
};

extern struct node nodes[NODES_MAX];
extern size_t node_count;

/* words: paths of grants; after ":" names that are tried in each directory. */
void crawl_all(char **words);

#endif
