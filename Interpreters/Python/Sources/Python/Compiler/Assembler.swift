import PythonSyntax

/// A place in the code to jump to, known or still to come.
struct Label {
    fileprivate let number: Int
}

/// Ranges of instructions that grow as code is written.
struct Region {
    fileprivate let number: Int
}

/// Writes the instructions of one unit, and knows what is true at the point it has come to.
///
/// A1  Nothing is written where control cannot come.
/// A2  `bound` holds registers of variables that surely have a value here. A label carries the
///     intersection over all jumps to it; a label that is placed before its jumps (the head of a
///     loop) promises that the code up to them unbinds nothing of it.
/// A3  Every jump backwards is a `loop`, `jumpIf` or `if…`.
/// A4  Too large numbers end up in `overflow`, and the code is thrown away in the end.
struct Assembler {
    private struct Target {
        var index: Int?
        var uses: [Int] = []
        var bound: RegisterSet?
    }
    private struct Ranges {
        var pieces: [Range<Int>] = []
        var start: Int?
    }

    private(set) var instructions: [Instruction] = []
    private(set) var spans: [Span] = []
    private(set) var constants: [Constant] = []
    private(set) var names: [String] = []
    private(set) var handlers: [Handler] = []
    private(set) var isReachable = true
    var bound = RegisterSet()
    /// Registers from here on are free.
    var top = 1
    /// The most registers that were ever in use.
    private(set) var registers = 1
    private(set) var overflow: (message: String, span: Span)?

    private var constantNumbers: [Constant: Int] = [:]
    private var nameNumbers: [String: Int] = [:]
    private var targets: [Target] = []
    private var ranges: [Ranges] = []
    /// The last place that something refers to.
    private var pinned = 0

    // MARK: instructions

    mutating func emit(_ opcode: Opcode, a: Int = 0, b: Int = 0, c: Int = 0, at span: Span) {
        guard isReachable else { return }
        if !Instruction.constants.contains(c) { fail("too many constants or names", at: span) }
        if registers > Instruction.registers.upperBound {
            fail("too many variables or too large an expression", at: span)
        }
        instructions.append(Instruction(opcode, a: a, b: b, c: c))
        spans.append(span)
        if opcode.isFinal { isReachable = false }
    }
    /// The operand or cache of the instruction before.
    mutating func emit(word: Int = 0, at span: Span) {
        guard isReachable else { return }
        instructions.append(Instruction(bits: UInt64(word)))
        spans.append(span)
    }
    private mutating func fail(_ message: String, at span: Span) {
        if overflow == nil { overflow = (message, span) }
    }

    // MARK: registers and tables

    /// A free register.
    mutating func push() -> Int { push(1) }
    /// The first of `count` free registers.
    mutating func push(_ count: Int) -> Int {
        top += count
        registers = max(registers, top)
        return top - count
    }
    mutating func constant(_ value: Constant) -> Int {
        if let known = constantNumbers[value] { return known }
        constantNumbers[value] = constants.count
        constants.append(value)
        return constants.count - 1
    }
    mutating func name(_ name: String) -> Int {
        if let known = nameNumbers[name] { return known }
        nameNumbers[name] = names.count
        names.append(name)
        return names.count - 1
    }

    // MARK: jumps

    mutating func label() -> Label {
        targets.append(Target())
        return Label(number: targets.count - 1)
    }

    mutating func jump(
        _ opcode: Opcode = .jump, a: Int = 0, b: Int = 0, to label: Label, at span: Span
    ) {
        guard isReachable else { return }
        let isBack = targets[label.number].index != nil
        if isBack && opcode != .jump && !opcode.mayJumpBack {
            let past = self.label()
            jump(opcode.opposite, a: a, b: b, to: past, at: span)
            jump(to: label, at: span)
            place(past)
            return
        }
        let index = instructions.count
        let before = bound
        emit(isBack && opcode == .jump ? .loop : opcode, a: a, b: b, at: span)
        if let target = targets[label.number].index {
            patch(index, target)
        } else {
            targets[label.number].uses.append(index)
            if targets[label.number].bound?.formIntersection(before) == nil {
                targets[label.number].bound = before
            }
        }
    }

