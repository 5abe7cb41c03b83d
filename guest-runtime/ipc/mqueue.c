// SPDX-License-Identifier: Apache-2.0
/* POSIX message queues as files: names, permissions, limits. */
#include "guest-runtime/ipc/mqueue.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"

#include <linux/capability.h>
#include <linux/resource.h>

#define MAGIC	      0x19800202 /* of the file system */
#define SIZE_SHOWN    80	 /* st_size */
#define MESSAGE_COSTS 96 /* bytes that Linux counts for each message that may be, beside its own */
#define HARD_MESSAGES 65536 /* for who has CAP_SYS_RESOURCE */
#define HARD_SIZE     0x1000000

static struct list all = LIST_INIT(all);

static struct mqueue *at(struct list *node)
{
	return container_of(node, struct mqueue, node);
}

struct mqueue *mqueue_of(const struct file *file)
{
	return file->ops == &mqueue_ops ? container_of(file->inode, struct mqueue, inode) : NULL;
}

static struct mqueue *find(const char *name)
{
	list_for_each (node, &all)
		if (at(node)->linked && strcmp(at(node)->name, name) == 0)
			return at(node);
	return NULL;
}

static void release(struct inode *inode)
{
	struct mqueue *queue = container_of(inode, struct mqueue, inode);

	while (!list_empty(&queue->messages)) {
		struct mq_message *message =
			container_of(queue->messages.next, struct mq_message, node);

		list_remove(&message->node);
		mq_message_free(message);
	}
	list_remove(&queue->node);
	kfree(queue);
}

static int open(struct file *file)
{
	file->ops = &mqueue_ops;
	return 0;
}

static const struct inode_ops inode_ops = { .open = open,
					    .set_attr = inode_set_attr,
					    .release = release };

static long path_name(const struct dentry *entry, char *buffer, size_t size)
{
	const struct mqueue *queue = container_of(entry->inode, struct mqueue, inode);

	return format(buffer, size, "/%s%s", queue->name, queue->linked ? "" : " (deleted)");
}

static const struct super_ops super_ops = { .name = path_name, .magic = MAGIC };

static uint64_t charged_to(uint32_t uid)
{
	uint64_t sum = 0;

	list_for_each (node, &all)
		if (at(node)->inode.attr.uid == uid)
			sum += at(node)->charged;
	return sum;
}

static uint32_t count_named(void)
{
	uint32_t n = 0;

	list_for_each (node, &all)
		n += at(node)->linked;
	return n;
}

/* 0, -EINVAL, -ENOSPC, -EMFILE. *charge: bytes of the limit. */
static int check(const struct mq_attr *attr, uint64_t *charge)
{
	bool may_all = credentials_capable(CAP_SYS_RESOURCE);
	const struct process *process = current()->process;

	if (count_named() >= MQ_QUEUES_MAX && !may_all)
		return -ENOSPC;
	if (attr->mq_maxmsg <= 0 || attr->mq_msgsize <= 0 ||
	    attr->mq_maxmsg > (may_all ? HARD_MESSAGES : MQ_MESSAGES_MAX) ||
	    attr->mq_msgsize > (may_all ? HARD_SIZE : MQ_SIZE_MAX))
		return -EINVAL;
	*charge = (uint64_t)attr->mq_maxmsg * (uint64_t)(attr->mq_msgsize + MESSAGE_COSTS);
	return charged_to(process->euid) + *charge > process->limits[RLIMIT_MSGQUEUE].soft ? -EMFILE
											   : 0;
}

static struct mqueue *create(const char *name, uint32_t mode, const struct mq_attr *attr,
			     int *error)
{
	static const struct mq_attr usual = { .mq_maxmsg = MQ_MESSAGES_MAX,
					      .mq_msgsize = MQ_SIZE_MAX };
	static struct super *super;
	uint64_t charge = 0;

	attr = attr ? attr : &usual;
	*error = check(attr, &charge);
	if (*error)
		return NULL;
	if (!super)
		super = super_create_hidden(&super_ops, "mqueue");
	struct mqueue *queue = super ? kmalloc(sizeof(*queue) + strlen(name) + 1) : NULL;
	*error = -ENOMEM;
	if (!queue)
		return NULL;
	memcpy(queue->name, name, strlen(name));
	inode_init(&queue->inode, super, &inode_ops,
		   S_IFREG | (mode & 07777 & ~current()->fs->umask));
	inode_own(&queue->inode);
	queue->inode.attr.size = SIZE_SHOWN;
	queue->most = (uint32_t)attr->mq_maxmsg;
	queue->size = (size_t)attr->mq_msgsize;
	queue->charged = charge;
	queue->linked = true;
	list_init(&queue->messages);
	list_init(&queue->senders);
	list_init(&queue->receivers);
	list_add_before(&all, &queue->node);
	*error = 0;
	return queue;
}

static int check_name(const char *name)
{
	size_t length = path_component(name, strlen(name));

	if (length > FS_NAME_MAX)
		return -ENAMETOOLONG;
	if (name[length] || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return -EACCES;
	return 0;
}

static int may_open(struct mqueue *queue, uint32_t flags)
{
	static const uint32_t masks[] = { 4, 2, 6 };

	if ((flags & O_CREAT) && (flags & O_EXCL))
		return -EEXIST;
	if ((flags & O_ACCMODE) == O_ACCMODE)
		return -EINVAL;
	return inode_access(&queue->inode, masks[flags & O_ACCMODE], false);
}

/* Without a name, a queue is held by its open files alone. */
static void unlink(struct mqueue *queue)
{
	queue->linked = false;
	inode_put(&queue->inode);
}

struct file *mqueue_open(const char *name, uint32_t flags, uint32_t mode,
			 const struct mq_attr *attr, int *error)
{
	struct mqueue *queue = find(name);
	bool made = !queue;

	*error = check_name(name);
	if (!*error && !queue && !(flags & O_CREAT))
		*error = -ENOENT;
	if (!*error && queue)
		*error = may_open(queue, flags);
	if (!*error && !queue)
		queue = create(name, mode, attr, error);
	if (*error)
		return NULL;
	struct dentry *entry =
		dentry_create_object(queue->inode.super, inode_get(&queue->inode), "");
	struct file *file =
		entry ? file_create(&queue->inode, entry, flags & (O_ACCMODE | O_NONBLOCK)) : NULL;
	dentry_put(entry);
	if (file) {
		file->ops = &mqueue_ops;
		return file;
	}
	*error = -ENOMEM;
	if (!entry)
		inode_put(&queue->inode);
	if (made)
		unlink(queue);
	return NULL;
}

int mqueue_unlink(const char *name)
{
	struct mqueue *queue = find(name);
	int error = check_name(name);

	if (error)
		return error;
	if (!queue)
		return -ENOENT;
	if (!inode_owned(&queue->inode))
		return -EPERM;
	unlink(queue);
	return 0;
}
