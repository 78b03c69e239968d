// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Foundation
import TestSupport

/// The real disk, whose syncs of one file hang until they are told to fail.
struct FailingDisk: JournalDisk {
    enum Mode: Sendable {
        case sound, hanging, failing
    }

    let mode = Watched(Mode.sound)
    private let disk = POSIXDisk()

    func syncData(_ descriptor: CInt) throws(DiskError) {
        let failure = mode.change { $0 == .sound ? nil : $0 }
        guard failure != nil else { return try disk.syncData(descriptor) }
        let ended = try? mode.blockingWait(for: "the failure", within: .seconds(60)) { $0 == .hanging ? nil : $0 }
        mode.change { $0 = .sound }
        // Both EIO and whatever else the device says are the same to a journal.
        if ended == .failing { throw DiskError(call: "fdatasync", code: 5) }
    }

    func create(_ path: String, mode: mode_t) throws(DiskError) -> CInt { try disk.create(path, mode: mode) }
    func write(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) throws(DiskError) -> Int {
        try disk.write(bytes, to: descriptor)
    }
    func syncDirectory(_ path: String) throws(DiskError) { try disk.syncDirectory(path) }
    func reserve(_ byteCount: Int, in descriptor: CInt) throws(DiskError) -> Bool {
        try disk.reserve(byteCount, in: descriptor)
    }
    func truncate(_ descriptor: CInt, to byteCount: Int) throws(DiskError) {
        try disk.truncate(descriptor, to: byteCount)
    }
    func identity(of descriptor: CInt) throws(DiskError) -> FileIdentity { try disk.identity(of: descriptor) }
    func identity(at path: String) throws(DiskError) -> FileIdentity { try disk.identity(at: path) }
    func remove(_ path: String) throws(DiskError) { try disk.remove(path) }
    func rename(_ path: String, to target: String) throws(DiskError) { try disk.rename(path, to: target) }
    func close(_ descriptor: CInt) { disk.close(descriptor) }
}
