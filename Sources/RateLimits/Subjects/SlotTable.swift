// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The slots of all keys that are counted right now.
struct SlotTable: ~Copyable {
    private struct Name {
        let key: LimitKey
        let hash: UInt32
    }

    private var slots = SlotPieces()
    private var names: ContiguousArray<ContiguousArray<Name?>> = []
    private var index = SlotIndex()
    private var free: ContiguousArray<UInt32> = []

    /// Slots given out so far, free ones included.
    private var used: UInt32 = 0

    /// The next slot to be looked at for being as good as new.
    private var hand: UInt32 = 0
    private(set) var policies = PolicyTable()

    private static let pieceBits = SlotPieces.bits
    private static let piece = SlotPieces.slotsAPiece

    /// Keys that came since the last `sweepForNew`.
    private var added = 0

    /// Slots looked at for each new key: more than one, so that the table follows those who call and not all who ever did.
    private static let sweptForNew = 4

    @inline(__always)
    subscript(_ identifier: UInt32) -> Slot {
        get { slots[identifier].pointee }
        nonmutating _modify { yield &slots[identifier].pointee }
    }

    /// For the time of one decision.
    @inline(__always)
    func seat(_ slot: UnsafeMutablePointer<Slot>) -> Seat {
        Seat(slot: slot, policy: policies[slot.pointee.policy])
    }

    @inline(__always)
    func seat(_ identifier: UInt32) -> Seat { seat(slots[identifier]) }

    /// Nil if it is another key's by now, or nobody's.
    @inline(__always)
    func slot(at place: SlotPlace) -> UnsafeMutablePointer<Slot>? {
        guard place.generation != 0, place.identifier < used else { return nil }
        let slot = slots[place.identifier]
        return slot.pointee.generation == place.generation ? slot : nil
    }

    /// Keys counted.
    var count: Int { index.count }

    func policy(of identifier: UInt32) -> CompiledPolicy {
        policies[self[identifier].policy].pointee
    }

    func policySource(of identifier: UInt32) -> LimitPolicy {
        policies.source(self[identifier].policy)
    }

    func key(of identifier: UInt32) -> LimitKey? {
        names[Int(identifier >> Self.pieceBits)][Int(identifier) & (Self.piece - 1)]?.key
    }

    // MARK: From subjects to slots

    /// The slot of a subject; it gets one if it has none.
    mutating func slot(of subject: LimitSubject, _ now: Int64) -> UInt32 {
        let place = subject.slot
        return slot(at: place) == nil ? attach(subject, now) : place.identifier
    }

    /// The slot of a subject, if it has one.
    func existingSlot(of subject: LimitSubject) -> UInt32? {
        let place = subject.slot
        return slot(at: place) == nil ? find(subject.key, Self.hash(subject.key)) : place.identifier
    }

    private mutating func attach(_ subject: LimitSubject, _ now: Int64) -> UInt32 {
        let hash = Self.hash(subject.key)
        let identifier: UInt32
        if let found = find(subject.key, hash) {
            identifier = found
            adopt(subject, identifier, now)
        } else {
            identifier = add(subject.key, hash, subject.policy)
            self[identifier].version = subject.version
        }
        subject.slot = SlotPlace(identifier, generation: self[identifier].generation)
        return identifier
    }

    /// The policy of a newer version replaces the one in force; what was used stays used.
    private mutating func adopt(_ subject: LimitSubject, _ identifier: UInt32, _ now: Int64) {
        guard subject.version >= self[identifier].version else { return }
        self[identifier].version = subject.version
        let old = policySource(of: identifier)
        guard old != subject.policy else { return }
        let oldIdentifier = self[identifier].policy
        self[identifier].policy = policies.acquire(subject.policy)
        let carried = subject.policy.carry(self[identifier].ahead(now), from: old)
        self[identifier].arrivals = SIMD4(repeating: now) &+ carried
        policies.release(oldIdentifier)
    }

    // MARK: Coming and going

    mutating func add(_ key: LimitKey, _ policy: LimitPolicy) -> UInt32 {
        add(key, Self.hash(key), policy)
    }

    func find(_ key: LimitKey) -> UInt32? {
        find(key, Self.hash(key))
    }

    private func find(_ key: LimitKey, _ hash: UInt32) -> UInt32? {
        index.find(hash) { identifier in
            let name = names[Int(identifier >> Self.pieceBits)][Int(identifier) & (Self.piece - 1)]
            return name?.hash == hash && name?.key == key
        }
    }

    private mutating func add(_ key: LimitKey, _ hash: UInt32, _ policy: LimitPolicy) -> UInt32 {
        added += 1
        let identifier = free.popLast() ?? grow()
        names[Int(identifier >> Self.pieceBits)][Int(identifier) & (Self.piece - 1)] = Name(key: key, hash: hash)
        index.insert(identifier, hash) { [names] in Self.hash($0, in: names) }
        self[identifier].policy = policies.acquire(policy)
        return identifier
    }

    private mutating func grow() -> UInt32 {
        if Int(used) == slots.count * Self.piece {
            slots.grow()
            names.append(ContiguousArray(repeating: nil, count: Self.piece))
        }
        used += 1
        return used - 1
    }

    /// Makes up for new keys, once nobody holds an identifier that is not yet in use.
    mutating func sweepForNew(_ now: Int64) {
        guard added > 0 else { return }
        sweep(atMost: added * Self.sweptForNew, now)
        added = 0
    }

    /// Looks at some slots and forgets those that are as good as new. Identifiers of such slots are void afterwards.
    mutating func sweep(atMost most: Int, _ now: Int64) {
        for _ in 0..<min(most, Int(used)) {
            hand = hand + 1 < used ? hand + 1 : 0
            guard key(of: hand) != nil, self[hand].isAsGoodAsNew(now) else { continue }
            forget(hand)
        }
    }

    private mutating func forget(_ identifier: UInt32) {
        index.remove(identifier, Self.hash(identifier, in: names)) { [names] in Self.hash($0, in: names) }
        names[Int(identifier >> Self.pieceBits)][Int(identifier) & (Self.piece - 1)] = nil
        policies.release(self[identifier].policy)
        let generation = self[identifier].generation
        self[identifier] = Slot()
        self[identifier].generation = generation == .max ? 1 : generation + 1
        free.append(identifier)
    }

    private static func hash(_ identifier: UInt32, in names: ContiguousArray<ContiguousArray<Name?>>) -> UInt32 {
        names[Int(identifier >> pieceBits)][Int(identifier) & (piece - 1)]?.hash ?? 0
    }

    private static func hash(_ key: LimitKey) -> UInt32 {
        UInt32(truncatingIfNeeded: key.hashValue)
    }

    // MARK: All of them

    /// The slots in use of one piece; nil behind the last piece.
    func identifiers(ofPiece piece: Int) -> [UInt32]? {
        guard piece < slots.count else { return nil }
        let first = UInt32(piece * Self.piece)
        return (first..<min(first + UInt32(Self.piece), used)).filter { key(of: $0) != nil }
    }

    /// Bytes of the table itself. Names longer than 15 bytes live beside it.
    var size: Int {
        slots.count * Self.piece * (MemoryLayout<Slot>.stride + MemoryLayout<Name?>.stride) + index.size
            + free.capacity * MemoryLayout<UInt32>.stride
    }
}
