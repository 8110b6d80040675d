import Gateway
import Glibc
import ManagedHeap
import Quanta
import Testing

/// Functions that wait for what another guest thread does.
@Suite struct WaitingTests {
    /// Brief until then: the wait must not keep the other thread out.
    @Test(arguments: Rig.allCases) func callsThatWaitLetOthersIn(rig: Rig) throws {
        let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        defer { semaphore.deallocate() }
        sem_init(semaphore, 0, 20)
        let address = Given.value(Value(address: semaphore))
        func prepared(_ declaration: String, _ argument: Given, _ expected: Seen) throws
            -> RandomSignatureTests.Prepared
        {
            .init(
                function: try Library(.process).bind(declaration), arguments: [argument],
                expected: expected)
        }
        let wait = try prepared("atomic int sem_wait(void *semaphore)", address, .int(0))
        let post = try prepared("atomic int sem_post(void *semaphore)", address, .int(0))
        let pause = try prepared("atomic int usleep(useconds_t time)", .int(50_000), .int(0))
        func task(_ calls: [RandomSignatureTests.Prepared]) -> RandomSignatureTests.Calling {
            .init(calls: .init(calls))
        }
        let machine = try rig.machine(for: RandomSignatureTests.Calling.self)
        let done = try #require(
            try machine.run([
                task(Array(repeating: wait, count: 22)), task([pause, post, pause, post]),
            ]))
        #expect(done.map(\.step) == [22, 4])
        #expect(done.allSatisfy { $0.wrong == 0 }, "\(done.map(\.firstWrong))")
    }
}
