import PythonSyntax

/// What is no error but surely a mistake.
extension Compiler {
    private func warn(_ message: String, at span: Span) {
        let warning = error(message, at: span)
        // Some code is compiled more than once.
        if shared.warnings.contains(where: { $0.line == warning.line && $0.message == message }) {
            return
        }
        shared.warnings.append(warning)
    }

    func warnIfNotCallable(_ callee: Expression) {
        switch callee.kind {
        case .lambda: return
        default:
            guard let type = callee.literalType else { return }
            warn("'\(type)' object is not callable; perhaps you missed a comma?", at: callee.span)
        }
    }

    func warnIfNoSubscript(_ object: Expression, _ index: Expression) {
        guard let type = object.literalType else { return }
        switch type {
        case "str", "bytes", "tuple", "list":
            guard let indexType = index.literalType, indexType != "int", indexType != "bool" else {
                return
            }
            warn(
                "\(type) indices must be integers or slices, not \(indexType); "
                    + "perhaps you missed a comma?", at: object.span)
        case "dict": return
        default:
            warn(
                "'\(type)' object is not subscriptable; perhaps you missed a comma?",
                at: object.span)
        }
    }

    func warnIfIdentityOfLiteral(
        _ left: Expression, _ ops: [ComparisonOperator], _ comparators: [Expression], at span: Span
    ) {
        var isLiteral = left.isValueLiteral
        for (op, right) in zip(ops, comparators) {
            let isRightLiteral = right.isValueLiteral
            if isLiteral || isRightLiteral {
                if op == .is {
                    warn(#""is" with a literal. Did you mean "=="?"#, at: span)
                } else if op == .isNot {
                    warn(#""is not" with a literal. Did you mean "!="?"#, at: span)
                }
            }
            isLiteral = isRightLiteral
        }
    }

    func warnIfAlwaysTrue(_ test: Expression, at span: Span) {
        if case .tuple(let elements, _) = test.kind, !elements.isEmpty {
            warn("assertion is always true, perhaps remove parentheses?", at: span)
        }
    }
}

extension Expression {
    /// The type of what can only be a new object of that type.
    fileprivate var literalType: String? {
        switch kind {
        case .tuple: "tuple"
        case .list, .listComp: "list"
        case .dict, .dictComp: "dict"
        case .set, .setComp: "set"
        case .generatorExp: "generator"
        case .lambda: "function"
        case .joinedStr, .formattedValue: "str"
        default: folded?.typeName
        }
    }
    /// A constant whose identity says nothing.
    fileprivate var isValueLiteral: Bool {
        switch folded {
        case nil, .some(.none), .true, .false, .ellipsis: false
        default: true
        }
    }
}

extension Constant {
    fileprivate var typeName: String {
        switch self {
        case .none: "NoneType"
        case .true, .false: "bool"
        case .ellipsis: "ellipsis"
        case .int, .bigInt: "int"
        case .float: "float"
        case .imaginary: "complex"
        case .text: "str"
        case .bytes: "bytes"
        case .tuple: "tuple"
        case .frozenSet: "frozenset"
        case .code: "code"
        }
    }
}
