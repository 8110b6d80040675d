import Glibc
import InterpreterKit

/// A time divided into year, month, day and so on.
struct CalendarTime {
    var parts = tm()
    private var zone = "UTC"

    init(_ vm: VM, _ seconds: Int, isLocal: Bool) throws(Unwind) {
        var time = time_t(seconds)
        let isFine = isLocal ? localtime_r(&time, &parts) : gmtime_r(&time, &parts)
        if isFine == nil { throw vm.raiseOSError(errno == 0 ? EOVERFLOW : errno) }
        if let name = parts.tm_zone { zone = String(cString: name) }
    }

    /// From a `struct_time` or a tuple of nine numbers.
    init(_ vm: VM, struct value: Value, _ type: Reference, _ function: String) throws(Unwind) {
        guard let tuple = value.isTuple ? value : vm.payload(value, .tuple) else {
            throw vm.raise(.typeError, "Tuple or struct_time argument required")
        }
        if vm.count(ofTuple: tuple.reference) != 9 {
            throw vm.raise(
                .typeError, "\(function)(): illegal time tuple argument")
        }
        var numbers: [Int] = []
        for i in 0..<9 {
            numbers.append(try vm.int32(vm.item(ofTuple: tuple.reference, i), tellsSide: true))
        }
        if numbers[0] < Int(Int32.min) + 1900 {
            throw vm.raise(.overflowError, "year out of range")
        }
        parts.tm_year = Int32(truncatingIfNeeded: numbers[0] - 1900)
        parts.tm_mon = Int32(truncatingIfNeeded: numbers[1] - 1)
        parts.tm_mday = Int32(truncatingIfNeeded: numbers[2])
        parts.tm_hour = Int32(truncatingIfNeeded: numbers[3])
        parts.tm_min = Int32(truncatingIfNeeded: numbers[4])
        parts.tm_sec = Int32(truncatingIfNeeded: numbers[5])
        // Python's week begins on Monday.
        parts.tm_wday = Int32(truncatingIfNeeded: (numbers[6] + 1) % 7)
        parts.tm_yday = Int32(truncatingIfNeeded: numbers[7] - 1)
        parts.tm_isdst = Int32(truncatingIfNeeded: numbers[8])
        if function != "mktime" {
            try check(vm)
            if numbers[6] < 0 { throw vm.raise(.valueError, "day of week out of range") }
        }
        var local = parts
        var seconds = Glibc.mktime(&local)
        var shown = tm()
        if localtime_r(&seconds, &shown) != nil, let name = shown.tm_zone {
            zone = String(cString: name)
            parts.tm_gmtoff = shown.tm_gmtoff
        }
    }
    /// Zero stands for the first month, day and day of the year.
    private mutating func check(_ vm: VM) throws(Unwind) {
        if parts.tm_mon == -1 { parts.tm_mon = 0 }
        if parts.tm_mday == 0 { parts.tm_mday = 1 }
        if parts.tm_yday == -1 { parts.tm_yday = 0 }
        let checks: [(Int32, ClosedRange<Int32>, String)] = [
            (parts.tm_mon, 0...11, "month"), (parts.tm_mday, 1...31, "day of month"),
            (parts.tm_hour, 0...23, "hour"), (parts.tm_min, 0...59, "minute"),
            (parts.tm_sec, 0...61, "seconds"), (parts.tm_yday, 0...365, "day of year"),
        ]
        for (value, range, name) in checks where !range.contains(value) {
            throw vm.raise(.valueError, "\(name) out of range")
        }
    }

    func object(_ vm: VM, _ type: StructType) throws(Unwind) -> Value {
        let list = try vm.newList(capacity: 11)
        let numbers = [
            Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday),
            Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec), (Int(parts.tm_wday) + 6) % 7,
            Int(parts.tm_yday) + 1, Int(parts.tm_isdst),
        ]
        for number in numbers { try vm.append(list, Value(number)) }
        try vm.append(list, try vm.string(zone))
        try vm.append(list, Value(parts.tm_gmtoff))
        return try type.make(vm, list)
    }

    /// As `ctime` writes it.
    var text: String {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        func two(_ n: Int32, _ pad: String = "0") -> String { n < 10 ? "\(pad)\(n)" : "\(n)" }
        let day = days[Int(max(0, min(6, parts.tm_wday)))]
        let month = months[Int(max(0, min(11, parts.tm_mon)))]
        return
            "\(day) \(month) \(two(parts.tm_mday, " ")) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) \(Int(parts.tm_year) + 1900)"
    }

    func format(_ vm: VM, _ format: Value) throws(Unwind) -> Value {
        let pattern = vm.fileSystemBytes(format)
        if pattern.contains(0) { throw vm.raise(.valueError, "embedded null character") }
        if pattern.isEmpty { return vm.shared.pointee.emptyString }
        // One character more, so that an empty result differs from one that does not fit.
        var wanted = pattern.map { CChar(bitPattern: $0) }
        wanted += [0x20, 0]
        var time = parts
        var size = max(256, pattern.count * 2)
        while true {
            var buffer = [CChar](repeating: 0, count: size)
            let n = zone.withCString { name in
                time.tm_zone = name
                return strftime(&buffer, size, wanted, &time)
            }
            if n > 0 {
                return try vm.fileSystemString(
                    buffer.prefix(n - 1).map { UInt8(bitPattern: $0) })
            }
            if size > 1 << 20 { throw vm.outOfMemory() }
            size *= 4
        }
    }
}
