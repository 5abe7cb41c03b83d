// SPDX-License-Identifier: Apache-2.0
/*
 * Names: one hash table over (parent, name). A name without references is
 * freed, or, on host mounts, kept on the unused list until the list is long.
 */
#include "guest-runtime/fs/vfs.h"
#include "guest-runtime/mm/heap.h"

#define BUCKETS_MIN 256u
#define BUCKETS_MAX 65536u
/* Each unused host name may hold a handle; the monitor has 4096 for open files and these. */
#define UNUSED_MAX  1024u
#define TRIM_BATCH  64u

static struct dentry *first_buckets[BUCKETS_MIN];
static struct dentry **buckets = first_buckets;
static uint32_t bucket_count = BUCKETS_MIN;
static uint32_t hashed_count;
static struct list unused = LIST_INIT(unused);
static uint32_t unused_count;

static uint32_t hash_name(const struct dentry *parent, const char *name, size_t length)
{
	uint32_t hash = 2166136261u ^ (uint32_t)((uint64_t)parent >> 4);

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (uint8_t)name[i]) * 16777619u;
	return hash ^ (hash >> 15);
}

/* Chains stay short; without memory they only get longer. */
static void grow_buckets(void)
{
	uint32_t count = bucket_count * 4;
	struct dentry **grown = NULL;

	if (count <= BUCKETS_MAX)
		grown = kmalloc(count * sizeof(void *));
	if (!grown)
		return;
	for (uint32_t i = 0; i < bucket_count; i++) {
		while (buckets[i]) {
			struct dentry *entry = buckets[i];

			buckets[i] = entry->hash_next;
			entry->hash_next = grown[entry->hash & (count - 1)];
			grown[entry->hash & (count - 1)] = entry;
		}
	}
	if (buckets != first_buckets)
		kfree(buckets);
	buckets = grown;
	bucket_count = count;
}

static void hash_insert(struct dentry *entry)
{
	if (hashed_count > bucket_count * 2)
		grow_buckets();
	struct dentry **bucket = &buckets[entry->hash & (bucket_count - 1)];
	entry->hash_next = *bucket;
	*bucket = entry;
	entry->hashed = true;
	entry->cookie = entry->parent->next_cookie++;
	list_add_before(&entry->parent->children, &entry->siblings);
	hashed_count++;
}

struct dentry *dentry_get(struct dentry *entry)
{
	if (!list_empty(&entry->unused)) {
		list_remove(&entry->unused);
		unused_count--;
	}
	entry->references++;
	return entry;
}

static void add_name(struct dentry *entry, struct inode *inode)
{
	entry->inode = inode;
	if (!inode)
		return;
	entry->next_name = inode->names;
	inode->names = entry;
}

static void drop_name(struct dentry *entry)
{
	if (!entry->inode)
		return;
	struct dentry **at = &entry->inode->names;
	while (*at && *at != entry)
		at = &(*at)->next_name;
	if (*at)
		*at = entry->next_name;
	inode_put(entry->inode);
}

void dentry_set_inode(struct dentry *entry, struct inode *inode)
{
	drop_name(entry);
	add_name(entry, inode);
}

static struct dentry *allocate(struct dentry *parent, struct super *super, const char *name,
			       size_t length, struct inode *inode)
{
	struct dentry *entry = kmalloc(sizeof(*entry) + length + 1);

	if (!entry)
		return NULL;
	entry->references = 1;
	entry->parent = parent ? dentry_get(parent) : entry;
	entry->super = super;
	add_name(entry, inode);
	entry->length = (uint16_t)length;
	entry->name = entry->own_name;
	memcpy(entry->name, name, length);
	list_init(&entry->siblings);
	list_init(&entry->children);
	list_init(&entry->unused);
	return entry;
}

struct dentry *dentry_create(struct dentry *parent, const char *name, size_t length,
			     struct inode *inode)
{
	struct dentry *entry = allocate(parent, parent->super, name, length, inode);

	if (!entry)
		return NULL;
	entry->hash = hash_name(parent, name, length);
	hash_insert(entry);
	return entry;
}

struct dentry *dentry_create_root(struct super *super, struct inode *inode)
{
	return allocate(NULL, super, "", 0, inode);
}

struct dentry *dentry_create_object(struct super *super, struct inode *inode, const char *name)
{
	return allocate(NULL, super, name, strlen(name), inode);
}

struct dentry *dentry_create_nameless(struct dentry *parent, struct inode *inode)
{
	return allocate(parent, parent->super, "#", 1, inode);
}

static void hash_remove(struct dentry *entry)
{
	if (!entry->hashed)
		return;
	struct dentry **at = &buckets[entry->hash & (bucket_count - 1)];
	while (*at != entry)
		at = &(*at)->hash_next;
	*at = entry->hash_next;
	entry->hashed = false;
	list_remove(&entry->siblings);
	hashed_count--;
}

