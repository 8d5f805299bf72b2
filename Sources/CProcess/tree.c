#define _GNU_SOURCE
#include "CProcess.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__APPLE__)
#include <libproc.h>

int lmon_children(pid_t parent, pid_t *children, int capacity) {
    int count = proc_listchildpids(parent, children, (int)sizeof(pid_t) * capacity);
    return count < 0 ? -1 : count;
}

int lmon_memory(pid_t process, uint64_t *resident, uint64_t *peak) {
    struct rusage_info_v4 usage;
    if (proc_pid_rusage(process, RUSAGE_INFO_V4, (rusage_info_t *)&usage) != 0) return -1;
    *resident = usage.ri_phys_footprint;
    *peak = usage.ri_lifetime_max_phys_footprint;
    return 0;
}

#else

static ssize_t read_file(const char *path, char *text, size_t capacity) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    size_t count = 0;
    while (count < capacity - 1) {
        ssize_t got = read(file, text + count, capacity - 1 - count);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        count += (size_t)got;
    }
    close(file);
    text[count] = 0;
    return (ssize_t)count;
}

/// For kernels without /proc/PID/task/TID/children: asks every process for its parent.
static int children_by_scan(pid_t parent, pid_t *children, int capacity) {
    DIR *processes = opendir("/proc");
    if (!processes) return -1;
    int count = 0;
    struct dirent *entry;
    while ((entry = readdir(processes))) {
        pid_t process = (pid_t)atoi(entry->d_name);
        if (process <= 0) continue;
        char path[64], text[1024];
        snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
        if (read_file(path, text, sizeof text) <= 0) continue;
        // The name, in parentheses, may hold anything; the parent is the second field after the last one.
        char *end = strrchr(text, ')');
        if (!end || strlen(end) < 4) continue;
        if ((pid_t)atoi(end + 4) != parent) continue;
        if (count < capacity) children[count] = process;
        count++;
    }
    closedir(processes);
    return count;
}

int lmon_children(pid_t parent, pid_t *children, int capacity) {
    char path[128];
    snprintf(path, sizeof path, "/proc/%d/task", (int)parent);
    DIR *threads = opendir(path);
    if (!threads) return -1;
    size_t size = 65536;
    char *text = malloc(size);
    int count = 0, readable = 0;
    struct dirent *entry;
    while (text && (entry = readdir(threads))) {
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "/proc/%d/task/%.20s/children", (int)parent, entry->d_name);
        if (read_file(path, text, size) < 0) continue;
        readable = 1;
        for (char *rest = text; *rest;) {
            char *end;
            long process = strtol(rest, &end, 10);
            if (end == rest) break;
            if (count < capacity) children[count] = (pid_t)process;
            count++;
            rest = *end == ' ' ? end + 1 : end;
        }
    }
    free(text);
    closedir(threads);
    return readable ? count : children_by_scan(parent, children, capacity);
}

static uint64_t kilobytes_after(const char *text, const char *name) {
    const char *line = strstr(text, name);
    return line ? strtoull(line + strlen(name), NULL, 10) * 1024 : 0;
}

int lmon_memory(pid_t process, uint64_t *resident, uint64_t *peak) {
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/%d/status", (int)process);
    if (read_file(path, text, sizeof text) <= 0) return -1;
    *resident = kilobytes_after(text, "\nVmRSS:");
    *peak = kilobytes_after(text, "\nVmHWM:");
    return 0;
}

#endif
