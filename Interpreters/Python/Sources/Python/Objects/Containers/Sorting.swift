import Glibc

/// How elements of a ``MergeSort`` are ordered.
protocol SortOrder {
    associatedtype Element
    func less(_ a: Element, _ b: Element) throws(Unwind) -> Bool
}

/// A stable merge sort that profits from what is sorted already: it finds ascending and strictly
/// descending runs, makes short ones longer by insertion, and merges neighbours of similar length,
/// moving whole stretches where one run wins often.
///
/// Elements lie in raw memory. The collector does not see them there: whoever sorts values keeps them
/// alive elsewhere. When the order throws, all elements are in the buffer, in some order.
struct MergeSort<Order: SortOrder>: ~Copyable {
    typealias Element = Order.Element
    let order: Order
    let base: UnsafeMutablePointer<Element>
    let count: Int
    private let scratch: UnsafeMutablePointer<Element>
    /// Runs waiting to be merged: where each starts, and how long it is.
    private var starts: [Int] = []
    private var lengths: [Int] = []
    /// Wins in a row after which stretches are looked for.
    private var patience = 7

    /// Nil when there is no memory.
    init?(_ order: Order, _ base: UnsafeMutablePointer<Element>, _ count: Int) {
        self.order = order
        self.base = base
        self.count = count
        guard let memory = malloc(max(1, count / 2 + 1) * MemoryLayout<Element>.stride) else {
            return nil
        }
        scratch = memory.bindMemory(to: Element.self, capacity: count / 2 + 1)
    }
    deinit { free(scratch) }

    /// False when all elements were in order, and none has been moved.
    mutating func sort() throws(Unwind) -> Bool {
        if count < 2 { return false }
        let minimum = MergeSort.minimumRun(count)
        var low = 0
        while low < count {
            let (length, isAscending) = try run(low)
            if length == count { return !isAscending }
            var n = length
            if n < minimum {
                let wanted = min(minimum, count - low)
                try insertionSort(low, sorted: n, wanted)
                n = wanted
            }
            starts.append(low)
            lengths.append(n)
            try settle()
            low += n
        }
        while lengths.count > 1 {
            let n = lengths.count
            try merge(at: n > 2 && lengths[n - 3] < lengths[n - 1] ? n - 3 : n - 2)
        }
        return true
    }

    /// Between 32 and 64, such that the count is close to a power of two times it.
    private static func minimumRun(_ count: Int) -> Int {
        var (n, rest) = (count, 0)
        while n >= 64 {
            rest |= n & 1
            n >>= 1
        }
        return n + rest
    }

    /// The length of the run that begins at `low`, and whether it was ascending; now it is.
    private func run(
        _ low: Int
    ) throws(Unwind) -> (length: Int, isAscending: Bool) {
        var i = low + 1
        if i >= count { return (1, true) }
        let isDescending = try order.less(base[i], base[low])
        if isDescending {
            i += 1
            while i < count, try order.less(base[i], base[i - 1]) { i += 1 }
            var (a, b) = (low, i - 1)
            while a < b {
                swap(&base[a], &base[b])
                a += 1
                b -= 1
            }
        } else {
            i += 1
            while i < count, try !order.less(base[i], base[i - 1]) { i += 1 }
        }
        return (i - low, !isDescending)
    }

    /// Sorts `low ..< low + wanted`, of which the first `sorted` are.
    private func insertionSort(
        _ low: Int, sorted: Int, _ wanted: Int
    ) throws(Unwind) {
        for i in (low + sorted)..<(low + wanted) {
            let element = base[i]
            var (left, right) = (low, i)
            while left < right {
                let middle = (left + right) / 2
                if try order.less(element, base[middle]) {
                    right = middle
                } else {
                    left = middle + 1
                }
            }
            var k = i
            while k > left {
                base[k] = base[k - 1]
                k -= 1
            }
            base[left] = element
        }
    }

    /// Merges until each run is longer than the next two together.
    private mutating func settle() throws(Unwind) {
        while lengths.count > 1 {
            let n = lengths.count
            let isThreeWrong = n > 2 && lengths[n - 3] <= lengths[n - 2] + lengths[n - 1]
            let isFourWrong = n > 3 && lengths[n - 4] <= lengths[n - 3] + lengths[n - 2]
            if isThreeWrong || isFourWrong {
                try merge(at: lengths[n - 3] < lengths[n - 1] ? n - 3 : n - 2)
            } else if lengths[n - 2] <= lengths[n - 1] {
                try merge(at: n - 2)
            } else {
                return
            }
        }
    }

