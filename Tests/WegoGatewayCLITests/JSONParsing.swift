// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import StrictJSON

func parse(_ tree: JSONTree) throws -> JSONValue {
    try JSONDocument.parse(tree.bytes).root
}
