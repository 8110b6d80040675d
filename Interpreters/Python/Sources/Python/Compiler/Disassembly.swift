import PythonSyntax

/// The code of a unit and of all units inside it, one line for each instruction: its index, the
/// line of its source when that changes, a mark, what it does, and its operands by what they mean.
///
/// A `*` marks an instruction at which a quantum may end on purpose of the program's shape: a jump
/// backwards, or a call.
func disassemble(_ unit: CodeUnit) -> String {
    var text = ""
    var unseen = [unit]
    while let unit = unseen.popLast() {
        text += Disassembler(unit: unit).text
        for constant in unit.constants.reversed() {
            if case .code(let inner) = constant { unseen.append(inner) }
        }
        if !unseen.isEmpty { text += "\n" }
    }
    return text
}

private struct Disassembler {
    let unit: CodeUnit

    var text: String {
        var text = "\(unit.qualifiedName): \(unit.registers) registers"
        if unit.positional > 0 { text += ", \(unit.positional) positional" }
        if unit.keywordOnly > 0 { text += ", \(unit.keywordOnly) keyword-only" }
        text += "\n"
        var line: Int32 = -1
        var i = 0
        while i < unit.instructions.count {
            let instruction = unit.instructions[i]
            let span = unit.spans[i]
            text += column(span.line == line ? "" : String(span.line), 5)
            text += column(String(i), 5)
            text += isBreak(instruction) ? " * " : "   "
            let operands = self.operands(of: instruction, at: i)
            let name = String(describing: instruction.opcode)
            text += operands.isEmpty ? name : name.padded(to: 20) + " " + operands
            text += "\n"
            line = span.line
            i += instruction.opcode.hasWord ? 2 : 1
        }
        for handler in unit.handlers {
            if handler.start < handler.end {
                text += "  exception in \(handler.start)..<\(handler.end): "
                text += "\(register(handler.register)), go to \(handler.target)\n"
            }
            if handler.bodyStart < handler.bodyEnd {
                text += "  \(register(handler.register)) is handled in "
                text += "\(handler.bodyStart)..<\(handler.bodyEnd)\n"
            }
        }
        return text
    }

