import PythonSyntax

/// Calls: `f(...)`, `object.method(...)`, and what a class statement does.
extension Compiler {
    mutating func call(
        _ callee: Expression, _ arguments: [Expression], _ keywords: [Keyword],
        into result: Int, at span: Span
    ) throws(PythonSyntaxError) {
        warnIfNotCallable(callee)
        try checkKeywords(keywords, at: span)
        let window = code.push(4)
        let isSpread = Compiler.isSpread(arguments, keywords)
        if case .attribute(let object, let name, .load) = callee.kind, !isSpread {
            _ = code.push()
            let receiver = try operand(object)
            let methodSpan = attributeSpan(callee)
            code.emit(
                .loadMethod, a: window + 3, b: receiver, c: code.name(mangled(name)),
                at: methodSpan)
            code.emit(at: methodSpan)
            code.top = window + 5
            let callSpan = Compiler.span(span, fromNameEnding: callee.span, name)
            try finishCall(window, arguments, keywords, isMethod: true, into: result, at: callSpan)
        } else {
            try value(callee, into: window + 3)
            try finishCall(window, arguments, keywords, into: result, at: span)
        }
    }

    /// The call of what stands in the window, after `leading` arguments that are in place.
    mutating func finishCall(
        _ window: Int, leading: Int = 0, _ arguments: [Expression], _ keywords: [Keyword],
        isMethod: Bool = false, into result: Int, at span: Span
    ) throws(PythonSyntaxError) {
        if Compiler.isSpread(arguments, keywords) {
            return try spreadCall(
                window, leading: leading, arguments, keywords, into: result, at: span)
        }
        for argument in arguments { try value(argument, into: code.push()) }
        for keyword in keywords { try value(keyword.value, into: code.push()) }
        let count = leading + arguments.count + keywords.count
        if keywords.isEmpty {
            code.emit(isMethod ? .callMethod : .call, a: result, b: window, c: count, at: span)
        } else {
            let names = keywords.compactMap { $0.arg.map { Constant($0) } }
            code.emit(
                isMethod ? .callMethodKeyword : .callKeyword, a: result, b: window, c: count,
                at: span)
            code.emit(word: code.constant(.tuple(names)), at: span)
        }
    }

    /// Whether the arguments are handed over in a tuple and a dict.
    private static func isSpread(_ arguments: [Expression], _ keywords: [Keyword]) -> Bool {
        arguments.contains(where: \.isStarred) || keywords.contains { $0.arg == nil }
            || arguments.count + keywords.count > largestWindow
    }

    private mutating func spreadCall(
        _ window: Int, leading: Int, _ arguments: [Expression], _ keywords: [Keyword],
        into result: Int, at span: Span
    ) throws(PythonSyntaxError) {
        let positional = window + 4
        // The leading arguments may stand where the tuple and the dict go.
        code.top = max(code.top, window + 6)
        if leading == 0, arguments.count == 1, case .starred(let iterable, _) = arguments[0].kind {
            try value(iterable, into: positional)
        } else if leading == 0 && arguments.isEmpty {
            load(.tuple([]), into: positional, at: span)
        } else {
            let list = code.push()
            try gather(arguments, into: list, after: positional, leading, at: span)
            code.emit(.listToTuple, a: positional, b: list, at: span)
        }
        try keywordDictionary(keywords, into: window + 5, of: window + 3, at: span)
        code.emit(.callSpread, a: result, b: window, at: span)
    }

    private mutating func keywordDictionary(
        _ keywords: [Keyword], into target: Int, of callee: Int, at span: Span
    ) throws(PythonSyntaxError) {
        let mark = code.top
        defer { code.top = mark }
        guard !keywords.isEmpty else {
            code.emit(.unbind, a: target, c: 1, at: span)
            return
        }
        var rest = keywords[...]
        var isFirst = true
        while !rest.isEmpty {
            code.top = mark
            // Named ones up to the next `**`.
            let first = code.top
            while let keyword = rest.first, let name = keyword.arg,
                code.top - first < Compiler.largestWindow
            {
                load(Constant(name), into: code.push(), at: keyword.span)
                try value(keyword.value, into: code.push())
                rest.removeFirst()
            }
            let count = (code.top - first) / 2
            if isFirst {
                code.emit(.buildDict, a: target, b: first, c: count, at: span)
            } else if count > 0 {
                let more = code.push()
                code.emit(.buildDict, a: more, b: first, c: count, at: span)
                code.emit(.mergeKeywords, a: target, b: more, c: callee, at: span)
            }
            isFirst = false
            if let keyword = rest.first, keyword.arg == nil {
                rest.removeFirst()
                let register = try operand(keyword.value)
                code.emit(.mergeKeywords, a: target, b: register, c: callee, at: span)
            }
        }
    }

    func checkKeywords(_ keywords: [Keyword], at span: Span) throws(PythonSyntaxError) {
        var seen: Set<String> = []
        for keyword in keywords {
            guard let name = keyword.arg else { continue }
            try checkAssignable(name, at: span)
            if !seen.insert(name).inserted {
                throw error("keyword argument repeated: \(name)", at: keyword.span)
            }
        }
    }
}
