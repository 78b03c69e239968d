// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What every command does before it touches a secret.
enum ProcessHardening {
    static func apply() {
        // Before anything is opened.
        fillStandardDescriptors()
        // A reader that went away is an error of that write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        // Files and sockets made from here on are the owner's alone.
        umask(0o077)
        forbidCoreDumps()
        forbidCrashReports()
        scrubEnvironment()
    }

    /// Where the command was started with one of the first three descriptors closed, the next file or socket would get
    /// its number, and what is meant for standard output would be written there. As in other commands, reading such a
    /// standard input and writing such a standard output fails; what is complained of goes nowhere.
    private static func fillStandardDescriptors() {
        for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY)] {
            guard fcntl(descriptor, F_GETFD) < 0, errno == EBADF else { continue }
            // The lowest number that is free is this one.
            guard open("/dev/null", mode) == descriptor else { abort() }
        }
    }

    /// Memory holds credentials, so neither a core file nor another process of the same user may see it.
    private static func forbidCoreDumps() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        // The limit does not bind a core_pattern that pipes; the dumpable flag does. Swift cannot call C functions with
        // variable arguments, so the symbol is called through a pointer of the type that the kernel's call has.
        typealias ProcessControl =
            @convention(c) (CInt, CUnsignedLong, CUnsignedLong, CUnsignedLong, CUnsignedLong) -> CInt
        guard let symbol = dlsym(nil, "prctl") else { return }
        _ = unsafeBitCast(symbol, to: ProcessControl.self)(setDumpable, 0, 0, 0, 0)
    }

    /// `PR_SET_DUMPABLE` of linux/prctl.h.
    private static let setDumpable: CInt = 4

    /// Where a Swift toolchain is installed, its runtime answers a crash with a report on standard error: registers, and
    /// the memory they point to. The log is no place for that, so a crash is the plain one of the system.
    private static func forbidCrashReports() {
        for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] { signal(number, SIG_DFL) }
    }

    /// Libraries read these behind the configuration's back.
    private static func scrubEnvironment() {
        for name in environmentNames() where isForeignControl(name) { unsetenv(name) }
    }

    /// Proxies, key logs, credentials files and trust stores.
    static func isForeignControl(_ name: String) -> Bool {
        let upper = name.uppercased()
        return upper.hasSuffix("_PROXY") || upper.hasPrefix("CURL_") || upper.hasPrefix("SSL_CERT_")
            || ["SSLKEYLOGFILE", "NETRC", "OPENSSL_CONF", "OPENSSL_MODULES", "OPENSSL_ENGINES"].contains(upper)
    }

    private static func environmentNames() -> [String] {
        var names: [String] = []
        var entry = environ
        while let text = entry.pointee {
            names.append(String(String(cString: text).prefix { $0 != "=" }))
            entry += 1
        }
        return names
    }
}
