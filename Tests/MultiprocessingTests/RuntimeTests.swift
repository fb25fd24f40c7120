// The root of the runtime's tests: one process, no fork, one test at a time, one arena for all. On the
// main thread, because a process's proof of life ends with the thread that gave it.

import Testing

@Suite("Runtime", .serialized, .timeLimit(.minutes(15)))
struct RuntimeTests {}
