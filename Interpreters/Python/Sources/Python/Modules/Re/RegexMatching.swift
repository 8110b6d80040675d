import Glibc

/// The loop over the instructions.
extension RegexRun {
    @inline(never)
    mutating func match<T: FixedWidthInteger & UnsignedInteger>(
        _ text: UnsafePointer<T>, _ start: Int
    ) throws(Unwind) -> Bool {
        let program = program
        let registers = registers
        let end = end
        var stack = stack
        var room = stackRoom &- 12
        var top = 0
        var i = start
        var pc = program + RegexProgram.codeStart

        while true {
            // Room for the records of one instruction.
            if _slowPath(top > room) {
                try growStack(top)
                stack = self.stack
                room = stackRoom &- 12
            }
            @inline(__always) func push(_ a: Int, _ b: Int, _ c: Int) {
                stack[top] = a
                stack[top &+ 1] = b
                stack[top &+ 2] = c
                top &+= 3
            }
            @inline(__always) func pushChoice(_ place: Int, _ address: UInt32) {
                push(place, 0, Int(address) &<< 3 | Record.choice)
            }
            @inline(__always) func save(_ register: Int) {
                push(registers[register], register, Record.restore)
            }
            @inline(__always) func at(_ address: UInt32) -> UnsafePointer<UInt32> {
                program + Int(address)
            }
            instruction: switch unsafeBitCast(
                UInt8(truncatingIfNeeded: pc[0]), to: RegexOpcode.self)
            {
            case .fail: break
            case .success:
                if isFull && i != end || i == notEmptyAt && i == start { break }
                registers[0] = start
                registers[1] = i
                return true
            case .one:
                if i < end && UInt32(truncatingIfNeeded: text[i]) == pc[1] {
                    i &+= 1
                    pc += 2
                    continue
                }
            case .two:
                if i < end {
                    let c = UInt32(truncatingIfNeeded: text[i])
                    if c == pc[1] || c == pc[2] {
                        i &+= 1
                        pc += 3
                        continue
                    }
                }
            case .any:
                if i < end && text[i] != 10 {
                    i &+= 1
                    pc += 1
                    continue
                }
            case .anyAll:
                if i < end {
                    i &+= 1
                    pc += 1
                    continue
                }
            case .set:
                if i < end
                    && RegexRun.isMember(at(pc[1]), UInt32(truncatingIfNeeded: text[i]))
                {
                    i &+= 1
                    pc += 2
                    continue
                }
            case .literal:
                let n = Int(pc[1])
                if n > end &- i { break }
                let characters = pc + 2
                for k in 0..<n where UInt32(truncatingIfNeeded: text[i &+ k]) != characters[k] {
                    break instruction
                }
                i &+= n
                pc += 2 &+ n
                continue
            case .assert:
                if isTrue(RegexAssertion(rawValue: pc[1]) ?? .start, text, i) {
                    pc += 2
                    continue
                }
            case .branch:
                if pc[2] != 0 {
                    if i >= end
                        || !RegexRun.isFirst(at(pc[2]), UInt32(truncatingIfNeeded: text[i]))
                    {
                        pc = at(pc[1])
                        continue
                    }
                }
                pushChoice(i, pc[1])
                pc += 3
                continue
            case .choose:
                if i < end
                    && RegexRun.isFirst(at(pc[2]), UInt32(truncatingIfNeeded: text[i]))
                {
                    pc += 3
                } else {
                    pc = at(pc[1])
                }
                continue
            case .jump:
                pc = at(pc[1])
                continue
            case .groupStart:
                let register = Int(pc[1]) &* 2
                save(register)
                registers[register] = i
                pc += 2
                continue
            case .groupEnd:
                let register = Int(pc[1]) &* 2 &+ 1
                let last = Int(program[1]) &* 2
                save(register)
                save(last)
                registers[register] = i
                registers[last] = Int(pc[1])
                pc += 2
                continue
            case .backreference:
                let (from, to) = (registers[Int(pc[1]) &* 2], registers[Int(pc[1]) &* 2 &+ 1])
                if from < 0 || to < from || to &- from > end &- i { break }
                if !RegexRun.isSame(
                    text, from, i, to &- from, RegexCase(rawValue: pc[2]) ?? .exact)
                {
                    break
                }
                i &+= to &- from
                pc += 3
                continue
            case .repeatOne:
                let least = Int(pc[2])
                let available = end &- i
                if least > available { break }
                let next = pc + RegexOpcode.repeatOneSize
                if pc[1] == RegexLoopMode.lazy.rawValue {
                    if least > 0 && RegexRun.run(program, pc + 5, text, i, i &+ least) < i &+ least
                    {
                        break
                    }
                    i &+= least
                    let more = pc[3] == .max ? Int.max : Int(pc[3]) &- least
                    if more > 0 {
                        push(i, more, (pc - program) &<< 3 | Record.longer)
                    }
                    pc = next
                    continue
                }
                let limit = Int(pc[3]) < available ? i &+ Int(pc[3]) : end
                let stop = RegexRun.run(program, pc + 5, text, i, limit)
                if stop &- i < least { break }
                if pc[1] == RegexLoopMode.greedy.rawValue && stop &- i > least {
                    push(i &+ least, stop, (next - program) &<< 3 | Record.shorter)
                    if pc[4] != .max {
                        // Only places where the one character that can follow does follow.
                        break
                    }
                }
                i = stop
                pc = next
                continue
            case .loopStart:
                let register = Int(pc[1])
                save(register)
                save(register &+ 1)
                registers[register] = 0
                registers[register &+ 1] = -1
                pc += 2
                continue
            case .loop:
                let register = Int(pc[1])
                let count = registers[register]
                if count < Int(pc[3]) {
                    save(register)
                    registers[register] = count &+ 1
                    pc += 6
                    continue
                }
                let mayRepeat =
                    (pc[4] == .max || count < Int(pc[4])) && i != registers[register &+ 1]
                if mayRepeat {
                    if pc[2] == RegexLoopMode.lazy.rawValue {
                        push(i, 0, (pc - program) &<< 3 | Record.again)
                    } else {
                        pushChoice(i, pc[5])
                        save(register)
                        save(register &+ 1)
                        registers[register] = count &+ 1
                        registers[register &+ 1] = i
                        pc += 6
                        continue
                    }
                }
                pc = at(pc[5])
                continue
            case .look:
                let width = Int(pc[3])
                if width > i {
                    if pc[2] == 0 { break }
                    pc = at(pc[5])
                    continue
                }
                registers[Int(pc[4])] = top
                push(i, 0, (pc - program) &<< 3 | Record.look)
                i &-= width
                pc += 6
                continue
            case .lookEnd:
                let mark = registers[Int(pc[2])]
                if pc[1] != 0 {
                    // Found what must not be there: undo everything since.
                    while top > mark &+ 3 {
                        top &-= 3
                        if stack[top &+ 2] == Record.restore {
                            registers[stack[top &+ 1]] = stack[top]
                        }
                    }
                    top = mark
                    break
                }
                i = stack[mark]
                RegexRun.forgetChoices(stack, mark, &top)
                pc += 3
                continue
            case .atomicStart:
                registers[Int(pc[1])] = top
                push(0, 0, Record.atomic)
                pc += 2
                continue
            case .atomicEnd:
                RegexRun.forgetChoices(stack, registers[Int(pc[1])], &top)
                pc += 2
                continue
            case .ifGroup:
                let register = Int(pc[1]) &* 2
                let isSet = registers[register &+ 1] >= 0 && registers[register] >= 0
                pc = isSet ? pc + 3 : at(pc[2])
                continue
            }

            // Failure: the newest record says how to go on.
            patience &-= 1
            if _slowPath(patience < 0) { try hear() }
            failure: while true {
                if top == 0 { return false }
                top &-= 3
                let tag = stack[top &+ 2]
                switch tag & 7 {
                case Record.choice:
                    i = stack[top]
                    pc = program + tag &>> 3
                    break failure
                case Record.restore:
                    registers[stack[top &+ 1]] = stack[top]
                case Record.shorter:
                    let least = stack[top]
                    var place = stack[top &+ 1]
                    let next = program + tag &>> 3
                    let only = next[4 &- RegexOpcode.repeatOneSize]
                    if only != .max {
                        // `place` itself has not been tried yet.
                        let wanted = T(truncatingIfNeeded: only)
                        while place >= least
                            && (place >= end || text[place] != wanted)
                        {
                            place &-= 1
                        }
                        if place < least { continue failure }
                        if place > least {
                            stack[top &+ 1] = place &- 1
                            top &+= 3
                        }
                    } else {
                        place &-= 1
                        if place > least {
                            stack[top &+ 1] = place
                            top &+= 3
                        }
                    }
                    i = place
                    pc = next
                    break failure
                case Record.longer:
                    let place = stack[top]
                    let instruction = program + tag &>> 3
                    if RegexRun.run(
                        program, instruction + 5, text, place, min(place &+ 1, end)) == place
                    {
                        continue failure
                    }
                    i = place &+ 1
                    let more = stack[top &+ 1] &- 1
                    if more > 0 {
                        stack[top] = i
                        stack[top &+ 1] = more
                        top &+= 3
                    }
                    pc = instruction + RegexOpcode.repeatOneSize
                    break failure
                case Record.again:
                    pc = program + tag &>> 3
                    i = stack[top]
                    let register = Int(pc[1])
                    save(register)
                    save(register &+ 1)
                    registers[register] &+= 1
                    registers[register &+ 1] = i
                    pc += 6
                    break failure
                case Record.look:
                    let look = program + tag &>> 3
                    if look[2] == 0 { continue failure }
                    i = stack[top]
                    pc = at(look[5])
                    break failure
                default: continue failure
                }
            }
        }
    }

