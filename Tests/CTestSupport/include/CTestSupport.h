// What tests need of the C library that Swift cannot import: glibc declares it for _GNU_SOURCE only.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/// The file that the code at `address` was loaded from, or NULL.
const char *_Nullable ctest_file_of(const void *_Nonnull address);

/// Makes a pipe that no other program inherits. Returns 0, or -1 with errno.
int ctest_pipe(int *_Nonnull reading, int *_Nonnull writing);

/// Makes a terminal and stores the name of the program's side.
/// Returns our side's descriptor, or -1 with errno.
int ctest_open_terminal(char *_Nonnull name, size_t capacity);

/// What matters of a terminal's settings.
typedef struct {
  bool canonical, echo, signals, newlines;
} ctest_terminal;

/// Reads a terminal's settings. Returns 0, or -1 with errno.
int ctest_terminal_settings(int descriptor, ctest_terminal *_Nonnull settings);

/// Changes a terminal's size.
void ctest_resize_terminal(int descriptor, int columns, int rows);

/// What a program is started with.
typedef struct {
  const char *_Nonnull path;
  char *_Nullable const *_Nonnull arguments;
  char *_Nullable const *_Nonnull environment;
  /// NULL for the caller's own.
  const char *_Nullable directory;
  /// NULL when the three descriptors are to be used.
  const char *_Nullable terminal;
  int input, output, errors;
} ctest_program;

/// Starts a program in a session of its own, with default signals and no descriptor but 0, 1, 2.
/// Returns 0 and stores the pid, or returns an error number.
int ctest_spawn(const ctest_program *_Nonnull program, pid_t *_Nonnull pid);
