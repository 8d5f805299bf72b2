#define _GNU_SOURCE 1
#include "CNcurses.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static struct {
    volatile sig_atomic_t armed;
    pid_t process;
    int device;
    int wake;
    size_t count;
    char bytes[1024];
    struct termios shell;
} guard;

static struct sigaction previous[NSIG];
static const int fatal[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGBUS, SIGSEGV};
static const int quiet[] = {SIGWINCH, SIGCONT, SIGTSTP};
#define COUNT(array) (sizeof array / sizeof *array)

void lmon_guard_remember(int device, int wake) {
    guard.armed = 0;
    guard.process = getpid();
    guard.device = device;
    guard.wake = wake;
    tcgetattr(device, &guard.shell);
}

void lmon_guard_prepare(const char *bytes, size_t count) {
    guard.count = count < sizeof guard.bytes ? count : sizeof guard.bytes;
    memcpy(guard.bytes, bytes, guard.count);
}

void lmon_guard_arm(void) { guard.armed = 1; }

// A child between fork and exec has these handlers too, and must leave the terminal alone.
void lmon_guard_restore(void) {
    if (!guard.armed || guard.process != getpid()) return;
    int kept = errno;
    guard.armed = 0;
    size_t done = 0;
    while (done < guard.count) {
        ssize_t n = write(guard.device, guard.bytes + done, guard.count - done);
        if (n < 0 && errno != EINTR) break;
        if (n > 0) done += (size_t)n;
    }
    // A process in the background is stopped for changing its terminal, unless it ignores that.
    struct sigaction ignore, before;
    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGTTOU, &ignore, &before);
    tcsetattr(guard.device, TCSANOW, &guard.shell);
    sigaction(SIGTTOU, &before, NULL);
    errno = kept;
}

static void on_fatal(int number, siginfo_t *info, void *context) {
    (void)context;
    lmon_guard_restore();
    sigaction(number, &previous[number], NULL);
    // A fault happens again when its instruction is run again, and then has its address; all else is sent again.
    int faults = number == SIGILL || number == SIGFPE || number == SIGBUS || number == SIGSEGV;
    if (!faults || !info || info->si_code <= 0) raise(number);
}

static void wake_up(char what) {
    int kept = errno;
    ssize_t ignored = write(guard.wake, &what, 1);
    (void)ignored;
    errno = kept;
}

// How often the process went on after a stop.
static volatile sig_atomic_t continued;

static void on_quiet(int number) {
    if (number == SIGCONT) continued++;
    if (number == SIGWINCH) wake_up('r');
    if (number == SIGCONT) wake_up('c');
    if (number == SIGTSTP) {
        lmon_guard_restore();
        raise(SIGSTOP);
    }
}

void lmon_guard_install(void) {
    static char stack[65536];
    static int registered;
    stack_t alternate;
    memset(&alternate, 0, sizeof alternate);
    alternate.ss_sp = stack;
    alternate.ss_size = sizeof stack;
    sigaltstack(&alternate, NULL);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_fatal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    for (size_t i = 0; i < COUNT(fatal); i++) sigaction(fatal[i], &action, &previous[fatal[i]]);
    memset(&action, 0, sizeof action);
    action.sa_handler = on_quiet;
    action.sa_flags = SA_RESTART | SA_ONSTACK;
    for (size_t i = 0; i < COUNT(quiet); i++) sigaction(quiet[i], &action, &previous[quiet[i]]);
    if (!registered) atexit(lmon_guard_restore);
    registered = 1;
}

void lmon_guard_remove(void) {
    for (size_t i = 0; i < COUNT(fatal); i++) sigaction(fatal[i], &previous[fatal[i]], NULL);
    for (size_t i = 0; i < COUNT(quiet); i++) sigaction(quiet[i], &previous[quiet[i]], NULL);
}

void lmon_guard_stop_job(void) {
    struct sigaction standard, before;
    memset(&standard, 0, sizeof standard);
    standard.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &standard, &before);
    sig_atomic_t seen = continued;
    kill(0, SIGTSTP);
    // Another thread may take the signal, so the stop comes when it comes; and to take the terminal before that, or to
    // change what the signal does, would lose it. Where nobody could continue the job, it never comes.
    const struct timespec moment = {0, 5 * 1000 * 1000};
    for (int i = 0; i < 100 && continued == seen; i++) nanosleep(&moment, NULL);
    sigaction(SIGTSTP, &before, NULL);
}
