#ifndef LMON_CZLIB_H
#define LMON_CZLIB_H

// zlib as lmon uses it: a stream of either direction, a step at a time, without z_stream, whose macros Swift cannot call
// and which holds pointers into itself. Pure computation on the caller's bytes: no I/O.

#include <stddef.h>
#include <stdint.h>

typedef struct lmon_zlib lmon_zlib;

// What surrounds the deflated bytes.
enum {
    LMON_ZLIB_RAW = 0,
    LMON_ZLIB_ZLIB = 1,
    LMON_ZLIB_GZIP = 2,
};

// NULL if there is no memory for it. The same bytes at the same level give the same bytes: gzip's header has no time.
lmon_zlib *lmon_deflate_open(int format, int level);
lmon_zlib *lmon_inflate_open(int format);
void lmon_zlib_close(lmon_zlib *zlib);
// Ready for the next stream; 1 if it is.
int lmon_zlib_reset(lmon_zlib *zlib);

enum {
    LMON_ZLIB_MORE = 0,
    LMON_ZLIB_END = 1,
    LMON_ZLIB_DAMAGED = -1,
    LMON_ZLIB_MEMORY = -2,
};

// Takes at most `*taken` bytes of `input` and gives at most `*given` to `output`; both then say how many it was. With
// `finishes`, no input follows (deflating only).
int lmon_zlib_step(
    lmon_zlib *zlib, const uint8_t *input, size_t *taken, uint8_t *output, size_t *given, int finishes);

// The CRC-32 of what `crc` is of, 0 for nothing, and these bytes after it.
uint32_t lmon_crc32(uint32_t crc, const uint8_t *bytes, size_t count);

// `1.2.13`.
const char *lmon_zlib_version(void);

#endif