    private func column(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private func isBreak(_ instruction: Instruction) -> Bool {
        switch instruction.opcode {
        case .loop, .loopIterate, .call, .callMethod, .callKeyword, .callMethodKeyword, .callSpread:
            true
        case let opcode where opcode.isJump: instruction.c < 0
        default: false
        }
    }

    // MARK: operands

    private func register(_ number: Int) -> String {
        if number == Instruction.noRegister { return "-" }
        if number > 0 && number < unit.registerNames.count && !unit.registerNames[number].isEmpty {
            return unit.registerNames[number]
        }
        return "r\(number)"
    }
    private func registers(_ first: Int, _ count: Int) -> String {
        switch count {
        case 0: "nothing"
        case 1: register(first)
        default: "\(register(first))...\(register(first + count - 1))"
        }
    }
    private func slice(_ instruction: Instruction, _ parts: Int) -> String {
        let form = instruction.sliceForm
        let step = form.contains(.step) ? ":" + register(parts + 2) : ""
        return (form.contains(.lower) ? register(parts) : "") + ":"
            + (form.contains(.upper) ? register(parts + 1) : "") + step
    }
    private func name(_ number: Int) -> String {
        unit.names.indices.contains(number) ? unit.names[number] : "?"
    }
    private func constant(_ number: Int) -> String {
        unit.constants.indices.contains(number) ? describe(unit.constants[number]) : "?"
    }
    private func describe(_ constant: Constant) -> String {
        switch constant {
        case .none: "None"
        case .true: "True"
        case .false: "False"
        case .ellipsis: "..."
        case .int(let value): String(value)
        case .bigInt(let hex): "0x" + hex
        case .float(let value): value.description
        case .imaginary(let value): value.description + "j"
        case .text(let text): String(decoding: Literal.text(text.bytes), as: UTF8.self)
        case .bytes(let bytes): String(decoding: Literal.bytes(bytes), as: UTF8.self)
        case .tuple(let items):
            "(" + items.map { describe($0) }.joined(separator: ", ") + ")"
        case .frozenSet(let items):
            "{" + items.map { describe($0) }.joined(separator: ", ") + "}"
        case .code(let unit): "code of \(unit.qualifiedName)"
        }
    }

    private func operands(of instruction: Instruction, at index: Int) -> String {
        let (a, b, c) = (instruction.a, instruction.b, instruction.c)
        let word =
            instruction.opcode.hasWord && index + 1 < unit.instructions.count
            ? Int(truncatingIfNeeded: unit.instructions[index + 1].bits) : 0
        let target = "to \(index + 1 + c)"
        let third = instruction.registerC
        let inPlace = instruction.isInPlace ? " in place" : ""
        switch instruction.opcode {
        case .move, .negative, .positive, .invert, .not, .getIterator, .getYieldFromIterator,
            .getAsyncIterator, .getAsyncNext, .listToTuple, .matchSequence, .matchMapping, .length,
            .yield, .asyncYield:
            return "\(register(a)) = \(register(b))"
        case .loadInt:
            return "\(register(a)) = \(c)"
        case .loadConstant:
            return "\(register(a)) = \(constant(c))"
        case .unbind:
            return registers(a, c)
        case .checkBound:
            return register(a)
        case .makeCell, .return, .reraise, .setupAnnotations, .printExpression, .stop,
            .loadBuildClass, .loadAssertionError, .loadNamespace:
            return register(a)
        case .copyFree:
            return registers(a, c)
        case .loadCell:
            return "\(register(a)) = \(register(b))"
        case .storeCell:
            return "\(register(a)) = \(register(b))"
        case .deleteCell:
            return register(a)
        case .loadGlobal:
            return "\(register(a)) = \(name(c))"
        case .storeGlobal:
            return "\(name(c)) = \(register(a))"
        case .deleteGlobal:
            return name(c)
        case .loadName:
            return "\(register(a)) = \(register(b)).\(name(c))"
        case .loadNameOrCell:
            return "\(register(a)) = \(register(b)).\(name(c)) or \(register(word))"
        case .storeName:
            return "\(register(b)).\(name(c)) = \(register(a))"
        case .deleteName:
            return "\(register(b)).\(name(c))"
        case .add, .subtract, .multiply, .trueDivide, .floorDivide, .modulo, .power,
            .matrixMultiply, .shiftLeft, .shiftRight, .and, .or, .xor:
            return "\(register(a)) = \(register(b)), \(register(third))\(inPlace)"
        case .addInt, .subtractInt, .multiplyInt, .floorDivideInt, .moduloInt, .andInt,
            .shiftLeftInt, .shiftRightInt:
            return "\(register(a)) = \(register(b)), \(instruction.smallC)\(inPlace)"
        case .less, .lessEqual, .equal, .notEqual, .greater, .greaterEqual, .is, .isNot, .contains,
            .notContains, .matchException, .getItem, .matchKeys:
            return "\(register(a)) = \(register(b)), \(register(third))"
        case .jump, .loop:
            return target
        case .jumpIf, .jumpUnless, .jumpIfNone, .jumpIfNotNone, .endAsyncFor:
            return "\(register(a)) \(target)"
        case .unlessLess, .unlessLessEqual, .unlessEqual, .unlessNotEqual, .unlessGreater,
            .unlessGreaterEqual, .ifLess, .ifLessEqual, .ifEqual, .ifNotEqual, .ifGreater,
            .ifGreaterEqual:
            return "\(register(a)), \(register(b)) \(target)"
        case .unlessLessInt, .unlessLessEqualInt, .unlessEqualInt, .unlessNotEqualInt,
            .unlessGreaterInt, .unlessGreaterEqualInt, .ifLessInt, .ifLessEqualInt, .ifEqualInt,
            .ifNotEqualInt, .ifGreaterInt, .ifGreaterEqualInt:
            return "\(register(a)), \(instruction.signedB) \(target)"
        case .loadAttribute, .importFrom:
            return "\(register(a)) = \(register(b)).\(name(c))"
        case .storeAttribute:
            return "\(register(a)).\(name(c)) = \(register(b))"
        case .deleteAttribute:
            return "\(register(a)).\(name(c))"
        case .loadMethod:
            return "\(registers(a, 2)) = \(register(b)).\(name(c))"
        case .loadSpecial:
            let special = SpecialName(rawValue: c).map { String(describing: $0) } ?? "?"
            return "\(registers(a, 2)) = \(register(b)).\(special)"
        case .getItemInt:
            return "\(register(a)) = \(register(b))[\(c)]"
        case .getSlice:
            return "\(register(a)) = \(register(b))[\(slice(instruction, third))]"
        case .setSlice:
            return "\(register(a))[\(slice(instruction, b))] = \(register(third))"
        case .setItem, .setEntry:
            return "\(register(a))[\(register(b))] = \(register(third))"
        case .deleteItem:
            return "\(register(a))[\(register(b))]"
        case .buildTuple, .buildList, .buildSet, .buildString:
            return "\(register(a)) = \(registers(b, c))"
        case .buildDict:
            return "\(register(a)) = \(registers(b, 2 * c))"
        case .buildSlice:
            return "\(register(a)) = \(registers(b, 3))"
        case .append, .addToSet, .extend, .updateSet, .updateDict:
            return "\(register(a)), \(register(b))"
        case .mergeKeywords:
            return "\(register(a)), \(register(b)) for \(register(third))"
        case .formatValue:
            let conversion = ["", "!s", "!r", "!a"][c & 3]
            let spec = c >> 2 == 0 ? "" : ":" + register(c >> 2)
            return "\(register(a)) = \(register(b))\(conversion)\(spec)"
        case .unpack:
            return "\(registers(a, c)) = \(register(b))"
        case .unpackStarred:
            let (before, after) = (c & 0xFFF, c >> 12 & 0xFFF)
            return "\(registers(a, before)), *\(register(a + before)), "
                + "\(registers(a + before + 1, after)) = \(register(b))"
        case .forIterate:
            return "\(register(a)) = \(register(b)), at the end \(target)"
        case .loopIterate:
            return "\(register(a)) = \(register(b)), \(target)"
        case .send:
            return "\(register(a)) to \(register(b)), at the end \(target)"
        case .yieldDelegating:
            return "\(register(a)) = \(register(b)) of \(register(third))"
        case .getAwaitable:
            let source = ["", " from __aenter__", " from __aexit__"][min(max(c, 0), 2)]
            return "\(register(a)) = \(register(b))\(source)"
        case .call:
            return "\(register(a)) = \(register(b + 3))(\(registers(b + 4, c)))"
        case .callMethod:
            return "\(register(a)) = \(registers(b + 3, 2))(\(registers(b + 5, c)))"
        case .callKeyword:
            return "\(register(a)) = \(register(b + 3))(\(registers(b + 4, c))) \(constant(word))"
        case .callMethodKeyword:
            return "\(register(a)) = \(registers(b + 3, 2))(\(registers(b + 5, c))) "
                + constant(word)
        case .callSpread:
            return "\(register(a)) = \(register(b + 3))(*\(register(b + 4)), "
                + "**\(register(b + 5)))"
        case .makeFunction:
            let parts = ["defaults", "keyword defaults", "annotations", "closure"].enumerated()
                .filter { word >> $0.offset & 1 != 0 }.map(\.element)
            let with = parts.isEmpty ? "" : " with " + parts.joined(separator: ", ")
            return "\(register(a)) = \(constant(c))\(with) from \(register(b))"
        case .raise:
            return b == Instruction.noRegister ? register(a) : "\(register(a)) from \(register(b))"
        case .matchGroup:
            return "\(registers(a, 2)) = \(register(b)), \(register(third))"
        case .reraiseGroup:
            return "\(register(a)) = \(register(b)), \(register(third))"
        case .exceptionTriple:
            return "\(registers(a, 3)) = \(register(b))"
        case .matchClass:
            return "\(register(a)) = \(registers(b, 3)), \(c) positional"
        case .importName:
            return "\(register(a)) = \(name(c)), \(registers(b, 2))"
        case .importStar:
            return "\(register(a)), \(register(b))"
        case .generator, .nop:
            return ""
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
