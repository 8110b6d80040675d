import Testing

/// The interpreter loops as the machine runs them.
///
/// Speed rests on complete specialisation: one forgotten `@inlinable` leaves witness-table calls in
/// the loop and costs a factor of ten, silently. So the loops are read from the executables.
@Suite struct LoopTests {
    /// One generic function of a language, and what it may call of the Swift runtime.
    struct Loop: CustomTestStringConvertible, Sendable {
        let executable: String
        /// As demangled, up to the generic parameters.
        let function: String
        var allowed: Set<String> = []
        var testDescription: String { "\(function) in \(executable)" }
    }

    static let loops = [
        Loop(executable: "mini", function: "Mini.Mini.Task.run<"),
        Loop(executable: "duhton", function: "Duhton.Duhton.Task.run<"),
        // The example language, across a package border in Examples/Tally, inside one here.
        Loop(executable: "TallyInsideCommand", function: "TallyInside.Tally.Task.run<"),
    ]
    static let specialisations = ["Quanta.Raw", "STMBackend.Transactional"]

    @Test(.enabled(if: isOptimised), arguments: loops, specialisations)
    func loopIsSpecialised(_ loop: Loop, _ backend: String) throws {
        let code = try MachineCode(executable: loop.executable)
        let functions = try code.functions(
            containing: ["generic specialization <", "\(backend)> of \(loop.function)"])
        #expect(!functions.isEmpty, "no specialisation of \(loop.function) for \(backend)")
        for function in functions {
            let offences = function.offences(allowed: loop.allowed)
            #expect(offences.isEmpty, "\(function.name)")
        }
    }

    /// The reader of machine code itself: it must see calls that are there.
    @Test(.enabled(if: isOptimised)) func unspecialisedCodeIsNoticed() throws {
        let code = try MachineCode(executable: "mini")
        let generic = try code.functions(containing: ["Mini.Mini.Task.run<A"])
            .filter { !$0.name.contains("generic specialization") }
        #expect(!generic.isEmpty)
        for function in generic {
            #expect(!function.offences(allowed: []).isEmpty, "\(function.name)")
        }
    }

    static var isOptimised: Bool {
        #if DEBUG
            false
        #else
            true
        #endif
    }
}
