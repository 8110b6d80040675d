import Gateway
import Glibc
import ManagedHeap
import Quanta
import Testing

/// When foreign code brings the process down, the last words say which function it was.
@Suite struct CrashTests {
    @Test func reportsNameFunctionLibraryAndArguments() async throws {
        let result = try #require(
            await #expect(
                processExitsWith: .signal(SIGSEGV), observing: [\.standardErrorContent]
            ) {
                ForeignSignals.reportCrashes()
                let strlen = try Library("libc.so.6").bind("pure size_t strlen(const char *text)")
                _ = try results([
                    (strlen, [.value(Value(address: UnsafeMutableRawPointer(bitPattern: 16)))])
                ])
            })
        let text = String(decoding: result.standardErrorContent, as: UTF8.self)
        #expect(
            text.contains(
                "foreign code: segmentation fault at address 0x10 in size_t strlen(const char *text) "
                    + "of libc.so.6, called with 0x10\n"))
    }
    @Test func reportsArgumentsOfAllKinds() async throws {
        let result = try #require(
            await #expect(
                processExitsWith: .signal(SIGSEGV), observing: [\.standardErrorContent]
            ) {
                ForeignSignals.reportCrashes()
                let memcmp = try Library("libc.so.6").bind(
                    "arbitrary int memcmp(const void *a, const void *b, size_t n)")
                _ = try results([
                    (
                        memcmp,
                        [
                            .value(Value(address: UnsafeMutableRawPointer(bitPattern: 32))),
                            .value(Value(address: UnsafeMutableRawPointer(bitPattern: 48))),
                            .int(7),
                        ]
                    )
                ])
            })
        let text = String(decoding: result.standardErrorContent, as: UTF8.self)
        #expect(text.contains(" of libc.so.6, called with 0x20, 0x30, 7\n"), "\(text)")
    }
}
