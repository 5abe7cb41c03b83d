#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes a C project that a compiler is kept busy with: c-project.sh DIRECTORY [FILES, by default 200]. Each
# file has a function, a header and a line in main.c; the program prints one number.
set -e
mkdir -p "$1/src" "$1/include"
cd "$1"
files=${2:-200}
i=0
while [ "$i" -lt "$files" ]; do
	echo "int part$i(int x);" >include/part$i.h
	cat >src/part$i.c <<END
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "part$i.h"

struct item { int key; char name[16]; struct item *next; };

int part$i(int x)
{
	struct item *list = NULL;
	for (int k = 0; k < 10; k++) {
		struct item *n = malloc(sizeof(*n));
		n->key = x + k * $i;
		snprintf(n->name, sizeof(n->name), "n%d", k);
		n->next = list;
		list = n;
	}
	int sum = 0;
	while (list) {
		struct item *next = list->next;
		sum += list->key + (int)strlen(list->name);
		free(list);
		list = next;
	}
	return sum;
}
END
	i=$((i + 1))
done
{
	echo '#include <stdio.h>'
	cat include/*.h
	echo 'int main(void)'
	echo '{'
	echo '	long sum = 0;'
	i=0
	while [ "$i" -lt "$files" ]; do
		echo "	sum += part$i($i);"
		i=$((i + 1))
	done
	printf '%s\n' '	printf("%ld\n", sum);' '	return 0;' '}'
} >src/main.c
cat >Makefile <<'END'
CC      := gcc
CFLAGS  := -O1 -g -Iinclude
OBJECTS := $(patsubst src/%.c,obj/%.o,$(sort $(wildcard src/*.c)))
program: $(OBJECTS)
	$(CC) -o $@ $^
obj/%.o: src/%.c | obj
	$(CC) $(CFLAGS) -MMD -c -o $@ $<
obj:
	mkdir $@
clean:
	rm -rf obj program
-include $(OBJECTS:.o=.d)
END
