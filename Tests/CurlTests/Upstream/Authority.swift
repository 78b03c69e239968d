// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto
import Foundation
import NIOSSL
import SwiftASN1
import TestSupport
import X509

/// An authority of the test's own, and servers' certificates signed by it.
struct Authority: Sendable {
    private let key = P256.Signing.PrivateKey()
    private let certificate: Certificate
    private let directory: TemporaryDirectory

    /// The PEM file to trust.
    var file: String { directory.file("ca.pem") }

    /// Made once: two are enough for all tests, the right one and a wrong one.
    static let trusted = Result { try Authority("trusted") }
    static let other = Result { try Authority("other") }

    init(_ name: String) throws {
        directory = try TemporaryDirectory("ca")
        let subject = try DistinguishedName { CommonName("\(name) test authority") }
        certificate = try Self.sign(
            subject: subject, publicKey: key.publicKey, issuer: subject, issuerKey: key,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
            })
        try directory.write(certificate.serializeAsPEM().pemString, to: "ca.pem")
    }

    /// For a server with these names; `address` is 127.0.0.1 unless it should be the wrong one.
    func serverContext(names: [String] = ["localhost"], address: [UInt8] = [127, 0, 0, 1]) throws -> NIOSSLContext {
        let leafKey = P256.Signing.PrivateKey()
        let alternatives =
            names.map { GeneralName.dnsName($0) } + [.ipAddress(ASN1OctetString(contentBytes: address[...]))]
        let leaf = try Self.sign(
            subject: DistinguishedName { CommonName("test upstream") }, publicKey: leafKey.publicKey,
            issuer: certificate.subject, issuerKey: key,
            extensions: Certificate.Extensions { SubjectAlternativeNames(alternatives) })
        let chain = try NIOSSLCertificate(bytes: Array(leaf.serializeAsPEM().pemString.utf8), format: .pem)
        let privateKey = try NIOSSLPrivateKey(bytes: Array(leafKey.pemRepresentation.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(chain)], privateKey: .privateKey(privateKey))
        configuration.shutdownTimeout = .milliseconds(100)
        return try NIOSSLContext(configuration: configuration)
    }

    private static func sign(
        subject: DistinguishedName, publicKey: P256.Signing.PublicKey, issuer: DistinguishedName,
        issuerKey: P256.Signing.PrivateKey, extensions: Certificate.Extensions
    ) throws -> Certificate {
        try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(publicKey),
            notValidBefore: Date(timeIntervalSinceNow: -86400), notValidAfter: Date(timeIntervalSinceNow: 86400),
            issuer: issuer, subject: subject, signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions,
            issuerPrivateKey: .init(issuerKey))
    }
}
