// Runs a Lua script against the reduction module, with what such scripts compare by.

import CLua
import CLuaBridge
import LuaMultiprocessing

enum Script {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Runs a script in an interpreter of its own, then `body` in the same.
  static func run(_ source: String, _ body: (LuaState) throws -> Void = { _ in }) throws {
    guard let state = LuaMemory.makeState() else { throw Failure(description: "no memory") }
    defer { LuaMemory.close(state) }
    try state.openLibraries()
    pushReductionModule(state)
    state.pushGlobals()
    state.copy(-2)
    state.rawSet(-2, "reduction")
    state.setTop(0)
    try run(library, in: state)
    try run(source, in: state)
    try body(state)
  }

  /// Runs a script.
  static func run(_ source: String, in state: LuaState) throws {
    let status = unsafe luaL_loadstring(state.pointer, source)
    guard status == LUA_OK else { throw Failure(description: state.string(-1)) }
    do {
      try state.call(arguments: 0, results: 0)
    } catch {
      state.pushReport(-1)
      throw Failure(description: state.string(-1))
    }
    guard state.top == 0 else { throw Failure(description: "\(state.top) values left") }
  }

  private static let library = """
    dumps, loads = reduction.ForkingPickler.dumps, reduction.ForkingPickler.loads

    -- Whether two values have the same structure: plain values equal, to the sign of zero, and
    -- tables paired one to one. Tables as keys are paired by their contents' text, so only by
    -- shape when several look alike.
    local function plain(a, b)
      if a ~= a then return b ~= b end
      return a == b and math.type(a) == math.type(b) and (a ~= 0 or 1 / a == 1 / b)
    end

    function same(a, b)
      if type(a) ~= 'table' then return plain(a, b) end
      local there, back, work = {[a] = b}, {[b] = a}, {a}
      while #work > 0 do
        local x = table.remove(work)
        local y = there[x]
        if type(y) ~= 'table' then return false end
        local keys, n, m = 0, 0, 0
        for k, v in next, x do
          n = n + 1
          if type(k) == 'table' then keys = keys + 1
          else
            local w = rawget(y, k)
            if type(v) == 'table' then
              if type(w) ~= 'table' then return false end
              if there[v] or back[w] then
                if there[v] ~= w or back[w] ~= v then return false end
              else
                there[v], back[w] = w, v
                work[#work + 1] = v
              end
            elseif not plain(v, w) then return false end
          end
        end
        for k in next, y do
          m = m + 1
          if type(k) == 'table' then keys = keys - 1 end
        end
        if n ~= m or keys ~= 0 then return false end
      end
      return true
    end

    function random_value(size)
      local random, tables, made = math.random, {}, 0
      local function plain_value()
        local kind = random(12)
        if kind == 1 then return random(2) == 1
        elseif kind <= 3 then return random(-40, 130)
        elseif kind == 4 then return random(0) >> random(0, 63)
        elseif kind == 5 then return -(random(0) >> random(0, 63))
        elseif kind == 6 then return random()
        elseif kind == 7 then return ({0.0, -0.0, 1/0, -1/0, 0/0, 2^53, 3.0})[random(7)]
        elseif kind == 8 then return ('ab\\0'):rep(random(0, 120))
        else return 'k' .. random(100) end
      end
      local value
      local function table_value(depth)
        if #tables > 0 and random(6) == 1 then return tables[random(#tables)] end
        local t = {}
        tables[#tables + 1] = t
        local shape = random(4)
        for i = 1, random(0, 12) do
          made = made + 1
          if made > size then break end
          if shape == 1 then t[i] = value(depth + 1)
          elseif shape == 2 then t[random(20)] = value(depth + 1)
          else
            local k
            repeat k = random(15) == 1 and table_value(depth + 1) or plain_value() until k == k
            t[k] = value(depth + 1)
          end
        end
        if shape == 4 then for i = 1, random(10) do t[random(20)] = nil end end
        return t
      end
      function value(depth)
        if depth < 60 and random(3) == 1 then return table_value(depth) end
        return plain_value()
      end
      return random(10) == 1 and plain_value() or table_value(0)
    end
    """
}