    private mutating func merge(
        at i: Int
    ) throws(Unwind) {
        var (a, m) = (starts[i], lengths[i])
        let (b, n) = (starts[i + 1], lengths[i + 1])
        lengths[i] = m + n
        starts.remove(at: i + 1)
        lengths.remove(at: i + 1)
        // What is in its place already: the beginning of the first run, the end of the second.
        let skip = try upperBound(base[b], a, m)
        a += skip
        m -= skip
        if m == 0 { return }
        let rest = try lowerBound(base[a + m - 1], b, n)
        if rest == 0 { return }
        _ = m <= rest ? try mergeUp(a, m, b, rest) : try mergeDown(a, m, b, rest)
    }

    /// How many of `n` elements from `low` on are less than or equal to `element`; looks near the start
    /// first.
    private func upperBound(
        _ element: Element, _ low: Int, _ n: Int
    ) throws(Unwind) -> Int {
        var (left, right) = (0, 1)
        while right < n, try !order.less(element, base[low + right - 1]) {
            left = right
            right = right * 2 + 1
        }
        right = min(right, n)
        while left < right {
            let middle = (left + right) / 2
            if try order.less(element, base[low + middle]) {
                right = middle
            } else {
                left = middle + 1
            }
        }
        return left
    }
    /// How many of `n` elements from `low` on are less than `element`; looks near the end first.
    private func lowerBound(
        _ element: Element, _ low: Int, _ n: Int
    ) throws(Unwind) -> Int {
        var (left, right) = (n - 1, n)
        var step = 1
        while left > 0, try !order.less(base[low + left], element) {
            right = left
            left -= step
            step = step * 2 + 1
        }
        left = max(left, 0)
        while left < right {
            let middle = (left + right) / 2
            if try order.less(base[low + middle], element) {
                left = middle + 1
            } else {
                right = middle
            }
        }
        return left
    }

    /// Merges two neighbours of which the first is the shorter one: from the left. Gives what it came to.
    ///
    /// The result is there because Swift 6.3 makes the last copy of a function without one a tail call, and
    /// forgets that the function has not thrown.
    private mutating func mergeUp(
        _ a: Int, _ m: Int, _ b: Int, _ n: Int
    ) throws(Unwind) -> Int {
        scratch.update(from: base + a, count: m)
        var (i, j, k) = (0, b, a)
        let end = b + n
        // Whatever happens, what was set aside comes back.
        defer { (base + k).update(from: scratch + i, count: m - i) }
        var (leftWins, rightWins) = (0, 0)
        while i < m && j < end {
            if try order.less(base[j], scratch[i]) {
                base[k] = base[j]
                j += 1
                rightWins += 1
                leftWins = 0
            } else {
                base[k] = scratch[i]
                i += 1
                leftWins += 1
                rightWins = 0
            }
            k += 1
            if leftWins | rightWins < patience { continue }
            // One side wins again and again: move stretches.
            var stretch = 0
            repeat {
                if i >= m || j >= end { break }
                var x = 0
                let right = base[j]
                var step = 1
                while i + step <= m, try !order.less(right, scratch[i + step - 1]) {
                    x = step
                    step = step * 2 + 1
                }
                var high = min(step, m - i)
                while x < high {
                    let middle = (x + high) / 2
                    if try order.less(right, scratch[i + middle]) {
                        high = middle
                    } else {
                        x = middle + 1
                    }
                }
                (base + k).update(from: scratch + i, count: x)
                i += x
                k += x
                if i >= m { break }
                base[k] = base[j]
                j += 1
                k += 1
                if j >= end { break }
                var y = 0
                let left = scratch[i]
                step = 1
                while j + step <= end, try order.less(base[j + step - 1], left) {
                    y = step
                    step = step * 2 + 1
                }
                high = min(step, end - j)
                while y < high {
                    let middle = (y + high) / 2
                    if try order.less(base[j + middle], left) {
                        y = middle + 1
                    } else {
                        high = middle
                    }
                }
                (base + k).update(from: base + j, count: y)
                j += y
                k += y
                base[k] = scratch[i]
                i += 1
                k += 1
                stretch = max(x, y)
                patience = max(1, patience - 1)
            } while stretch >= 7
            patience += 1
            (leftWins, rightWins) = (0, 0)
        }
        return k
    }

    /// Merges two neighbours of which the second is the shorter one: from the right.
    private mutating func mergeDown(
        _ a: Int, _ m: Int, _ b: Int, _ n: Int
    ) throws(Unwind) -> Int {
        scratch.update(from: base + b, count: n)
        var (i, j, k) = (a + m - 1, n - 1, b + n - 1)
        defer {
            // The elements set aside fill the gap below k.
            (base + (k - j)).update(from: scratch, count: j + 1)
        }
        while i >= a && j >= 0 {
            if try order.less(scratch[j], base[i]) {
                base[k] = base[i]
                i -= 1
            } else {
                base[k] = scratch[j]
                j -= 1
            }
            k -= 1
        }
        return k
    }
}
