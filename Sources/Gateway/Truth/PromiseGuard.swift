import CHost
import Glibc
import ManagedHeap
import Quanta

/// Calls of functions that are declared pure, made twice: the result must be the same.
///
/// One in 1024 calls is checked on the backends that programs run on, each one on the serial backend. A
/// function that fails is treated as `arbitrary` from there on, and a report says so.
extension UnsafePointer where Pointee == CallPlan {
    @inline(never) @usableFromInline
    func callTwice(_ values: UnsafeBufferPointer<Value>) -> Outcome {
        let first = callCompletely(values)
        switch about.declaration.effect {
        case .const, .pure, .pureErrno: break
        default: return first
        }
        let copy = first.state == .text ? first.owningText() : first
        let second = callCompletely(values)
        let agree = copy.agrees(with: second)
        if copy.state == .ownedText { copy.freeText() }
        if !agree {
            CallPlan.demote(self)
            GatewayReport.write(
                """
                '\(about.declaration.name)' is declared '\(about.declaration.effect.word)', but two \
                calls with the same arguments gave \(first.summary) and \(second.summary); it is \
                treated as 'arbitrary' from here on
                """)
        }
        return second
    }
}

extension Outcome {
    fileprivate func agrees(with other: Outcome) -> Bool {
        if errno != other.errno { return false }
        if state == .ownedText, other.state == .text {
            return text.elementsEqual(other.text)
        }
        return state == other.state && bits == other.bits
    }
    fileprivate var summary: String {
        switch state {
        case .value:
            let value = Value(bits: bits)
            if value.isInt { return "\(value.int)" }
            if value.isInlineDouble { return "\(value.inlineDouble)" }
            return value.isAddress ? "different addresses" : "different values"
        case .double: return "\(Double(bitPattern: bits))"
        case .text: return "\"\(String(decoding: text, as: UTF8.self))\""
        default: return "something else"
        }
    }
}

extension ForeignFunction {
    /// It was declared pure, and has been caught at giving different results for the same arguments.
    public var isDemoted: Bool {
        plan.pointee.route != declaration.route
    }
}
