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
            switch next.opcode {
            case .addInt: value += Double(next.smallC)
            case .subtractInt: value -= Double(next.smallC)
            case .multiplyInt: value *= Double(next.smallC)
            default:
                // The operand that is not the value, and whether it is the right one.
                let isRight = next.b == register
                let operand = fp[isRight ? next.registerC : next.b]
                let other: Double
                if operand.isInlineDouble {
                    other = operand.inlineDouble
                } else if operand.isInt {
                    other = Double(operand.int)
                } else {
                    return end(q, fp, pc, value, register)
                }
                switch next.opcode {
                case .add: value += other
                case .multiply: value *= other
                case .subtract: value = isRight ? value - other : other - value
                default:
                    if (isRight ? other : value) == 0 { return end(q, fp, pc, value, register) }
                    value = isRight ? value / other : other / value
                }
            }
            pc += 1
            register = next.a
            if !next.isChained { return end(q, fp, pc, value, register) }
        }
    }
    /// The value goes into its register.
    @inline(__always)
    private static func end<B>(
        _ q: borrowing Quantum<B>, _ fp: Frame, _ pc: ProgramCounter, _ value: Double,
        _ register: Int
    ) -> ProgramCounter {
        guard let number = Value(inline: value) else { return box(q, fp, pc, value, register) }
        fp[register] = number
        return pc
    }
    /// The same for a value that takes an object. Gives `pc` so that it is the last that is called, and a chain has no
    /// registers of the processor to save.
    @inline(never)
    private static func box<B>(
        _ q: borrowing Quantum<B>, _ fp: Frame, _ pc: ProgramCounter, _ value: Double,
        _ register: Int
    ) -> ProgramCounter {
        fp[register] = q.value(value)
        return pc
    }
}
