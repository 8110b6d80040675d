import Gateway
import GatewayTestFunctions
import ManagedHeap
import Testing

@Suite struct MarshallingTests {
    @Test(arguments: [
        ("pure int8_t narrow8(int8_t x)", -0x80, 0x7F),
        ("pure uint8_t unarrow8(uint8_t x)", 0, 0xFF),
        ("pure int16_t narrow16(int16_t x)", -0x8000, 0x7FFF),
        ("pure uint16_t unarrow16(uint16_t x)", 0, 0xFFFF),
        ("pure int narrow32(int x)", -0x8000_0000, 0x7FFF_FFFF),
        ("pure unsigned unarrow32(unsigned x)", 0, 0xFFFF_FFFF),
        ("pure long narrow64(long x)", -1 << 61, 1 << 61 - 1),
        ("pure size_t unarrow64(size_t x)", 0, 1 << 61 - 1),
    ])
    func integersAreCheckedNotTruncated(text: String, low: Int, high: Int) throws {
        let function = try testFunction(text)
        for i in [low, low + 1, 0, 1, high - 1, high] {
            #expect(try results([(function, [.int(i)])])[0].result == .int(i))
        }
        for i in [low - 1, high + 1, high * 2] where Value(exactly: i) != nil {
            let seen = try results([(function, [.int(i)])])[0].result
            guard case .failure(.argumentRange, argument: 0, let message) = seen else {
                Issue.record("\(i) passed as \(seen)")
                continue
            }
            #expect(message.contains("argument 1 (x): \(i) does not fit"))
        }
    }

