// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

@testable import WegoGatewayCLI

struct ProcessHardeningTests {
    @Test(arguments: [
        "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "no_proxy", "SSLKEYLOGFILE", "NETRC", "CURL_CA_BUNDLE", "CURL_HOME",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "OPENSSL_CONF",
    ])
    func takesForeignControlsAway(name: String) {
        #expect(ProcessHardening.isForeignControl(name))
    }

    @Test(arguments: ["PATH", "HOME", "WEGO_GATEWAY_CONFIG", "NOTIFY_SOCKET", "CREDENTIALS_DIRECTORY", "TZ"])
    func leavesOthers(name: String) {
        #expect(!ProcessHardening.isForeignControl(name))
    }
}
