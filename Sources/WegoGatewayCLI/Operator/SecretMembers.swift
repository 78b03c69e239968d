// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import Secrets

extension JSONTree {
    /// A secret on its way into the store: within this process, or over a socket that only its owner may open.
    static func secret(_ secret: Secret) -> JSONTree {
        .string(secret.expose { String(decoding: $0, as: UTF8.self) })
    }
}