    /// The label is here.
    mutating func place(_ label: Label) {
        let target = targets[label.number]
        if let last = target.uses.last, last == instructions.count - 1, pinned <= last,
            instructions[last].opcode == .jump
        {
            // A jump to what follows.
            instructions.removeLast()
            spans.removeLast()
            targets[label.number].uses.removeLast()
        }
        if let bound = target.bound {
            if isReachable { self.bound.formIntersection(bound) } else { self.bound = bound }
            isReachable = true
        }
        if isReachable { pinned = instructions.count }
        targets[label.number].index = instructions.count
        for use in targets[label.number].uses { patch(use, instructions.count) }
    }
    /// Whether something jumps to the label.
    func isUsed(_ label: Label) -> Bool { targets[label.number].bound != nil }

    private mutating func patch(_ index: Int, _ target: Int) {
        let jump = instructions[index]
        let distance = target - index - 1
        if !Instruction.constants.contains(distance) {
            fail("too much code in one block", at: spans[index])
        }
        instructions[index] = Instruction(jump.opcode, a: jump.a, b: jump.b, c: distance)
    }

    /// Jumps to where a jump would go on to, and returns at once instead of jumping to a return.
    mutating func shortenJumps() {
        let isWord = self.isWord
        // From the end, so that what a jump leads to is short already.
        for i in instructions.indices.reversed()
        where !isWord[i] && instructions[i].opcode == .jump {
            let middle = i + 1 + instructions[i].c
            let next = instructions[middle]
            switch next.opcode {
            case .return:
                instructions[i] = next
            case .jump, .loop:
                let distance = middle + 1 + next.c - i - 1
                if distance != -1, Instruction.constants.contains(distance) {
                    instructions[i] = Instruction(distance < 0 ? .loop : .jump, c: distance)
                }
            default: break
            }
        }
    }
    /// Loops whose turns begin with an item get it at once.
    mutating func fuseLoops() {
        let isWord = self.isWord
        for i in instructions.indices where !isWord[i] && instructions[i].opcode == .loop {
            let first = instructions[i + 1 + instructions[i].c]
            if first.opcode == .forIterate {
                instructions[i] = Instruction(
                    .loopIterate, a: first.a, b: first.b, c: instructions[i].c)
            }
        }
    }
    /// Marks arithmetic whose result, in a temporary, is used by the instruction behind it alone.
    mutating func markChains(from firstTemporary: Int) {
        let isWord = self.isWord
        var isTarget = [Bool](repeating: false, count: instructions.count + 1)
        for target in targets { if let index = target.index { isTarget[index] = true } }
        for handler in handlers { isTarget[handler.target] = true }
        for i in instructions.indices.dropLast()
        where !isWord[i] && !isWord[i + 1] && !isTarget[i + 1] {
            let (first, second) = (instructions[i], instructions[i + 1])
            guard first.opcode.isChainable, second.opcode.isChainable, first.a >= firstTemporary
            else { continue }
            let isLeft = second.b == first.a
            let isRight = !second.opcode.hasSmallConstant && second.registerC == first.a
            if isLeft != isRight { instructions[i].markChained() }
        }
    }
    /// By index: whether it is the operand word of the instruction before.
    private var isWord: [Bool] {
        var result = [Bool](repeating: false, count: instructions.count)
        var i = 0
        while i < instructions.count {
            if instructions[i].opcode.hasWord {
                i += 1
                if i < result.count { result[i] = true }
            }
            i += 1
        }
        return result
    }

    // MARK: exception handlers

    /// A region that starts here.
    mutating func openRegion() -> Region {
        ranges.append(Ranges(start: instructions.count))
        pinned = instructions.count
        return Region(number: ranges.count - 1)
    }
    /// The region ends here, for now.
    mutating func interrupt(_ region: Region) {
        guard let start = ranges[region.number].start else { return }
        if start < instructions.count {
            ranges[region.number].pieces.append(start..<instructions.count)
        }
        ranges[region.number].start = nil
        pinned = instructions.count
    }
    /// The region goes on from here.
    mutating func resume(_ region: Region) {
        if ranges[region.number].start == nil { ranges[region.number].start = instructions.count }
        pinned = instructions.count
    }

