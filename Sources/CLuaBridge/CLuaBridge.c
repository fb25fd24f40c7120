#include "CLuaBridge.h"

static struct cluabridge_interpreter *interpreter_of(lua_State *L) { return *cluabridge_slot(L); }

// Calls of Swift bodies

// Gives what lies above the value at index `below`, also once a coroutine that yielded goes on.
static int finish_call(lua_State *L, int status, lua_KContext below) {
  (void)status;
  return lua_gettop(L) - (int)below;
}

static int trampoline(lua_State *L) {
  struct cluabridge_interpreter *interpreter = interpreter_of(L);
  cluabridge_body body = (cluabridge_body)lua_touserdata(L, lua_upvalueindex(1));
  interpreter->swift_frames++;
  int results = body((struct cluabridge_state){L});
  interpreter->swift_frames--;
  if (results >= 0) return results;
  if (results == -1) return lua_error(L);
  int arguments = (-2 - results) / 2;
  int kept = (-2 - results) % 2;
  int below = lua_gettop(L) - arguments - 1 - kept;
  lua_callk(L, arguments, kept ? 0 : LUA_MULTRET, below, finish_call);
  return finish_call(L, LUA_OK, below);
}

void cluabridge_push_body(lua_State *L, cluabridge_body body, int upvalues) {
  lua_pushlightuserdata(L, (void *)body);
  lua_insert(L, -1 - upvalues);
  lua_pushcclosure(L, trampoline, 1 + upvalues);
}

int cluabridge_pcall(lua_State *L, int arguments, int results, int handler) {
  struct cluabridge_interpreter *interpreter = interpreter_of(L);
  int frames = interpreter->swift_frames;
  interpreter->swift_frames = 0;
  int status = lua_pcall(L, arguments, results, handler);
  interpreter->swift_frames = frames;
  return status;
}

void cluabridge_collect(lua_State *L) { lua_gc(L, LUA_GCCOLLECT); }

bool cluabridge_stop_collector(lua_State *L) {
  return lua_gc(L, LUA_GCISRUNNING) == 1 && lua_gc(L, LUA_GCSTOP) == 0;
}

void cluabridge_restart_collector(lua_State *L) { lua_gc(L, LUA_GCRESTART); }

void cluabridge_collect_for(lua_State *L, int kilobytes) {
  if (lua_gc(L, LUA_GCISRUNNING) == 1) lua_gc(L, LUA_GCSTEP, kilobytes);
}

int cluabridge_tostring(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  return 1;
}

int cluabridge_gettable(lua_State *L) {
  lua_gettable(L, 1);
  return 1;
}

int cluabridge_settable(lua_State *L) {
  lua_settable(L, 1);
  return 0;
}

int cluabridge_length(lua_State *L) {
  lua_pushinteger(L, luaL_len(L, 1));
  return 1;
}

void cluabridge_collect_by_generations(lua_State *L) { lua_gc(L, LUA_GCGEN, 0, 0); }

const char *cluabridge_copyright(void) { return LUA_COPYRIGHT; }

// Whether the value at index 1 is an error object of ours: the metatable of its class is marked.
static bool is_error_object(lua_State *L) {
  bool marked = false;
  if (lua_istable(L, 1) && lua_getmetatable(L, 1) && lua_getmetatable(L, -1)) {
    lua_pushliteral(L, "__error_class");
    marked = lua_rawget(L, -2) == LUA_TBOOLEAN;
  }
  lua_settop(L, 1);
  return marked;
}

int cluabridge_handler(lua_State *L) {
  if (is_error_object(L)) {
    lua_pushliteral(L, "traceback");
    const char *known = lua_rawget(L, 1) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;
    // That of a task begins with its worker.
    bool is_remote = known && known[0] == 'i' && known[1] == 'n' && known[2] == ' ';
    if (is_remote) known = lua_pushfstring(L, "%s\nraised again here", known);
    if (is_remote || !known) {
      lua_pushliteral(L, "traceback");
      luaL_traceback(L, L, known, 1);
      lua_rawset(L, 1);
    }
    lua_settop(L, 1);
    return 1;
  }
  const char *message = lua_tostring(L, 1);
  if (!message) {
    if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING) return 1;
    message = lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
  }
  luaL_traceback(L, L, message, 1);
  return 1;
}

