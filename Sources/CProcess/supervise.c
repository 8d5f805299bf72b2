#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>
#endif
#if defined(__APPLE__)
#include <mach-o/dyld.h>
#endif

void lmon_become_supervisor(const char *name) {
#if defined(__linux__)
    prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L);
    prctl(PR_SET_NAME, name, 0L, 0L, 0L);
#else
    (void)name;
#endif
    const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU, SIGTERM};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
}

static int child_ended_pipe[2] = {-1, -1};

static void child_ended(int number) {
    (void)number;
    int saved = errno;
    // A full pipe already says that somebody ended.
    ssize_t written = write(child_ended_pipe[1], "", 1);
    (void)written;
    errno = saved;
}

int lmon_watch_children(void) {
    if (pipe(child_ended_pipe) < 0) return -1;
    for (int i = 0; i < 2; i++) {
        fcntl(child_ended_pipe[i], F_SETFD, FD_CLOEXEC);
        fcntl(child_ended_pipe[i], F_SETFL, O_NONBLOCK);
    }
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = child_ended;
    action.sa_flags = SA_RESTART | SA_NOCLDSTOP;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGCHLD, &action, NULL) < 0) return -1;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    return child_ended_pipe[0];
}

pid_t lmon_reap(int *status, uint64_t *peak_bytes) {
    struct rusage usage;
    memset(&usage, 0, sizeof usage);
    pid_t child;
    do {
        child = wait4(-1, status, WNOHANG, &usage);
    } while (child < 0 && errno == EINTR);
#if defined(__APPLE__)
    *peak_bytes = (uint64_t)usage.ru_maxrss;
#else
    *peak_bytes = (uint64_t)usage.ru_maxrss * 1024;
#endif
    return child;
}

const char *lmon_own_executable(void) {
#if defined(__linux__)
    return "/proc/self/exe";
#elif defined(__APPLE__)
    static char path[4096];
    uint32_t size = sizeof path;
    return _NSGetExecutablePath(path, &size) == 0 ? path : NULL;
#else
    return NULL;
#endif
}

struct thread_start {
    void (*body)(void *);
    void *context;
};

static void *run_thread(void *argument) {
    struct thread_start start = *(struct thread_start *)argument;
    free(argument);
    start.body(start.context);
    return NULL;
}

int lmon_thread(void (*body)(void *), void *context) {
    struct thread_start *start = malloc(sizeof *start);
    if (!start) return ENOMEM;
    start->body = body;
    start->context = context;
    pthread_t thread;
    int error = pthread_create(&thread, NULL, run_thread, start);
    if (error) {
        free(start);
        return error;
    }
    pthread_detach(thread);
    return 0;
}
