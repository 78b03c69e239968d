// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Memory for slots that grows without moving any: a decision works on several of them in place.
///
/// Pointers hold until the owner goes; they are used under the limiter's lock and nowhere else.
struct SlotPieces: ~Copyable {
    private var pieces: ContiguousArray<UnsafeMutablePointer<Slot>> = []

    static let bits: UInt32 = 10
    static let slotsAPiece = 1 << Int(bits)

    var count: Int { pieces.count }

    mutating func grow() {
        let piece = UnsafeMutablePointer<Slot>.allocate(capacity: Self.slotsAPiece)
        piece.initialize(repeating: Slot(), count: Self.slotsAPiece)
        pieces.append(piece)
    }

    /// Only for identifiers within the pieces.
    @inline(__always)
    subscript(_ identifier: UInt32) -> UnsafeMutablePointer<Slot> {
        pieces[Int(identifier >> Self.bits)] + Int(identifier) & (Self.slotsAPiece - 1)
    }

    deinit {
        for piece in pieces {
            piece.deinitialize(count: Self.slotsAPiece)
            piece.deallocate()
        }
    }
}