// Coroutines that note which one runs

// Notes that `co` runs now, and takes over an interruption that came too early for it.
static void entering(lua_State *L, lua_State *co) {
  struct cluabridge_interpreter *interpreter = interpreter_of(L);
  interpreter->running = co;
  if (interpreter->interrupted) cluabridge_interrupt(interpreter);
}

// Notes that L runs again after `co`, and takes over an interruption that came too late for `co`.
static void returned(lua_State *L, lua_State *co) {
  interpreter_of(L)->running = L;
  if (lua_gethook(co) == cluabridge_interrupted) {
    lua_sethook(L, cluabridge_interrupted, lua_gethookmask(co), 1);
    lua_sethook(co, NULL, 0, 0);
  }
}

// Resumes `co` with the top `arguments` values of L. Returns the number of results moved to L, or -1
// with the error value on L.
static int resume(lua_State *L, lua_State *co, int arguments) {
  if (!lua_checkstack(co, arguments)) {
    lua_pushliteral(L, "too many arguments to resume");
    return -1;
  }
  lua_xmove(L, co, arguments);
  int results;
  entering(L, co);
  int status = lua_resume(co, L, arguments, &results);
  returned(L, co);
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_xmove(co, L, 1);
    return -1;
  }
  if (!lua_checkstack(L, results + 1)) {
    lua_pop(co, results);
    lua_pushliteral(L, "too many results to resume");
    return -1;
  }
  lua_xmove(co, L, results);
  return results;
}

// Closes the pending variables of `co`, which run in it. Returns its status, the error value on `co`.
static int reset(lua_State *L, lua_State *co) {
  entering(L, co);
  int status = lua_resetthread(co);
  returned(L, co);
  return status;
}

static lua_State *check_coroutine(lua_State *L) {
  lua_State *co = lua_tothread(L, 1);
  luaL_argexpected(L, co, 1, "thread");
  return co;
}

static int coroutine_resume(lua_State *L) {
  lua_State *co = check_coroutine(L);
  int results = resume(L, co, lua_gettop(L) - 1);
  lua_pushboolean(L, results >= 0);
  if (results < 0) results = 1;
  lua_insert(L, -1 - results);
  return results + 1;
}

