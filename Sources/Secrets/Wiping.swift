// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import FoundationEssentials
import Glibc

extension [UInt8] {
    /// Overwrites the bytes before the memory is given back. Reserve the whole capacity before the first secret byte goes
    /// in: an array that grows leaves copies behind.
    package mutating func wipe() {
        withUnsafeMutableBytes { buffer in
            if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
        }
        removeAll(keepingCapacity: false)
    }
}

extension Data {
    mutating func wipe() {
        withUnsafeMutableBytes { buffer in
            if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
        }
        removeAll(keepingCapacity: false)
    }
}
