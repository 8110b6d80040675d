import CHost
import ManagedHeap
import Quanta

/// What one thread's transactions keep beside the words in its thread context.
struct TransactionStorage {
    /// How a transaction stands.
    enum Health {
        /// Reads the newest state it can have.
        case normal
        /// Read-only, stays at its snapshot: something it wants is newer, and it cannot move on.
        case frozen
        /// Will be rolled back; runs on, on private copies, until its next break.
        case doomed
    }

    /// Why a quantum ends in ``Abort``.
    enum Loss {
        /// Others have committed what it should have seen, want what it has locked, or the machine has halted.
        case defeat
        /// It must begin again as an inevitable one.
        case restart
    }

    let log: CommitLog
    let admission: Unmanaged<Admission>
    let injection: FaultInjection

    // The read log's start (see ReadLog).
    var logBase: UnsafeMutablePointer<UInt64>
    var logCapacity = 0
    /// Transactions before the size of the table of known units is looked at again, and what that was last.
    var untilLook = 0
    var answer = 0
    var arena: RecordArena

    var active = false
    /// Set once ``Abort`` has been thrown: native frames are being left, and nothing that the transaction still does
    /// will have happened.
    var loss: Loss?
    var health = Health.normal
    var snapshot: UInt64 = 0
    var lastSeen: Entry
    var entry: Entry?
    var inevitable = false
    /// Where the last committed transaction stands in the order of all: at its own stamp, or, having
    /// changed nothing that others could see, at its snapshot's.
    var position: (stamp: UInt64, changes: Bool) = (0, false)
    /// The next attempt becomes inevitable at its start, for this reason.
    var wantsInevitable = false
    /// The transaction this one lost to, to be waited for after the rollback.
    var winner: ThreadContext?
    var old = OldVersions()
    /// The era in which this thread owns what it makes, and how many transactions it has had in it.
    var era: UInt64 = 0
    var transactionOfEra = TransactionHeader.lastTransaction
    var saved = SavedUnits()
    /// Empty memory for those that are given away.
    var leaving: [Reference] = []

    /// The driver runs the raw specialisation; what native frames of this thread are compiled for.
    var runsRaw = false
    /// Since when this thread has found itself the only one inside; 0 when it was not.
    var solitarySince: UInt64 = 0

    var rawPace = RawPace()

    // Length (see Pacing). Times in nanoseconds.
    var length = Pacing.first
    var nanosecondsPerBreak = 10.0
    var began: UInt64 = 0
    /// When a long quantum next looks after old versions.
    var movesOn: UInt64 = 0
    var ended: UInt64 = 0
    /// Spent waiting for other transactions.
    var waited: UInt64 = 0
    /// Breaks so far, as of the last look up from work.
    var breaks: Int64 = 0
    var mostBreaks: Int64 = .max
    /// Breaks of the last attempt, which was rolled back.
    var lostBreaks: Int64 = 0
    var cleanCommits = 0
    /// Attempts rolled back since the last commit.
    var failures = 0
    /// Not yet reported.
    var useful: UInt64 = 0
    /// A new measurement.
    var price: Double?
    var lost: UInt64 = 0
}

/// Pointer to a thread's ``TransactionStorage``.
@usableFromInline struct TransactionState {
    let pointer: UnsafeMutablePointer<TransactionStorage>

    @inline(__always) init(_ t: ThreadContext) {
        pointer = t.pointee.backend.unsafelyUnwrapped
            .assumingMemoryBound(to: TransactionStorage.self)
    }
    @inline(__always) init(pointer: UnsafeMutablePointer<TransactionStorage>) {
        self.pointer = pointer
    }
    @inline(__always) var pointee: TransactionStorage {
        // In place: a coroutine that reads would copy all of it, in debug builds even into memory that is freed too early.
        unsafeAddress { UnsafePointer(pointer) }
        nonmutating unsafeMutableAddress { pointer }
    }
}

/// Faults for tests: aborts where the algorithm would go on.
public struct FaultInjection: Sendable {
    /// One in this many ends of transactions aborts, and a fourth of that at breaks that may not end one; 0: none.
    public var abortOneIn: UInt64 = 0
    /// Transactions last a random number of breaks up to this, and look up from work as often where none may end; 0: as
    /// usual.
    public var randomLength: UInt64 = 0
    /// One in this many starts of transactions collects; 0: as usual.
    public var collectOneIn: UInt64 = 0
    /// One in this many breaks goes from transactions to running alone, or back; 0: as usual.
    public var switchOneIn: UInt64 = 0
    public init() {}

    static func random(_ t: ThreadContext) -> UInt64 {
        var x = t.pointee.random
        x ^= x &<< 13
        x ^= x &>> 7
        x ^= x &<< 17
        t.pointee.random = x
        return x &>> 3
    }
    static func strikes(_ t: ThreadContext, _ oneIn: UInt64) -> Bool {
        oneIn != 0 && random(t) % oneIn == 0
    }
}
