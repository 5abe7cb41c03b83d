// SPDX-License-Identifier: Apache-2.0
/*
 * AF_UNIX streams. Bytes go straight into the peer's buffer; a mark is made
 * only where files, credentials or an urgent byte go with some of them.
 */
#include "guest-runtime/fs/async.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/net/control.h"
#include "guest-runtime/net/rights.h"
#include "guest-runtime/net/unix.h"

#include <linux/poll.h>

#define READABLE (POLLIN | POLLPRI | POLLRDNORM | POLLRDBAND)
#define WRITABLE (POLLOUT | POLLWRNORM | POLLWRBAND)

static struct unix_mark *mark_of(struct list *node)
{
	return container_of(node, struct unix_mark, node);
}

void unix_mark_drop(struct unix_socket *u, struct unix_mark *mark)
{
	if (u->urgent == mark)
		u->urgent = NULL;
	list_remove(&mark->node);
	net_control_end(&mark->control);
	net_uncharge(sizeof(*mark));
	kfree(mark);
}

static bool same_ids(const struct net_ids *a, const struct net_ids *b)
{
	return a->pid == b->pid && a->uid == b->uid && a->gid == b->gid;
}

/* Would a mark with these ids, and nothing else, only lengthen the last one? */
static struct unix_mark *last_like(struct unix_socket *to, const struct net_ids *ids)
{
	struct unix_mark *last = list_empty(&to->marks) ? NULL : mark_of(to->marks.prev);
	uint64_t end = to->read_position + to->received.length;

	return last && last->end == end && !last->urgent && !last->control.rights &&
			       last->control.has_ids && same_ids(&last->control.ids, ids)
		       ? last
		       : NULL;
}

/* What the next bytes to `to` carry; NULL in *out: nothing. Takes over rights. */
static int prepare_mark(struct unix_socket *from, struct unix_socket *to,
			struct net_control *control, bool urgent, struct unix_mark **out)
{
	struct net_control carried = { .rights = control->rights, .has_ids = control->has_ids };

	*out = NULL;
	carried.ids = control->ids;
	if (!carried.has_ids && (socket_option(&from->socket, SO_PASSCRED) ||
				 socket_option(&to->socket, SO_PASSCRED) || !to->socket.file)) {
		carried.has_ids = true;
		carried.ids = net_ids_current();
	}
	if (!carried.rights && !carried.has_ids && !urgent)
		return 0;
	if (!carried.rights && !urgent) {
		*out = last_like(to, &carried.ids);
		if (*out)
			return 0;
	}
	struct unix_mark *made = net_charge(sizeof(*made)) ? kmalloc(sizeof(*made)) : NULL;
	if (!made)
		return -ENOBUFS;
	made->start = made->end = to->read_position + to->received.length;
	made->control = carried;
	made->urgent = urgent;
	control->rights = NULL;
	list_add_before(&to->marks, &made->node);
	*out = made;
	return 0;
}

/* One piece of a message into the peer's buffer: bytes or -errno. */
static long push(struct unix_socket *from, struct unix_socket *to, struct net_message *message,
		 struct net_control *control, size_t n, bool urgent)
{
	struct unix_mark *mark;
	int error = prepare_mark(from, to, control, urgent, &mark);

	if (error < 0)
		return error;
	long put = net_buffer_put(&to->received, message->uio, n);
	if (mark) {
		if (put > 0)
			mark->end += (uint64_t)put;
		if (mark->start == mark->end)
			unix_mark_drop(to, mark);
		else if (urgent)
			to->urgent = mark;
	}
	if (put > 0 && urgent && to->socket.file)
		async_urgent(to->socket.file);
	if (put > 0)
		wait_queue_wake(&to->socket.queue, READABLE);
	return put;
}

/* Until the peer's buffer has room: how much, or -errno. */
static long wait_room(struct unix_socket *u, int64_t deadline)
{
	for (;;) {
		long error = socket_take_error(&u->socket);
		size_t used = unix_unread(u), all = u->socket.options.send_bytes;

		if (error < 0)
			return error;
		if (u->socket.shutdown & SOCKET_NO_SEND)
			return -EPIPE;
		if (used < all)
			return (long)(all - used);
		error = socket_sleep(&u->socket.queue, deadline);
		if (error < 0)
			return error;
	}
}

