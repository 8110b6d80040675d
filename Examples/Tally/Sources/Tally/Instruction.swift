/// What the machine executes. `a` and `b` are registers: words of the current frame.
///
/// | operation | does |
/// | --- | --- |
/// | `constant` | a = c |
/// | `move` | a = register b |
/// | `read`, `write` | a = cell c; cell c = a |
/// | `add` ... `equal` | a = register b (operation) register c |
/// | `jump` | go on at c |
/// | `loop` | go on at c, which lies behind; quanta may end here |
/// | `unless` | go on at c when register a is 0 |
/// | `call` | run function c; its frame begins after register a, which gets the result |
/// | `result` | leave the function with register a |
/// | `spawn` | make a job: function c with the b registers from a |
/// | `join` | become a thread that runs jobs |
/// | `wait` | run jobs, in frames after register a, until none is left |
/// | `enter`, `leave` | begin and end an atomic block |
/// | `print` | register a, on a line of its own |
/// | `end` | end the thread |
enum Operation: UInt8 {
    case constant, move, read, write
    case add, subtract, multiply, divide, remainder, less, equal
    case jump, loop, unless
    case call, result, spawn, join, wait
    case enter, leave, print, end
}

struct Instruction {
    var operation: Operation
    var a: UInt16 = 0
    var b: UInt16 = 0
    var c = 0
}
