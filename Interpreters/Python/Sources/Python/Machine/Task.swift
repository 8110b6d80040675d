import InterpreterKit

extension Python {
    /// A guest thread: where it is. Everything else is on the VM stack.
    ///
    /// The loop does the common case of each instruction; everything else is a call of a function of
    /// ``VM``, compiled once for all backends. Atomicity may end at backward jumps and at calls.
    ///
    /// T1  A caller keeps nothing it needs at or above its window: the callee's frame lies there.
    /// T2  `leave(to:)` comes before the caller's frame is written.
    /// T3  Everything an instruction needs to be run again is in registers: breaks come before or after
    ///     whole instructions.
    /// T4  In the loop `pc` is at the instruction carried out, or at the last one that this has done too, so
    ///     that machine code needs one register for it. Calls get where to go on: `pc + 1`.
    public struct Task: GuestTask {
        var pc: ProgramCounter
        let shared: UnsafeMutablePointer<Shared>
        /// What a new thread calls, with the arguments in a tuple; none once it has begun.
        var start = Value.none
        var arguments = Value.none
        /// The thread's `threading.Thread`, or none.
        var object = Value.none

        @inline(__always)
        init(_ shared: UnsafeMutablePointer<Shared>, at pc: ProgramCounter) {
            self.shared = shared
            self.pc = pc
        }
        init(_ shared: UnsafeMutablePointer<Shared>, starting code: CodePointer) {
            self.init(shared, at: code.pointee.entry)
            start = Value(native: code)
        }

        public static func frameEnd(_ frame: Frame) -> Frame {
            frame + Link.size(frame)
        }

        public mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            let shared = self.shared
            let t = q.thread
            var pc = self.pc
            var fp = q.frame
            if start != .none { fp = VM.begin(t, shared, self) }