static int wrapped(lua_State *L) {
  lua_State *co = lua_tothread(L, lua_upvalueindex(1));
  int results = resume(L, co, lua_gettop(L));
  if (results >= 0) return results;
  int status = lua_status(co);
  if (status != LUA_OK && status != LUA_YIELD) {
    status = reset(L, co);
    lua_xmove(co, L, 1);
  }
  if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

static int coroutine_wrap(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State *co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  lua_pushcclosure(L, wrapped, 1);
  return 1;
}

static const char *active_state(lua_State *L, lua_State *co) {
  lua_Debug frame;
  if (co == L) return "running";
  if (lua_status(co) == LUA_OK && lua_getstack(co, 0, &frame)) return "normal";
  return NULL;
}

static int coroutine_close(lua_State *L) {
  lua_State *co = check_coroutine(L);
  const char *state = active_state(L, co);
  if (state) return luaL_error(L, "cannot close a %s coroutine", state);
  if (reset(L, co) == LUA_OK) {
    lua_pushboolean(L, 1);
    return 1;
  }
  lua_pushboolean(L, 0);
  lua_xmove(co, L, 1);
  return 2;
}

// require, which tells a module's file its name

static int restore_name(lua_State *L) {
  lua_pushglobaltable(L);
  lua_pushliteral(L, "__name__");
  lua_getiuservalue(L, 1, 1);
  lua_rawset(L, -3);
  return 0;
}

// Sets the global `__name__` to the string at index 1 until the calling C function ends, by an error
// too.
static void name_while_loading(lua_State *L) {
  lua_pushglobaltable(L);
  lua_newuserdatauv(L, 0, 1);
  lua_pushliteral(L, "__name__");
  lua_rawget(L, -3);
  lua_setiuservalue(L, -2, 1);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, restore_name);
  lua_setfield(L, -2, "__close");
  lua_setmetatable(L, -2);
  lua_replace(L, -2);
  lua_toclose(L, -1);
  lua_pushglobaltable(L);
  lua_pushliteral(L, "__name__");
  lua_pushvalue(L, 1);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

// Asks each searcher for the module named at index 1; pushes the loader and its data.
static void find_loader(lua_State *L, const char *name) {
  if (lua_getfield(L, lua_upvalueindex(1), "searchers") != LUA_TTABLE)
    luaL_error(L, "'package.searchers' must be a table");
  int searchers = lua_gettop(L);
  lua_pushliteral(L, "");
  for (int i = 1; lua_rawgeti(L, searchers, i) != LUA_TNIL; i++) {
    lua_pushvalue(L, 1);
    lua_call(L, 1, 2);
    if (lua_isfunction(L, -2)) return;
    lua_pop(L, 1);
    if (lua_isstring(L, -1)) {
      lua_pushliteral(L, "\n\t");
      lua_insert(L, -2);
      lua_concat(L, 3);
    } else {
      lua_pop(L, 1);
    }
  }
  luaL_error(L, "module '%s' not found:%s", name, lua_tostring(L, -2));
}

// Notes that a module was loaded, and what its loader was given: the path of its file.
static void note_module(lua_State *L, const char *name, int data) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, "multiprocessing.files");
  lua_pushvalue(L, data);
  lua_setfield(L, -2, name);
  lua_pop(L, 1);
  interpreter_of(L)->modules++;
}

static int require(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  lua_settop(L, 1);
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, 2, name);
  if (lua_toboolean(L, -1)) return 1;
  lua_settop(L, 2);
  find_loader(L, name);
  int data = lua_gettop(L), loader = data - 1;
  name_while_loading(L);
  lua_pushvalue(L, loader);
  lua_pushvalue(L, 1);
  lua_pushvalue(L, data);
  lua_call(L, 2, 1);
  if (lua_isnil(L, -1))
    lua_pop(L, 1);
  else
    lua_setfield(L, 2, name);
  if (lua_getfield(L, 2, name) == LUA_TNIL) {
    lua_pushboolean(L, 1);
    lua_copy(L, -1, -2);
    lua_setfield(L, 2, name);
  }
  note_module(L, name, data);
  lua_pushvalue(L, data);
  return 2;
}

int cluabridge_openlibs(lua_State *L) {
  static const luaL_Reg coroutines[] = {{"resume", coroutine_resume},
                                        {"wrap", coroutine_wrap},
                                        {"close", coroutine_close},
                                        {NULL, NULL}};
  luaL_checkversion(L);
  luaL_openlibs(L);
  lua_getglobal(L, LUA_COLIBNAME);
  luaL_setfuncs(L, coroutines, 0);
  lua_getglobal(L, LUA_LOADLIBNAME);
  lua_pushcclosure(L, require, 1);
  lua_setglobal(L, "require");
  return 0;
}

// Interruption

void cluabridge_interrupted(lua_State *L, lua_Debug *frame) {
  (void)frame;
  struct cluabridge_interpreter *interpreter = interpreter_of(L);
  lua_sethook(L, NULL, 0, 0);
  lua_sethook(interpreter->main, NULL, 0, 0);
  // A coroutine made meanwhile has inherited the hook.
  if (!interpreter->interrupted || !interpreter->on_interrupt) return;
  interpreter->interrupted = 0;
  interpreter->swift_frames++;
  int result = interpreter->on_interrupt((struct cluabridge_state){L});
  interpreter->swift_frames--;
  if (result < 0) lua_error(L);
}

void cluabridge_interrupt(struct cluabridge_interpreter *interpreter) {
  int events = LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT;
  interpreter->interrupted = 1;
  lua_sethook(interpreter->running, cluabridge_interrupted, events, 1);
  lua_sethook(interpreter->main, cluabridge_interrupted, events, 1);
}
