#include "CText.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

// What one text may cost. Patterns that are meant to be slow are given up after some milliseconds; others come nowhere
// near. Without a just-in-time compiler the second and third bound memory.
enum { MATCH_LIMIT = 200000, DEPTH_LIMIT = 20000, HEAP_LIMIT_KIB = 16384 };

struct lmon_regex {
    pcre2_code *code;
    pcre2_match_context *limits;
    atomic_ulong given_up;
};

// Matching needs memory of its own; each thread keeps one such.
static pthread_key_t match_key;
static pthread_once_t match_once = PTHREAD_ONCE_INIT;

static void free_match(void *data) { pcre2_match_data_free(data); }
static void make_match_key(void) { pthread_key_create(&match_key, free_match); }

static pcre2_match_data *match_data(void) {
    pthread_once(&match_once, make_match_key);
    pcre2_match_data *data = pthread_getspecific(match_key);
    if (!data) {
        data = pcre2_match_data_create(1, NULL);
        pthread_setspecific(match_key, data);
    }
    return data;
}

lmon_regex *lmon_regex_compile(
    const uint8_t *pattern, size_t length, int ignores_case, int is_extended, int *error, size_t *offset) {
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C;
    if (ignores_case) options |= PCRE2_CASELESS;
    if (is_extended) options |= PCRE2_EXTENDED;
    lmon_regex *regex = calloc(1, sizeof *regex);
    if (!regex) abort();
    regex->code = pcre2_compile(pattern, length, options, error, offset, NULL);
    if (!regex->code) {
        free(regex);
        return NULL;
    }
    // Where there is no such compiler, the interpreter does it.
    pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE);
    regex->limits = pcre2_match_context_create(NULL);
    if (!regex->limits) abort();
    pcre2_set_match_limit(regex->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(regex->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(regex->limits, HEAP_LIMIT_KIB);
    return regex;
}

void lmon_regex_free(lmon_regex *regex) {
    pcre2_match_context_free(regex->limits);
    pcre2_code_free(regex->code);
    free(regex);
}

size_t lmon_regex_message(int error, char *text, size_t capacity) {
    int length = pcre2_get_error_message(error, (PCRE2_UCHAR *)text, capacity);
    return length < 0 ? 0 : (size_t)length;
}

size_t lmon_regex_version(char *text, size_t capacity) {
    int length = pcre2_config(PCRE2_CONFIG_VERSION, NULL);
    if (length < 1 || (size_t)length > capacity) return 0;
    return (size_t)pcre2_config(PCRE2_CONFIG_VERSION, text) - 1;
}

int lmon_regex_find(lmon_regex *regex, const uint8_t *text, size_t length, size_t from, size_t *start, size_t *end) {
    pcre2_match_data *data = match_data();
    if (!data) abort();
    if (!text) text = (const uint8_t *)"";
    int result = pcre2_match(regex->code, text, length, from, 0, data, regex->limits);
    if (result == PCRE2_ERROR_JIT_STACKLIMIT) {
        result = pcre2_match(regex->code, text, length, from, PCRE2_NO_JIT, data, regex->limits);
    }
    if (result >= 0) {
        const PCRE2_SIZE *places = pcre2_get_ovector_pointer(data);
        *start = places[0];
        *end = places[1];
        return 1;
    }
    if (result != PCRE2_ERROR_NOMATCH && result != PCRE2_ERROR_PARTIAL) atomic_fetch_add(&regex->given_up, 1);
    return 0;
}

size_t lmon_regex_given_up(const lmon_regex *regex) { return atomic_load(&((lmon_regex *)regex)->given_up); }
