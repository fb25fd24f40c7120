#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct timespec time_of(uint64_t deadline) {
  struct timespec t = {(time_t)(deadline / 1000000000u), (long)(deadline % 1000000000u)};
  return t;
}

int clinux_futex_wait(uint32_t *word, uint32_t expected, uint64_t deadline) {
  struct timespec t = time_of(deadline);
  return (int)syscall(SYS_futex, word, FUTEX_WAIT_BITSET, expected,
                      deadline == UINT64_MAX ? NULL : &t, NULL, FUTEX_BITSET_MATCH_ANY);
}

int clinux_futex_wait_all(const struct clinux_watch *words, unsigned count, uint64_t deadline) {
  struct futex_waitv waiters[FUTEX_WAITV_MAX];
  for (unsigned i = 0; i < count; i++)
    waiters[i] = (struct futex_waitv){words[i].expected, (uintptr_t)words[i].word, FUTEX_32, 0};
  struct timespec t = time_of(deadline);
  return (int)syscall(449 /* futex_waitv, the same on all ports */, waiters, count, 0,
                      deadline == UINT64_MAX ? NULL : &t, CLOCK_MONOTONIC);
}

int clinux_futex_wake(uint32_t *word, int count) {
  return (int)syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);
}

int clinux_futex_release(uint32_t *word) {
  return (int)syscall(SYS_futex, word, FUTEX_WAKE_OP, 1, NULL, word,
                      FUTEX_OP(FUTEX_OP_SET, 0, FUTEX_OP_CMP_EQ, 0));
}

int clinux_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

int clinux_grow_file(int fd, uint64_t byte_count) {
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGXFSZ);
  sigprocmask(SIG_BLOCK, &blocked, &before);
  int result = ftruncate(fd, (off_t)byte_count);
  int reason = errno;
  if (result != 0 && sigismember(&before, SIGXFSZ) == 0) {
    struct timespec none = {0, 0};
    sigtimedwait(&blocked, NULL, &none);
  }
  sigprocmask(SIG_SETMASK, &before, NULL);
  errno = reason;
  return result;
}

int clinux_reserve(int fd, uint64_t offset, uint64_t byte_count) {
  return fallocate(fd, 0, (off_t)offset, (off_t)byte_count);
}

int clinux_punch(int fd, uint64_t offset, uint64_t byte_count) {
  return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset,
                   (off_t)byte_count);
}

int clinux_life_lock(void *mutex) {
  pthread_mutexattr_t attributes;
  memset(mutex, 0, sizeof(pthread_mutex_t));
  int result = pthread_mutexattr_init(&attributes);
  if (result == 0) result = pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  if (result == 0) result = pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  if (result == 0) result = pthread_mutex_init(mutex, &attributes);
  // A late mark of somebody who waited for the slot's last process may fall between; it means nobody.
  if (result == 0)
    while ((result = pthread_mutex_trylock(mutex)) == EBUSY)
      __atomic_store_n((uint32_t *)mutex, 0, __ATOMIC_SEQ_CST);
  // Everything rests on the kernel's word being the first one: ask rather than assume.
  if (result == 0 && (*(uint32_t *)mutex & FUTEX_TID_MASK) != (uint32_t)gettid()) result = ENOTSUP;
  errno = result;
  return result == 0 ? 0 : -1;
}

int clinux_at_fork_in_child(void (*child)(void)) { return pthread_atfork(NULL, NULL, child); }

pid_t clinux_fork(void) { return fork(); }

int clinux_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL); }

int clinux_detach_stdin(void) {
  int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (null < 0) return -1;
  if (null == 0) return fcntl(0, F_SETFD, 0);
  int result = dup2(null, 0);
  close(null);
  __fpurge(stdin);
  return result < 0 ? -1 : 0;
}

void clinux_flush_all(void) { fflush(NULL); }

// By the number of the descriptor.
static int64_t (*writers[3])(const void *, int64_t);

static ssize_t cookie_write(void *cookie, const char *bytes, size_t count) {
  return writers[(intptr_t)cookie](bytes, (int64_t)count);
}

static int cookie_close(void *cookie) { return close((int)(intptr_t)cookie); }

int clinux_replace_stream(int number, int64_t (*write)(const void *, int64_t),
                          int64_t buffer_size) {
  FILE **stream = number == STDOUT_FILENO ? &stdout : &stderr;
  fflush(*stream);
  FILE *other = fopencookie((void *)(intptr_t)number, "w",
                            (cookie_io_functions_t){.write = cookie_write, .close = cookie_close});
  if (!other) return -1;
  writers[number] = write;
  other->_fileno = number;
  setvbuf(other, buffer_size ? malloc(buffer_size) : NULL, buffer_size ? _IOLBF : _IONBF,
          buffer_size);
  *stream = other;
  return 0;
}

int clinux_stdout_is_unbuffered(void) { return __fbufsize(stdout) == 1; }

const char *clinux_signal_name(int number) { return sigabbrev_np(number); }

int clinux_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int clinux_pidfd_signal(int pidfd, int number, const void *siginfo) {
  return (int)syscall(SYS_pidfd_send_signal, pidfd, number, siginfo, 0);
}

int clinux_poll(struct pollfd *polls, uint64_t count, uint64_t deadline,
                const void *mask) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  uint64_t present = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
  struct timespec left = time_of(deadline > present ? deadline - present : 0);
  return ppoll(polls, count, deadline == UINT64_MAX ? NULL : &left, mask);
}

uint32_t clinux_cpu(void) { return (uint32_t)sched_getcpu(); }

// Room for the ancillary data of one descriptor, aligned as its header must be.
union descriptor_room {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

int clinux_send_descriptor(int socket, const void *label, uint64_t size, int fd) {
  union descriptor_room room;
  memset(&room, 0, sizeof room);
  room.header.cmsg_level = SOL_SOCKET;
  room.header.cmsg_type = SCM_RIGHTS;
  room.header.cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(&room.header), &fd, sizeof fd);
  struct iovec part = {(void *)label, size};
  struct msghdr packet = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &room,
                          .msg_controllen = sizeof room};
  return sendmsg(socket, &packet, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -1 : 0;
}

int clinux_peek_descriptor(int socket, void *label, uint64_t size) {
  union descriptor_room room;
  struct iovec part = {label, size};
  struct msghdr packet = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &room,
                          .msg_controllen = sizeof room};
  if (recvmsg(socket, &packet, MSG_DONTWAIT | MSG_PEEK | MSG_CMSG_CLOEXEC) < 0) return -1;
  int fd = -1;
  struct cmsghdr *header = CMSG_FIRSTHDR(&packet);
  if (header && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(sizeof fd))
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
  // The packet has one: this process had no number left for it.
  if (fd < 0) errno = EMFILE;
  return fd;
}
