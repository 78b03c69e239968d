// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The real one.
package struct POSIXDisk: JournalDisk {
    package init() {}

    package func create(_ path: String, mode: mode_t) throws(DiskError) -> CInt {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw DiskError(call: "open", code: errno) }
        return descriptor
    }

    package func write(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) throws(DiskError) -> Int {
        while true {
            #if canImport(Glibc)
            let count = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            #else
            let count = Darwin.write(descriptor, bytes.baseAddress, bytes.count)
            #endif
            if count >= 0 { return count }
            guard errno == EINTR else { throw DiskError(call: "write", code: errno) }
        }
    }

    package func syncData(_ descriptor: CInt) throws(DiskError) {
        #if canImport(Glibc)
        guard fdatasync(descriptor) == 0 else { throw DiskError(call: "fdatasync", code: errno) }
        #else
        guard fcntl(descriptor, F_FULLFSYNC) == 0 else { throw DiskError(call: "fcntl", code: errno) }
        #endif
    }

    package func syncDirectory(_ path: String) throws(DiskError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DiskError(call: "open", code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw DiskError(call: "fsync", code: errno) }
    }

    package func reserve(_ byteCount: Int, in descriptor: CInt) throws(DiskError) -> Bool {
        guard let fallocate = Self.fallocate else { return false }
        while fallocate(descriptor, Self.keepSize, 0, off_t(byteCount)) != 0 {
            switch errno {
            case EINTR: continue
            case EOPNOTSUPP, ENOSYS, EINVAL: return false
            default: throw DiskError(call: "fallocate", code: errno)
            }
        }
        return true
    }

    private typealias Fallocate = @convention(c) (CInt, CInt, off_t, off_t) -> CInt

    /// FALLOC_FL_KEEP_SIZE of linux/falloc.h.
    private static let keepSize: CInt = 1

    /// Looked up by name: the C header shows fallocate(2) only to those who define _GNU_SOURCE, and Swift's importer
    /// does not. Nil where the system has none.
    private static let fallocate: Fallocate? = dlsym(UnsafeMutableRawPointer(bitPattern: 0), "fallocate")
        .map { unsafeBitCast($0, to: Fallocate.self) }

    package func truncate(_ descriptor: CInt, to byteCount: Int) throws(DiskError) {
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else { throw DiskError(call: "ftruncate", code: errno) }
    }

    package func identity(of descriptor: CInt) throws(DiskError) -> FileIdentity {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw DiskError(call: "fstat", code: errno) }
        return FileIdentity(status)
    }

    package func identity(at path: String) throws(DiskError) -> FileIdentity {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw DiskError(call: "lstat", code: errno) }
        return FileIdentity(status)
    }

    package func remove(_ path: String) throws(DiskError) {
        guard unlink(path) == 0 else { throw DiskError(call: "unlink", code: errno) }
    }

    package func rename(_ path: String, to target: String) throws(DiskError) {
        #if canImport(Glibc)
        let result = Glibc.rename(path, target)
        #else
        let result = Darwin.rename(path, target)
        #endif
        guard result == 0 else { throw DiskError(call: "rename", code: errno) }
    }

    package func close(_ descriptor: CInt) {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #else
        _ = Darwin.close(descriptor)
        #endif
    }
}

extension FileIdentity {
    init(_ status: stat) {
        self.init(
            device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino),
            links: UInt64(status.st_nlink), byteCount: Int(status.st_size))
    }
}

func systemMessage(_ code: CInt) -> String {
    String(cString: strerror(code))
}
