#ifndef LMON_CTEXT_H
#define LMON_CTEXT_H

// Looking through text faster than Swift can, and PCRE2. Pure computation on the caller's bytes: no I/O.

#include <stddef.h>
#include <stdint.h>

// Where `needle` begins first in `text`, or NULL. An empty needle is found at once. `anchor` is the index of its byte
// that is rarest in most text: the search goes from one such byte to the next.
const uint8_t *lmon_find(
    const uint8_t *text, size_t length, const uint8_t *needle, size_t count, size_t anchor);

// The same in either case of ASCII letters. `needle` is in lower case.
const uint8_t *lmon_find_caseless(
    const uint8_t *text, size_t length, const uint8_t *needle, size_t count, size_t anchor);

// A regular expression, compiled. It does not change, so threads may share it.
typedef struct lmon_regex lmon_regex;

// NULL if the pattern, UTF-8, is none; then `error`, and the byte that was looked at, say why.
lmon_regex *lmon_regex_compile(
    const uint8_t *pattern, size_t length, int ignores_case, int is_extended, int *error, size_t *offset);
void lmon_regex_free(lmon_regex *regex);
// What an error means, in English; returns its length.
size_t lmon_regex_message(int error, char *text, size_t capacity);

// `10.42 2022-12-11`; returns its length.
size_t lmon_regex_version(char *text, size_t capacity);

// 1 and the place if it is found at `from` or later in `text`, which need not be UTF-8 throughout; else 0. What would
// take too long is given up, which is counted.
int lmon_regex_find(lmon_regex *regex, const uint8_t *text, size_t length, size_t from, size_t *start, size_t *end);
size_t lmon_regex_given_up(const lmon_regex *regex);

#endif
