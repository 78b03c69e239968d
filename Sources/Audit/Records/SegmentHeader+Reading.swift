// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON

extension SegmentHeader {
    /// Reads the header from the bytes of a line that `RecordLine` has accepted. Nil when a member is missing or wrong.
    init?(line: UnsafeRawBufferPointer) {
        guard let document = try? JSONDocument.parse(Array(line)) else { return nil }
        let root = document.root
        guard let number = root["segment"]?.count, let previous = root["previous"]?.count,
            let durability = root["durability"]?.string.flatMap(JournalDurability.init(rawValue:)),
            let tree = root["tree"].flatMap(CompactRange.init(json:)),
            let open = root["open"]?.elements?.map(\.string)
        else { return nil }
        self.number = number
        self.previous = previous
        self.durability = durability
        self.tree = tree
        self.open = open.compactMap { $0 }
        guard self.open.count == open.count else { return nil }
        if let member = root["failed"] {
            guard let number = member["segment"]?.count, let after = member["after"]?.count else { return nil }
            failed = FailedSegment(number: number, after: after)
        }
        abandoned = (root["abandoned"]?.elements ?? []).compactMap(\.count)
    }
}

extension CompactRange {
    fileprivate init?(json: JSONValue) {
        guard let size = json["size"]?.count, let nodes = json["nodes"]?.elements else { return nil }
        let hashes = nodes.compactMap { $0.string.flatMap { RecordHash(hex: $0.utf8) } }
        guard hashes.count == nodes.count else { return nil }
        self.init(size: size, nodes: hashes)
    }
}

extension JSONValue {
    fileprivate var count: UInt64? {
        guard case .number(let text) = kind else { return nil }
        return UInt64(text)
    }
}
