// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets

/// The three steps of the redirection-based flow, as the service's paths name them.
enum DelegationStep {
    case requestToken
    case showConsent
    case decide
    case accessToken

    init?(method: String, segments: [String]) {
        switch (method, segments) {
        case ("POST", ["oauth", "request_token"]): self = .requestToken
        case ("GET", ["oauth", "authorize"]), ("HEAD", ["oauth", "authorize"]): self = .showConsent
        case ("POST", ["oauth", "authorize"]): self = .decide
        case ("POST", ["oauth", "access_token"]): self = .accessToken
        default: return nil
        }
    }
}

extension Simulator {
    mutating func perform(
        _ step: DelegationStep, _ request: SandboxRequest, now: Int64, mint: () -> TokenPair
    ) -> SandboxAnswer {
        do throws(OAuthProblem) {
            switch step {
            case .requestToken:
                let pair = mint()
                try provider.issueTemporaryCredential(pair, formValue: mint().token, for: request, now: now)
                let confirmation = [Parameter("oauth_callback_confirmed", "true")]
                return SandboxAnswer(form: FormEncoding.write(pair.parameters + confirmation), verdict: .validConsumer)
            case .accessToken:
                let pair = mint()
                let username = try provider.exchange(request, for: pair, now: now)
                return SandboxAnswer(
                    form: FormEncoding.write(pair.parameters), verdict: .valid(username: username))
            case .showConsent:
                return consentPage(ConsentForm(request.query.utf8), now: now)
            case .decide:
                return decide(ConsentForm(request.hasFormBody ? request.body : []), now: now, mint: mint)
            }
        } catch {
            return SandboxAnswer(tokenRequest: error)
        }
    }

    private func consentPage(_ form: ConsentForm, now: Int64) -> SandboxAnswer {
        do throws(OAuthProblem) {
            let credential = try provider.pendingConsent(form["oauth_token"], now: now)
            return SandboxAnswer(
                ConsentPage.question(
                    application: String(decoding: credential.consumerKey, as: UTF8.self),
                    token: String(decoding: form["oauth_token"], as: UTF8.self),
                    formValue: credential.formValue.expose { String(decoding: $0, as: UTF8.self) },
                    users: world.usernames, callback: credential.callback))
        } catch {
            return Self.failure(error)
        }
    }

    private mutating func decide(_ form: ConsentForm, now: Int64, mint: () -> TokenPair) -> SandboxAnswer {
        let token = form["oauth_token"]
        let credential: TemporaryCredential
        do throws(OAuthProblem) {
            credential = try provider.pendingConsent(token, now: now)
        } catch {
            return Self.failure(error)
        }
        guard credential.formValue.isEqual(to: Secret(form["form_value"])) else {
            return Self.failure("This form did not come from the sandbox's own page. Start again.", status: 403)
        }
        let shown = Parameter(name: Array("oauth_token".utf8), value: token)
        switch String(decoding: form["decision"], as: UTF8.self) {
        case "deny":
            provider.deny(token)
            let problem = Parameter("oauth_problem", "permission_denied")
            return credential.callback.location(with: [shown, problem]).map(SandboxAnswer.init(redirect:))
                ?? SandboxAnswer(ConsentPage.denied)
        case "allow":
            let username = String(decoding: form["username"], as: UTF8.self)
            guard world.accounts[username] != nil else {
                return Self.failure("There is no such user in this sandbox. Go back and choose another.", status: 400)
            }
            return allow(token, credential, as: username, verifier: mint().token)
        default:
            return Self.failure("Press one of the two buttons.", status: 400)
        }
    }

    private mutating func allow(
        _ token: [UInt8], _ credential: TemporaryCredential, as username: String, verifier: Secret
    ) -> SandboxAnswer {
        provider.allow(token, as: username, verifier: verifier)
        let parameters = [
            Parameter(name: Array("oauth_token".utf8), value: token),
            Parameter(name: Array("oauth_verifier".utf8), value: verifier.expose { Array($0) }),
        ]
        return credential.callback.location(with: parameters).map(SandboxAnswer.init(redirect:))
            ?? SandboxAnswer(
                ConsentPage.verifier(
                    verifier.expose { String(decoding: $0, as: UTF8.self) }, username: username))
    }

    private static func failure(_ problem: OAuthProblem) -> SandboxAnswer {
        let sentence =
            switch problem {
            case .tokenExpired: "The request waited too long. Go back to the application and start again."
            case .tokenUsed: "This request was decided before. Go back to the application and start again if need be."
            default: "The sandbox knows no such request. Go back to the application and start again."
            }
        return failure(sentence, status: problem == .tokenRejected ? 404 : 410)
    }

    private static func failure(_ sentence: String, status: Int) -> SandboxAnswer {
        SandboxAnswer(ConsentPage.failure(sentence), status: status)
    }
}

/// The fields of the consent page's form or query; a repeated or missing one is empty.
private struct ConsentForm {
    private let parameters: [Parameter]

    init(_ bytes: some Collection<UInt8>) { parameters = FormEncoding.parse(bytes) ?? [] }

    subscript(name: String) -> [UInt8] {
        let values = parameters.filter { $0.name.elementsEqual(name.utf8) }
        return values.count == 1 ? values[0].value ?? [] : []
    }
}
