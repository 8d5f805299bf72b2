#define _GNU_SOURCE 1
#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1
#include "CNcurses.h"

#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

static FILE *device_file;

void *lmon_open(const char *term, int device) {
    FILE *file = fdopen(device, "r+");
    if (!file) return NULL;
    SCREEN *screen = newterm((char *)term, file, file);
    if (!screen) {
        fclose(file);
        return NULL;
    }
    device_file = file;
    raw();
    noecho();
    nonl();
    def_prog_mode();
    if (has_colors()) {
        start_color();
        use_default_colors();
    }
    leaveok(stdscr, FALSE);
    curs_set(0);
    return screen;
}

void lmon_close(void *terminal) {
    delscreen(terminal);
    if (device_file) fclose(device_file);
    device_file = NULL;
}

int lmon_describe(const char *term, int *colors, int *can_move) {
    int status = 0;
    TERMINAL *before = cur_term;
    if (setupterm((char *)term, STDOUT_FILENO, &status) != OK) return -1;
    int count = tigetnum((char *)"colors");
    const char *move = tigetstr((char *)"cup");
    *colors = count > 0 ? count : 0;
    *can_move = move && move != (const char *)-1;
    TERMINAL *mine = set_curterm(before);
    del_curterm(mine);
    return 0;
}

const char *lmon_curses_version(void) { return curses_version(); }

int lmon_use_locale(void) {
    const char *set = getenv("LC_ALL");
    if (!set || !*set) set = getenv("LC_CTYPE");
    if (!set || !*set) set = getenv("LANG");
    if (!setlocale(LC_CTYPE, "") || !set || !*set) {
        if (!setlocale(LC_CTYPE, "C.UTF-8")) setlocale(LC_CTYPE, "en_US.UTF-8");
    }
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

int lmon_colors(void) { return has_colors() ? COLORS : 0; }

const char *lmon_capability(const char *name) {
    const char *text = tigetstr((char *)name);
    return text == (const char *)-1 ? NULL : text;
}

int lmon_window_size(int device, int *width, int *height) {
    struct winsize size;
    if (ioctl(device, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return -1;
    *width = size.ws_col;
    *height = size.ws_row;
    return 0;
}

void lmon_make_pair(short pair, short foreground, short background) { init_pair(pair, foreground, background); }

void lmon_put(int row, int column, const uint32_t *scalars, size_t count, int attributes, short pair) {
    wchar_t text[CCHARW_MAX + 1] = {0};
    for (size_t i = 0; i < count && i < CCHARW_MAX; i++) text[i] = (wchar_t)scalars[i];
    if (wcwidth(text[0]) < 1) {
        text[0] = MB_CUR_MAX > 1 ? 0xFFFD : L'?';
        text[1] = 0;
    }
    attr_t bits = A_NORMAL;
    if (attributes & LMON_BOLD) bits |= A_BOLD;
    if (attributes & LMON_DIM) bits |= A_DIM;
#ifdef A_ITALIC
    if (attributes & LMON_ITALIC) bits |= A_ITALIC;
#endif
    if (attributes & LMON_UNDERLINE) bits |= A_UNDERLINE;
    if (attributes & LMON_REVERSE) bits |= A_REVERSE;
    cchar_t cell;
    if (setcchar(&cell, text, bits, pair, NULL) == OK) mvwadd_wch(stdscr, row, column, &cell);
}

void lmon_refresh(int row, int column) {
    if (row >= 0) {
        curs_set(1);
        wmove(stdscr, row, column);
    } else {
        curs_set(0);
    }
    wnoutrefresh(stdscr);
    doupdate();
}

void lmon_erase(void) { werase(stdscr); }
void lmon_redraw_all(void) { clearok(curscr, TRUE); }
void lmon_resize(int width, int height) { resizeterm(height, width); }

void lmon_enter(void) {
    reset_prog_mode();
    wrefresh(stdscr);
}

void lmon_leave(void) { endwin(); }
