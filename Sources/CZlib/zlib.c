#include "CZlib.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

struct lmon_zlib {
    z_stream stream;
    int inflates;
};

static int window_bits(int format) {
    switch (format) {
    case LMON_ZLIB_GZIP: return MAX_WBITS + 16;
    case LMON_ZLIB_ZLIB: return MAX_WBITS;
    default: return -MAX_WBITS;
    }
}

lmon_zlib *lmon_deflate_open(int format, int level) {
    lmon_zlib *zlib = calloc(1, sizeof *zlib);
    if (!zlib) return NULL;
    if (deflateInit2(&zlib->stream, level, Z_DEFLATED, window_bits(format), 8, Z_DEFAULT_STRATEGY) == Z_OK) return zlib;
    free(zlib);
    return NULL;
}

lmon_zlib *lmon_inflate_open(int format) {
    lmon_zlib *zlib = calloc(1, sizeof *zlib);
    if (!zlib) return NULL;
    zlib->inflates = 1;
    if (inflateInit2(&zlib->stream, window_bits(format)) == Z_OK) return zlib;
    free(zlib);
    return NULL;
}

void lmon_zlib_close(lmon_zlib *zlib) {
    if (!zlib) return;
    if (zlib->inflates) inflateEnd(&zlib->stream);
    else deflateEnd(&zlib->stream);
    free(zlib);
}

int lmon_zlib_reset(lmon_zlib *zlib) {
    return (zlib->inflates ? inflateReset(&zlib->stream) : deflateReset(&zlib->stream)) == Z_OK;
}

static uInt clamped(size_t count) { return count > UINT_MAX ? UINT_MAX : (uInt)count; }

int lmon_zlib_step(
    lmon_zlib *zlib, const uint8_t *input, size_t *taken, uint8_t *output, size_t *given, int finishes) {
    z_stream *stream = &zlib->stream;
    uInt in = clamped(*taken), out = clamped(*given);
    // What does not fit the counter is not the last of it.
    int flush = finishes && in == *taken ? Z_FINISH : Z_NO_FLUSH;
    stream->next_in = (Bytef *)(uintptr_t)input;
    stream->avail_in = in;
    stream->next_out = output;
    stream->avail_out = out;
    int result = zlib->inflates ? inflate(stream, Z_NO_FLUSH) : deflate(stream, flush);
    *taken = in - stream->avail_in;
    *given = out - stream->avail_out;
    stream->next_in = NULL;
    stream->next_out = NULL;
    switch (result) {
    case Z_STREAM_END: return LMON_ZLIB_END;
    // No progress was possible: more input or room is needed.
    case Z_OK: case Z_BUF_ERROR: return LMON_ZLIB_MORE;
    case Z_MEM_ERROR: return LMON_ZLIB_MEMORY;
    default: return LMON_ZLIB_DAMAGED;
    }
}

uint32_t lmon_crc32(uint32_t crc, const uint8_t *bytes, size_t count) {
    uLong value = crc;
    while (count > 0) {
        uInt part = clamped(count);
        value = crc32(value, bytes, part);
        bytes += part;
        count -= part;
    }
    return (uint32_t)value;
}

const char *lmon_zlib_version(void) { return zlibVersion(); }
