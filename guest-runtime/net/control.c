// SPDX-License-Identifier: Apache-2.0
/* Control data: descriptors, credentials and times that go with messages. */
#include "guest-runtime/net/control.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/net/rights.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"

#include <linux/capability.h>
#include <linux/time.h>

#define OVERFLOW_ID 65534
#define CONTROL_MAX 131072u /* net.core.optmem_max */

struct header { /* struct cmsghdr */
	uint64_t length;
	int32_t level, type;
};

_Static_assert(sizeof(struct header) == 16, "cmsghdr of the Linux ABI");

struct net_ids net_ids_current(void)
{
	const struct process *process = current()->process;

	return (struct net_ids){ process->pid, process->euid, process->egid };
}

/* Who one may say to be: oneself, or who one could become. */
static int check_ids(const struct net_ids *ids)
{
	const struct process *p = current()->process;

	if (ids->uid == (uint32_t)-1 || ids->gid == (uint32_t)-1)
		return -EINVAL;
	if (ids->pid != p->pid && !credentials_capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (ids->uid != p->uid && ids->uid != p->euid && ids->uid != p->suid &&
	    !credentials_capable(CAP_SETUID))
		return -EPERM;
	if (ids->gid != p->gid && ids->gid != p->egid && ids->gid != p->sgid &&
	    !credentials_capable(CAP_SETGID))
		return -EPERM;
	return process_find(ids->pid) ? 0 : -ESRCH;
}

static int read_one(const struct socket *socket, const struct header *header,
		    struct net_control *control)
{
	const void *data = header + 1;
	size_t size = header->length - sizeof(*header);

	if (header->level != SOL_SOCKET)
		return 0;
	/* Other families pass over what is for this one. */
	if (!socket->ops->passes_ids &&
	    (header->type == SCM_RIGHTS || header->type == SCM_CREDENTIALS))
		return 0;
	switch (header->type) {
	case SCM_RIGHTS:
		return net_rights_add(&control->rights, data, (uint32_t)(size / sizeof(int)));
	case SCM_CREDENTIALS:
		if (size != sizeof(control->ids))
			return -EINVAL;
		memcpy(&control->ids, data, size);
		control->has_ids = true;
		return check_ids(&control->ids);
	default:
		return -EINVAL;
	}
}

int net_control_read(const struct socket *socket, uva_t from, uint64_t length,
		     struct net_control *control)
{
	if (length > CONTROL_MAX)
		return -ENOBUFS;
	char *bytes = kmalloc(length + 1);
	if (!bytes)
		return -ENOBUFS;
	int error = copy_from_user(bytes, from, length);
	for (uint64_t at = 0; error == 0 && length - at >= sizeof(struct header);) {
		const struct header *header = (const struct header *)(bytes + at);

		if (header->length < sizeof(*header) || header->length > length - at)
			error = -EINVAL;
		else
			error = read_one(socket, header, control);
		if (error == 0)
			at = MIN(at + ALIGN_UP(header->length, 8), length);
	}
	kfree(bytes);
	if (error < 0)
		net_control_end(control);
	return error;
}

void net_control_end(struct net_control *control)
{
	net_rights_drop(control->rights);
	control->rights = NULL;
}

/* The rest of the program's buffer. */
struct place {
	uva_t at;
	uint64_t left;
	struct net_message *message;
};

static void advance(struct place *place, uint64_t size)
{
	uint64_t step = MIN(ALIGN_UP(size, 8), place->left);

	place->at += step;
	place->left -= step;
}

/* One record, cut where the buffer ends. */
static void put(struct place *place, int level, int type, const void *data, size_t size)
{
	struct header header = { sizeof(header) + size, level, type };

	if (place->left < sizeof(header)) {
		place->message->told |= MSG_CTRUNC;
		return;
	}
	if (header.length > place->left) {
		place->message->told |= MSG_CTRUNC;
		header.length = place->left;
	}
	if (copy_to_user(place->at, &header, sizeof(header)) < 0 ||
	    copy_to_user(place->at + sizeof(header), data, header.length - sizeof(header)) < 0)
		return;
	advance(place, sizeof(header) + size);
}

static void put_stamp(const struct socket *socket, struct place *place, int64_t ns)
{
	const int64_t seconds = ns / NS_PER_S, rest = ns % NS_PER_S;

	if (socket_option(socket, SO_TIMESTAMPNS_OLD))
		put(place, SOL_SOCKET, SO_TIMESTAMPNS_OLD, (int64_t[]){ seconds, rest }, 16);
	else if (socket_option(socket, SO_TIMESTAMP_OLD))
		put(place, SOL_SOCKET, SO_TIMESTAMP_OLD, (int64_t[]){ seconds, rest / 1000 }, 16);
}

/* Ids that are not known are shown as nobody's. */
static void put_ids(struct place *place, struct net_ids ids)
{
	if (ids.uid == (uint32_t)-1)
		ids.uid = OVERFLOW_ID;
	if (ids.gid == (uint32_t)-1)
		ids.gid = OVERFLOW_ID;
	put(place, SOL_SOCKET, SCM_CREDENTIALS, &ids, sizeof(ids));
}

/* A descriptor for each file that has room in the buffer and in the table. */
static void put_rights(struct place *place, struct net_rights *rights, bool cloexec)
{
	struct header header = { 0, SOL_SOCKET, SCM_RIGHTS };
	uint64_t room = place->left <= sizeof(header) ? 0 : (place->left - sizeof(header)) / 4;
	uint32_t done = 0;

	while (done < rights->count && done < room) {
		int fd = files_add(file_get(rights->files[done]), 0, cloexec);

		if (fd < 0)
			break;
		if (copy_to_user(place->at + sizeof(header) + done * 4ull, &fd, 4) < 0) {
			files_close(fd);
			break;
		}
		done++;
	}
	if (done > 0) {
		header.length = sizeof(header) + done * 4ull;
		if (copy_to_user(place->at, &header, sizeof(header)) == 0)
			advance(place, header.length);
	}
	if (done < rights->count)
		place->message->told |= MSG_CTRUNC;
}

void net_control_write(const struct socket *socket, struct net_message *message, uva_t to,
		       uint64_t *length)
{
	struct place place = { to, to ? *length : 0, message };
	struct net_control *control = message->control;
	bool ids = socket->ops->passes_ids && socket_option(socket, SO_PASSCRED);

	if (message->ended)
		ids = false;
	if (control->stamp_ns)
		put_stamp(socket, &place, control->stamp_ns);
	if (control->record.size)
		put(&place, control->record.level, control->record.type, control->record.bytes,
		    control->record.size);
	if (!to && (ids || control->rights)) {
		message->told |= MSG_CTRUNC;
	} else {
		if (ids)
			put_ids(&place, control->ids);
		if (control->rights)
			put_rights(&place, control->rights, message->flags & MSG_CMSG_CLOEXEC);
	}
	net_control_end(control);
	*length = to ? *length - place.left : 0;
}
