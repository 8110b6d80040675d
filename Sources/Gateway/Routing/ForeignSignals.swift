import CForeign
import Quanta

/// Signals and foreign code.
public enum ForeignSignals {
    /// From now on, when a signal such as a segmentation fault ends the process inside a foreign function,
    /// the guest's output is written, and a line on standard error names the function, its library and its arguments. For
    /// programs; libraries leave signals alone.
    public static func reportCrashes() { foreign_report_crashes { Effects.writeLastWords() } }

    /// Interrupts calls of functions that are declared `interruptible`: what they wait for in the system
    /// returns with `EINTR`.
    public static func interruptCalls() { foreign_interrupt_all() }
}
