-- The most frequent words of a text: its lines go through a pool, each worker counts the words of
-- some, and the counts are added up as they come.
--
--   mplua wordcount.lua [FILE]

local mp = require "multiprocessing"

local function count_words(line)
  local counts = {}
  for word in line:lower():gmatch("%a+") do
    counts[word] = (counts[word] or 0) + 1
  end
  return counts
end

if __name__ == "__main__" then
  local file = arg[1] or arg[0]:gsub("[^/]*$", "texts/gettysburg.txt")
  local totals, words = {}, {}

  local pool <close> = mp.Pool()
  for counts in pool:imap_unordered(count_words, io.lines(file), {chunksize = 8}) do
    for word, n in pairs(counts) do
      if not totals[word] then
        words[#words + 1] = word
      end
      totals[word] = (totals[word] or 0) + n
    end
  end

  table.sort(words, function(a, b)
    if totals[a] ~= totals[b] then
      return totals[a] > totals[b]
    end
    return a < b
  end)
  for i = 1, math.min(10, #words) do
    print(("%4d %s"):format(totals[words[i]], words[i]))
  end
end
