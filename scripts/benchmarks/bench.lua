-- Shared by the Lua workloads.
local bench = {}

-- One line that the runner reads.
function bench.report(metric, value)
  print(("%s %.6g"):format(metric, value))
end

-- The message of the record workloads: what a program typically sends.
function bench.record(i)
  return {i, "name", i * 1.5, true}
end

function bench.median(values)
  table.sort(values)
  return values[#values // 2 + 1]
end

return bench
