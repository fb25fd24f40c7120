// What the runtime needs of Linux that Swift cannot import: variadic calls, macros, stdio's
// globals, and calls newer than the C library's headers. Each function says why it is here.
// Times are nanoseconds of CLOCK_MONOTONIC; UINT64_MAX means never. Failure is -1 with errno.
#pragma once
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <sys/types.h>

/// Sleeps while `*word == expected`. Here because `syscall` is variadic.
int clinux_futex_wait(uint32_t *_Nonnull word, uint32_t expected, uint64_t deadline);

/// A word to sleep on, and what it holds meanwhile.
struct clinux_watch {
  uint32_t *_Nonnull word;
  uint32_t expected;
};

/// Sleeps while all words, at most 128, are as expected; returns which was woken. Here because the C
/// library has no wrapper (FUTEX_WAITV, Linux 5.16).
int clinux_futex_wait_all(const struct clinux_watch *_Nonnull words, unsigned count,
                          uint64_t deadline);

/// Wakes up to `count` sleepers of a word; returns how many. Here because `syscall` is variadic.
int clinux_futex_wake(uint32_t *_Nonnull word, int count);

/// Stores 0 in the word and wakes one sleeper, in one kernel step. Here for FUTEX_OP's macro.
int clinux_futex_release(uint32_t *_Nonnull word);

/// Makes an unnamed close-on-exec memory file. Here because its declaration needs _GNU_SOURCE.
int clinux_memory_file(const char *_Nonnull name);

/// Grows a file without dying of RLIMIT_FSIZE: SIGXFSZ is blocked meanwhile, and taken back.
/// Here because sigset_t is filled by macros and the order of the calls matters.
int clinux_grow_file(int fd, uint64_t byte_count);

/// Reserves pages of a file. Here because `fallocate` needs _GNU_SOURCE.
int clinux_reserve(int fd, uint64_t offset, uint64_t byte_count);

/// Gives pages of a file back to the system. Here for the FALLOC_FL macros.
int clinux_punch(int fd, uint64_t offset, uint64_t byte_count);

/// Makes and locks a robust process-shared mutex in fresh memory; its first 32 bits are the
/// kernel's word. Here because the attribute constants are anonymous enumerators.
int clinux_life_lock(void *_Nonnull mutex);

/// Runs `child` in every child that `fork` makes. Here because the symbol is static in glibc.
int clinux_at_fork_in_child(void (*_Nonnull child)(void));

/// Forks through glibc, never through a raw `clone`. Here because Swift marks `fork` unavailable.
pid_t clinux_fork(void);

/// A signal's name without SIG, or NULL. Here because `sigabbrev_np` needs _GNU_SOURCE.
const char *_Nullable clinux_signal_name(int number);

/// Asks for SIGKILL at the death of the parent. Here because `prctl` is variadic.
int clinux_die_with_parent(void);

/// Replaces stdin by /dev/null and drops what stdio had read ahead, so that an `exit` cannot seek
/// the descriptor that the parent still reads. Here because `stdin` is a C global.
int clinux_detach_stdin(void);

/// Writes out every stdio stream. Here because `NULL` for "all" is not what Swift's import allows.
void clinux_flush_all(void);

/// Puts a stream in the place of `stdout` or `stderr`, by the number of its descriptor, which it has. It
/// gives each line to `write`, or, with a buffer of 0 bytes, each text at once; `write` returns how many
/// bytes it took. Here because `fopencookie` needs _GNU_SOURCE and the streams are C globals.
int clinux_replace_stream(int number, int64_t (*_Nonnull write)(const void *_Nullable, int64_t),
                          int64_t buffer_size);

/// Whether `stdout` has no buffer. Here because `stdout` is a C global.
int clinux_stdout_is_unbuffered(void);

/// Opens a close-on-exec descriptor of a process. Here because `syscall` is variadic.
int clinux_pidfd_open(pid_t pid);

/// Sends a signal through a process descriptor, with what it carries (a `siginfo_t`), if anything. Here
/// because `syscall` is variadic.
int clinux_pidfd_signal(int pidfd, int number, const void *_Nullable siginfo);

/// Waits for any of several descriptors: how many are ready, 0 when the time is over, or -1. The mask
/// of signals (a `sigset_t`), if there is one, holds meanwhile. Here because `ppoll` needs _GNU_SOURCE.
int clinux_poll(struct pollfd *_Nullable polls, uint64_t count, uint64_t deadline,
                const void *_Nullable mask);

/// Tells the processor that this is a waiting loop. Here because it is an instruction.
static inline void clinux_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
/// The number of the processor this runs on. Here because the declaration needs _GNU_SOURCE.
uint32_t clinux_cpu(void);

/// Sends a packet, the label, with a copy of a descriptor. Here for the CMSG macros.
int clinux_send_descriptor(int socket, const void *_Nonnull label, uint64_t size, int fd);

/// Copies the label of the packet at the socket's peek offset, and opens its descriptor,
/// close-on-exec; the packet stays. Here for the CMSG macros.
int clinux_peek_descriptor(int socket, void *_Nonnull label, uint64_t size);
