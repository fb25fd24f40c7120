-- Each typecode has its limits: the ends fit, one more is an error and changes nothing.
local mp = require "multiprocessing"

local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err):find(text, 1, true), tostring(err))
end
local function write(v, x) v.value = x end

local limits = {
  b = {-0x80, 0x7F, 1, "c_byte"}, B = {0, 0xFF, 1, "c_ubyte"},
  h = {-0x8000, 0x7FFF, 2, "c_short"}, H = {0, 0xFFFF, 2, "c_ushort"},
  i = {-0x80000000, 0x7FFFFFFF, 4, "c_int"}, I = {0, 0xFFFFFFFF, 4, "c_uint"},
  l = {math.mininteger, math.maxinteger, 8, "c_long"}, L = {0, math.maxinteger, 8, "c_ulong"},
  q = {math.mininteger, math.maxinteger, 8, "c_long"}, Q = {0, math.maxinteger, 8, "c_ulong"},
}
for code, limit in pairs(limits) do
  local least, most, size, name = table.unpack(limit)
  for _, v in ipairs{mp.Value(code), mp.RawValue(code)} do
    assert(v.value == 0 and math.type(v.value) == "integer" and v.typecode == code)
    v.value = least
    assert(v.value == least)
    v.value = most
    assert(v.value == most and math.type(v.value) == "integer")
    local above, below = most + 1.0, least - 1.0
    if size == 8 then above, below = 2.0 ^ 64, least == 0 and -1 or -2.0 ^ 64 end
    raises(mp.OverflowError, "does not fit typecode '" .. code .. "' (", write, v, above)
    raises(mp.OverflowError, "does not fit typecode '" .. code .. "' (", write, v, below)
    raises(mp.OverflowError, "inf does not fit typecode", write, v, math.huge)
    raises(mp.TypeError, "typecode '" .. code .. "' takes whole numbers, got 1.5", write, v, 1.5)
    raises(mp.TypeError, "takes whole numbers, got", write, v, 0 / 0)
    for _, wrong in ipairs{true, {}, print} do
      raises(mp.TypeError, "typecode '" .. code .. "' takes numbers, got " .. type(wrong), write, v, wrong)
    end
    raises(mp.TypeError, 'takes numbers, got "7"', write, v, "7")
    raises(mp.TypeError, "takes numbers, got nil", write, v, nil)
    assert(v.value == most)
    -- A float that is whole will do, as in Lua's own functions.
    v.value = 7.0
    assert(math.type(v.value) == "integer" and v.value == 7)
    assert(tostring(v):find(name .. "(7)", 1, true))
  end
  local a = mp.RawArray(code, {least, most})
  assert(a[1] == least and a[2] == most and a.itemsize == size and a.typecode == code)
  assert(#a:bytes() == 2 * size and a:min() == least and a:max() == most)
  raises(mp.OverflowError, "size_or_initializer[2]: ", mp.Array, code, {0, 2.0 ^ 64})
  raises(mp.OverflowError, "does not fit", mp.Value, code, -2.0 ^ 64)
end

-- Above Lua's integers an unsigned one is a float, as a numeral is.
local u = mp.Value("Q", 2.0 ^ 63)
assert(u.value == 2.0 ^ 63 and math.type(u.value) == "float")
raises(mp.OverflowError, "-1 does not fit typecode 'Q' (0 to 18446744073709551615)", write, u, -1)
assert(mp.Value("q", 2.0 ^ 62).value == 1 << 62)
raises(mp.OverflowError, "does not fit typecode 'q'", mp.Value, "q", 2.0 ^ 63)

for _, code in ipairs{"f", "d"} do
  local v = mp.Value(code)
  assert(v.value == 0.0 and math.type(v.value) == "float")
  for _, x in ipairs{1, -0.5, math.huge, -math.huge, 2.0 ^ 100} do
    v.value = x
    assert(v.value == x and math.type(v.value) == "float")
  end
  v.value = 0 / 0
  assert(v.value ~= v.value)
  v.value = -0.0
  assert(1 / v.value == -math.huge)
  raises(mp.TypeError, 'takes numbers, got "x"', write, v, "x")
end
local f, d = mp.Value("f", 0.1), mp.Value("d", 0.1)
assert(f.value ~= 0.1 and math.abs(f.value - 0.1) < 1e-8 and d.value == 0.1)
raises(mp.OverflowError, "1e+300 does not fit typecode 'f'", write, f, 1e300)
d.value = 1e300
assert(d.value == 1e300 and tostring(mp.RawValue("d", 1.5)) == "c_double(1.5)")
assert(tostring(mp.RawValue("f")) == "c_float(0.0)")

raises(mp.TypeError, "Value(): bad typecode 'w'; there are c u b B h H i I l L q Q f d", mp.Value, "w")
raises(mp.TypeError, "RawArray(): bad typecode ''", mp.RawArray, "", 3)
raises(mp.TypeError, "bad typecode 'ii'", mp.RawValue, "ii")
raises(mp.TypeError, "got table (there are no structures)", mp.Value, {x = "d"})
raises(mp.TypeError, "must be one of c u b B h H i I l L q Q f d, got number", mp.Array, 5, 5)
print "ok"
