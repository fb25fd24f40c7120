// What Swift cannot do with Lua by itself: raise an error (a longjmp must never cross a Swift frame),
// call API functions that may raise, and functions that are macros. Each says why it is here.
#pragma once
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#pragma clang assume_nonnull begin

/// One Lua state or coroutine. A type of its own, so that Swift can give it a safe face that a
/// C-convention function may take.
struct __attribute__((swift_attr("@safe"), swift_name("LuaState"))) cluabridge_state {
  lua_State *pointer;
};

/// A Swift function called from Lua. It must not raise. Returns how many results it left on the stack,
/// or -1 with the error value on top, or what `cluabridge_continue` makes: then the function below the
/// top `arguments` values is called after the Swift frame is gone, so that it may raise and yield.
typedef int (*cluabridge_body)(struct cluabridge_state state);

/// A body's result that asks for a call. The body's results are then the call's, or the one value
/// below the function if `keeps_below`.
static inline int cluabridge_continue(int arguments, bool keeps_below) {
  return -2 - (arguments * 2 + (keeps_below ? 1 : 0));
}

/// What one interpreter keeps outside Lua's own heap; every coroutine reaches it through its extra
/// space.
struct cluabridge_interpreter {
  /// Bytes that Lua's heap holds.
  size_t used;
  /// Bytes that Lua's heap may hold while no Swift frame is active; SIZE_MAX when unlimited.
  size_t limit;
  /// Swift frames since the nearest protected call. While it is not 0 no allocation is refused.
  int swift_frames;
  lua_State *_Nullable main;
  /// The coroutine that runs now, where an interruption must set its hook.
  lua_State *volatile _Nullable running;
  /// Whether an interruption waits for the hook.
  volatile sig_atomic_t interrupted;
  /// Called by the hook of `cluabridge_interrupt`, in the running coroutine.
  cluabridge_body _Nullable on_interrupt;
  /// The Swift object that owns the interpreter.
  void *_Nullable owner;
  /// The encoder kept from one message to the next, while nobody uses it.
  void *_Nullable encoder;
  /// How often the set of loaded modules or of registered names has changed, from 1.
  unsigned modules;
  /// The registry's reference to the table of names that values travel by, and the value of `modules`
  /// that it was made at; 0 for none.
  int names;
  unsigned names_made_at;
};

/// The interpreter that a state or coroutine belongs to. Here because lua_getextraspace is a macro.
static inline struct cluabridge_interpreter *_Nonnull *_Nonnull cluabridge_slot(lua_State *L) {
  return (struct cluabridge_interpreter **)lua_getextraspace(L);
}

/// The pseudo-index of upvalue `i` of the running C function. Here because it is a macro.
static inline int cluabridge_upvalue(int i) { return lua_upvalueindex(i); }

/// Pushes a function that runs `body`, with the `upvalues` values on top of the stack as its upvalues
/// 2 and up. Here because only C may turn the body's -1 into a Lua error.
void cluabridge_push_body(lua_State *L, cluabridge_body body, int upvalues);

/// Like lua_pcall, for callers in Swift: memory may be refused again inside it. `handler` is an
/// absolute index or 0.
int cluabridge_pcall(lua_State *L, int arguments, int results, int handler);

/// Collects all garbage. Here because lua_gc is variadic.
void cluabridge_collect(lua_State *L);

/// Keeps the collector, and with it every finalizer, from running until it is restarted; false when it
/// was stopped already. Here because lua_gc is variadic.
bool cluabridge_stop_collector(lua_State *L);

/// Lets the collector run again; it has forgotten what was allocated meanwhile. Here because lua_gc is
/// variadic.
void cluabridge_restart_collector(lua_State *L);

/// Collects as after an allocation of so many kilobytes; a negative number lets the collector wait for
/// so many. Here because lua_gc is variadic.
void cluabridge_collect_for(lua_State *L, int kilobytes);

// C functions for cluabridge_pcall: the API calls of the same name, which may run metamethods.

/// [value] -> [string]: luaL_tolstring.
int cluabridge_tostring(lua_State *_Nullable L);
/// [table, key] -> [value]: lua_gettable.
int cluabridge_gettable(lua_State *_Nullable L);
/// [table, key, value] -> []: lua_settable.
int cluabridge_settable(lua_State *_Nullable L);
/// [value] -> [integer]: luaL_len.
int cluabridge_length(lua_State *_Nullable L);
/// [error] -> [error]: the message handler whose result is reported. An error object gets the traceback
/// that it lacks, also behind a task's ("in ..."), other values become what Lua's interpreter prints.
/// Here because `__tostring` must find itself as many calls above its caller as there.
int cluabridge_handler(lua_State *_Nullable L);
/// [] -> []: luaL_openlibs, then the functions of ours that replace stock ones: `require` (sets
/// `__name__` while a module's file runs), `coroutine.resume`, `wrap` and `close` (note which
/// coroutine runs, so that an interruption finds it).
int cluabridge_openlibs(lua_State *_Nullable L);

/// Collects in generational mode from now on. Here because lua_gc is variadic.
void cluabridge_collect_by_generations(lua_State *L);

/// Lua's version and copyright. Here because it is a macro of several literals.
const char *cluabridge_copyright(void);

/// Makes the running coroutine call `on_interrupt` as soon as Lua code runs. Safe in a signal handler.
void cluabridge_interrupt(struct cluabridge_interpreter *interpreter);

/// The hook that it sets, which takes itself away.
void cluabridge_interrupted(lua_State *_Nullable L, lua_Debug *_Nullable frame);

#pragma clang assume_nonnull end