    /// Removes the record at `mark` and all above it but those that restore registers.
    private static func forgetChoices(
        _ stack: UnsafeMutablePointer<Int>, _ mark: Int, _ top: inout Int
    ) {
        var to = mark
        var from = mark &+ 3
        while from < top {
            if stack[from &+ 2] == Record.restore {
                stack[to] = stack[from]
                stack[to &+ 1] = stack[from &+ 1]
                stack[to &+ 2] = stack[from &+ 2]
                to &+= 3
            }
            from &+= 3
        }
        top = to
    }

    // MARK: characters

    @inline(__always)
    private static func isFirst(_ first: UnsafePointer<UInt32>, _ c: UInt32) -> Bool {
        c < 256 ? first[1 &+ Int(c &>> 5)] &>> (c & 31) & 1 != 0 : first[0] != 0
    }
    @inline(__always)
    private static func isMember(_ set: UnsafePointer<UInt32>, _ c: UInt32) -> Bool {
        c < 256 ? set[1 &+ Int(c &>> 5)] &>> (c & 31) & 1 != 0 : isHighMember(set, c)
    }
    @inline(never)
    private static func isHighMember(_ set: UnsafePointer<UInt32>, _ c: UInt32) -> Bool {
        let traits = RegexSet.Traits(rawValue: set[0])
        var found = isListed(set, c, traits)
        if !found && traits.contains(.ignoresCase) {
            for other in RegexSet.otherCases(c) where !found {
                found =
                    other < 256
                    ? (set[1 &+ Int(other &>> 5)] &>> (other & 31) & 1 != 0)
                        != traits.contains(.negated)
                    : isListed(set, other, traits)
            }
        }
        return found != traits.contains(.negated)
    }
    private static func isListed(
        _ set: UnsafePointer<UInt32>, _ c: UInt32, _ traits: RegexSet.Traits
    ) -> Bool {
        let ranges = set + 10
        for k in 0..<Int(set[9]) where c >= ranges[2 &* k] && c <= ranges[2 &* k &+ 1] {
            return true
        }
        return RegexSet.hasTrait(c, traits)
    }
    /// Where the characters from `i` on that an atom matches end, `limit` at most.
    @inline(__always)
    private static func run<T: FixedWidthInteger & UnsignedInteger>(
        _ program: UnsafePointer<UInt32>, _ atom: UnsafePointer<UInt32>,
        _ text: UnsafePointer<T>, _ start: Int, _ limit: Int
    ) -> Int {
        var i = start
        switch unsafeBitCast(UInt8(truncatingIfNeeded: atom[0]), to: RegexOpcode.self) {
        case .one:
            let c = atom[1]
            while i < limit && UInt32(truncatingIfNeeded: text[i]) == c { i &+= 1 }
        case .two:
            let (a, b) = (atom[1], atom[2])
            while i < limit {
                let c = UInt32(truncatingIfNeeded: text[i])
                if c != a && c != b { break }
                i &+= 1
            }
        case .any:
            if T.self == UInt8.self && limit &- i > 16 {
                let found = memchr(UnsafeRawPointer(text + i), 10, limit &- i)
                return found.map { UnsafeRawPointer($0) - UnsafeRawPointer(text) } ?? limit
            }
            while i < limit && text[i] != 10 { i &+= 1 }
        case .anyAll: i = limit
        default:
            let set = program + Int(atom[1])
            while i < limit && isMember(set, UInt32(truncatingIfNeeded: text[i])) { i &+= 1 }
        }
        return i
    }
    private static func isSame<T: FixedWidthInteger & UnsignedInteger>(
        _ text: UnsafePointer<T>, _ a: Int, _ b: Int, _ n: Int, _ comparison: RegexCase
    ) -> Bool {
        for k in 0..<n {
            let (c, d) = (
                UInt32(truncatingIfNeeded: text[a &+ k]), UInt32(truncatingIfNeeded: text[b &+ k])
            )
            if c == d { continue }
            switch comparison {
            case .exact: return false
            case .ignoreASCII:
                if c ^ d != 0x20 || !CodePoint.isASCIILetter(c) { return false }
            case .ignore: if CodePoint.lower(c) != CodePoint.lower(d) { return false }
            }
        }
        return true
    }
    private func isTrue<T: FixedWidthInteger & UnsignedInteger>(
        _ assertion: RegexAssertion, _ text: UnsafePointer<T>, _ i: Int
    ) -> Bool {
        switch assertion {
        case .start: return i == 0
        case .lineStart: return i == 0 || text[i &- 1] == 10
        case .end: return i == end || i == end &- 1 && text[i] == 10
        case .lineEnd: return i == end || text[i] == 10
        case .textEnd: return i == end
        case .boundary, .notBoundary, .boundaryASCII, .notBoundaryASCII:
            if end == 0 { return false }
            let isASCII = assertion == .boundaryASCII || assertion == .notBoundaryASCII
            let before =
                i > 0
                && RegexRun.isWord(UInt32(truncatingIfNeeded: text[i &- 1]), isASCII: isASCII)
            let after =
                i < end
                && RegexRun.isWord(UInt32(truncatingIfNeeded: text[i]), isASCII: isASCII)
            return (before != after)
                == (assertion == .boundary || assertion == .boundaryASCII)
        }
    }
    @inline(__always) private static func isWord(_ c: UInt32, isASCII: Bool) -> Bool {
        if c < 128 {
            return CodePoint.isASCIILetter(c) || CodePoint.isASCIIDigit(c) || c == 0x5F
        }
        return !isASCII && CodePoint.isAlphanumeric(c)
    }
}
