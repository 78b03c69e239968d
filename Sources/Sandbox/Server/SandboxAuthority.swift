// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto
import Foundation
import NIOSSL
import X509

/// A certificate authority that lives as long as one sandbox, and the server certificate it signs.
struct SandboxAuthority {
    /// A sandbox outlives its certificates only if it runs for a year.
    static let lifetime: TimeInterval = 365 * 24 * 3600
    /// Room for clocks that are behind.
    static let backdating: TimeInterval = 24 * 3600

    /// The authority's certificate; the key that goes with it is already forgotten.
    let authorityPEM: String
    let server: TLSConfiguration

    init(now: Date) throws {
        let authorityKey = P256.Signing.PrivateKey()
        let serverKey = P256.Signing.PrivateKey()
        let authorityName = try DistinguishedName { CommonName("WegoWise sandbox authority") }
        let authority = try Self.certificate(
            for: authorityKey, named: authorityName, issuer: authorityName, signedBy: authorityKey, now: now,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                Self.identifier(of: authorityKey)
            })
        let leaf = try Self.certificate(
            for: serverKey, named: try DistinguishedName { CommonName("localhost") }, issuer: authorityName,
            signedBy: authorityKey, now: now,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                AuthorityKeyIdentifier(keyIdentifier: Self.identifier(of: authorityKey).keyIdentifier)
                Self.identifier(of: serverKey)
                SubjectAlternativeNames([
                    .dnsName("localhost"), .ipAddress(.init(contentBytes: [127, 0, 0, 1])),
                    .ipAddress(.init(contentBytes: ArraySlice(repeatElement(0, count: 15) + [1]))),
                ])
            })
        authorityPEM = try authority.serializeAsPEM().pemString
        server = try Self.configuration(leafPEM: try leaf.serializeAsPEM().pemString, key: serverKey)
    }

    private static func certificate(
        for key: P256.Signing.PrivateKey, named subject: DistinguishedName, issuer: DistinguishedName,
        signedBy issuerKey: P256.Signing.PrivateKey, now: Date, extensions: Certificate.Extensions
    ) throws -> Certificate {
        try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(key.publicKey),
            notValidBefore: now - backdating, notValidAfter: now + lifetime, issuer: issuer, subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions, issuerPrivateKey: .init(issuerKey))
    }

    private static func identifier(of key: P256.Signing.PrivateKey) -> SubjectKeyIdentifier {
        SubjectKeyIdentifier(keyIdentifier: Array(SHA256.hash(data: key.publicKey.x963Representation).prefix(20))[...])
    }

    private static func configuration(leafPEM: String, key: P256.Signing.PrivateKey) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(try NIOSSLCertificate(bytes: Array(leafPEM.utf8), format: .pem))],
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.derRepresentation), format: .der)))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        return configuration
    }
}
