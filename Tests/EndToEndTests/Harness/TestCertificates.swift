// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import TestSupport

/// A certificate authority and a server certificate for localhost, made by the openssl command.
struct TestCertificates {
    let authority: String
    let certificate: String
    let key: String

    static func make(in directory: TemporaryDirectory) async throws -> TestCertificates {
        let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        try await openssl(
            ["req", "-x509", "-days", "2", "-subj", "/CN=Test CA", "-addext", "basicConstraints=critical,CA:TRUE"]
                + newKey + ["-keyout", directory.file("ca.key"), "-out", directory.file("ca.pem")])
        try await openssl(
            ["req", "-subj", "/CN=localhost"] + newKey
                + ["-keyout", directory.file("leaf.key"), "-out", directory.file("leaf.csr")])
        let extensions = try directory.write(
            "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n", to: "leaf.ext")
        try await openssl([
            "x509", "-req", "-days", "2", "-CAcreateserial", "-in", directory.file("leaf.csr"),
            "-CA", directory.file("ca.pem"), "-CAkey", directory.file("ca.key"),
            "-extfile", extensions, "-out", directory.file("leaf.pem"),
        ])
        return TestCertificates(
            authority: directory.file("ca.pem"), certificate: directory.file("leaf.pem"),
            key: directory.file("leaf.key"))
    }

    private static func openssl(_ arguments: [String]) async throws {
        let result = try await ChildProcess.run("/usr/bin/openssl", arguments)
        guard result.status == 0 else { throw CommandFailed(arguments: arguments, errors: result.errors) }
    }
}
