import Glibc
import InterpreterKit

/// `time`: clocks, sleeping, and calendar time by the C library.
extension ModuleBuilder {
    func time() throws(Unwind) {
        let structTime = StructType(
            vm, "struct_time", in: "time",
            [
                "tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday",
                "tm_isdst", "tm_zone", "tm_gmtoff",
            ], visible: 9)
        constant("struct_time", Value(structTime.type))
        addClocks()
        addSleep()
        addCalendar(structTime)
        try addZones()
    }

    private func addClocks() {
        let clocks: [(StaticString, StaticString, clockid_t)] = [
            ("time", "time_ns", CLOCK_REALTIME), ("monotonic", "monotonic_ns", CLOCK_MONOTONIC),
            ("perf_counter", "perf_counter_ns", CLOCK_MONOTONIC),
            ("process_time", "process_time_ns", CLOCK_PROCESS_CPUTIME_ID),
            ("thread_time", "thread_time_ns", CLOCK_THREAD_CPUTIME_ID),
        ]
        for (seconds, nanoseconds, clock) in clocks {
            function(seconds, "()") { (vm, a) throws(Unwind) in
                vm.value(Double(vm.q.observe { Clock.now(clock) }) / 1e9)
            }
            function(nanoseconds, "()") { (vm, a) throws(Unwind) in
                try vm.int(Int(vm.q.observe { Clock.now(clock) }))
            }
        }
        constants([
            "CLOCK_REALTIME": Int(CLOCK_REALTIME), "CLOCK_MONOTONIC": Int(CLOCK_MONOTONIC),
            "CLOCK_MONOTONIC_RAW": Int(CLOCK_MONOTONIC_RAW),
            "CLOCK_PROCESS_CPUTIME_ID": Int(CLOCK_PROCESS_CPUTIME_ID),
            "CLOCK_THREAD_CPUTIME_ID": Int(CLOCK_THREAD_CPUTIME_ID),
            "CLOCK_BOOTTIME": Int(CLOCK_BOOTTIME),
        ])
        function("clock_gettime", "(clk_id, /)") { (vm, a) throws(Unwind) in
            vm.value(Double(try vm.read(clock: a[0], resolution: false)) / 1e9)
        }
        function("clock_gettime_ns", "(clk_id, /)") { (vm, a) throws(Unwind) in
            try vm.int(try vm.read(clock: a[0], resolution: false))
        }
        function("clock_getres", "(clk_id, /)") { (vm, a) throws(Unwind) in
            vm.value(Double(try vm.read(clock: a[0], resolution: true)) / 1e9)
        }
        function("get_clock_info", "(name, /)") { (vm, a) throws(Unwind) in
            try vm.clockInfo(a[0])
        }
    }
    private func addSleep() {
        function("sleep", "(secs, /)") { (vm, a) throws(Unwind) in
            let seconds = try vm.duration(a[0])
            if seconds < 0 {
                throw vm.raise(.valueError, "sleep length must be non-negative")
            }
            try vm.sleep(until: try vm.deadline(in: seconds))
            return .none
        }
    }

    private func addCalendar(_ type: StructType) {
        for (name, isLocal) in [("localtime", true), ("gmtime", false)] as [(StaticString, Bool)] {
            function(name, "(seconds=None, /)") { (vm, a) throws(Unwind) in
                let time = try CalendarTime(
                    vm, try vm.seconds(a.value(0, or: .none)), isLocal: isLocal)
                return try time.object(vm, type)
            }
        }
        function("mktime", "(t, /)") { (vm, a) throws(Unwind) in
            var time = try CalendarTime(vm, struct: a[0], type.type, "mktime").parts
            time.tm_wday = -1
            let seconds = Glibc.mktime(&time)
            if seconds == -1 && time.tm_wday == -1 {
                throw vm.raise(.overflowError, "mktime argument out of range")
            }
            return vm.value(Double(seconds))
        }
        function("asctime", "(t=None, /)") { (vm, a) throws(Unwind) in
            let time =
                a.has(0)
                ? try CalendarTime(vm, struct: a[0], type.type, "asctime")
                : try CalendarTime(vm, try vm.seconds(.none), isLocal: true)
            return try vm.string(time.text)
        }
        function("ctime", "(seconds=None, /)") { (vm, a) throws(Unwind) in
            let time = try CalendarTime(
                vm, try vm.seconds(a.value(0, or: .none)), isLocal: true)
            return try vm.string(time.text)
        }
        function("strftime", "(format, t=None, /)") { (vm, a) throws(Unwind) in
            let format = try vm.string(a[0], "strftime() argument 1 must be str")
            let time =
                a.has(1)
                ? try CalendarTime(vm, struct: a[1], type.type, "strftime")
                : try CalendarTime(vm, try vm.seconds(.none), isLocal: true)
            return try time.format(vm, Value(format.object))
        }
        function("strptime", "(string, format='%a %b %d %H:%M:%S %Y', /)") {
            (vm, a) throws(Unwind) in
            let module = try vm.importModule("_strptime")
            let parse = try vm.getAttribute(module, vm.intern("_strptime_time"))
            return a.has(1) ? try vm.call(parse, a[0], a[1]) : try vm.call(parse, a[0])
        }
    }

