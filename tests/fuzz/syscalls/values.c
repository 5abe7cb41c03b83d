// SPDX-License-Identifier: Apache-2.0
/* Arguments: mostly what a program would pass, sometimes its neighbour, rarely anything. */
#include "tests/fuzz/syscalls/values.h"

#include <fcntl.h>

#define LEADER 2 /* the first process of a sandbox */

/* Not the leader, alone or with all others: it could not tell what became of them. */
static uint64_t pid(struct source *source)
{
	uint64_t value = 3 + draw(source, 60);

	switch (draw(source, 8)) {
	case 0:
		value = anything(source);
		break;
	case 1:
		value = (uint64_t) - (int64_t)value;
		break;
	case 2:
		value = 0;
		break;
	default:
		break;
	}
	return (int)value == LEADER || (int)value == -LEADER || (int)value == -1 ? 3 : value;
}
static uint64_t combined(struct source *source, const struct argument *argument)
{
	uint64_t value = 0;

	for (uint64_t n = draw(source, 4); n > 0; n--)
		value |= argument->values[draw(source, argument->count)];
	return draw(source, 40) ? value : value | anything(source);
}

uint64_t argument_value(struct source *source, const struct argument *argument)
{
	uint64_t at;

	switch (argument->kind) {
	case ARG_NONE:
		return 0;
	case ARG_FD:
		return draw(source, 50)	 ? draw(source, 40)
		       : draw(source, 2) ? (uint64_t)AT_FDCWD
					 : anything(source);
	case ARG_PATH:
		return at_path(source);
	case ARG_TEXT:
		return at_text(source);
	case ARG_BUFFER:
	case ARG_POLL:
		return draw(source, 2) ? at_polls(source) : at_words(source, 256);
	case ARG_SIZE:
		return draw(source, 8) ? draw(source, 8193) : anything(source);
	case ARG_OFFSET:
		return draw(source, 3) ? draw(source, 20000) : anything(source);
	case ARG_SMALL:
		return draw(source, 20) ? draw(source, 20) : anything(source);
	case ARG_MODE:
		return draw(source, 3) ? 0755 : draw(source, 010000);
	case ARG_PID:
		return pid(source);
	case ARG_ID:
		return draw(source, 3) ? draw(source, 3) - 1 : anything(source);
	case ARG_SIGNAL:
		return draw(source, 70);
	case ARG_SIGSET:
		return at_words(source, 16);
	case ARG_EIGHT:
		return draw(source, 20) ? 8 : anything(source);
	case ARG_ACTION:
		return at_action(source);
	case ARG_IOVEC:
		return at_iovec(source);
	case ARG_COUNT:
		return draw(source, 20) ? draw(source, 17) : anything(source);
	case ARG_TIME:
		return at_time(source);
	case ARG_SOCKADDR:
		return at_sockaddr(source);
	case ARG_SOCKLEN:
		return draw(source, 10) ? 4 + 12 * draw(source, 3) : anything(source);
	case ARG_SOCKLEN_AT:
		at = at_place(source, 8);
		if (is_ours(at, 8))
			*(volatile uint64_t *)at =
				draw(source, 10) ? draw(source, 130) : anything(source);
		return at;
	case ARG_MESSAGE:
		return at_message(source);
	case ARG_ADDRESS:
		return draw(source, 4)	 ? SPACE + draw(source, SPACE_SIZE / 4096) * 4096
		       : draw(source, 2) ? 0
					 : anything(source);
	case ARG_LENGTH:
		return draw(source, 10) ? (1 + draw(source, draw(source, 8) ? 32 : 4096)) * 4096
					: anything(source);
	case ARG_VECTOR:
		return at_vector(source);
	case ARG_OBJECT:
		return draw(source, 10) ? draw(source, 6) : anything(source);
	case ARG_KEY:
		return draw(source, 10) ? draw(source, 4) : anything(source);
	case ARG_STACK:
		return STACKS + (1 + draw(source, STACKS_SIZE / 16384)) * 16384;
	case ARG_CLONE_ARGS:
		return at_clone_args(source);
	case ARG_FLAGS:
		return combined(source, argument);
	case ARG_ONE:
		return draw(source, 40) ? argument->values[draw(source, argument->count)]
					: anything(source);
	case ARG_ANY:
		break;
	}
	return anything(source);
}

void arena_fill(struct source *source)
{
	for (size_t i = 0; i < ARENA_SIZE / 8; i += 1 + draw(source, 16))
		((volatile uint64_t *)ARENA)[i] = anything(source);
}
