// SPDX-License-Identifier: Apache-2.0
/* System calls of System V message queues. */
#include "guest-runtime/ipc/msg.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/sys/credentials.h"
#include "guest-runtime/sys/sys.h"

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/msg.h>

#define STAT_ANY 13 /* MSG_STAT_ANY, which older headers lack */
#define SEGMENT	 16 /* msgssz: bytes of the unit that nothing is measured in */

long sys_msgget(const uint64_t *a)
{
	return msg_get((int)a[0], (uint32_t)a[1]);
}

long sys_msgsnd(const uint64_t *a)
{
	long type;

	if (copy_from_user(&type, a[1], sizeof(type)))
		return -EFAULT;
	if (a[2] > MSG_SIZE_MAX || (int)a[0] < 0 || type < 1)
		return -EINVAL;
	struct message *message = message_create(a[2]);
	if (!message)
		return -ENOMEM;
	message->type = type;
	long error = copy_from_user(message->bytes, a[1] + sizeof(type), a[2]);
	if (!error)
		error = msg_send((int)a[0], message, (uint32_t)a[3]);
	if (error)
		message_free(message);
	return error;
}

long sys_msgrcv(const uint64_t *a)
{
	uint32_t flags = (uint32_t)a[4];
	long error;

	if ((int)a[0] < 0 || (int64_t)a[2] < 0)
		return -EINVAL;
	if ((flags & MSG_COPY) && ((flags & MSG_EXCEPT) || !(flags & IPC_NOWAIT)))
		return -EINVAL;
	struct message *message = msg_receive((int)a[0], (long)a[3], a[2], flags, &error);
	if (!message)
		return error;
	size_t length = MIN(message->length, a[2]);
	if (copy_to_user(a[1], &message->type, sizeof(message->type)) ||
	    copy_to_user(a[1] + sizeof(message->type), message->bytes, length))
		error = -EFAULT;
	message_free(message);
	return error ? error : (long)length;
}

static long show_limits(bool use, uva_t to)
{
	const struct msginfo info = {
		.msgpool = use ? (int)msg_table.used : MSG_QUEUES_MAX * MSG_BYTES_MAX / 1024,
		.msgmap = use ? (int)msg_count : MSG_BYTES_MAX,
		.msgmax = MSG_SIZE_MAX,
		.msgmnb = MSG_BYTES_MAX,
		.msgmni = MSG_QUEUES_MAX,
		.msgssz = SEGMENT,
		.msgtql = use ? (int)msg_bytes : MSG_BYTES_MAX,
		.msgseg = 0xffff,
	};

	return copy_to_user(to, &info, sizeof(info)) ? -EFAULT : ipc_highest(&msg_table);
}

static long show(int id, int command, uva_t to)
{
	struct ipc_object *object;
	int error = command == IPC_STAT ? ipc_find(&msg_table, id, &object)
					: ipc_find_index(&msg_table, id, &object);

	if (error)
		return error;
	if (command != STAT_ANY && !ipc_permits(object, 0444))
		return -EACCES;
	const struct msg_queue *queue = msg_queue_of(object);
	struct msqid64_ds out = { .msg_stime = queue->sent_at,
				  .msg_rtime = queue->received_at,
				  .msg_ctime = queue->changed_at,
				  .msg_cbytes = queue->bytes,
				  .msg_qnum = queue->count,
				  .msg_qbytes = queue->most_bytes,
				  .msg_lspid = queue->sender,
				  .msg_lrpid = queue->receiver };
	ipc_stat(object, &out.msg_perm);
	if (copy_to_user(to, &out, sizeof(out)))
		return -EFAULT;
	return command == IPC_STAT ? 0 : object->id;
}

static long change(int id, int command, uva_t from)
{
	struct ipc_object *object;
	struct msqid64_ds wanted;

	if (command == IPC_SET && copy_from_user(&wanted, from, sizeof(wanted)))
		return -EFAULT;
	int error = ipc_find(&msg_table, id, &object);
	if (!error)
		error = ipc_may_change(object);
	if (error)
		return error;
	if (command == IPC_RMID) {
		msg_remove(msg_queue_of(object));
		return 0;
	}
	if (wanted.msg_qbytes > MSG_BYTES_MAX && !credentials_capable(CAP_SYS_RESOURCE))
		return -EPERM;
	ipc_set(object, &wanted.msg_perm);
	msg_resize(msg_queue_of(object), wanted.msg_qbytes);
	return 0;
}

long sys_msgctl(const uint64_t *a)
{
	int id = (int)a[0], command = (int)a[1];

	if (id < 0 || command < 0)
		return -EINVAL;
	switch (command) {
	case IPC_INFO:
	case MSG_INFO:
		return show_limits(command == MSG_INFO, a[2]);
	case IPC_STAT:
	case MSG_STAT:
	case STAT_ANY:
		return show(id, command, a[2]);
	case IPC_SET:
	case IPC_RMID:
		return change(id, command, a[2]);
	default:
		return -EINVAL;
	}
}
