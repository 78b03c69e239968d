// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

@testable import WegoWise

/// Facts about the tables themselves.
struct RouteTableTests {
    private let routes = RouteCatalogue.standard.routes

    @Test func identifiersAreUnique() {
        #expect(Set(routes.map(\.identifier)).count == routes.count)
    }

    @Test func onlyThePublicResourceIsUnsigned() {
        #expect(routes.filter { $0.signer == .none }.map(\.template) == ["/api/v1/utility_companies"])
    }

    @Test func onlyHomeUserLifeAndDeathNeedTheUsersScope() {
        let identifiers = routes.filter { $0.access == .users }.map(\.identifier)
        #expect(identifiers == ["wego_home.users.create", "wego_home.users.destroy"])
    }

    @Test func onlyUserCreationIsSignedByTheDeveloper() {
        #expect(routes.filter { $0.signer == .developer }.map(\.identifier) == ["wego_home.users.create"])
    }

    @Test func readsAreExactlyTheGets() {
        for route in routes { #expect((route.access == .read) == (route.method == "GET"), "\(route.identifier)") }
    }

    @Test func deletionsAnswerWithoutContent() {
        for route in routes { #expect((route.successCodes == [204]) == (route.method == "DELETE")) }
    }

    @Test func identifiersBeginWithTheProductOfTheirPath() {
        for route in routes where route.identifier.hasPrefix("wego_") {
            let product = route.identifier.prefix { $0 != "." }
            for template in [route.template] + route.aliases { #expect(template.hasPrefix("/api/v1/\(product)/")) }
        }
    }

    @Test func everyHomeOperationIsListed() {
        #expect(routes.filter { $0.template.hasPrefix("/api/v1/wego_home/") }.count == 11)
    }

    @Test(arguments: Confidence.allCases)
    func confidenceHasWords(confidence: Confidence) {
        #expect(!confidence.words.isEmpty)
    }

    @Test(arguments: [("electric", "Electric"), ("GAS", "Gas"), ("Water", "Water")])
    func dataTypesAreReadInAnyCase(text: String, expected: String) {
        #expect(MeterVocabulary.dataType(text) == expected)
    }

    @Test func unknownDataTypesAreNotRead() {
        #expect(MeterVocabulary.dataType("trash") == nil)
    }
}
