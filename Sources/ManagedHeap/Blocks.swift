import CHost

/// Address arithmetic of the heap: one reserved range, cut into blocks; each block holds cells of
/// one size, or is part of a large object. Facts about a block are kept beside the heap, not in it,
/// so that block headers do not fall on the same cache lines.
///
/// B1  A block is free, holds cells, heads a large object, or continues one (`BlockState`).
/// B2  A cell is allocated when its bit is set in `allocated` and it is not inside the free run of
///     the allocator that owns the block.
/// B3  Only the owner of a block sets its bits between collections.
enum BlockState: UInt64 { case free, cells, large, continuation }

@usableFromInline struct BlockInfo {
    static let blockShift: UInt = 15
    static let blockBytes: UInt = 1 << blockShift
    static let granuleShift: UInt = 4
    static let bitmapWords = Int(blockBytes >> granuleShift) / 64
    static let words = 8 + 3 * bitmapWords

    let base: UnsafeMutablePointer<UInt64>

    var cellBytes: UInt {
        get { UInt(base[0]) }
        nonmutating set { base[0] = UInt64(newValue) }
    }
    var state: BlockState {
        get { BlockState(rawValue: base[1]).unsafelyUnwrapped }
        nonmutating set { base[1] = newValue.rawValue }
    }
    /// Where the search for the next free run goes on.
    var cursor: UInt {
        get { UInt(base[2]) }
        nonmutating set { base[2] = UInt64(newValue) }
    }
    /// The allocator that bumps through this block, or nil.
    var owner: UnsafeMutablePointer<quanta_allocator>? {
        get { UnsafeMutablePointer(bitPattern: UInt(base[3])) }
        nonmutating set { base[3] = UInt64(UInt(bitPattern: newValue)) }
    }
    /// Number of the next block in the list this one is on; 0 ends it (block 0 is never used).
    var link: Int {
        get { Int(base[4]) }
        nonmutating set { base[4] = UInt64(newValue) }
    }
    /// Large objects: blocks in all (head), or distance to the head (continuation).
    var span: Int {
        get { Int(base[5]) }
        nonmutating set { base[5] = UInt64(newValue) }
    }

    var allocated: UnsafeMutablePointer<UInt64> { base + 8 }
    var marked: UnsafeMutablePointer<UInt64> { base + 8 + BlockInfo.bitmapWords }
    /// Cells that are marked from the start of every collection.
    var permanent: UnsafeMutablePointer<UInt64> { base + 8 + 2 * BlockInfo.bitmapWords }

    /// Is no cell allocated?
    var isEmpty: Bool {
        var i = 0
        while i < BlockInfo.bitmapWords && allocated[i] == 0 { i &+= 1 }
        return i == BlockInfo.bitmapWords
    }

    @inline(__always) static func granule(_ address: UInt) -> Int {
        Int((address & (blockBytes &- 1)) &>> granuleShift)
    }
    @inline(__always) static func test(_ bits: UnsafeMutablePointer<UInt64>, _ i: Int) -> Bool {
        (bits[i &>> 6] &>> UInt64(i & 63)) & 1 != 0
    }
    /// The first bit from `i` on that is set, or the number of bits.
    static func firstSet(_ bits: UnsafeMutablePointer<UInt64>, from i: Int) -> Int {
        var word = i &>> 6
        var rest = bits[word] & (~0 &<< UInt64(i & 63))
        while rest == 0 {
            word &+= 1
            if word == bitmapWords { return bitmapWords &* 64 }
            rest = bits[word]
        }
        return word &<< 6 | rest.trailingZeroBitCount
    }
    /// Sets `count` bits from `i` on.
    static func set(_ bits: UnsafeMutablePointer<UInt64>, from i: Int, count: Int) {
        var (i, left) = (i, count)
        while left > 0 {
            let n = min(left, 64 &- i & 63)
            let ones: UInt64 = n == 64 ? ~0 : 1 &<< UInt64(n) &- 1
            bits[i &>> 6] |= ones &<< UInt64(i & 63)
            i &+= n
            left &-= n
        }
    }
    /// Sets bit `i`; true when it was clear.
    @inline(__always) static func set(_ bits: UnsafeMutablePointer<UInt64>, _ i: Int) -> Bool {
        let word = bits + (i &>> 6)
        let mask: UInt64 = 1 &<< UInt64(i & 63)
        if word.pointee & mask != 0 { return false }
        word.pointee |= mask
        return true
    }
}

/// Which cell size serves a request.
@usableFromInline enum SizeClass {
    @usableFromInline static let largestCell: UInt = 8192

    @inline(__always) static func of(bytes: UInt) -> Int {
        if bytes <= 512 { return Int((bytes &+ 15) &>> 4) }
        if bytes <= 1024 { return 32 + Int((bytes &- 512 &+ 31) &>> 5) }
        switch bytes {
        case ...1280: return 49
        case ...1536: return 50
        case ...1792: return 51
        case ...2048: return 52
        case ...2560: return 53
        case ...3072: return 54
        case ...4096: return 55
        default: return 56
        }
    }
    static func bytes(of sizeClass: Int) -> UInt {
        switch sizeClass {
        case ...32: return UInt(sizeClass) * 16
        case ...48: return 512 + UInt(sizeClass - 32) * 32
        case 49: return 1280
        case 50: return 1536
        case 51: return 1792
        case 52: return 2048
        case 53: return 2560
        case 54: return 3072
        case 55: return 4096
        default: return largestCell
        }
    }
    static let count = 57
}
