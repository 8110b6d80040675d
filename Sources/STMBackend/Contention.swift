import CHost

/// Decides when threads had better run one at a time: when transactions get less done than one thread without
/// any would.
///
/// Threads report in pieces how long they worked on what was committed, and how long on what was rolled
/// back or waiting for each other. Work in transactions also takes longer than without, by a factor that
/// each thread finds out when it stops being alone: the *price*. `parallel` threads together are worth it while
/// the committed work of all, divided by the price, is more than the time that one of them has spent.
///
/// A window is judged once it is full, or earlier when the loss is plain, or when soon after a period of contention there
/// is one again. The first verdict of contention stands for `shortest`, an early one for half of that, and twice as long
/// each time transactions fail again soon after they were tried again. A verdict whose only reason is the price needs one that
/// was measured since the last period.
///
/// A thread that has no core reports nothing. That is nobody's fault and soon over; but where transactions are so dear
/// that the others get much less done than one alone would, they had better not wait for it.
package struct Contention {
    package enum Verdict {
        case tooEarly, together, oneAtATime
        /// The price decides, and is to be measured first.
        case unknown
    }
    private enum PriceAge { case new, old, toBeMeasured }

    /// Time of all threads together on which a verdict rests.
    package static let window: UInt64 = 2_000_000
    /// The same where less than `plainLoss` is done of what one thread alone would have done, or, soon after a period of
    /// contention, less than `loss`.
    package static let shortWindow: UInt64 = 200_000
    static let plainLoss = 0.75
    static let loss = 0.9
    /// The same, compared with the busiest thread only.
    static let loneLoss = 0.65
    package static let shortest: UInt64 = 20_000_000
    package static let longest: UInt64 = 1_000_000_000
    /// Of an interpreter that nobody has measured.
    package static let usualPrice = 1.25
    /// A higher one shows that the guest did something else while it was measured.
    static let highestPrice = 30.0
    static let cheap = 1.5
    /// For how long no verdict is passed when one could not be carried out.
    package static let respite: UInt64 = 100_000_000
    static let firstProbe: UInt64 = 5_000_000
    /// After a price that is much higher than the one before: if it is true, each moment counts.
    static let secondLook: UInt64 = 300_000

    private var useful: UInt64 = 0
    private var lost: UInt64 = 0
    /// Of each thread, what it has reported.
    private var times = [UInt64](repeating: 0, count: Int(QUANTA_MAX_THREADS))
    /// The lower one of the last two measurements: one may have met the guest between two kinds of work.
    private(set) var price = usualPrice
    private var lastPrice = usualPrice
    private var isFirstPrice = true
    /// Old is what was measured before the last period of contention.
    private var priceAge = PriceAge.new
    /// End of the present period, or 0.
    private var until: UInt64 = 0
    /// End of the last period.
    private var lastEnd: UInt64 = 0
    private var length = shortest
    /// No verdict before.
    private var respiteEnd: UInt64 = 0
    private var probeAfter = firstProbe
    /// What it was before the price rose.
    private var calm = firstProbe

    package init() {}

    /// A new measurement; returns after how long the next one is due. Rarer while they agree, and much rarer
    /// while transactions are cheap: whoever is measured goes alone for it, and what it owns is everybody's then.
    /// One that is higher than the one before is looked at again at once, and if it was a mistake, or is over, all
    /// is as it was. The first one has only the usual price to be compared with.
    package mutating func measured(_ price: Double) -> UInt64 {
        priceAge = .new
        if price < Contention.highestPrice {
            let (before, now) = (lastPrice, max(1, price))
            let muchHigher = isFirstPrice ? before : before * 1.5
            isFirstPrice = false
            self.price = min(now, before)
            lastPrice = now
            if now > muchHigher {
                calm = max(calm, probeAfter)
                probeAfter = Contention.firstProbe
                return Contention.secondLook
            } else if max(now, before) < Contention.cheap {
                probeAfter = min(Contention.longest, probeAfter * 8)
            } else if now <= before / 1.5 {
                probeAfter = max(calm, probeAfter)
                calm = Contention.firstProbe
            } else {
                probeAfter = min(Contention.longest, probeAfter * 2)
            }
        }
        return probeAfter
    }

    /// What a thread reports. With `oneAtATime` a period of contention begins.
    package mutating func weigh(
        _ thread: UInt64, useful: UInt64, lost: UInt64, parallel: Int, now: UInt64
    ) -> Verdict {
        if holds(now: { now }) || parallel < 2 || now < respiteEnd { return .tooEarly }
        self.useful += useful
        self.lost += lost
        times[Int(thread)] += useful + lost
        let sum = self.useful + self.lost
        if sum < Contention.shortWindow { return .tooEarly }
        let busiest = times.max().unsafelyUnwrapped
        let worth = Double(self.useful) / price
        let efficiency = Double(self.useful) * Double(parallel) / Double(sum)
        let gain = efficiency / price
        let isEarly = sum < Contention.window
        let again = now - lastEnd < length
        let mostLost = again && busiest < sum ? Contention.loss : Contention.plainLoss
        if isEarly && gain >= mostLost { return .tooEarly }
        (self.useful, self.lost) = (0, 0)
        for i in times.indices { times[i] = 0 }
        if gain >= 1 && worth >= Contention.loneLoss * Double(busiest) { return .together }
        if priceAge != .new && efficiency >= Contention.usualPrice {
            if priceAge == .toBeMeasured { return .tooEarly }
            priceAge = .toBeMeasured
            return .unknown
        }
        let first = isEarly ? Contention.shortest / 2 : Contention.shortest
        length = again ? min(Contention.longest, length * 2) : first
        until = now + length
        return .oneAtATime
    }

    /// Threads cannot run one at a time: one of those in transactions stays.
    package mutating func putOff(now: UInt64) {
        until = 0
        respiteEnd = now + Contention.respite
    }

    /// Is it better now that threads run one at a time?
    package mutating func holds(now: () -> UInt64) -> Bool {
        if until == 0 { return false }
        let now = now()
        if now < until { return true }
        until = 0
        lastEnd = now
        priceAge = .old
        return false
    }
}
