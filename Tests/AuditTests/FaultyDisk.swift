// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Foundation
import TestSupport

/// The real disk, with faults that a test switches on and off.
struct FaultyDisk: JournalDisk {
    enum Call: String, Sendable {
        case create, write, shortWrite, syncData, syncDirectory, reserve, remove, rename, truncate
    }

    struct Faults: Sendable {
        /// Error codes by call; for all paths, or for those that begin with `only`.
        var failing: [Call: CInt] = [:]
        var only = ""

        /// Failures left before the call works again; nil for ever.
        var remaining: Int?

        /// Calls that hang until they are taken out of the set; for the same paths.
        var blocked: Set<Call> = []

        /// Calls that hang at this moment, and how often each was made.
        var hanging: [Call: Int] = [:]
        var made: [Call: Int] = [:]
        var paths: [CInt: String] = [:]
    }

    let faults = Watched(Faults())
    private let disk = POSIXDisk()

    func create(_ path: String, mode: mode_t) throws(DiskError) -> CInt {
        try pass(.create, path)
        let descriptor = try disk.create(path, mode: mode)
        faults.change { $0.paths[descriptor] = path }
        return descriptor
    }

    func write(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) throws(DiskError) -> Int {
        let path = path(of: descriptor)
        try pass(.write, path)
        if faults.current.failing[.shortWrite] != nil, bytes.count > 1 {
            let half = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)])
            let count = try disk.write(half, to: descriptor)
            // The rest of a short write meets a full disk.
            faults.change { faults in
                faults.failing[.write] = faults.failing[.shortWrite]
                faults.failing[.shortWrite] = nil
            }
            return count
        }
        return try disk.write(bytes, to: descriptor)
    }

    func syncData(_ descriptor: CInt) throws(DiskError) {
        try pass(.syncData, path(of: descriptor))
        try disk.syncData(descriptor)
    }

    func syncDirectory(_ path: String) throws(DiskError) {
        try pass(.syncDirectory, path)
        try disk.syncDirectory(path)
    }

    func reserve(_ byteCount: Int, in descriptor: CInt) throws(DiskError) -> Bool {
        try pass(.reserve, path(of: descriptor))
        return try disk.reserve(byteCount, in: descriptor)
    }

    func truncate(_ descriptor: CInt, to byteCount: Int) throws(DiskError) {
        try pass(.truncate, path(of: descriptor))
        try disk.truncate(descriptor, to: byteCount)
    }

    func identity(of descriptor: CInt) throws(DiskError) -> FileIdentity { try disk.identity(of: descriptor) }
    func identity(at path: String) throws(DiskError) -> FileIdentity { try disk.identity(at: path) }

    func remove(_ path: String) throws(DiskError) {
        try pass(.remove, path)
        try disk.remove(path)
    }

    func rename(_ path: String, to target: String) throws(DiskError) {
        try pass(.rename, path)
        try disk.rename(path, to: target)
    }

    func close(_ descriptor: CInt) { disk.close(descriptor) }

    private func path(of descriptor: CInt) -> String {
        faults.current.paths[descriptor] ?? ""
    }

    private func pass(_ call: Call, _ path: String) throws(DiskError) {
        faults.change { $0.made[call, default: 0] += 1 }
        let now = faults.current
        if now.blocked.contains(call), path.hasPrefix(now.only) { hang(call) }
        let code = faults.change { faults -> CInt? in
            guard let code = faults.failing[call], path.hasPrefix(faults.only) else { return nil }
            if let remaining = faults.remaining {
                guard remaining > 0 else { return nil }
                faults.remaining = remaining - 1
            }
            return code
        }
        if let code { throw DiskError(call: call.rawValue, code: code) }
    }

    private func hang(_ call: Call) {
        faults.change { $0.hanging[call, default: 0] += 1 }
        _ = try? faults.blockingWait(for: "the end of the block", within: .seconds(60)) {
            $0.blocked.contains(call) ? nil : true
        }
        faults.change { $0.hanging[call, default: 0] -= 1 }
    }
}
