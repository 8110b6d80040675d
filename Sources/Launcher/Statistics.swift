import CHost
import InterpreterKit

/// The report of `--stats`: what the machine did, in numbers.
struct Statistics {
    private let started = host_monotonic_ns()

    /// One line for each group; only quanta, collections and time when nothing else happened.
    func report(_ machine: VirtualMachine) -> String {
        let totals = machine.totals()
        let heap = machine.heap.statistics
        let wall = host_monotonic_ns() - started
        var rows: [(String, String)] = [
            ("backend", machine.scheduler.name),
            ("quanta", "\(totals[.quanta]) ended, \(totals[.merged]) breaks merged"),
            ("commits", "\(totals[.commits])"),
            (
                "aborts",
                """
                \(totals[.aborts]) (write-write \(totals[.abortsWriteWrite]), \
                stale read \(totals[.abortsValidation]), inevitable other \(totals[.abortsRemote]), \
                forced \(totals[.abortsForced]))
                """
            ),
            ("inevitable", "\(totals[.inevitable])"),
        ]
        rows += machine.scheduler.report.map { ($0.name, $0.text) }
        rows += [
            (
                "foreign calls",
                """
                \(totals[.foreignInside]) inside a quantum, \(totals[.foreignBetween]) between two, \
                \(totals[.foreignInevitable]) after becoming inevitable
                """
            ),
            ("jobs", "\(totals[.jobs])"),
        ]
        rows.append(
            (
                "collections",
                "\(heap.collections), \(Statistics.milliseconds(heap.collectionNanoseconds))"
            ))
        rows.append(
            (
                "memory",
                """
                \(Statistics.megabytes(machine.heap.bytesAllocated)) allocated, \
                \(Statistics.megabytes(max(heap.peakBytes, machine.heap.bytesInUse))) at most in use
                """
            ))
        rows.append(("wall time", Statistics.milliseconds(wall)))
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { name, text in
            "\(name)\(String(repeating: " ", count: width - name.count))  \(text)\n"
        }.joined()
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        "\(decimal(nanoseconds / 1000)) ms"
    }
    private static func megabytes(_ bytes: Int) -> String {
        "\(decimal((UInt64(bytes) * 1000) >> 20)) MB"
    }
    /// Thousandths as a decimal fraction.
    private static func decimal(_ thousandths: UInt64) -> String {
        let fraction = String(thousandths % 1000 + 1000).dropFirst()
        return "\(thousandths / 1000).\(fraction)"
    }
}
