// SPDX-License-Identifier: Apache-2.0
/*
 * Segments of shared memory: each is a file without a name. A mapping of the
 * file is an attachment, however it came to be: by shmat, by fork, by a split.
 */
#include "guest-runtime/ipc/shm.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/tmpfs.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/vma-tree.h"
#include "guest-runtime/proc/process.h"

#include <linux/mman.h>
#include <linux/shm.h>

struct ipc_table shm_table = { .most = SHM_COUNT_MAX };

static struct shm *shm_of_file(const struct file *file)
{
	return file->private;
}

static long name(const struct dentry *entry, char *buffer, size_t size)
{
	for_each_ipc(object, &shm_table)
	{
		const struct shm *shm = shm_of(object);

		if (shm->file->inode == entry->inode)
			return format(buffer, size, "/SYSV%08x (deleted)", (uint32_t)object->key);
	}
	return format(buffer, size, "/SYSV00000000 (deleted)");
}

static void end(struct shm *shm)
{
	ipc_remove(&shm_table, &shm->object);
}

static void mapped(struct file *file, int change)
{
	struct shm *shm = shm_of_file(file);

	if (!shm)
		return;
	shm->last = current()->process->pid;
	if (change > 0)
		shm->attached_at = ipc_now();
	else
		shm->detached_at = ipc_now();
	if (shm->doomed && shm_mappings(shm) == 0) {
		file->private = NULL;
		end(shm);
	}
}

static struct super *shared_super(void)
{
	static const struct super_ops ops = { .statfs = tmpfs_statfs,
					      .name = name,
					      .mapped = mapped };
	static struct super *super;

	if (!super)
		super = tmpfs_create_hidden(&ops);
	return super;
}

static struct file *open_memory(struct inode *inode, struct dentry *entry, uint32_t flags)
{
	struct file *file = file_create(inode, entry, flags);

	if (file)
		must(inode->ops->open(file) == 0);
	return file;
}

static struct file *create_memory(uint64_t size)
{
	struct super *super = shared_super();
	struct dentry *entry;

	if (!super || super->root->inode->ops->temporary(super->root, S_IFREG | 0777, &entry) < 0)
		return NULL;
	struct file *file = open_memory(entry->inode, entry, O_RDWR);
	if (file)
		file->inode->attr.size = (int64_t)ALIGN_UP(size, PAGE_SIZE);
	dentry_put(entry);
	return file;
}

static void release(struct ipc_object *object)
{
	struct shm *shm = shm_of(object);

	file_put(shm->file);
	kfree(shm);
}

static struct ipc_object *create(const struct ipc_request *request, int *error)
{
	struct shm *shm;

	*error = -EINVAL;
	if (request->size == 0 || request->size > SHM_SIZE_MAX)
		return NULL;
	*error = -ENOSPC;
	if (ALIGN_UP(request->size, PAGE_SIZE) < request->size)
		return NULL;
	*error = request->flags & SHM_HUGETLB ? -EINVAL : -ENOMEM;
	if ((request->flags & SHM_HUGETLB) ||
	    !mm_could_fit(request->size, PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS |
				  (request->flags & SHM_NORESERVE ? MAP_NORESERVE : 0u)))
		return NULL;
	shm = kmalloc(sizeof(*shm));
	if (!shm)
		return NULL;
	shm->file = create_memory(request->size);
	if (!shm->file) {
		kfree(shm);
		return NULL;
	}
	shm->object.release = release;
	shm->size = request->size;
	shm->changed_at = ipc_now();
	shm->creator = current()->process->pid;
	return &shm->object;
}

static int check(const struct ipc_object *object, const struct ipc_request *request)
{
	return ((const struct shm *)object)->size < request->size ? -EINVAL : 0;
}

int shm_get(int key, uint64_t size, uint32_t flags)
{
	const struct ipc_request request = {
		.key = key, .flags = flags, .size = size, .create = create, .check = check
	};

	return ipc_get(&shm_table, &request);
}

uint32_t shm_mappings(const struct shm *shm)
{
	return shm->file->inode->mappings;
}

uint64_t shm_resident(const struct shm *shm)
{
	return (uint64_t)shm->file->inode->attr.blocks / (PAGE_SIZE / 512);
}

void shm_destroy(struct shm *shm)
{
	shm->doomed = true;
	shm->object.key = IPC_PRIVATE;
	if (shm_mappings(shm) == 0)
		end(shm);
}

/* Each has a file of its own, as rights to it differ. */
static long map(struct shm *shm, uint64_t address, uint32_t flags, uint32_t prot)
{
	struct inode *inode = shm->file->inode;
	struct mm *mm = current()->process->mm;
	struct file *file =
		open_memory(inode, shm->file->dentry, flags & SHM_RDONLY ? O_RDONLY : O_RDWR);

	if (!file)
		return -ENOMEM;
	file->private = shm;
	/* For this time: the mapping may be gone again before it is counted. */
	ipc_hold(&shm->object);
	long result = mm_map(mm, address, ALIGN_UP(shm->size, PAGE_SIZE), prot,
			     MAP_SHARED | (address ? MAP_FIXED : 0u), file, 0);
	file_put(file);
	if (result < 0 && shm->doomed && shm_mappings(shm) == 0)
		end(shm);
	ipc_drop(&shm->object);
	return result;
}

long shm_attach(struct shm *shm, uint64_t address, uint32_t flags)
{
	uint32_t prot = PROT_READ | (flags & SHM_RDONLY ? 0u : PROT_WRITE) |
			(flags & SHM_EXEC ? PROT_EXEC : 0u);
	uint32_t wanted = 0444 | (flags & SHM_RDONLY ? 0u : 0222) | (flags & SHM_EXEC ? 0111u : 0);
	uint64_t size = ALIGN_UP(shm->size, PAGE_SIZE);

	if (!ipc_permits(&shm->object, wanted))
		return -EACCES;
	if (address && !(flags & SHM_REMAP)) {
		if (address + size < address || !mm_is_free(current()->process->mm, address, size))
			return -EINVAL;
	}
	return map(shm, address, flags, prot);
}

/* The part of an attachment at `address` that lies at or above `from`. */
static const struct vma *find_part(const struct mm *mm, uint64_t address, uint64_t from)
{
	for (const struct vma *vma = vma_first_ending_above(mm, from); vma; vma = vma_next(mm, vma))
		if (vma->start >= address && vma->file &&
		    vma->file->inode->super == shared_super() &&
		    vma->start - address == vma->offset)
			return vma;
	return NULL;
}

long shm_detach(uint64_t address)
{
	struct mm *mm = current()->process->mm;
	const struct vma *part = find_part(mm, address, address);

	if (!part)
		return -EINVAL;
	const struct inode *inode = part->file->inode;
	uint64_t end_address = address + (uint64_t)inode->attr.size;
	while (part && part->start < end_address) {
		uint64_t next = part->end;

		if (part->file->inode == inode)
			mm_unmap(mm, part->start, part->end - part->start);
		part = find_part(mm, address, next);
	}
	return 0;
}
