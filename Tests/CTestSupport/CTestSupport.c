#define _GNU_SOURCE
#include "CTestSupport.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

const char *ctest_file_of(const void *address) {
  Dl_info info;
  return dladdr(address, &info) ? info.dli_fname : NULL;
}

int ctest_pipe(int *reading, int *writing) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return -1;
  *reading = ends[0];
  *writing = ends[1];
  return 0;
}

int ctest_open_terminal(char *name, size_t capacity) {
  int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) return -1;
  struct winsize size = {.ws_row = 40, .ws_col = 120};
  if (grantpt(terminal) < 0 || unlockpt(terminal) < 0 || ptsname_r(terminal, name, capacity) != 0 ||
      ioctl(terminal, TIOCSWINSZ, &size) < 0) {
    close(terminal);
    return -1;
  }
  return terminal;
}

int ctest_terminal_settings(int descriptor, ctest_terminal *settings) {
  struct termios now;
  if (tcgetattr(descriptor, &now) < 0) return -1;
  *settings = (ctest_terminal){
      .canonical = now.c_lflag & ICANON,
      .echo = now.c_lflag & ECHO,
      .signals = now.c_lflag & ISIG,
      .newlines = (now.c_iflag & ICRNL) && (now.c_oflag & OPOST) && (now.c_oflag & ONLCR)};
  return 0;
}

void ctest_resize_terminal(int descriptor, int columns, int rows) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  ioctl(descriptor, TIOCSWINSZ, &size);
}

int ctest_spawn(const ctest_program *program, pid_t *pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (program->terminal) {
    // The first terminal that the leader of a session opens is its controlling terminal.
    posix_spawn_file_actions_addopen(&actions, 0, program->terminal, O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&actions, 0, 1);
    posix_spawn_file_actions_adddup2(&actions, 0, 2);
  } else {
    posix_spawn_file_actions_adddup2(&actions, program->input, 0);
    posix_spawn_file_actions_adddup2(&actions, program->output, 1);
    posix_spawn_file_actions_adddup2(&actions, program->errors, 2);
  }
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  if (program->directory) posix_spawn_file_actions_addchdir_np(&actions, program->directory);

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  sigfillset(&signals);
  posix_spawnattr_setsigdefault(&attributes, &signals);

  int error = posix_spawnp(
      pid, program->path, &actions, &attributes, program->arguments, program->environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}
