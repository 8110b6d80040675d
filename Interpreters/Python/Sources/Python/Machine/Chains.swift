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
            let next = Operands(at: pc)
            let opcode = next.opcode
            // The operand that is not the value, and whether it is the right one.
            let other: Double
            var isRight = true
            switch opcode {
            case .addInt, .subtractInt, .multiplyInt:
                other = Double(next.smallC)
            default:
                isRight = next.b == register
                let operand = fp[isRight ? next.registerC : next.b]
                if operand.isInlineDouble {
                    other = operand.inlineDouble
                } else if operand.isInt {
                    other = Double(operand.int)
                } else {
                    fp[register] = q.value(value)
                    return pc
                }
            }
            switch opcode {
            case .add, .addInt: value += other
            case .multiply, .multiplyInt: value *= other
            case .subtract, .subtractInt: value = isRight ? value - other : other - value
            default:
                if (isRight ? other : value) == 0 {
                    fp[register] = q.value(value)
                    return pc
                }
                value = isRight ? value / other : other / value
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
