/* SPDX-License-Identifier: Apache-2.0 */
/* Texts as words that can be pasted into a shell. */
#ifndef COMMON_QUOTE_H
#define COMMON_QUOTE_H

/*
 * Copies text to out (size > 0) as one word of bash or zsh: as it is when
 * nothing in it is special, else in quotes, and with bytes that do not show as
 * \xNN in $'...'. Returns 0, or -1 when out is too small; it then is "".
 */
int quote_word(char *out, unsigned long size, const char *text);

#endif