    @Test func messagesNameTheRange() throws {
        let seen = try result("const int narrow32(int j)", .int(3_000_000_000))
        #expect(
            seen
                == .failure(
                    .argumentRange, argument: 0,
                    text:
                        "narrow32: argument 1 (j): 3000000000 does not fit 'int' (-2147483648...2147483647)"
                ))
    }

    @Test func booleans() throws {
        let function = try testFunction("const bool negate(bool b)")
        let seen = try results([
            (function, [.value(.true)]), (function, [.value(.false)]), (function, [.int(1)]),
            (function, [.int(0)]),
        ]).map(\.result)
        #expect(seen == [.bool(false), .bool(true), .bool(false), .bool(true)])
        guard case .failure(.argumentRange, _, _) = try result("const bool negate(bool b)", .int(2))
        else { throw Failed() }
        #expect(try result("const int narrow32(int)", .value(.true)) == .int(1))
    }

    @Test func floatingPoint() throws {
        #expect(try result("const double twice(double)", .double(0.1)) == .double(0.2))
        #expect(try result("const double twice(double)", .int(21)) == .double(42))
        #expect(try result("const double twice(double)", .double(1e200)) == .double(2e200))
        #expect(try result("const double times_huge(double)", .double(3)) == .double(3e300))
        #expect(try result("const double times_huge(double)", .double(1e300)) == .double(.infinity))
        let least = Double.leastNonzeroMagnitude
        #expect(try result("const double twice(double)", .double(least)) == .double(2 * least))
        #expect(try result("const float half(float)", .double(0.5)) == .double(0.25))
        #expect(try result("const float half(float)", .int(3)) == .double(1.5))
        #expect(
            try result("const float half(float)", .double(0.1)) == .double(Double(Float(0.1) / 2)))
        #expect(try result("const float half(float)", .double(.infinity)) == .double(.infinity))
        guard
            case .failure(.argumentRange, argument: 0, _) = try result(
                "const float half(float)", .double(1e39))
        else { throw Failed() }
        guard case .double(let nan) = try result("const double twice(double)", .double(.nan)),
            nan.isNaN
        else { throw Failed() }
    }

    @Test func wrongTypes() throws {
        let wrong: [(String, Given, String)] = [
            (
                "const int narrow32(int)", .double(1),
                "'int' cannot be made from a floating-point number"
            ),
            ("const int narrow32(int)", .none, "'int' cannot be made from nothing"),
            (
                "const int narrow32(int)", .text("1"),
                "'int' cannot be made from this kind of object"
            ),
            (
                "const double twice(double x)", .value(.true),
                "argument 1 (x): 'double' cannot be made from a boolean"
            ),
            (
                "const double twice(double)", .text("1"),
                "'double' cannot be made from this kind of object"
            ),
            (
                "pure const char *same_text(const void *)", .int(7),
                "'const void *' cannot be made from an integer"
            ),
            (
                "const bool negate(bool)", .double(1),
                "'bool' cannot be made from a floating-point number"
            ),
        ]
        for (text, given, message) in wrong {
            guard case .failure(.argumentType, argument: 0, let said) = try result(text, given)
            else {
                Issue.record("\(text) took \(given)")
                continue
            }
            #expect(said.contains(message), "\(said)")
        }
    }

    @Test func argumentCounts() throws {
        let seen = try results([
            (testFunction("const double twice(double)"), []),
            (testFunction("const double twice(double)"), [.int(1), .int(2)]),
            (testFunction("pure void nothing(void)"), [.int(1)]),
            (testFunction("arbitrary int print(char *, size_t, const char *, ...)"), [.none]),
        ]).map(\.result)
        let messages = seen.map {
            if case .failure(.argumentCount, nil, let text) = $0 { text } else { "" }
        }
        #expect(
            messages == [
                "twice: takes 1 argument, not 0", "twice: takes 1 argument, not 2",
                "nothing: takes 0 arguments, not 1", "print: takes at least 3 arguments, not 1",
            ])
    }

    @Test func strings() throws {
        #expect(
            try result("pure size_t sum_bytes(const void *, size_t)", .bytes([1, 0, 2]), .int(3))
                == .int(3))
        #expect(try result("pure int sum_slowly(const char *text)", .text("ab")) == .int(195))
        #expect(try result("pure const char *text_number(int)", .int(0)) == .none)
        #expect(try result("pure const char *text_number(int)", .int(1)) == .text(""))
        #expect(try result("pure const char *text_number(int)", .int(2)) == .text("héllo"))
        #expect(
            try result("pure const char *same_text(const char *)", .text("in place"))
                == .text("in place"))
        #expect(try result("pure const char *same_text(const char *)", .none) == .none)
        guard
            case .failure(.zeroByte, argument: 0, let message) = try result(
                "pure const char *same_text(const char *s)", .bytes([65, 0, 66]))
        else { throw Failed() }
        #expect(
            message
                == "same_text: argument 1 (s): text for 'const char *' must not contain a zero byte"
        )
        guard
            case .failure(.immutable, argument: 0, _) = try result(
                "pure const char *same_text(char *s)", .text("x"))
        else { throw Failed() }
    }

    @Test func pointers() throws {
        let address = UnsafeMutableRawPointer(bitPattern: 0x7FFF_1234_5678)
        let text = "pure void *same_pointer(const void *)"
        #expect(try result(text, .value(Value(address: address))) == .address(0x7FFF_1234_5678))
        #expect(try result(text, .none) == .none)
        #expect(try result(text, .value(Value(address: nil))) == .none)
    }

    @Test func resultsThatDoNotFitAreErrors() throws {
        let seen = try results([
            (testFunction("pure uint64_t all_ones(void)"), []),
            (testFunction("pure int64_t least(void)"), []),
            (testFunction("pure void *map_failed(void)"), []),
        ]).map(\.result)
        #expect(
            seen == [
                .failure(
                    .resultRange, argument: nil,
                    text: "all_ones: the result 18446744073709551615 does not fit a guest value"),
                .failure(
                    .resultRange, argument: nil,
                    text: "least: the result -9223372036854775808 does not fit a guest value"),
                .failure(
                    .resultRange, argument: nil,
                    text: "map_failed: the result 18446744073709551615 does not fit a guest value"),
            ])
        #expect(try result("arbitrary void nothing(void)") == .none)
    }

    @Test func errnoBelongsToTheCall() throws {
        let sqrt = try Library("libm.so.6").bind("pure+errno double sqrt(double)")
        let seen = try results([
            (testFunction("arbitrary int fail_with(int)"), [.int(11)]),
            (sqrt, [.double(-1)]),
            (sqrt, [.double(4)]),
            (testFunction("pure int fail_with(int)"), [.int(12)]),
            (testFunction("pure+errno double twice(double)"), [.int(1)]),
            (testFunction("reads int fail_with(int)"), [.int(13)]),
        ]).map(\.errno)
        #expect(seen == [11, 33, 0, 0, 0, 13])
    }

    @Test func variadicFunctions() throws {
        let print = try testFunction(
            "arbitrary int print(char *into, size_t n, const char *format, ...)")
        let text = try testFunction("reads const char *same_text(const void *)")
        let buffer = try testFunction("const void * print_buffer(void)")
        guard case .address(let page) = try results([(buffer, [])])[0].result else {
            throw Failed()
        }
        let into = Given.value(Value(address: UnsafeMutableRawPointer(bitPattern: page)))
        func printed(_ format: String, _ arguments: Given...) throws -> Seen {
            try results([(print, [into, .int(256), .text(format)] + arguments), (text, [into])])[1]
                .result
        }
        #expect(try printed("plain") == .text("plain"))
        #expect(try printed("%d %ld", .int(-7), .int(1 << 40)) == .text("-7 1099511627776"))
        #expect(
            try printed("%.3f|%s|%d", .double(2.5), .text("str"), .value(.true))
                == .text("2.500|str|1"))
        #expect(try printed("%g %g", .double(1e300), .double(-0.0)) == .text("1e+300 -0"))
        #expect(
            try printed(
                "%d%d%d%d%d%d%d%d %g %g %g %g %g %g %g %g %g %s", .int(1), .int(2), .int(3),
                .int(4),
                .int(5), .int(6), .int(7), .int(8), .double(1), .double(2), .double(3), .double(4),
                .double(5), .double(6), .double(7), .double(8), .double(9), .text("end"))
                == .text("12345678 1 2 3 4 5 6 7 8 9 end"))
        #expect(
            try results([(print, [into, .int(256), .text("%d"), .bytes([0, 1])])])[0].result
                .isFailure)
    }
}

struct Failed: Error {}
extension Seen {
    var isFailure: Bool { if case .failure = self { true } else { false } }
}
