#ifndef LMON_CTEXT_H
#define LMON_CTEXT_H

// Looking through text faster than Swift can. Pure computation on the caller's bytes: no I/O, no state.

#include <stddef.h>
#include <stdint.h>

// Where `needle` begins first in `text`, or NULL. An empty needle is found at once.
const uint8_t *lmon_find(const uint8_t *text, size_t length, const uint8_t *needle, size_t count);

// The same in either case of ASCII letters. `needle` is in lower case; `anchor` is the index of its byte that is rarest
// in most text: the search goes from one such byte to the next.
const uint8_t *lmon_find_caseless(
    const uint8_t *text, size_t length, const uint8_t *needle, size_t count, size_t anchor);

#endif
