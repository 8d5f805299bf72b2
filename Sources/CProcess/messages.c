#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_DESCRIPTORS = 32 };

int lmon_socket_pair(int ends[2]) {
#if defined(__linux__)
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
#else
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0) return -1;
    for (int i = 0; i < 2; i++) {
        int on = 1;
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        setsockopt(ends[i], SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
    }
    return 0;
#endif
}

#if defined(__linux__)
static const int send_flags = MSG_NOSIGNAL;
static const int receive_flags = MSG_CMSG_CLOEXEC;
#else
static const int send_flags = 0;
static const int receive_flags = 0;
#endif

static ssize_t send_part(int socket, const void *bytes, size_t count, const int *descriptors, int descriptor_count) {
    struct iovec part = {(void *)bytes, count};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int) * MOST_DESCRIPTORS)];
    } control;
    struct msghdr message = {0};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (descriptor_count > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.space;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)descriptor_count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)descriptor_count);
        memcpy(CMSG_DATA(header), descriptors, sizeof(int) * (size_t)descriptor_count);
    }
    ssize_t sent;
    do {
        sent = sendmsg(socket, &message, send_flags);
    } while (sent < 0 && errno == EINTR);
    return sent;
}

int lmon_send(int socket, const void *bytes, size_t count, const int *descriptors, int descriptor_count) {
    if (descriptor_count > MOST_DESCRIPTORS) {
        errno = EINVAL;
        return -1;
    }
    size_t done = 0;
    while (done < count) {
        int carried = done == 0 ? descriptor_count : 0;
        ssize_t sent = send_part(socket, (const char *)bytes + done, count - done, descriptors, carried);
        if (sent < 0) return -1;
        done += (size_t)sent;
    }
    return 0;
}

ssize_t lmon_receive(int socket, void *bytes, size_t count, int *descriptors, int *descriptor_count) {
    int capacity = *descriptor_count;
    *descriptor_count = 0;
    struct iovec part = {bytes, count};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int) * MOST_DESCRIPTORS)];
    } control;
    struct msghdr message = {0};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.space;
    message.msg_controllen = sizeof control.space;
    ssize_t received;
    do {
        received = recvmsg(socket, &message, receive_flags);
    } while (received < 0 && errno == EINTR);
    if (received < 0) return -1;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        int came = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        for (int i = 0; i < came; i++) {
            int number;
            memcpy(&number, CMSG_DATA(header) + sizeof(int) * (size_t)i, sizeof number);
            fcntl(number, F_SETFD, FD_CLOEXEC);
            if (*descriptor_count < capacity) {
                descriptors[(*descriptor_count)++] = number;
            } else {
                close(number);
            }
        }
    }
    return received;
}
