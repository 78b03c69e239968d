// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// A home user's token and token secret as they lie in the store, sealed under the home user's key.
struct SealedToken {
    let token: [UInt8]
    let secret: [UInt8]

    static func seal(
        token: Secret, secret: Secret, of subject: SealedSubject, version: Int, under key: SealingKey
    ) throws(CustodyError) -> SealedToken {
        try sealing { () throws(SealError) in
            SealedToken(
                token: try key.seal(token, for: subject.context(.token, version: version)),
                secret: try key.seal(secret, for: subject.context(.tokenSecret, version: version)))
        }
    }

    func open(
        of subject: SealedSubject, version: Int, under key: SealingKey
    ) throws(SealError) -> (token: Secret, secret: Secret) {
        (
            try key.open(token, for: subject.context(.token, version: version)),
            try key.open(secret, for: subject.context(.tokenSecret, version: version))
        )
    }
}