            while true {
                do throws(Unwind) {
                    while true {
                        let i = Operands(at: pc)
                        switch i.opcode {

                        // MARK: values and variables
                        case .move:
                            fp[i.a] = fp[i.b]
                        case .loadInt:
                            fp[i.a] = Value(i.c)
                        case .loadConstant:
                            fp[i.a] = fp[below: 1].code.pointee.constants[i.c]
                        case .unbind:
                            Python.unbind(fp + i.a, i.c)
                        case .checkBound:
                            if _slowPath(fp[i.a] == .unbound) {
                                throw VM(t, shared, fp, pc + 1).unbound(i.a, i.c)
                            }
                        case .makeCell:
                            fp[i.a] = Value(q.new(Kind.cell, fp[i.a]))
                        case .copyFree:
                            let closure = q[fp[0].reference, Function.closure].reference
                            for k in 0..<i.c { fp[i.a + k] = q.tupleElement(closure, k) }
                        case .loadCell:
                            let value = q[fp[i.b].reference, Cell.content]
                            if _slowPath(value == .unbound) {
                                throw VM(t, shared, fp, pc + 1).unbound(i.b, i.c)
                            }
                            fp[i.a] = value
                        case .storeCell:
                            q[fp[i.a].reference, Cell.content] = fp[i.b]
                        case .deleteCell:
                            try VM(t, shared, fp, pc + 1).deleteCell()
                        case .loadGlobal:
                            let cache = InlineCache.global(i.cache)
                            let namespace = q[fp[0].reference, Function.globals]
                            if _fastPath(cache != nil),
                                cache.unsafelyUnwrapped.pointee.namespace == namespace
                            {
                                let cache = cache.unsafelyUnwrapped
                                var value = q[cache.pointee.global, Field<Value>(0)]
                                if value == .unbound {
                                    value = q[cache.pointee.builtin, Field<Value>(0)]
                                }
                                if _fastPath(value != .unbound) {
                                    fp[i.a] = value
                                    pc += 1
                                    break
                                }
                            }
                            pc = try VM(t, shared, fp, pc + 1).loadGlobal().pc - 1
                        case .storeGlobal:
                            if let cache = InlineCache.global(i.cache),
                                cache.pointee.namespace
                                    == q[fp[0].reference, Function.globals]
                            {
                                q[cache.pointee.global, Field<Value>(0)] = fp[i.a]
                                pc += 1
                            } else {
                                pc = try VM(t, shared, fp, pc + 1).storeGlobal().pc - 1
                            }
                        case .deleteGlobal:
                            try VM(t, shared, fp, pc + 1).deleteGlobal()
                        case .loadName:
                            try VM(t, shared, fp, pc + 1).loadName()
                        case .loadNameOrCell:
                            try VM(t, shared, fp, pc + 1).loadNameOrCell()
                            pc += 1
                        case .storeName:
                            try VM(t, shared, fp, pc + 1).storeName()
                        case .deleteName:
                            try VM(t, shared, fp, pc + 1).deleteName()
                        case .loadBuildClass:
                            fp[i.a] = VM(t, shared, fp, pc + 1).buildClassFunction()
                        case .loadAssertionError:
                            fp[i.a] = Value(VM(t, shared, fp, pc + 1).type(.assertionError))

                        // MARK: operators
                        case .add:
                            (fp, pc) = try Python.operate(Addition.self, q, shared, fp, pc, i)
                        case .subtract:
                            (fp, pc) = try Python.operate(Subtraction.self, q, shared, fp, pc, i)
                        case .multiply:
                            (fp, pc) = try Python.operate(Multiplication.self, q, shared, fp, pc, i)
                        case .trueDivide:
                            (fp, pc) = try Python.operate(TrueDivision.self, q, shared, fp, pc, i)
                        case .floorDivide:
                            (fp, pc) = try Python.operate(FloorDivision.self, q, shared, fp, pc, i)
                        case .modulo:
                            (fp, pc) = try Python.operate(Modulus.self, q, shared, fp, pc, i)
                        case .power:
                            (fp, pc) = try VM(t, shared, fp, pc + 1).operate(.power).pair
                        case .matrixMultiply:
                            (fp, pc) = try VM(t, shared, fp, pc + 1).operate(.matrixMultiply).pair
                        case .shiftLeft:
                            (fp, pc) = try Python.operate(LeftShift.self, q, shared, fp, pc, i)
                        case .shiftRight:
                            (fp, pc) = try Python.operate(RightShift.self, q, shared, fp, pc, i)
                        case .and:
                            (fp, pc) = try Python.operate(Conjunction.self, q, shared, fp, pc, i)
                        case .or:
                            (fp, pc) = try Python.operate(Disjunction.self, q, shared, fp, pc, i)
                        case .xor:
                            (fp, pc) = try Python.operate(ExclusiveOr.self, q, shared, fp, pc, i)
                        case .addInt:
                            (fp, pc) = try Python.operateConstant(
                                Addition.self, q, shared, fp, pc, i)
                        case .subtractInt:
                            (fp, pc) = try Python.operateConstant(
                                Subtraction.self, q, shared, fp, pc, i)
                        case .multiplyInt:
                            (fp, pc) = try Python.operateConstant(
                                Multiplication.self, q, shared, fp, pc, i)
                        case .floorDivideInt:
                            (fp, pc) = try Python.operateConstant(
                                FloorDivision.self, q, shared, fp, pc, i)
                        case .moduloInt:
                            (fp, pc) = try Python.operateConstant(
                                Modulus.self, q, shared, fp, pc, i)
                        case .andInt:
                            (fp, pc) = try Python.operateConstant(
                                Conjunction.self, q, shared, fp, pc, i)
                        case .shiftLeftInt:
                            (fp, pc) = try Python.operateConstant(
                                LeftShift.self, q, shared, fp, pc, i)
                        case .shiftRightInt:
                            (fp, pc) = try Python.operateConstant(
                                RightShift.self, q, shared, fp, pc, i)
                        case .negative:
                            let x = fp[i.b]
                            if x.isInlineDouble {
                                fp[i.a] = q.value(-x.inlineDouble)
                            } else if x.isInt, let difference = SmallInt.subtract(Value(0), x) {
                                fp[i.a] = difference
                            } else {
                                fp[i.a] = try VM(t, shared, fp, pc + 1).unary(.negative, x)
                            }
                        case .positive:
                            fp[i.a] = try VM(t, shared, fp, pc + 1).unary(.positive, fp[i.b])
                        case .invert:
                            fp[i.a] = try VM(t, shared, fp, pc + 1).unary(.invert, fp[i.b])
                        case .not:
                            fp[i.a] = Value(try !Python.isTrue(q, shared, fp, pc + 1, fp[i.b]))
                        case .less:
                            try Python.compare(Less.self, t, shared, fp, pc, i)
                        case .lessEqual:
                            try Python.compare(LessEqual.self, t, shared, fp, pc, i)
                        case .equal:
                            try Python.compare(Equal.self, t, shared, fp, pc, i)
                        case .notEqual:
                            try Python.compare(NotEqual.self, t, shared, fp, pc, i)
                        case .greater:
                            try Python.compare(Greater.self, t, shared, fp, pc, i)
                        case .greaterEqual:
                            try Python.compare(GreaterEqual.self, t, shared, fp, pc, i)
                        case .is:
                            fp[i.a] = Value(Python.isSame(fp[i.b], fp[i.c]))
                        case .isNot:
                            fp[i.a] = Value(!Python.isSame(fp[i.b], fp[i.c]))
                        case .contains, .notContains:
                            let answer = Python.contains(q, fp[i.c], fp[i.b])
                            if _fastPath(answer != .unbound) {
                                let isTrue = (answer == .true) == (i.opcode == .contains)
                                fp[i.a] = Value(isTrue)
                                pc = Python.jump(pc, i.a, isTrue)
                            } else {
                                (fp, pc) = try VM(t, shared, fp, pc + 1).containsSlowly().pair
                            }

                        // MARK: jumps
                        case .jump:
                            pc += i.c
                        case .loop:
                            pc += i.c
                            try Python.qbreak(q, shared, fp, pc + 1)
                        case .loopIterate:
                            pc += i.c
                            try Python.qbreak(q, shared, fp, pc + 1)
                            if let item = Python.advance(q, fp[i.b]), item != .unbound {
                                (fp[i.a], pc) = (item, pc + 1)
                            } else {
                                (fp, pc) = try Python.forIterate(q, shared, fp, pc + 2).pair
                            }
                        case .jumpIf:
                            pc = try Python.jump(q, shared, fp, pc, i, when: true)
                        case .jumpUnless:
                            pc = try Python.jump(q, shared, fp, pc, i, when: false)
                        case .jumpIfNone:
                            if fp[i.a] == .none { pc += i.c }
                        case .jumpIfNotNone:
                            if fp[i.a] != .none { pc += i.c }
                        case .unlessLess:
                            pc = try Python.unless(Less.self, q, shared, fp, pc, i, fp[i.b])
                        case .unlessLessEqual:
                            pc = try Python.unless(LessEqual.self, q, shared, fp, pc, i, fp[i.b])
                        case .unlessEqual:
                            pc = try Python.unless(Equal.self, q, shared, fp, pc, i, fp[i.b])
                        case .unlessNotEqual:
                            pc = try Python.unless(NotEqual.self, q, shared, fp, pc, i, fp[i.b])
                        case .unlessGreater:
                            pc = try Python.unless(Greater.self, q, shared, fp, pc, i, fp[i.b])
                        case .unlessGreaterEqual:
                            pc = try Python.unless(GreaterEqual.self, q, shared, fp, pc, i, fp[i.b])
                        case .unlessLessInt:
                            pc = try Python.unless(
                                Less.self, q, shared, fp, pc, i, Value(i.signedB))
                        case .unlessLessEqualInt:
                            pc = try Python.unless(
                                LessEqual.self, q, shared, fp, pc, i, Value(i.signedB))
                        case .unlessEqualInt:
                            pc = try Python.unless(
                                Equal.self, q, shared, fp, pc, i, Value(i.signedB))
                        case .unlessNotEqualInt:
                            pc = try Python.unless(
                                NotEqual.self, q, shared, fp, pc, i, Value(i.signedB))
                        case .unlessGreaterInt:
                            pc = try Python.unless(
                                Greater.self, q, shared, fp, pc, i, Value(i.signedB))
                        case .unlessGreaterEqualInt:
                            pc = try Python.unless(
                                GreaterEqual.self, q, shared, fp, pc, i, Value(i.signedB))
                        case .ifLess:
                            pc = try Python.when(Less.self, q, shared, fp, pc, i, fp[i.b])
                        case .ifLessEqual:
                            pc = try Python.when(LessEqual.self, q, shared, fp, pc, i, fp[i.b])
                        case .ifEqual:
                            pc = try Python.when(Equal.self, q, shared, fp, pc, i, fp[i.b])
                        case .ifNotEqual:
                            pc = try Python.when(NotEqual.self, q, shared, fp, pc, i, fp[i.b])
                        case .ifGreater:
                            pc = try Python.when(Greater.self, q, shared, fp, pc, i, fp[i.b])
                        case .ifGreaterEqual:
                            pc = try Python.when(GreaterEqual.self, q, shared, fp, pc, i, fp[i.b])
                        case .ifLessInt:
                            pc = try Python.when(Less.self, q, shared, fp, pc, i, Value(i.signedB))
                        case .ifLessEqualInt:
                            pc = try Python.when(
                                LessEqual.self, q, shared, fp, pc, i, Value(i.signedB))
                        case .ifEqualInt:
                            pc = try Python.when(Equal.self, q, shared, fp, pc, i, Value(i.signedB))
                        case .ifNotEqualInt:
                            pc = try Python.when(
                                NotEqual.self, q, shared, fp, pc, i, Value(i.signedB))
                        case .ifGreaterInt:
                            pc = try Python.when(
                                Greater.self, q, shared, fp, pc, i, Value(i.signedB))
                        case .ifGreaterEqualInt:
                            pc = try Python.when(
                                GreaterEqual.self, q, shared, fp, pc, i, Value(i.signedB))

                        // MARK: attributes and items
                        case .loadAttribute:
                            let value = Python.loadAttribute(q, fp[i.b], i.cache)
                            if _fastPath(value != .unbound) {
                                fp[i.a] = value
                                pc += 1
                            } else {
                                (fp, pc) = try VM(t, shared, fp, pc + 1).loadAttribute().pair
                            }
                        case .storeAttribute:
                            if Python.storeAttribute(q, fp[i.a], i.cache, fp[i.b]) {
                                pc += 1
                            } else {
                                (fp, pc) = try VM(t, shared, fp, pc + 1).storeAttribute().pair
                            }
                        case .deleteAttribute:
                            let name = fp[below: 1].code.pointee.names[i.c]
                            try VM(t, shared, fp, pc + 1).deleteAttribute(fp[i.a], name)
                        case .loadMethod:
                            if Python.loadMethod(q, fp, pc + 1, i) {
                                pc += 1
                            } else {
                                (fp, pc) = try VM(t, shared, fp, pc + 1).loadMethod().pair
                            }
                        case .loadSpecial:
                            try VM(t, shared, fp, pc + 1).loadSpecial()
                        case .getItem:
                            let value = Python.item(q, fp[i.b], fp[i.c])
                            if _fastPath(value != .unbound) {
                                fp[i.a] = value
                            } else {
                                (fp, pc) = try VM(t, shared, fp, pc + 1).getItemSlowly(fp[i.c]).pair
                            }
                        case .getItemInt:
                            let value = Python.item(q, fp[i.b], Value(i.c))
                            if _fastPath(value != .unbound) {
                                fp[i.a] = value
                            } else {
                                (fp, pc) = try VM(t, shared, fp, pc + 1).getItemSlowly(Value(i.c))
                                    .pair
                            }
                        case .getSlice:
                            (fp, pc) = try Python.getSlice(q, shared, fp, pc + 1, i).pair
                        case .setItem:
                            if !Python.setItem(q, fp[i.a], fp[i.b], fp[i.c]) {
                                (fp, pc) = try VM(t, shared, fp, pc + 1)
                                    .setItemSlowly(fp[i.b], fp[i.c]).pair
                            }
                        case .setSlice:
                            (fp, pc) = try Python.setSlice(q, shared, fp, pc + 1, i).pair
                        case .deleteItem:
                            try VM(t, shared, fp, pc + 1).deleteItem(fp[i.a], fp[i.b])

                        // MARK: displays
                        case .buildTuple:
                            fp[i.a] = try VM(t, shared, fp, pc + 1).tuple(fp + i.b, i.c)
                        case .buildList:
                            try Python.buildList(q, shared, fp, pc + 1, i)
                        case .buildSet:
                            fp[i.a] = try VM(t, shared, fp, pc + 1).buildSet()
                        case .buildString:
                            fp[i.a] = try VM(t, shared, fp, pc + 1).joinStrings(fp + i.b, i.c)
                        case .buildDict:
                            fp[i.a] = try VM(t, shared, fp, pc + 1).buildDict()
                        case .buildSlice:
                            fp[i.a] = Value(
                                q.new(Kind.slice, fp[i.b], fp[i.b + 1], fp[i.b + 2]))
                        case .append:
                            if !Python.append(q, fp[i.a], fp[i.b]) {
                                try VM(t, shared, fp, pc + 1).append(fp[i.a].reference, fp[i.b])
                            }
                        case .addToSet:
                            try Python.add(q, shared, fp, pc + 1, i)
                        case .setEntry:
                            try Python.setEntry(q, shared, fp, pc + 1, i)
                        case .extend:
                            try VM(t, shared, fp, pc + 1).extend(
                                fp[i.a].reference, starred: fp[i.b])
                        case .updateSet:
                            try VM(t, shared, fp, pc + 1).update(set: fp[i.a].reference, fp[i.b])
                        case .updateDict:
                            try VM(t, shared, fp, pc + 1).update(
                                dict: fp[i.a].reference, with: fp[i.b])
                        case .mergeKeywords:
                            try VM(t, shared, fp, pc + 1).mergeKeywords()
                        case .listToTuple:
                            fp[i.a] = try VM(t, shared, fp, pc + 1).tuple(ofList: fp[i.b].reference)
                        case .formatValue:
                            try VM(t, shared, fp, pc + 1).formatValue()
                        case .unpack:
                            let source = fp[i.b]
                            if source.isTuple, q.tupleCount(source.reference) == i.c {
                                for k in 0..<i.c {
                                    fp[i.a + k] = q.tupleElement(source.reference, k)
                                }
                            } else {
                                try VM(t, shared, fp, pc + 1).unpack(source, i.a, i.c)
                            }
                        case .unpackStarred:
                            try VM(t, shared, fp, pc + 1).unpackStarred()

                        // MARK: iteration
                        case .getIterator:
                            if !Python.getIterator(q, fp, i) {
                                (fp, pc) = try VM(t, shared, fp, pc + 1).getIterator().pair
                            }
                        case .forIterate:
                            if let item = Python.advance(q, fp[i.b]), item != .unbound {
                                fp[i.a] = item
                            } else {
                                (fp, pc) = try Python.forIterate(q, shared, fp, pc + 1).pair
                            }
                        case .getYieldFromIterator:
                            try VM(t, shared, fp, pc + 1).getYieldFromIterator()
                        case .getAwaitable:
                            try VM(t, shared, fp, pc + 1).getAwaitable()
                        case .getAsyncIterator:
                            try VM(t, shared, fp, pc + 1).getAsyncIterator()
                        case .getAsyncNext:
                            try VM(t, shared, fp, pc + 1).getAsyncNext()
                        case .endAsyncFor:
                            pc = try VM(t, shared, fp, pc + 1).endAsyncFor().pc - 1

                        // MARK: calls
                        case .call:
                            let distance = i.b &+ 3
                            let base = fp + distance
                            if Python.link(q, shared, fp, pc + 1, base, distance, i.c, i.a) {
                                fp = base
                                pc = base[below: 1].code.pointee.entry - 1
                            } else if base[0].isA(Kind.native) {
                                let value = Python.intrinsic(q, shared, base, i.c)
                                if value != .unbound {
                                    fp[i.a] = value
                                    break
                                }
                                (fp, pc) = try VM(t, shared, fp, pc + 1).enterNative(
                                    base, i.c, to: i.a
                                ).pair
                            } else if base[0].isType,
                                let callee = Python.construct(q, shared, fp, pc + 1, base, i.c, i.a)
                            {
                                fp = callee
                                pc = callee[below: 1].code.pointee.entry - 1
                            } else {
                                (fp, pc) = try VM(t, shared, fp, pc + 1).enterOther(
                                    base, i.c, to: i.a
                                ).pair
                            }
                            try Python.qbreak(q, shared, fp, pc + 1)
                        case .callMethod:
                            var distance = i.b &+ 3
                            var count = i.c &+ 1
                            if fp[distance] == .unbound {
                                distance &+= 1
                                count = i.c
                            }
                            let base = fp + distance
                            if Python.link(q, shared, fp, pc + 1, base, distance, count, i.a) {
                                fp = base
                                pc = base[below: 1].code.pointee.entry - 1
                            } else if base[0].isA(Kind.native) {
                                if count == 2, base[0] == shared.pointee.listAppend,
                                    Python.append(q, base[1], base[2])
                                {
                                    fp[i.a] = .none
                                    break
                                }
                                (fp, pc) = try VM(t, shared, fp, pc + 1).enterNative(
                                    base, count, to: i.a
                                ).pair
                            } else {
                                (fp, pc) = try VM(t, shared, fp, pc + 1).enter(
                                    base, count, names: .none, .result, to: i.a
                                ).pair
                            }
                            try Python.qbreak(q, shared, fp, pc + 1)
                        case .callKeyword:
                            let names = fp[below: 1].code.pointee.constants[Int(i.word)]
                            (fp, pc) = try VM(t, shared, fp, pc + 1).enterKeyword(names).pair
                            try Python.qbreak(q, shared, fp, pc + 1)
                        case .callMethodKeyword:
                            let names = fp[below: 1].code.pointee.constants[Int(i.word)]
                            (fp, pc) = try VM(t, shared, fp, pc + 1).enterMethodKeyword(names).pair
                            try Python.qbreak(q, shared, fp, pc + 1)
                        case .callSpread:
                            (fp, pc) = try VM(t, shared, fp, pc + 1).enterSpread().pair
                            try Python.qbreak(q, shared, fp, pc + 1)
                        case .return:
                            var value = fp[i.a]
                            let link = Link(fp)
                            if _slowPath(!link.takes(&value, of: fp)) {
                                let next = try VM(t, shared, fp, pc + 1).leave(returning: value)
                                guard let frame = next.fp else { return }
                                fp = frame
                                pc = next.pc - 1
                                break
                            }
                            let caller = fp - link.distance
                            pc = fp[below: 3].native(Instruction.self) - 1
                            q.leave(to: caller)
                            fp = caller
                            fp[link.register] = value
                        case .makeFunction:
                            try VM(t, shared, fp, pc + 1).makeFunction()
                            pc += 1

                        // MARK: generators
                        case .generator:
                            let next = try VM(t, shared, fp, pc + 1).makeGenerator()
                            guard let frame = next.fp else { return }
                            fp = frame
                            pc = next.pc - 1
                        case .yield, .yieldDelegating:
                            if let next = Python.yield(q, fp, pc + 1, fp[i.b]) {
                                (fp, pc) = next.pair
                                break
                            }
                            let next = try VM(t, shared, fp, pc + 1).yield(fp[i.b])
                            guard let frame = next.fp else { return }
                            fp = frame
                            pc = next.pc - 1
                        case .send:
                            if let next = Python.resume(
                                q, shared, fp, pc + 1, fp[i.b], fp[i.a], .send, i.a)
                            {
                                (fp, pc) = next.pair
                                break
                            }
                            (fp, pc) = try VM(t, shared, fp, pc + 1).send().pair
                        case .asyncYield:
                            let next = try VM(t, shared, fp, pc + 1).asyncYield(fp[i.b])
                            guard let frame = next.fp else { return }
                            fp = frame
                            pc = next.pc - 1

                        // MARK: exceptions
                        case .raise:
                            throw VM(t, shared, fp, pc + 1).raiseInstruction()
                        case .reraise:
                            throw VM(t, shared, fp, pc + 1).raise(fp[i.a])
                        case .matchException:
                            fp[i.a] = Value(
                                try VM(t, shared, fp, pc + 1).matches(fp[i.b], fp[i.c]))
                        case .matchGroup:
                            try VM(t, shared, fp, pc + 1).matchGroup()
                        case .reraiseGroup:
                            fp[i.a] = try VM(t, shared, fp, pc + 1).reraiseGroup(fp[i.b], fp[i.c])
                        case .exceptionTriple:
                            VM(t, shared, fp, pc + 1).exceptionTriple()

                        // MARK: pattern matching
                        case .matchSequence:
                            fp[i.a] = Value(
                                try VM(t, shared, fp, pc + 1).isSequencePattern(fp[i.b]))
                        case .matchMapping:
                            fp[i.a] = Value(try VM(t, shared, fp, pc + 1).isMappingPattern(fp[i.b]))
                        case .length:
                            fp[i.a] = Value(try VM(t, shared, fp, pc + 1).length(fp[i.b]))
                        case .matchKeys:
                            fp[i.a] = try VM(t, shared, fp, pc + 1).matchKeys(fp[i.b], fp[i.c])
                        case .matchClass:
                            fp[i.a] = try VM(t, shared, fp, pc + 1).matchClass()

                        // MARK: modules
                        case .importName:
                            (fp, pc) = try VM(t, shared, fp, pc + 1).importName().pair
                        case .importFrom:
                            try VM(t, shared, fp, pc + 1).importFrom()
                        case .importStar:
                            try VM(t, shared, fp, pc + 1).importStar()

                        // MARK: the rest
                        case .loadNamespace:
                            fp[i.a] = VM(t, shared, fp, pc + 1).namespace()
                        case .setupAnnotations:
                            try VM(t, shared, fp, pc + 1).setupAnnotations()
                        case .printExpression:
                            try VM(t, shared, fp, pc + 1).printExpression(fp[i.a])
                        case .stop:
                            VM(t, shared, fp, pc + 1).stop(fp[i.a])
                            return
                        case .nop:
                            break
                        }
                        pc += 1
                    }
                } catch {
                    if error == .abort { throw Abort() }
                    let next = try VM(t, shared, fp, pc + 1).unwind()
                    guard let frame = next.fp else { return }
                    fp = frame
                    pc = next.pc
                }
            }
        }
    }
}
