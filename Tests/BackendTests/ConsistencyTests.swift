import InterpreterKit
import Testing

private enum Account {
    static var shape: Shape { Shape(kind: 16, name: "account", slots: 2) }
    static var balance: Field<Int> { Field(0) }
    static var twin: Field<Int> { Field(1) }
}

/// Moves money between random accounts; now and then adds up all of them. Every read checks that the
/// twin fields agree: a quantum that is already lost must not see a torn state either.
private struct Teller: GuestTask {
    let accounts: Reference
    let count: Int
    let steps: Int
    let inevitableEvery: Int
    var random: UInt64
    var step = 0
    var torn = 0
    var wrongSums = 0

    private mutating func draw(_ n: Int) -> Int {
        random ^= random &<< 13
        random ^= random &>> 7
        random ^= random &<< 17
        return Int((random &>> 11) % UInt64(n))
    }
    private func account<B: Backend>(_ i: Int, _ q: borrowing Quantum<B>) -> Reference {
        q[accounts, i].reference
    }
    private mutating func balance<B: Backend>(_ i: Int, _ q: borrowing Quantum<B>) -> Int {
        let a = account(i, q)
        let balance = q[a, Account.balance]
        if q[a, Account.twin] != balance { tornReads.add() }
        return balance
    }

    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while step < steps {
            q.enterAtomic()
            if step % 16 == 7 {
                var sum = 0
                for i in 0..<count {
                    sum += balance(i, q)
                    if i & 63 == 0 { try q.qbreak(resumeAt: self) }
                }
                if sum != count * 1000 { wrongSumReads.add() }
            } else {
                if inevitableEvery > 0 && step % inevitableEvery == 3 {
                    try q.becomeInevitable(reason: "test")
                }
                let (from, to) = (draw(count), draw(count))
                let amount = balance(from, q) / 3
                q[account(from, q), Account.balance] = balance(from, q) - amount
                q[account(from, q), Account.twin] = q[account(from, q), Account.balance]
                try q.qbreak(resumeAt: self)
                let target = account(to, q)
                q[target, Account.balance] = q[target, Account.balance] + amount
                q[target, Account.twin] = q[target, Account.balance]
            }
            q.leaveAtomic()
            step += 1
            try q.qbreak(resumeAt: self)
        }
    }
}

/// Counts across threads and across rolled back attempts, which task values forget.
private final class Violations: @unchecked Sendable {
    private let word = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    init() { word.initialize(to: 0) }
    func add() { word.pointee += 1 }
    func take() -> UInt64 {
        defer { word.pointee = 0 }
        return word.pointee
    }
}
private let tornReads = Violations()
private let wrongSumReads = Violations()

private struct Bank: GuestTask {
    let count: Int
    var accounts: Value = .none
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        let array = q.newArray(capacity: count)!
        for i in 0..<count { q[array, i] = Value(q.new(Account.shape, Value(1000), Value(1000))) }
        accounts = Value(array)
    }
}

@Suite(.serialized) struct ConsistencyTests {
    @Test(arguments: Rig.allCases, [2, 4])
    func sumsAreKeptAndNothingTornIsSeen(rig: Rig, threads: Int) throws {
        for (count, inevitableEvery) in [(3, 0), (200, 13), (16, 5)] {
            let machine = try rig.machine(for: Teller.self, shapes: [Account.shape])
            machine.host(Bank.self, drive: driver(machine.scheduler))
            let bank = try #require(try machine.run([Bank(count: count)]))[0]
            machine.heap.keep(bank.accounts)
            let tellers = (0..<threads).map {
                Teller(
                    accounts: bank.accounts.reference, count: count, steps: 800,
                    inevitableEvery: inevitableEvery, random: 77 + UInt64($0) * 1_000_003)
            }
            let done = try machine.run(tellers)
            #expect(done?.count == threads)
            #expect(tornReads.take() == 0)
            #expect(wrongSumReads.take() == 0)
            var sum = 0
            for i in 0..<count {
                let slot = bank.accounts.reference.address + ArrayLayout.cardWord(ofSlot: i)
                sum += Value(bits: Value(bits: slot[1 + i & 63]).reference.address[1]).int
            }
            #expect(sum == count * 1000)
            if inevitableEvery > 0 && (rig.surelyRollsBack || rig == .serial) {
                #expect(machine.totals()[.inevitable] > 0)
            }
        }
    }

    /// Two quanta that each read what the other writes: at most one may see the old state.
    @Test(arguments: Rig.allCases)
    func noWriteSkew(rig: Rig) throws {
        let machine = try rig.machine(for: Skew.self, shapes: [Account.shape])
        machine.host(Bank.self, drive: driver(machine.scheduler))
        let bank = try #require(try machine.run([Bank(count: 2)]))[0]
        machine.heap.keep(bank.accounts)
        let rounds = 3000
        let tasks = (0..<2).map {
            Skew(accounts: bank.accounts.reference, mine: $0, rounds: rounds)
        }
        _ = try machine.run(tasks)
        #expect(wrongSumReads.take() == 0)
    }
}

/// Keeps "not both zero": each may set its account to 0 only while the other's is 1000.
private struct Skew: GuestTask {
    let accounts: Reference
    let mine: Int
    let rounds: Int
    var round = 0
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while round < rounds {
            q.enterAtomic()
            let own = q[accounts, mine].reference
            let other = q[accounts, 1 - mine].reference
            let (a, b) = (q[own, Account.balance], q[other, Account.balance])
            if a == 0 && b == 0 { wrongSumReads.add() }
            if a == 0 {
                q[own, Account.balance] = 1000
            } else if b == 1000 {
                q[own, Account.balance] = 0
            }
            q.leaveAtomic()
            round += 1
            try q.qbreak(resumeAt: self)
        }
    }
}