void dentry_put(struct dentry *entry)
{
	/* A parent may go with its last child: a loop, since depth is the program's choice. */
	while (entry && --entry->references == 0) {
		if (entry->hashed && entry->super->ops->cached) {
			list_add_before(&unused, &entry->unused);
			if (++unused_count > UNUSED_MAX)
				dentry_trim(UNUSED_MAX - TRIM_BATCH);
			return;
		}
		hash_remove(entry);
		struct dentry *parent = entry->parent == entry ? NULL : entry->parent;
		drop_name(entry);
		if (entry->name != entry->own_name)
			kfree(entry->name);
		kfree(entry);
		entry = parent;
	}
}

void dentry_unhash(struct dentry *entry)
{
	bool kept = !list_empty(&entry->unused);

	hash_remove(entry);
	if (kept) {
		/* Nothing can find it any more to free it. */
		list_remove(&entry->unused);
		unused_count--;
		entry->references = 1;
		dentry_put(entry);
	}
}

int dentry_empty(struct dentry *dir)
{
	list_for_each (node, &dir->children)
		if (container_of(node, struct dentry, siblings)->inode)
			return -ENOTEMPTY;
	return 0;
}

void dentry_trim(unsigned int keep)
{
	static bool trimming;

	/* An overlay's name holds one below, which then is unused, too: no trim within a trim. */
	if (trimming)
		return;
	trimming = true;
	while (unused_count > keep && !list_empty(&unused))
		dentry_unhash(container_of(unused.next, struct dentry, unused));
	trimming = false;
}

struct dentry *dentry_peek(const struct dentry *parent, const char *name, size_t length)
{
	uint32_t hash = hash_name(parent, name, length);

	for (struct dentry *entry = buckets[hash & (bucket_count - 1)]; entry;
	     entry = entry->hash_next)
		if (entry->hash == hash && entry->parent == parent && entry->length == length &&
		    memcmp(entry->name, name, length) == 0)
			return entry;
	return NULL;
}

struct dentry *dentry_find(struct dentry *parent, const char *name, size_t length)
{
	struct dentry *entry = dentry_peek(parent, name, length);

	return entry ? dentry_get(entry) : NULL;
}

/* Takes over text. */
static void place(struct dentry *entry, struct dentry *parent, char *text, size_t length)
{
	struct dentry *old = entry->parent;

	dentry_unhash(entry);
	entry->parent = dentry_get(parent);
	dentry_put(old);
	if (entry->name != entry->own_name)
		kfree(entry->name);
	entry->name = text;
	entry->length = (uint16_t)length;
	entry->hash = hash_name(parent, text, length);
	hash_insert(entry);
}

int dentry_move(struct dentry *entry, struct dentry *parent, const char *name, size_t length)
{
	char *text = kstrndup(name, length);

	if (!text)
		return -ENOMEM;
	place(entry, parent, text, length);
	return 0;
}

int dentry_swap(struct dentry *a, struct dentry *b)
{
	char *a_text = kstrndup(a->name, a->length), *b_text = kstrndup(b->name, b->length);
	size_t a_length = a->length, b_length = b->length;

	if (!a_text || !b_text) {
		kfree(a_text);
		kfree(b_text);
		return -ENOMEM;
	}
	struct dentry *a_parent = dentry_get(a->parent), *b_parent = dentry_get(b->parent);
	place(a, b_parent, b_text, b_length);
	place(b, a_parent, a_text, a_length);
	dentry_put(a_parent);
	dentry_put(b_parent);
	return 0;
}

bool dentry_below(const struct dentry *entry, const struct dentry *ancestor)
{
	for (; entry != ancestor; entry = entry->parent)
		if (entry->parent == entry)
			return false;
	return true;
}

struct dentry *dentry_cross(struct dentry *entry)
{
	while (entry->mounted) {
		struct dentry *root = dentry_get(entry->mounted->root);

		dentry_put(entry);
		entry = root;
	}
	return entry;
}

struct dentry *dentry_parent(struct dentry *entry, const struct dentry *root)
{
	while (entry != root && entry->parent == entry && entry->super->covered)
		entry = entry->super->covered;
	return dentry_cross(dentry_get(entry == root ? entry : entry->parent));
}

long dentry_path(struct dentry *entry, const struct dentry *root, char *buffer, size_t size)
{
	static const char deleted[] = " (deleted)";
	size_t at = size;

	if (entry->super->ops->name)
		return entry->super->ops->name(entry, buffer, size);
	if (dentry_removed(entry)) {
		at -= sizeof(deleted) - 1;
		memcpy(buffer + at, deleted, sizeof(deleted) - 1);
	}
	size_t end = at;
	while (entry != root) {
		if (entry->parent == entry) {
			if (!entry->super->covered)
				break;
			entry = entry->super->covered;
			continue;
		}
		if (at < entry->length + 2u)
			return -ENAMETOOLONG;
		at -= entry->length;
		memcpy(buffer + at, entry->name, entry->length);
		buffer[--at] = '/';
		entry = entry->parent;
	}
	if (at == end)
		buffer[--at] = '/';
	memmove(buffer, buffer + at, size - at);
	if (size - at == size)
		return -ENAMETOOLONG;
	buffer[size - at] = 0;
	return (long)(size - at);
}
