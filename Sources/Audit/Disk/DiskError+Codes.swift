// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension DiskError {
    static let noProgress = EIO

    var isNameTaken: Bool { code == EEXIST }
    var isFull: Bool { code == ENOSPC || code == EDQUOT }
}
