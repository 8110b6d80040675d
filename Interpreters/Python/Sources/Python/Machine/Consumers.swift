import InterpreterKit
import PythonSyntax

/// Built-in functions that take the items of an iterable one by one. Over a generator, their loop is made of
/// instructions, in a frame that the guest does not see: so the generator gets a frame of the same run,
/// and nothing nests natively.
///
/// In the frame, r[0] is the function or type that was called, r[1] the generator, r[2] an item, r[3] what
/// becomes the result.
@usableFromInline enum Consumer: Int, CaseIterable {
    case all, any, sum, min, max, list, tuple, set

    private static let (iterator, item, result) = (1, 2, 3)
    private static let window = 4
    private static let registers = 10

    fileprivate func code(_ shared: UnsafeMutablePointer<Shared>) -> CodePointer {
        var code: [Instruction] = []
        /// The item that comes next, or a jump to `end`.
        func next(into register: Int = Consumer.item, end: Int) {
            code.append(
                Instruction(
                    .forIterate, a: register, b: Consumer.iterator, c: end - code.count - 1))
        }
        func loop(to target: Int) {
            code.append(Instruction(.loop, c: target - code.count - 1))
        }
        func answer(_ opcode: Opcode) {
            // Something is itself, and is not another thing than itself.
            code += [
                Instruction(opcode, a: Consumer.result, b: Consumer.item, c: Consumer.item),
                Instruction(.return, a: Consumer.result),
            ]
        }
        let (item, result) = (Consumer.item, Consumer.result)
        switch self {
        case .all, .any:
            next(end: 3)
            code.append(Instruction(self == .all ? .jumpUnless : .jumpIf, a: item, c: 3))
            loop(to: 0)
            answer(self == .all ? .is : .isNot)
            answer(self == .all ? .isNot : .is)
        case .sum:
            code.append(Instruction(.loadInt, a: result, c: 0))
            next(end: 4)
            code.append(Instruction(.add, a: result, b: result, c: item))
            loop(to: 1)
            code.append(Instruction(.return, a: result))
        case .min, .max:
            next(into: result, end: 6)
            next(end: 5)
            code.append(
                Instruction(self == .min ? .unlessLess : .unlessGreater, a: item, b: result, c: 1))
            code.append(Instruction(.move, a: result, b: item))
            loop(to: 1)
            code.append(Instruction(.return, a: result))
            // Of nothing: the function itself says so.
            code += [
                Instruction(.move, a: Consumer.window + 3, b: 0),
                Instruction(.buildTuple, a: Consumer.window + 4),
                Instruction(.call, a: result, b: Consumer.window, c: 1),
                Instruction(.return, a: result),
            ]
        case .list, .tuple, .set:
            code.append(Instruction(self == .set ? .buildSet : .buildList, a: result))
            next(end: 4)
            code.append(Instruction(self == .set ? .addToSet : .append, a: result, b: item))
            loop(to: 1)
            if self == .tuple {
                code.append(Instruction(.listToTuple, a: result, b: result))
            }
            code.append(Instruction(.return, a: result))
        }
        return Bootstrap.make(
            shared, code, [], name: "<consumer>", registers: Consumer.registers, flags: [])
    }
    static func makeCode(_ shared: UnsafeMutablePointer<Shared>) {
        for consumer in allCases {
            (shared.pointee.consumers + consumer.rawValue).initialize(to: consumer.code(shared))
        }
    }
}

extension VM {
    /// Leaves a frame for `consumer(generator)`, prepared at `base`; nil if that is not what is called.
    @inline(__always)
    func enter(
        consumer: Consumer, _ base: Frame, _ count: Int, _ continuation: Continuation,
        _ register: Int
    ) throws(Unwind) -> Position? {
        guard count == 1, base[1].isA(Kind.generator), continuation == .result,
            self[base[1].reference, Generator.type] == Int(BuiltinType.generator.rawValue)
        else { return nil }
        let code = shared.pointee.consumers[consumer.rawValue]
        let depth = try nextDepth(base, Int(code.pointee.registers))
        (base + 2).update(repeating: .unbound, count: Int(code.pointee.registers) &- 2)
        return link(code, base, depth, continuation, register)
    }
    /// The consumer that a call of this type is, if it is one.
    @inline(__always) func consumer(_ type: Reference) -> Consumer? {
        switch Value(type) {
        case shared.pointee.types[Int(BuiltinType.list.rawValue)]: .list
        case shared.pointee.types[Int(BuiltinType.tuple.rawValue)]: .tuple
        case shared.pointee.types[Int(BuiltinType.set.rawValue)]: .set
        default: nil
        }
    }
}
