// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The files of a store: their names, and who may read them.
struct StoreFiles {
    let directory: String

    var database: String { directory + "/custody.sqlite" }
    var lock: String { directory + "/custody.lock" }
    /// The directory of the emergency file.
    var quarantine: String { directory + "/quarantine" }
    /// Written by SQLite next to the database while it is open.
    var companions: [String] { [database + "-wal", database + "-shm"] }

    /// Makes sure of the directory, private to its owner, without touching anything in it.
    func prepareDirectory(creating: Bool) throws(CustodyError) {
        var status = stat()
        if stat(directory, &status) != 0 {
            guard errno == ENOENT else { throw .storage(detail: "\(directory): \(systemError())") }
            guard creating else { throw .missing(path: directory) }
            guard mkdir(directory, 0o700) == 0 else {
                throw .storage(detail: "the directory \(directory) could not be created: \(systemError())")
            }
            return
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .storage(detail: "\(directory) is not a directory") }
        guard status.st_mode & 0o022 == 0 else {
            throw .storage(
                detail: "others may write to the directory \(directory); close it with `chmod 700 \(directory)`")
        }
    }

    /// Whether the database file is there and not empty. A creation that was cut off leaves an empty one.
    func databaseHasContent() throws(CustodyError) -> Bool {
        var status = stat()
        guard stat(database, &status) == 0 else {
            guard errno == ENOENT else { throw .storage(detail: "\(database): \(systemError())") }
            return false
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .storage(detail: "\(database) is not a regular file") }
        return status.st_size > 0
    }

    /// Creates the database file ahead of SQLite, which gives its companions the same mode, and makes the name durable.
    func createDatabaseFile() throws(CustodyError) {
        let file = open(database, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .storage(detail: "\(database) could not be created: \(systemError())") }
        close(file)
        let handle = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw .storage(detail: "\(directory): \(systemError())") }
        defer { close(handle) }
        guard fsync(handle) == 0 else { throw .storage(detail: "\(directory) could not be synced: \(systemError())") }
    }

    /// Takes read and write permission on the database from everybody but its owner, should a copy have brought them.
    func restrictDatabaseFile() throws(CustodyError) {
        guard chmod(database, 0o600) == 0 else {
            throw .storage(detail: "the mode of \(database) could not be set: \(systemError())")
        }
    }
}

/// What the last failed system call said.
func systemError() -> String {
    String(cString: strerror(errno))
}
