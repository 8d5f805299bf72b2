#ifndef CRESCUE_H
#define CRESCUE_H

#include <stdint.h>

// What an agent does that cannot go on: it becomes another program, with the same process id. Lambda ends an environment
// whose extension exits, whatever the reason, and waits for one that hangs; neither must happen for the sake of a monitor.

/// Arms the calling process: on a fatal signal, and when `lmon_rescue_beat` was not called for so many of the watchdog's
/// turns of 100 ms in which the thread that calls it waited, or for as much of that thread's own time, it executes itself
/// anew (`/proc/self/exe`) with the variables that it had, and with `LMON_BARE=<why>`, `LMON_BARE_ID=<identifier>` and
/// `LMON_BARE_LOST=<number>`.
void lmon_rescue_arm(const char *name, int turns);

/// The extension's identifier, once it is known; at most 127 characters are kept.
void lmon_rescue_identify(const char *identifier);

/// So many records would be lost now.
void lmon_rescue_at_stake(uint64_t records);

/// Lambda waits for the process to end: from now on what would have rescued it ends it.
void lmon_rescue_release(void);

/// The calling thread gets a stack of its own for fatal signals, so that an overflow of its stack can be handled.
void lmon_rescue_guard_thread(void);

/// The event loop turns. Always from the same thread.
void lmon_rescue_beat(void);

/// Closes every descriptor but 0, 1 and 2, and lets all signals through: what the program before had open is not ours.
void lmon_rescue_clean(void);

#endif
