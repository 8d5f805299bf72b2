#ifndef CPROCESS_H
#define CPROCESS_H

#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

// What Swift cannot say itself: code that runs between fork and exec, file descriptors in messages, and prctl.

/// What a new process is started with. All strings end with NUL, both vectors with NULL.
struct lmon_spawn {
    const char *path;
    char *const *arguments;
    char *const *environment;
    /// The working directory, or NULL to keep the caller's.
    const char *directory;
    /// `sources[i]` of the caller becomes `targets[i]` of the child. 0, 1 and 2, where they are not among the targets,
    /// are /dev/null; no other descriptor is inherited.
    const int *sources;
    const int *targets;
    int descriptors;
    /// `resources[i]` (RLIMIT_…) is limited to `values[i]`, soft and hard.
    const int *resources;
    const uint64_t *values;
    int limits;
    /// 1: in a session of its own, without a terminal. 0: in a process group of its own.
    int session;
    /// 1: killed when the calling thread ends (Linux).
    int dies_with_parent;
};

/// Where starting a process failed.
enum {
    LMON_STEP_FORK = 1,
    LMON_STEP_GROUP = 2,
    LMON_STEP_DESCRIPTORS = 3,
    LMON_STEP_DIRECTORY = 4,
    LMON_STEP_LIMITS = 5,
    LMON_STEP_EXEC = 6,
};

/// Starts a process and waits until it runs its program. Returns its id, or -1 with `*step` and `*error` (an errno).
/// Signals are at their defaults and unblocked in the child.
pid_t lmon_spawn(const struct lmon_spawn *request, int *step, int *error);

/// Runs a shell command with one argument, `$1`, in the caller's process group and on its terminal, and waits for its
/// end. Signals are at their defaults in it. Its status, 128 and the signal that ended it, or 127 if it did not start.
int lmon_run_in_foreground(const char *command, const char *argument);

/// A connected pair of stream sockets, closed on exec. 0, or -1 with errno.
int lmon_socket_pair(int ends[2]);

/// Sends all bytes; the descriptors travel with the first of them. 0, or -1 with errno.
int lmon_send(int socket, const void *bytes, size_t count, const int *descriptors, int descriptor_count);

/// Receives what is there. `*descriptor_count` says how many fit, and then how many came; they are closed on exec.
/// The number of bytes, 0 at the end, or -1 with errno.
ssize_t lmon_receive(int socket, void *bytes, size_t count, int *descriptors, int *descriptor_count);

/// Makes the calling process the parent of its descendants' orphans (Linux), names it, and makes it ignore what a
/// terminal sends.
void lmon_become_supervisor(const char *name);

/// A descriptor that becomes readable when a child ends; -1 with errno.
int lmon_watch_children(void);

/// Reaps one child that has ended: its id, 0 if none has, -1 if there is none. `*peak_bytes` is the most memory that it
/// or a child it waited for held.
pid_t lmon_reap(int *status, uint64_t *peak_bytes);

/// The ids of a process's children, at most `capacity`. How many there are, or -1 if the process is gone.
int lmon_children(pid_t parent, pid_t *children, int capacity);

/// Resident bytes now and at most of one process. 0, or -1 if it is gone.
int lmon_memory(pid_t process, uint64_t *resident, uint64_t *peak);

/// The path by which the running program can be started again. NULL if it is not known.
const char *lmon_own_executable(void);

/// Runs `body(context)` on a new detached thread. 0, or an errno.
int lmon_thread(void (*body)(void *), void *context);

/// The parts of a wait status, which are macros in C.
static inline int lmon_exited(int status) { return (status & 0x7f) == 0; }
static inline int lmon_exit_code(int status) { return (status >> 8) & 0xff; }
static inline int lmon_signal_number(int status) { return status & 0x7f; }

/// RLIMIT_… as plain numbers: they are an enumeration on some systems, macros on others.
static inline int lmon_limit_open_files(void) { return RLIMIT_NOFILE; }
static inline int lmon_limit_core(void) { return RLIMIT_CORE; }
static inline int lmon_limit_file_size(void) { return RLIMIT_FSIZE; }
static inline int lmon_limit_address_space(void) { return RLIMIT_AS; }
static inline int lmon_limit_cpu_seconds(void) { return RLIMIT_CPU; }

#endif
