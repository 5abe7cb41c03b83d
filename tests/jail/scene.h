/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A monitor's situation at the moment when it closes the jail: a real VM and
 * vCPU, granted and ungranted files, streams on pipes. Each test acts in a
 * child of its own, which closes the real jail, possibly without some layers.
 */
#ifndef TESTS_JAIL_SCENE_H
#define TESTS_JAIL_SCENE_H

#include "hv/jail/jail.h"
#include "policy/policy.h"

#include <errno.h>
#include <stdint.h>
#include <sys/uio.h>

/* Layers that jail_close() can be made to leave out. */
enum layer {
	LAYER_NONE = 0,
	LAYER_DESCRIPTORS = 1 << 0,
	LAYER_LIMITS = 1 << 1,
	LAYER_CAPABILITIES = 1 << 2,
	LAYER_LANDLOCK = 1 << 3,
	LAYER_SECCOMP = 1 << 4,
};

/* What to leave out for a layer to be the uppermost, in jail_close()'s order. */
#define ABOVE_LANDLOCK	   LAYER_SECCOMP
#define ABOVE_LIMITS	   (ABOVE_LANDLOCK | LAYER_LANDLOCK)
#define ABOVE_CAPABILITIES (ABOVE_LIMITS | LAYER_LIMITS)
#define ABOVE_DESCRIPTORS  (ABOVE_CAPABILITIES | LAYER_CAPABILITIES)

#define SCENE_CONTENT "granted content\n"
#define SCENE_INPUT   "input"
#define SCENE_WINDOW  (4l * 4096)
#define SCENE_LEAKED  90 /* a descriptor that the monitor inherited by mistake */

/* The last one only with PERM_WRITE. */
enum scene_grant { GRANTED_DIR, GRANTED_FILE, GRANTED_WRITABLE, SCENE_GRANTS };

struct scene {
	struct policy policy;
	struct grant grants[SCENE_GRANTS];
	struct jail_fds fds;
	struct hv_proof *proof;
	int parent;
	char *window;	   /* reserved address space for mappings */
	char buffer[4096]; /* scratch for what calls write */
	struct iovec iovec;
};

/*
 * The policy has the grants that its permissions speak of: without PERM_OPENS
 * GRANTED_FILE alone, which is open then; without PERM_TREES no directory.
 */

/*
 * Makes the directory tree once: <root>/granted/{file,link,sub/}, <root>/writable/{file,fifo,sub/},
 * <root>/outside.
 * Ends the test program with a TAP bail-out where it cannot.
 */
void scene_create(void);
void scene_remove(void);

/* Absolute paths in the tree. */
extern char scene_file[], scene_link[], scene_sub[], scene_new[], scene_outside[];
extern char scene_writable_file[], scene_new_outside[];

/* How a child ended. */
enum ended {
	ENDED_BY_SECCOMP = -1, /* killed by SIGSYS */
	ENDED_BY_SIGNAL = -2,  /* by another signal */
	ENDED_EARLY = -3,      /* before the proof of its jail was given */
			       /* else 0, or the errno that the act was answered with */
};

#define SCENE_SETUP_FAILED 250 /* exit status: the jail could not be closed */

typedef int scene_act(struct scene *s, const void *argument);

/*
 * Runs act in a child, after the jail closed without the layers in `without`,
 * under a policy with these PERM_* bits; returns enum ended or what act
 * returned (0 or an errno). As user `uid` if that is not 0.
 */
int scene_run(scene_act *act, const void *argument, uint32_t permissions, unsigned int without,
	      unsigned int uid);

/* The parts of it: fills s->policy and its grants; 0 or -errno. */
int scene_policy(struct scene *s, uint32_t permissions);
/* From here on in this process, jails lack these layers; or Landlock has one rule more. */
void scene_leave_out(unsigned int layers);
void scene_add_rule(const struct grant *grant);

/* What an act returns for the result of a system call. */
static inline int scene_answer(long result)
{
	return result < 0 ? errno : 0;
}

/*
 * 1: in the runs from here on the streams are neither terminals nor seekable,
 * and there are no outputs.
 */
extern int scene_plain;

/* How many ms later than usual the proof is given in the runs from here on. */
extern int scene_proof_late;

/* What the last child wrote to its stdout; NUL-terminated. */
extern char scene_output[256];

#endif
