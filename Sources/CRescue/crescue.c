#define _GNU_SOURCE
#include "crescue.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

#define MAX_VARIABLES 1024
#define STACK_SIZE 65536

static char program[256];
static char why[64] = "LMON_BARE=";
static char identity[160] = "LMON_BARE_ID=";
static char lost[64] = "LMON_BARE_LOST=";
static char *arguments[2] = {program, NULL};
static char *variables[MAX_VARIABLES + 4];
static _Atomic uint64_t stake;
static _Atomic uint32_t beats;
static atomic_flag is_leaving = ATOMIC_FLAG_INIT;
static atomic_bool is_released;
static int patience;
#ifdef __linux__
static clockid_t loop_clock;
static atomic_bool has_loop_clock;
#endif

// From here on to `leave`: called in signal handlers, so nothing that allocates or locks.

static void append(char *text, size_t size, const char *more) {
    size_t length = strlen(text);
    while (*more != 0 && length + 1 < size) text[length++] = *more++;
    text[length] = 0;
}

static void append_number(char *text, size_t size, uint64_t number) {
    char digits[24];
    int at = sizeof digits - 1;
    digits[at] = 0;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0 && at > 0);
    append(text, size, digits + at);
}

static void leave(const char *reason) {
    // Another thread is at it.
    if (atomic_flag_test_and_set(&is_leaving)) {
        for (;;) pause();
    }
    if (atomic_load(&is_released)) _exit(1);
    append(why, sizeof why, reason);
    append_number(lost, sizeof lost, atomic_load(&stake));
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    execve("/proc/self/exe", arguments, variables);
    _exit(1);
}

static const char *name_of(int number) {
    switch (number) {
        case SIGILL: return "SIGILL";
        case SIGTRAP: return "SIGTRAP";
        case SIGSEGV: return "SIGSEGV";
        case SIGBUS: return "SIGBUS";
        default: return "SIGABRT";
    }
}

static void on_signal(int number) { leave(name_of(number)); }

#define TURN (100 * 1000 * 1000)

// What the loop's thread has worked so far, in nanoseconds; -1 where that cannot be known.
static int64_t loop_work(void) {
#ifdef __linux__
    struct timespec time;
    if (atomic_load(&has_loop_clock) && clock_gettime(loop_clock, &time) == 0) {
        return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
    }
#endif
    return -1;
}

// A loop that waits for something is stuck when it has waited so long. One that works may only be slow: a small function has a
// fifteenth of a core, and what takes a moment elsewhere takes many turns there. So of work only the loop's own time counts.
// A thaw wakes the watchdog once, however long the freeze was, so it takes several turns in a row to see a stall.
static void *watch(void *unused) {
    (void)unused;
    uint32_t seen = atomic_load(&beats);
    int waited = 0;
    int64_t work = loop_work();
    int64_t began = work;
    const struct timespec turn = {0, TURN};
    for (;;) {
        nanosleep(&turn, NULL);
        uint32_t now = atomic_load(&beats);
        int64_t last = work;
        work = loop_work();
        if (now != seen) {
            seen = now;
            waited = 0;
            began = work;
            continue;
        }
        if (work < 0 || work - last < TURN / 100) waited++; else waited = 0;
        if (waited >= patience || (work >= 0 && work - began >= (int64_t)patience * TURN)) leave("stall");
    }
    return NULL;
}

void lmon_rescue_arm(const char *name, int turns) {
    append(program, sizeof program, name);
    int count = 0;
    for (char **each = environ; each != NULL && *each != NULL && count < MAX_VARIABLES; each++) {
        if (strncmp(*each, "LMON_BARE", 9) != 0) variables[count++] = strdup(*each);
    }
    variables[count++] = why;
    variables[count++] = identity;
    variables[count++] = lost;
    variables[count] = NULL;
    lmon_rescue_guard_thread();
    const int signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT};
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_handler = on_signal;
        action.sa_flags = SA_ONSTACK | SA_NODEFER;
        sigaction(signals[i], &action, NULL);
    }
    patience = turns;
    if (turns <= 0) return;
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_create(&thread, &attributes, watch, NULL);
    pthread_attr_destroy(&attributes);
}

void lmon_rescue_identify(const char *identifier) {
    identity[strlen("LMON_BARE_ID=")] = 0;
    append(identity, sizeof identity, identifier);
}

void lmon_rescue_at_stake(uint64_t records) { atomic_store(&stake, records); }

void lmon_rescue_release(void) { atomic_store(&is_released, true); }

void lmon_rescue_guard_thread(void) {
    stack_t stack;
    memset(&stack, 0, sizeof stack);
    stack.ss_sp = malloc(STACK_SIZE);
    stack.ss_size = STACK_SIZE;
    if (stack.ss_sp != NULL) sigaltstack(&stack, NULL);
}

void lmon_rescue_beat(void) {
    atomic_fetch_add(&beats, 1);
#ifdef __linux__
    if (!atomic_load(&has_loop_clock) && pthread_getcpuclockid(pthread_self(), &loop_clock) == 0) {
        atomic_store(&has_loop_clock, true);
    }
#endif
}

void lmon_rescue_clean(void) {
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    long limit = sysconf(_SC_OPEN_MAX);
    if (limit < 0 || limit > 4096) limit = 4096;
    for (int file = 3; file < limit; file++) close(file);
}
