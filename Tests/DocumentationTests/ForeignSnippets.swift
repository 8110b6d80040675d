// What docs/foreign-bindings.md quotes.
import InterpreterKit

extension Library {
    static let math = Library(
        "libm.so.6",
        [
            "pure    double sqrt(double x)",
            "pure    double pow(double base, double exponent)",
        ])
    static let posix = Library(
        .process,
        [
            "atomic  ssize_t write(int fd, const void *buf, size_t count)"
        ])
}

func diagonal<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) -> Double? {
    let root = try q.call(Library.math["sqrt"], 2.0).double
    return root
}

/// A task that calls one function with one argument, which lies in its frame.
struct Calling: GuestTask {
    let function: ForeignFunction
    private(set) var answer: ForeignResult?

    static func frameEnd(_ frame: Frame) -> Frame { frame + 1 }

    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        if answer != nil { return }
        let arguments = UnsafeBufferPointer<Value>(start: q.frame, count: 1)
        let result = try q.call(function, arguments) { result in
            var resumed = self  // only used if the quantum ends here
            resumed.answer = result
            return resumed
        }
        answer = result
    }
}
