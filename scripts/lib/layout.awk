# The rules of Sources/ that no other linter knows. Each message says why.

BEGIN {
  system_modules = "Glibc Synchronization Builtin"
  may["Multiprocessing"] = "CLinux SystemPackage"
  may["LuaMultiprocessing"] = "Multiprocessing CLuaBridge CLua CHelp"
  may["mplua"] = "LuaMultiprocessing"
  may["manual"] = "LuaMultiprocessing"
  may["mpluactl"] = "Multiprocessing SystemPackage ArgumentParser Foundation FoundationEssentials"
  may["mplua-cluster"] = "LuaMultiprocessing Multiprocessing SystemPackage CNATS Foundation"
  swift_line_limit = 500
  c_line_limit = 460 # of code: comments and blank lines don't count, nor do headers
  failed = 0
}

function report(why) {
  printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"
  failed = 1
}

function includes(list, word) { return index(" " list " ", " " word " ") > 0 }

# The line without comments and texts; keeps track of those that go over several lines.
function code_of(line,    before, start) {
  gsub(/\\["\\]/, "", line)
  if (in_text) {
    if (!match(line, /"""/)) return ""
    in_text = 0
    line = substr(line, RSTART + 3)
  }
  if (in_comment) {
    if (!match(line, /\*\//)) return ""
    in_comment = 0
    line = substr(line, RSTART + 2)
  }
  if (match(line, /"""/)) {
    before = substr(line, 1, RSTART - 1)
    line = substr(line, RSTART + 3)
    if (!match(line, /"""/)) in_text = 1
    return before
  }
  gsub(/"[^"]*"/, "\"\"", line)
  start = match(line, /\/\//)
  if (start) line = substr(line, 1, start - 1)
  while (match(line, /\/\*/)) {
    before = substr(line, 1, RSTART - 1)
    line = substr(line, RSTART + 2)
    if (!match(line, /\*\//)) {
      in_comment = 1
      return before
    }
    line = before " " substr(line, RSTART + 2)
  }
  return line
}

FNR == 1 {
  split(FILENAME, part, "/")
  target = part[2]
  in_text = in_comment = is_reasoned = 0
  is_swift = FILENAME ~ /\.swift$/
  may_be_unsafe = FILENAME ~ /\/(Memory|System|LuaState|Reduction|LuaMultiprocessing\/Prompt)\//
  is_lean = target == "Multiprocessing" || target == "LuaMultiprocessing" || target == "mplua"
}

{
  code = code_of($0)
  if (FILENAME ~ /\.c$/ && code ~ /[^ \t]/) c_lines++
}

is_swift && FNR == swift_line_limit + 1 {
  report("a file of more than " swift_line_limit " lines holds more than one idea")
}

is_swift && match(code, /^[ \t]*(@[a-zA-Z_]+(\([^)]*\))?[ \t]+)*((public|package|internal|fileprivate|private)[ \t]+)?import[ \t]+/) {
  module = substr(code, RSTART + RLENGTH)
  sub(/^(struct|class|enum|protocol|func|var|let|typealias)[ \t]+/, "", module)
  sub(/[^A-Za-z0-9_].*/, "", module)
  if (is_lean && module ~ /^(Foundation|FoundationEssentials|Dispatch)$/)
    report(module " in " target ": it triples start-up, doubles the cost of fork, or brings threads")
  else if (!(target in may))
    report("say in scripts/lib/layout.awk what " target " may import")
  else if (!includes(may[target] " " system_modules, module))
    report(target " may not import " module ": it knows only " may[target])
  if (FILENAME ~ /\/LuaState\// && module == "Multiprocessing")
    report("LuaState/ is about Lua's stack alone: the runtime belongs in Bindings/")
}

is_swift && !may_be_unsafe {
  checked = code
  gsub(/nonisolated\(unsafe\)/, "", checked)
  if (checked ~ /(^|[^A-Za-z0-9_])unsafe([^A-Za-z0-9_]|$)/)
    report("unsafe code lives in Memory/, System/, LuaState/, Prompt/ and Reduction/, behind safe types")
}

code ~ /(^|[^A-Za-z0-9_])(pthread_(cond|barrier)[a-z_]*|sem_(t|init|open|close|destroy|post|[a-z]*wait))([^A-Za-z0-9_]|$)/ {
  report("pthread_cond_t, pthread_barrier_t and sem_t fail when a process that uses them is killed")
}

is_lean || !is_swift {
  if (code ~ /(^|[^A-Za-z0-9_])(pthread_create|thrd_create|DispatchQueue)([^A-Za-z0-9_]|$)|(^|[^A-Za-z0-9_.])(Thread|Task)(\.detached|[ \t]*[({])/)
    report("no threads: fork is sound only in a process that has one")
  if (is_swift && code ~ /(^|[^A-Za-z0-9_.`])(async|await|actor)([ \t]|$)/)
    report("no Swift concurrency: it starts threads, and fork is sound only in a process that has one")
}

is_swift && code ~ /@unchecked[ \t]+Sendable|nonisolated\(unsafe\)/ && !is_reasoned {
  report("needs a comment above that begins `// Safe because`: the compiler no longer checks this")
}

# The reason holds for the next line of code; other comments and attributes may stand between.
/^[ \t]*\/\/+ Safe because/ { is_reasoned = 1 }
code !~ /^[ \t]*(@[A-Za-z_]+(\([^)]*\))?[ \t]*)*$/ { is_reasoned = 0 }

END {
  if (c_lines > c_line_limit) {
    printf "Sources: %d lines of C; over %d it is no longer only what Swift cannot express\n", \
      c_lines, c_line_limit > "/dev/stderr"
    failed = 1
  }
  exit failed
}
