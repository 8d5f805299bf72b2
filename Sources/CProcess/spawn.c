#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>
#include <sys/syscall.h>
// The parent sleeps until the child has called exec, and no page table is copied. The child below shares the parent's
// memory until then: it only makes system calls, and writes only to its own part of the stack and to `moved`.
#define lmon_fork vfork
#else
#define lmon_fork fork
#endif

struct failure {
    int step;
    int error;
};

static _Noreturn void fail(int report, int step) {
    struct failure failure = {step, errno};
    ssize_t written;
    do {
        written = write(report, &failure, sizeof failure);
    } while (written < 0 && errno == EINTR);
    _exit(127);
}

static int highest_target(const struct lmon_spawn *request) {
    int highest = 2;
    for (int i = 0; i < request->descriptors; i++) {
        if (request->targets[i] > highest) highest = request->targets[i];
    }
    return highest;
}

static int is_target(const struct lmon_spawn *request, int number) {
    for (int i = 0; i < request->descriptors; i++) {
        if (request->targets[i] == number) return 1;
    }
    return 0;
}

static void close_on_exec_from(int first) {
#if defined(__linux__) && defined(SYS_close_range)
    if (syscall(SYS_close_range, (unsigned)first, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */) == 0) return;
#endif
    long limit = sysconf(_SC_OPEN_MAX);
    if (limit < 0 || limit > 65536) limit = 65536;
    for (int number = first; number < limit; number++) fcntl(number, F_SETFD, FD_CLOEXEC);
}

/// Sources are first moved above every target, so that no dup2 overwrites one that is still needed.
static void arrange_descriptors(const struct lmon_spawn *request, int *moved, int report) {
    int highest = highest_target(request);
    for (int i = 0; i < request->descriptors; i++) {
        moved[i] = fcntl(request->sources[i], F_DUPFD_CLOEXEC, highest + 1);
        if (moved[i] < 0) fail(report, LMON_STEP_DESCRIPTORS);
    }
    int nothing = -1;
    for (int number = 0; number <= 2; number++) {
        if (is_target(request, number)) continue;
        if (nothing < 0) {
            int opened = open("/dev/null", O_RDWR | O_CLOEXEC);
            if (opened < 0) fail(report, LMON_STEP_DESCRIPTORS);
            nothing = fcntl(opened, F_DUPFD_CLOEXEC, highest + 1);
        }
        if (dup2(nothing, number) < 0) fail(report, LMON_STEP_DESCRIPTORS);
    }
    for (int number = 3; number <= highest; number++) fcntl(number, F_SETFD, FD_CLOEXEC);
    for (int i = 0; i < request->descriptors; i++) {
        if (dup2(moved[i], request->targets[i]) < 0) fail(report, LMON_STEP_DESCRIPTORS);
    }
    close_on_exec_from(highest + 1);
}

static _Noreturn void run_child(const struct lmon_spawn *request, int *moved, int report, pid_t parent) {
    if (request->session ? setsid() < 0 : setpgid(0, 0) < 0) fail(report, LMON_STEP_GROUP);
#if defined(__linux__)
    if (request->dies_with_parent) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(127);
    }
#else
    (void)parent;
#endif
    int moved_report = fcntl(report, F_DUPFD_CLOEXEC, highest_target(request) + 1);
    if (moved_report < 0) fail(report, LMON_STEP_DESCRIPTORS);
    report = moved_report;
    if (request->directory && chdir(request->directory) < 0) fail(report, LMON_STEP_DIRECTORY);
    arrange_descriptors(request, moved, report);
    for (int i = 0; i < request->limits; i++) {
        struct rlimit limit;
        if (getrlimit(request->resources[i], &limit) < 0) fail(report, LMON_STEP_LIMITS);
        rlim_t value = (rlim_t)request->values[i];
        if (limit.rlim_max != RLIM_INFINITY && value > limit.rlim_max) value = limit.rlim_max;
        limit.rlim_cur = value;
        limit.rlim_max = value;
        if (setrlimit(request->resources[i], &limit) < 0) fail(report, LMON_STEP_LIMITS);
    }
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(request->path, request->arguments, request->environment);
    fail(report, LMON_STEP_EXEC);
}

static int close_on_exec_pipe(int ends[2]) {
#if defined(__linux__)
    return pipe2(ends, O_CLOEXEC);
#else
    if (pipe(ends) < 0) return -1;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
#endif
}

pid_t lmon_spawn(const struct lmon_spawn *request, int *step, int *error) {
    *step = LMON_STEP_FORK;
    int report[2];
    if (close_on_exec_pipe(report) < 0) {
        *error = errno;
        return -1;
    }
    int *moved = malloc(sizeof(int) * (size_t)(request->descriptors + 1));
    // A handler must not run in the child, which still shares this process's memory.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    pid_t child = moved ? lmon_fork() : -1;
    if (child == 0) run_child(request, moved, report[1], parent);
    int fork_error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    free(moved);
    close(report[1]);
    if (child < 0) {
        close(report[0]);
        *error = fork_error;
        return -1;
    }
    struct failure failure;
    ssize_t received;
    do {
        received = read(report[0], &failure, sizeof failure);
    } while (received < 0 && errno == EINTR);
    close(report[0]);
    if (received != sizeof failure) return child;
    *step = failure.step;
    *error = failure.error;
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
    }
    return -1;
}

int lmon_run_in_foreground(const char *command, const char *argument) {
    pid_t child = fork();
    if (child < 0) return 127;
    if (child == 0) {
        struct sigaction plain = {.sa_handler = SIG_DFL};
        sigset_t none;
        for (int number = 1; number < 32; number += 1) sigaction(number, &plain, NULL);
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        // Standard input may be the data that is watched, and standard output a pipe: what runs gets the terminal.
        int terminal = open("/dev/tty", O_RDWR);
        if (terminal >= 0) {
            for (int target = 0; target < 3; target += 1) dup2(terminal, target);
            if (terminal > 2) close(terminal);
        }
        execl("/bin/sh", "sh", "-c", command, "sh", argument, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return 127;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
