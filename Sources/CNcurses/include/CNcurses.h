#ifndef LMON_CNCURSES_H
#define LMON_CNCURSES_H

// ncurses as lmon uses it, without its globals (stdscr, COLORS, curscr), which Swift refuses as shared mutable state,
// and without system headers, whose types would then belong to this module for all who use both.
// One terminal a process; one thread calls everything here but the signal handlers themselves.

#include <stddef.h>
#include <stdint.h>

// The terminal `device` (a descriptor, which lmon_close closes), in raw mode; NULL if `term` has no description.
void *lmon_open(const char *term, int device);
void lmon_close(void *terminal);

// What the description of a terminal says, without touching the terminal: its colours (0 for none) and whether its cursor
// can be moved. -1 if `term` has no description.
int lmon_describe(const char *term, int *colors, int *can_move);
// `ncurses 6.4.20221231`.
const char *lmon_curses_version(void);

// Takes the character set from the environment; whether it is UTF-8. Nothing set at all means UTF-8, as in containers.
int lmon_use_locale(void);
// Colours that the terminal has, 0 for none.
int lmon_colors(void);
// A string capability by its terminfo name, or NULL.
const char *lmon_capability(const char *name);
// Columns and rows; -1 if the device does not know.
int lmon_window_size(int device, int *columns, int *rows);

enum {
    LMON_BOLD = 1,
    LMON_DIM = 2,
    LMON_ITALIC = 4,
    LMON_UNDERLINE = 8,
    LMON_REVERSE = 16,
};
// Colours are numbers, -1 is the terminal's own.
void lmon_make_pair(short pair, short foreground, short background);
// Puts a base and its marks (at most five scalars); what the C library cannot print becomes a replacement.
void lmon_put(int row, int column, const uint32_t *scalars, size_t count, int attributes, short pair);
// Shows what was put; the cursor at a place, or hidden if `row` is negative.
void lmon_refresh(int row, int column);
void lmon_erase(void);
// The next refresh sends everything, as the terminal holds something else.
void lmon_redraw_all(void);
void lmon_resize(int columns, int rows);

// Takes the terminal (again), gives it back.
void lmon_enter(void);
void lmon_leave(void);

// The guard: what a signal handler needs to give the terminal back, prepared beforehand, since it may only write.

// Remembers the sequence, the descriptors and the device's settings as they are now, before lmon_open.
void lmon_guard_remember(int device, int wake);
void lmon_guard_prepare(const char *bytes, size_t count);
// From here to lmon_guard_restore a fatal signal, or exit(), gives the terminal back.
void lmon_guard_arm(void);
// What a handler would do. Harmless when nothing is armed.
void lmon_guard_restore(void);
// Fatal signals restore and go on to what was set before; SIGWINCH writes `r` and SIGCONT `c` to the wake descriptor;
// SIGTSTP restores and stops.
void lmon_guard_install(void);
void lmon_guard_remove(void);
// Stops the whole foreground job, as ^Z does, and returns when it goes on.
void lmon_guard_stop_job(void);

#endif
