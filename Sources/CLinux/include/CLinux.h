// What the runtime needs of Linux that Swift cannot import: variadic calls, macros, and calls newer
// than the C library's headers. Each function says why it is here.
#pragma once
#include <stdint.h>

/// Wakes up to `count` waiters of a word. Here because `syscall` is variadic.
/// Returns how many were woken, or -1 with errno.
int clinux_futex_wake(uint32_t *_Nonnull word, int count);
