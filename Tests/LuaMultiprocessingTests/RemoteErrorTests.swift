// Errors on their way to another process; Python's counterpart is `test_traceback` of its pools.

import CLuaBridge
import LuaMultiprocessing
import Testing

@Suite("Errors that travel")
struct RemoteErrorTests {
  /// Runs a script that has `remote(f, …)`: the error of f as another process gets it.
  private func run(_ source: String) throws {
    try Script.run("") { state in
      state.pushGlobals()
      state.push(body: { $0.run(remote) })
      state.rawSet(-2, "remote")
      for errorClass in [ErrorClass.valueError, .remoteError, .exception, .empty] {
        state.push(errorClass.rawValue)
        state.pushClass(errorClass)
        state.rawSet(-3)
      }
      state.setTop(0)
      try Script.run(source, in: state)
    }
  }

  @Test("An error of ours keeps its class and fields and says where it arose")
  func ours() throws {
    try run(
      """
      local err = remote(function(a, b) local e = ValueError('bad ' .. a) e.extra = {b} error(e) end, 'x', 2)
      assert(err:is(ValueError) and getmetatable(err) == ValueError and err.message == 'bad x')
      assert(err.extra[1] == 2 and err.process == 'MainProcess' and err.pid > 0 and err.task == 7)
      assert(err.arguments == '"x", 2', err.arguments)
      assert(err.traceback:find('in function') and err.where and not err.not_sent)
      local Mine = ValueError:extend('Mine')
      function Mine:code() return 5 end
      err = remote(function() error(Mine('own')) end)
      assert(err:is(ValueError) and tostring(err) == 'Mine: own' and err:code() == 5)
      -- One that is expected has its traceback from where it arose.
      err = remote(function() error(Empty('none')) end)
      assert(err:is(Empty) and err.traceback:find('stack traceback'))
      """)
  }

  @Test("Any other value becomes the value of a RemoteError")
  func others() throws {
    try run(
      """
      local err = remote(function() error({code = 7}) end)
      assert(err:is(RemoteError) and err.value.code == 7 and tostring(err) == 'RemoteError: {code = 7}')
      assert(err.traceback:find('in function') and not err.where and err.pid)
      err = remote(function() error('plain') end)
      assert(err:is(RemoteError) and err.value == err.message and err.message:find('plain$'))
      err = remote(function() local x = nil; x() end)
      assert(err.value:find("attempt to call a nil value %(local 'x'%)"), err.value)
      for _, v in ipairs({5, true, 1.5}) do
        err = remote(error, v)
        assert(err.value == v and err.message == tostring(v))
      end
      err = remote(function() error() end)
      assert(err:is(RemoteError) and err.value == nil and err.message == 'nil')
      err = remote(function() error(setmetatable({}, {__tostring = function() return 'own text' end})) end)
      assert(err.message == 'own text' and tostring(err.value) == 'own text')
      err = remote(function() error(setmetatable({}, {__tostring = function() error('no') end})) end)
      assert(err.message == '(error object is a table value)')
      """)
  }

  @Test("What cannot be sent goes as text")
  func texts() throws {
    try run(
      """
      local err = remote(function() error({file = io.stdout, n = 1}) end)
      assert(err:is(RemoteError) and type(err.value) == 'string' and err.value:find('n = 1'))
      assert(err.not_sent == 'cannot send error.value.file (userdata FILE*)', err.not_sent)
      assert(err.traceback and err.pid and err.task == 7)
      err = remote(function() local e = ValueError('v') e.log = coroutine.create(print) error(e) end)
      assert(getmetatable(err) == ValueError and err.message == 'v' and err.log:find('thread'))
      local Mine = ValueError:extend('Mine')
      Mine.log = io.stdout
      err = remote(function() error(Mine('text')) end)
      assert(getmetatable(err) == ValueError and err.message == 'text' and err.not_sent)
      local Bad = setmetatable({}, {__reduce = function() error('cannot reduce') end})
      err = remote(function() error(Bad) end)
      assert(err:is(RemoteError) and err.not_sent:find('cannot reduce'))
      """)
  }

  @Test(
    "The error that is raised here stays as it is, and one that has travelled says where it was first"
  )
  func original() throws {
    try run(
      """
      local mine = ValueError('x')
      local err = remote(error, mine)
      assert(err ~= mine and mine.pid == nil and mine.task == nil)
      err.process, err.pid, err.arguments = 'Worker-3', 12, 'other'
      local again = remote(error, err)
      assert(again.process == 'Worker-3' and again.pid == 12 and again.arguments == 'other')
      """)
  }

  @Test("Arguments are shown short")
  func arguments() throws {
    try run(
      """
      local err = remote(error, 'm', ('x'):rep(1000), {1, 2}, nil)
      assert(#err.arguments < 100 and err.arguments:find('..., {1, 2}, nil', 1, true), err.arguments)
      local many = {}
      for i = 1, 200 do many[i] = ('y'):rep(50) end
      err = remote(error, table.unpack(many))
      assert(#err.arguments < 400 and err.arguments:find(', ...$'), err.arguments)
      """)
  }
}

/// Lua: `remote(f, …)`.
private func remote(_ state: LuaState) throws(LuaError) -> Int32 {
  let arguments = state.shortArguments(from: 2, count: state.top - 1)
  do throws(LuaError) {
    try state.call(
      arguments: state.top - 1, results: 0, handler: { $0.run(remoteErrorHandler) })
    throw .runtime("no error")
  } catch .onTop {
    state.pushRemoteError(ErrorContext(task: 7, arguments: arguments))
  }
  try Encoder.use(state) { encoder throws(LuaError) in
    try encoder.encode(error: state, carriesReferences: false)
    try encoder.pushMessage(state)
  }
  try Decoder.decode(state, message: state.top)
  return 1
}