    private func addZones() throws(Unwind) {
        function("tzset", "()") { (vm, a) throws(Unwind) in
            try vm.irrevocably("tzset")
            Glibc.tzset()
            try vm.set(
                vm.find(vm.shared.pointee.modules, name: vm.intern("time")), zones: LocalZones())
            return .none
        }
        Glibc.tzset()
        let zones = LocalZones()
        constant("timezone", Value(zones.offset))
        constant("altzone", Value(zones.summerOffset))
        constant("daylight", Value(zones.hasSummer ? 1 : 0))
        constant(
            "tzname", try vm.tuple(try vm.string(zones.name), try vm.string(zones.summerName)))
    }
}

extension VM {
    fileprivate func set(_ module: Value, zones: LocalZones) throws(Unwind) {
        if module == .unbound { return }
        try setAttribute(module, intern("timezone"), Value(zones.offset))
        try setAttribute(module, intern("altzone"), Value(zones.summerOffset))
        try setAttribute(module, intern("daylight"), Value(zones.hasSummer ? 1 : 0))
        try setAttribute(
            module, intern("tzname"),
            try tuple(try string(zones.name), try string(zones.summerName)))
    }
    fileprivate func read(clock: Value, resolution: Bool) throws(Unwind) -> Int {
        let id = clockid_t(truncatingIfNeeded: try int32(clock, tellsSide: true))
        let (error, time) = q.observe {
            var time = timespec()
            let failed = resolution ? clock_getres(id, &time) : clock_gettime(id, &time)
            return (failed == 0 ? 0 : errno, time)
        }
        if error != 0 { throw raiseOSError(error) }
        return time.tv_sec &* 1_000_000_000 &+ time.tv_nsec
    }
    fileprivate func clockInfo(_ name: Value) throws(Unwind) -> Value {
        let facts: (implementation: String, adjustable: Bool, monotonic: Bool)
        switch text(name) {
        case "time": facts = ("clock_gettime(CLOCK_REALTIME)", true, false)
        case "monotonic", "perf_counter":
            facts = ("clock_gettime(CLOCK_MONOTONIC)", false, true)
        case "process_time": facts = ("clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", false, true)
        case "thread_time": facts = ("clock_gettime(CLOCK_THREAD_CPUTIME_ID)", false, true)
        default: throw raise(.valueError, "unknown clock")
        }
        let info = Value(try newInstance(type(.simpleNamespace)))
        try setAttribute(info, intern("implementation"), try string(facts.implementation))
        try setAttribute(info, intern("monotonic"), Value(facts.monotonic))
        try setAttribute(info, intern("adjustable"), Value(facts.adjustable))
        try setAttribute(info, intern("resolution"), value(1e-9))
        return info
    }
    /// Whole seconds since the epoch that an argument means; None for now.
    fileprivate func seconds(_ value: Value) throws(Unwind) -> Int {
        if value == .none { return Int(q.observe { Clock.now(CLOCK_REALTIME) } / 1_000_000_000) }
        if let int = asInt(value) {
            guard let word = word(ofInt: int) else {
                throw raise(.overflowError, "timestamp out of range for platform time_t")
            }
            return word
        }
        if floatContent(value) == nil {
            throw raise(
                .typeError, "'\(typeName(value))' object cannot be interpreted as an integer")
        }
        let double = try asFloat(value).rounded(.down)
        if double.isNaN { throw raise(.valueError, "Invalid value NaN (not a number)") }
        if abs(double) > 9.2e18 {
            throw raise(.overflowError, "timestamp out of range for platform time_t")
        }
        return Int(double)
    }
}

/// The zone that the process is in.
private struct LocalZones {
    let offset: Int
    let summerOffset: Int
    let hasSummer: Bool
    let name: String
    let summerName: String

    /// Looks at January and July.
    init() {
        var now = Glibc.time(nil)
        var today = tm()
        localtime_r(&now, &today)
        func zone(_ month: Int32) -> (offset: Int, name: String) {
            var day = tm()
            day.tm_year = today.tm_year
            day.tm_mon = month
            day.tm_mday = 1
            day.tm_isdst = -1
            var seconds = Glibc.mktime(&day)
            localtime_r(&seconds, &day)
            return (-day.tm_gmtoff, day.tm_zone.map { String(cString: $0) } ?? "UTC")
        }
        let (january, july) = (zone(0), zone(6))
        let (winter, summer) =
            january.offset >= july.offset ? (january, july) : (july, january)
        (offset, name) = winter
        (summerOffset, summerName) = summer
        hasSummer = winter.offset != summer.offset
    }
}
