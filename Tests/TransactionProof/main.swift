// Runs transactions under many deterministic schedules and checks what they have read.
//
//   transaction-proof [SCHEDULES] [FIRST-SEED] [without PART]
//
// Status 0: nothing was found. 1: something was, and the last line says what and with which seed. Exists in
// debug builds only, as the seam does that it takes hold of.

import Glibc

#if DEBUG
    import CHost
    import ProofFibers
    @testable import STMBackend

    var words = Array(CommandLine.arguments.dropFirst())
    if let at = words.firstIndex(of: "without"), at + 1 < words.count {
        guard let part = Seam.Part.allCases.first(where: { "\($0)" == words[at + 1] }) else {
            print("parts: \(Seam.Part.allCases.map { "\($0)" }.joined(separator: " "))")
            exit(2)
        }
        host_omit(1 << part.rawValue)
        words.removeSubrange(at...(at + 1))
    }
    let numbers = words.compactMap { UInt64($0) }
    guard numbers.count == words.count, numbers.count <= 2 else {
        print("usage: transaction-proof [SCHEDULES] [FIRST-SEED] [without PART]")
        exit(2)
    }
    let schedules = numbers.first ?? 1000
    let first = numbers.count > 1 ? numbers[1] : 1

    let fibers = (0..<Run.threads).compactMap { _ in fiber_create(256 << 10) }
    var steps = 0
    for seed in first..<(first + schedules) {
        proof_explain_crash("schedule \(seed): crashed\n")
        steps += try Run(seed: seed, on: fibers).execute()
    }
    print("\(schedules) schedules, \(steps) steps, nothing found")
#else
    print("the proof needs a debug build: swift run --scratch-path .build-tests TransactionProof")
    exit(2)
#endif
