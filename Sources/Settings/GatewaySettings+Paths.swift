// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits

extension GatewaySettings {
    /// `path` as the system needs it: relative ones start from `baseDirectory`.
    package func resolve(_ path: String) -> String {
        path.hasPrefix("/") || baseDirectory.isEmpty ? path : "\(baseDirectory)/\(path)"
    }

    package var stateDirectoryPath: String { resolve(stateDirectory) }
    package var adminSocketPath: String { resolve(admin.unixSocket) }
    package var listenSocketPath: String? { listen.unixSocket.map(resolve) }
    package var caFilePath: String? { upstream.caFile.map(resolve) }
    package var auditDirectoryPath: String { resolve(audit.directory) }
    package var auditSecondDirectoryPath: String? { audit.secondDirectory.map(resolve) }
    package var auditCheckpointCopiesPath: String? { audit.checkpointCopies.map(resolve) }
    package var auditKeyPath: String { audit.key.map(resolve) ?? "\(stateDirectoryPath)/audit.key" }

    /// Where the end of the journal is noted.
    package var auditBookmarkPath: String { "\(stateDirectoryPath)/audit.last" }

    /// `sockaddr_un` holds 108 bytes with the zero at the end.
    static let maximumSocketPath = 107

    /// What no single key can tell.
    func contradictions() -> [SettingsProblem] {
        pathContradictions() + auditContradictions() + limitContradictions() + fairShareContradictions()
            + waitingContradictions()
    }

    private func pathContradictions() -> [SettingsProblem] {
        var problems: [SettingsProblem] = []
        let sockets =
            [("admin.unix_socket", adminSocketPath)] + (listenSocketPath.map { [("listen.unix_socket", $0)] } ?? [])
        for (key, path) in sockets where path.utf8.count > Self.maximumSocketPath {
            problems.append(
                SettingsProblem(
                    key,
                    "\(path) has \(path.utf8.count) bytes; a Unix socket path has at most \(Self.maximumSocketPath)"))
        }
        if ops.address == listen.address, ops.address.port != 0 {
            problems.append(SettingsProblem("ops.address", "expected another address than listen.address"))
        }
        if listenSocketPath == adminSocketPath {
            problems.append(SettingsProblem("listen.unix_socket", "expected another path than admin.unix_socket"))
        }
        if upstream.connectTimeout > upstream.timeout {
            problems.append(SettingsProblem("upstream.connect_timeout", "expected at most upstream.timeout"))
        }
        return problems
    }

    private func auditContradictions() -> [SettingsProblem] {
        var problems: [SettingsProblem] = []
        let others = [
            ("audit.second_directory", auditSecondDirectoryPath),
            ("audit.checkpoint_copies", auditCheckpointCopiesPath),
        ]
        for (key, path) in others where path == auditDirectoryPath {
            problems.append(SettingsProblem(key, "expected another directory than audit.directory"))
        }
        if let second = auditSecondDirectoryPath, second == auditCheckpointCopiesPath {
            problems.append(
                SettingsProblem("audit.checkpoint_copies", "expected another directory than audit.second_directory"))
        }
        return problems
    }

    private func limitContradictions() -> [SettingsProblem] {
        let all = [
            ("home_user", limits.homeUser), ("caller", limits.caller), ("tenant", limits.tenant),
            ("consumer", limits.consumer),
        ]
        return all.compactMap { name, limit in
            let most = limit.rate.permitsInAYear
            guard limit.burst > most else { return nil }
            return SettingsProblem(
                "limits.\(name).burst",
                "expected at most \(most), what limits.\(name).rate (\(limit.rate)) permits in a year")
        }
    }

    private func fairShareContradictions() -> [SettingsProblem] {
        guard limits.fairShare, limits.consumer.burst < FairShare.leastBurst else { return [] }
        return [
            SettingsProblem(
                "limits.consumer.burst",
                "expected at least \(FairShare.leastBurst) with limits.fair_share, since home users of a consumer that lets "
                    + "fewer calls go at once cannot be kept out of each other's way")
        ]
    }

    private func waitingContradictions() -> [SettingsProblem] {
        guard limits.waiting.usual > limits.waiting.longest else { return [] }
        return [SettingsProblem("limits.waiting.default", "expected at most limits.waiting.longest")]
    }
}
