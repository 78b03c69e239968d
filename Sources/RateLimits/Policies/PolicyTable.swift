// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The policies in use, each once: a million home users share one.
struct PolicyTable: ~Copyable {
    private struct Source {
        let policy: LimitPolicy
        var uses: Int
    }

    /// Each at a place of its own, because every decision reads them there.
    private var compiled: ContiguousArray<UnsafeMutablePointer<CompiledPolicy>> = []
    private var sources: ContiguousArray<Source?> = []
    private var identifiers: [LimitPolicy: UInt32] = [:]
    private var free: [UInt32] = []

    /// Good until the policy is released for the last time.
    @inline(__always)
    subscript(_ identifier: UInt32) -> UnsafePointer<CompiledPolicy> { UnsafePointer(compiled[Int(identifier)]) }

    func source(_ identifier: UInt32) -> LimitPolicy {
        guard let source = sources[Int(identifier)] else { preconditionFailure("a policy in use is kept") }
        return source.policy
    }

    /// One use of `policy` more.
    mutating func acquire(_ policy: LimitPolicy) -> UInt32 {
        if let identifier = identifiers[policy] {
            sources[Int(identifier)]?.uses += 1
            return identifier
        }
        let identifier = free.popLast() ?? UInt32(compiled.count)
        if Int(identifier) == compiled.count {
            compiled.append(.allocate(capacity: 1))
            sources.append(nil)
        }
        compiled[Int(identifier)].initialize(to: CompiledPolicy(policy))
        sources[Int(identifier)] = Source(policy: policy, uses: 1)
        identifiers[policy] = identifier
        return identifier
    }

    /// One use less; a policy that nobody uses is forgotten.
    mutating func release(_ identifier: UInt32) {
        guard var source = sources[Int(identifier)] else { return }
        source.uses -= 1
        sources[Int(identifier)] = source.uses > 0 ? source : nil
        guard source.uses == 0 else { return }
        identifiers[source.policy] = nil
        free.append(identifier)
    }

    var count: Int { identifiers.count }

    deinit {
        for place in compiled { place.deallocate() }
    }
}
