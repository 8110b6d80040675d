import InterpreterKit

/// Chains of arithmetic: what an instruction computes is an operand of the next one and of nothing else.
///
/// The compiler marks an instruction whose result is such an operand (``Instruction/isChained``). While
/// all operands are numbers with a double among them, the result need not become a ``Value`` in between.
extension Python {
    /// Goes on with `value`, which belongs into r[register] and is an operand of the instruction at `pc`.
    /// Gives the first instruction that is still to be done; what it needs is in its registers.
    @inline(never)
    static func chain<B>(
        _ q: borrowing Quantum<B>, _ fp: Frame, _ pc: ProgramCounter, _ value: Double,
        _ register: Int
    ) -> ProgramCounter {
        var (pc, value, register) = (pc, value, register)
        while true {
            let next = pc.pointee
            var (left, right) = (value, value)
            switch next.opcode {
            case .addInt, .subtractInt, .multiplyInt:
                right = Double(next.smallC)
            default:
                let isLeft = next.b == register
                let operand = fp[isLeft ? next.registerC : next.b]
                let other: Double
                if operand.isInlineDouble {
                    other = operand.inlineDouble
                } else if operand.isInt {
                    other = Double(operand.int)
                } else {
                    fp[register] = q.value(value)
                    return pc
                }
                if isLeft { right = other } else { left = other }
            }
            switch next.opcode {
            case .add, .addInt: value = left + right
            case .subtract, .subtractInt: value = left - right
            case .multiply, .multiplyInt: value = left * right
            default:
                if right == 0 {
                    fp[register] = q.value(value)
                    return pc
                }
                value = left / right
            }
            pc += 1
            register = next.a
            if !next.isChained {
                fp[register] = q.value(value)
                return pc
            }
        }
    }
}