static long send_piece(struct unix_socket *u, struct net_message *message,
		       struct net_control *control, size_t n, int64_t deadline, bool urgent)
{
	long room = wait_room(u, deadline);
	struct unix_socket *peer = u->peer;

	if (room < 0)
		return room;
	if (peer->closed || (peer->socket.shutdown & SOCKET_NO_RECEIVE))
		return -EPIPE;
	return push(u, peer, message, control, MIN(n, (size_t)room), urgent);
}

long unix_stream_send(struct socket *socket, struct net_message *message)
{
	struct unix_socket *u = unix_of(socket);
	struct net_control none = { 0 }, *control = message->control ? message->control : &none;
	size_t urgent = message->flags & MSG_OOB ? 1 : 0;
	int64_t deadline;
	long sent = 0, put = 0;

	if (urgent > message->uio->left)
		return -EOPNOTSUPP;
	if (message->to)
		return socket->state == SOCKET_CONNECTED ? -EISCONN : -EOPNOTSUPP;
	if (!u->peer)
		return -ENOTCONN;
	if (socket->shutdown & SOCKET_NO_SEND)
		return socket_broken(message->flags);
	if (message->uio->left == 0)
		return 0;
	deadline = socket_deadline(socket->options.send_ns, message->nonblocking);
	put = control->rights ? unix_flight_begin(control->rights) : 0;
	while (put >= 0 && message->uio->left > 0) {
		bool last = message->uio->left == urgent;
		size_t n = last ? 1 : message->uio->left - urgent;

		put = send_piece(u, message, control, n, deadline, last && urgent);
		if (put > 0)
			sent += put;
		/* Said once, by the first bytes; what the peer's option adds goes on. */
		control->has_ids = false;
	}
	if (sent == 0 && put == -EPIPE)
		return socket_broken(message->flags);
	return sent ? sent : put;
}

/* A run of bytes with one mark, or without. */
struct segment {
	struct unix_mark *mark;
	uint64_t end;
};

/* The marks of what was read are gone. */
static struct segment segment_at(const struct unix_socket *u, uint64_t at)
{
	list_for_each (node, &u->marks) {
		struct unix_mark *mark = mark_of(node);

		if (mark->end <= at)
			continue;
		if (mark->start > at)
			return (struct segment){ NULL, mark->start };
		return (struct segment){ mark, mark->end };
	}
	return (struct segment){ NULL, u->read_position + u->received.length };
}

static void consume(struct unix_socket *u, size_t n)
{
	struct list *next;

	net_buffer_drop(&u->received, n);
	u->read_position += n;
	for (struct list *node = u->marks.next; node != &u->marks; node = next) {
		next = node->next;
		if (mark_of(node)->end > u->read_position)
			break;
		unix_mark_drop(u, mark_of(node));
	}
	if (n > 0 && u->peer && !u->peer->closed && unix_writable(u->peer))
		wait_queue_wake(&u->peer->socket.queue, WRITABLE);
}

/* One call of recv on its way. */
struct reading {
	struct net_message *message;
	size_t copied;
	bool peek, done, ids_known;
	bool looked; /* peeking: at a segment */
	uint64_t at; /* position in the stream, of peeking */
	struct net_control *control;
};

/*
 * An urgent byte is none of the stream's, and reading stops before it. True:
 * look again at what comes now, or done.
 */
static bool pass_urgent(struct unix_socket *u, struct reading *r, struct unix_mark *mark)
{
	if (!mark->taken && mark != u->urgent)
		return false; /* a later one came: it is a byte like others */
	if (mark->taken && !(r->copied && !u->urgent)) {
		if (r->peek)
			r->at++;
		else
			consume(u, 1);
		return true;
	}
	if (r->copied) {
		r->done = true;
		return true;
	}
	if (socket_option(&u->socket, SO_OOBINLINE)) {
		if (!r->peek)
			u->urgent = NULL;
		return false;
	}
	if (r->peek) {
		r->at++;
		return true;
	}
	consume(u, 1);
	return true;
}

/* What goes with a segment. False: it cannot go with what was read before. */
static bool take_ids(struct unix_socket *u, struct reading *r, const struct unix_mark *mark)
{
	struct net_ids ids = { 0, (uint32_t)-1, (uint32_t)-1 };

	if (mark && mark->control.has_ids)
		ids = mark->control.ids;
	if (r->ids_known)
		return same_ids(&ids, &r->control->ids);
	if (socket_option(&u->socket, SO_PASSCRED)) {
		r->control->ids = ids;
		r->ids_known = true;
	}
	return true;
}

