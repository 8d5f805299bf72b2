#include "CText.h"

#include <string.h>

static int is_same(const uint8_t *text, const uint8_t *needle, size_t count) {
    for (size_t index = 0; index < count; index++) {
        uint8_t byte = text[index];
        if (byte != needle[index] && !(byte >= 'A' && byte <= 'Z' && (byte | 0x20) == needle[index])) return 0;
    }
    return 1;
}

static const uint8_t *next(const uint8_t *from, const uint8_t *end, uint8_t byte) {
    const uint8_t *found = from < end ? memchr(from, byte, (size_t)(end - from)) : NULL;
    return found ? found : end;
}

const uint8_t *lmon_find(
    const uint8_t *text, size_t length, const uint8_t *needle, size_t count, size_t anchor) {
    if (count == 0) return text;
    if (length < count) return NULL;
    const uint8_t *end = text + (length - count) + anchor + 1;
    const uint8_t *found = text + anchor;
    while ((found = next(found, end, needle[anchor])) < end) {
        if (memcmp(found - anchor, needle, count) == 0) return found - anchor;
        found++;
    }
    return NULL;
}

const uint8_t *lmon_find_caseless(
    const uint8_t *text, size_t length, const uint8_t *needle, size_t count, size_t anchor) {
    if (count == 0) return text;
    if (length < count) return NULL;
    const uint8_t *end = text + (length - count) + anchor + 1;
    uint8_t small = needle[anchor];
    uint8_t capital = small >= 'a' && small <= 'z' ? small & 0xDF : small;
    const uint8_t *smalls = next(text + anchor, end, small);
    const uint8_t *capitals = capital == small ? end : next(text + anchor, end, capital);
    while (smalls < end || capitals < end) {
        const uint8_t *found = smalls < capitals ? smalls : capitals;
        if (is_same(found - anchor, needle, count)) return found - anchor;
        if (found == smalls) smalls = next(found + 1, end, small);
        else capitals = next(found + 1, end, capital);
    }
    return NULL;
}
