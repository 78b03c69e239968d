// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import Logging
import Settings
import StrictJSON

/// One line of the log: a constant sentence and facts beside it.
struct LogLine {
    enum Value {
        case text(String)
        case number(Int64)
    }

    let level: Logger.Level
    let message: String
    var facts: [(name: String, value: Value)]

    /// With the line end. Whatever a fact holds, it stays within its line and its field.
    func bytes(_ format: GatewaySettings.LogFormat, time: String) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(512)
        switch format {
        case .text: appendText(time, to: &out)
        case .json: appendJSON(time, to: &out)
        }
        out.append(UInt8(ascii: "\n"))
        return out
    }

    private func appendText(_ time: String, to out: inout [UInt8]) {
        let level = level.rawValue.uppercased()
        out.append(contentsOf: "\(time) \(level)\(String(repeating: " ", count: 9 - level.utf8.count))".utf8)
        appendPlain(message, isFact: false, to: &out)
        for (name, value) in facts {
            out.append(UInt8(ascii: " "))
            appendPlain(name, isFact: true, to: &out)
            out.append(UInt8(ascii: "="))
            switch value {
            case .text(let text): appendPlain(text, isFact: true, to: &out)
            case .number(let number): out.append(contentsOf: "\(number)".utf8)
            }
        }
    }

    /// In quotes if it could be taken for something else.
    private func appendPlain(_ text: String, isFact: Bool, to out: inout [UInt8]) {
        let isPlain = text.utf8.allSatisfy { byte in
            byte >= 0x20 && byte < 0x7F && (!isFact || (byte != 0x20 && byte != 0x22 && byte != 0x3D))
        }
        if isPlain, !text.isEmpty { out.append(contentsOf: text.utf8) } else { JSONText.append(quoted: text, to: &out) }
    }

    private func appendJSON(_ time: String, to out: inout [UInt8]) {
        out.append(contentsOf: "{\"time\":\"\(time)\",\"level\":\"\(level.rawValue)\",\"message\":".utf8)
        JSONText.append(quoted: message, to: &out)
        for (name, value) in facts {
            out.append(UInt8(ascii: ","))
            JSONText.append(quoted: name, to: &out)
            out.append(UInt8(ascii: ":"))
            switch value {
            case .text(let text): JSONText.append(quoted: text, to: &out)
            case .number(let number): out.append(contentsOf: "\(number)".utf8)
            }
        }
        out.append(UInt8(ascii: "}"))
    }
}