/* Files go with the first byte of their segment that is read. True: reading ends after it. */
static bool take_rights(struct reading *r, struct unix_mark *mark)
{
	if (!mark || !mark->control.rights)
		return false;
	if (r->peek) {
		r->control->rights = net_rights_copy(mark->control.rights);
	} else {
		unix_flight_end(mark->control.rights);
		r->control->rights = mark->control.rights;
		mark->control.rights = NULL;
	}
	return true;
}

/* The bytes up to the next mark: 0 or -errno. */
static long read_segment(struct unix_socket *u, struct reading *r)
{
	struct uio *uio = r->message->uio;
	struct segment segment = segment_at(u, r->peek ? r->at : u->read_position);

	if (segment.mark && segment.mark->urgent && pass_urgent(u, r, segment.mark))
		return 0;
	if (!take_ids(u, r, segment.mark)) {
		r->done = true;
		return 0;
	}
	if (r->message->from && u->peer && r->message->from->length == 0)
		unix_show_name(u->peer, r->message->from);
	uint64_t at = r->peek ? r->at : u->read_position;
	long got = net_buffer_copy(&u->received, at - u->read_position, uio,
				   MIN(uio->left, segment.end - at));
	if (got < 0)
		return got;
	r->copied += (size_t)got;
	bool end = take_rights(r, segment.mark);
	if (r->peek) {
		/* As Linux: it goes on, without room for a byte, to the next one's files. */
		r->at = segment.end;
		r->looked = true;
		if (u->socket.options.peek_offset >= 0)
			u->socket.options.peek_offset += (int32_t)got;
		r->done = end;
		return 0;
	}
	int32_t *offset = &u->socket.options.peek_offset;
	if (*offset > 0)
		*offset = MAX(*offset - (int32_t)got, 0);
	r->done = end || uio->left == 0;
	consume(u, (size_t)got);
	return 0;
}

static long receive_urgent(struct unix_socket *u, struct net_message *message)
{
	struct unix_mark *mark = u->urgent;

	if (socket_option(&u->socket, SO_OOBINLINE) || !mark)
		return -EINVAL;
	long got = net_buffer_copy(&u->received, mark->start - u->read_position, message->uio,
				   MIN(message->uio->left, (size_t)1));
	if (!(message->flags & MSG_PEEK)) {
		u->urgent = NULL;
		mark->taken = true;
	}
	if (got < 0)
		return -EFAULT;
	message->told |= MSG_OOB;
	message->ended = true;
	return 1;
}

/* Nothing to read now: 0: look again; 1: the end; -errno. */
static long wait_bytes(struct unix_socket *u, int64_t deadline)
{
	long error = socket_take_error(&u->socket);

	if (error < 0)
		return error;
	if (u->socket.shutdown & SOCKET_NO_RECEIVE)
		return 1;
	return socket_sleep(&u->socket.queue, deadline);
}

long unix_stream_receive(struct socket *socket, struct net_message *message)
{
	struct unix_socket *u = unix_of(socket);
	struct net_control unwanted = { 0 };
	struct reading r = { .message = message,
			     .peek = message->flags & MSG_PEEK,
			     .control = message->control ? message->control : &unwanted };
	size_t wanted = socket_wanted(socket, message->flags, message->uio->left);
	long error = 0;

	if (socket->state != SOCKET_CONNECTED)
		return -EINVAL;
	if (message->flags & MSG_OOB)
		return receive_urgent(u, message);
	int64_t deadline = socket_deadline(socket->options.receive_ns, message->nonblocking);
	if (r.peek)
		r.at = u->read_position + (uint64_t)MAX(socket->options.peek_offset, 0);
	do {
		uint64_t at = r.peek ? r.at : u->read_position;

		if (at < u->read_position + u->received.length)
			error = read_segment(u, &r);
		else if (r.copied >= wanted || r.looked)
			break;
		else
			error = wait_bytes(u, deadline);
	} while (error == 0 && !r.done && (message->uio->left > 0 || r.peek));
	net_control_end(&unwanted);
	return r.copied ? (long)r.copied : MIN(error, 0L);
}