    /// From here on follows the code that exceptions of `region` lead to.
    mutating func enterHandler(of region: Region, bound: RegisterSet) -> Int {
        isReachable = !ranges[region.number].pieces.isEmpty
        self.bound = bound
        pinned = instructions.count
        return instructions.count
    }
    /// Exceptions of `region` go to r[register] and to `target`; `handled` is where that exception
    /// is the one being handled.
    mutating func handle(
        _ region: Region, target: Int, register: Int, during handled: Region? = nil
    ) {
        let pieces = ranges[region.number].pieces
        let bodies = handled.map { ranges[$0.number].pieces } ?? []
        for i in 0..<max(pieces.count, pieces.isEmpty ? 0 : bodies.count) {
            let piece = i < pieces.count ? pieces[i] : 0..<0
            let body = i < bodies.count ? bodies[i] : 0..<0
            handlers.append(
                Handler(
                    start: piece.lowerBound, end: piece.upperBound, target: target,
                    register: register, bodyStart: body.lowerBound, bodyEnd: body.upperBound))
        }
    }
    /// The exception in r[register] is the one being handled during `region`.
    mutating func mark(_ region: Region, handles register: Int) {
        for body in ranges[region.number].pieces {
            handlers.append(
                Handler(
                    start: 0, end: 0, target: 0, register: register, bodyStart: body.lowerBound,
                    bodyEnd: body.upperBound))
        }
    }
}

extension Opcode {
    /// The opcode `offset` lines further down.
    func next(_ offset: Int) -> Opcode {
        unsafeBitCast(rawValue &+ UInt8(truncatingIfNeeded: offset), to: Opcode.self)
    }
    private func isWithin(_ first: Opcode, _ last: Opcode) -> Bool {
        rawValue >= first.rawValue && rawValue <= last.rawValue
    }

    /// Control never goes on after it.
    var isFinal: Bool {
        switch self {
        case .jump, .loop, .loopIterate, .return, .raise, .reraise, .endAsyncFor, .stop: true
        default: false
        }
    }
    /// A 64-bit word follows.
    var hasWord: Bool {
        switch self {
        case .loadGlobal, .storeGlobal, .loadNameOrCell, .loadAttribute, .storeAttribute,
            .loadMethod, .callKeyword, .callMethodKeyword, .makeFunction:
            true
        default: false
        }
    }
    /// The word is an ``InlineCache/Attribute`` or what stands for one.
    var remembersAttribute: Bool {
        switch self {
        case .loadAttribute, .storeAttribute, .loadMethod: true
        default: false
        }
    }
    /// May be a part of a chain: see ``Instruction/isChained``.
    var isChainable: Bool {
        switch self {
        case .add, .subtract, .multiply, .trueDivide, .addInt, .subtractInt, .multiplyInt: true
        default: false
        }
    }
    /// Arithmetic with a constant as the right operand.
    var hasSmallConstant: Bool { isWithin(.addInt, .shiftRightInt) }
    /// `c` is a distance.
    var isJump: Bool {
        switch self {
        case .jump, .loop, .loopIterate, .jumpIf, .jumpUnless, .jumpIfNone, .jumpIfNotNone,
            .forIterate, .send,
            .endAsyncFor:
            true
        default: isFusedComparison
        }
    }
    /// A comparison that jumps.
    var isFusedComparison: Bool { isWithin(.unlessLess, .ifGreaterEqualInt) }
    var mayJumpBack: Bool {
        self == .loop || self == .jumpIf || isWithin(.ifLess, .ifGreaterEqual)
            || isWithin(.ifLessInt, .ifGreaterEqualInt)
    }
    /// The conditional jump that jumps exactly when this one does not.
    var opposite: Opcode {
        switch self {
        case .jumpIf: .jumpUnless
        case .jumpUnless: .jumpIf
        case .jumpIfNone: .jumpIfNotNone
        case .jumpIfNotNone: .jumpIfNone
        case _ where isWithin(.unlessLess, .unlessGreaterEqual),
            _ where isWithin(.unlessLessInt, .unlessGreaterEqualInt):
            next(6)
        default: next(-6)
        }
    }
}
