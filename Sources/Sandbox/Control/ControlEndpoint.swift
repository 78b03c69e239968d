// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON

/// What lies below `/_sandbox/`: the strings behind the stage. Not part of the simulated service, not signed, and
/// not in its log.
enum ControlEndpoint {
    static let prefix = "/_sandbox/"

    static func answer(to request: SandboxRequest, state: inout SandboxState) -> SandboxAnswer {
        do throws(APIFailure) {
            try checkOrigin(request)
            let json = try perform(request, state: &state)
            return SandboxAnswer(status: json == nil ? 204 : 200, json: json, verdict: .notRequired)
        } catch {
            return SandboxAnswer(error, verdict: .unchecked)
        }
    }

    /// Pages from elsewhere that run in a browser on this machine have no business here.
    private static func checkOrigin(_ request: SandboxRequest) throws(APIFailure) {
        let host = request.hostAndPort?.host.lowercased() ?? ""
        guard host == "localhost" || host == "[::1]" || isLoopbackAddress(host), request.origin == nil else {
            throw APIFailure(status: 403, message: "The controls answer programs on this machine only")
        }
        guard request.body.isEmpty || request.hasJSONBody else {
            throw APIFailure(status: 415, message: "The body must have the content type application/json")
        }
    }

    /// 127.0.0.0/8 in four numbers. A name such as `127.elsewhere.example` is somebody's.
    private static func isLoopbackAddress(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isNumeric = parts.allSatisfy { part in
            part.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt8(part) != nil
        }
        return parts.count == 4 && parts[0] == "127" && isNumeric
    }

    private static func perform(
        _ request: SandboxRequest, state: inout SandboxState
    ) throws(APIFailure) -> JSONOutput? {
        switch (request.method, request.path.dropFirst(prefix.count)) {
        case ("GET", "faults"): return faults(state)
        case ("POST", "faults"):
            let (fault, times) = try FaultReader.read(request.body)
            guard let id = state.faults.add(fault, times: times) else { throw .full(FaultScript.capacity, "faults") }
            return .object([("id", .integer(id))])
        case ("DELETE", "faults"): state.faults.removeAll()
        case ("GET", "requests"):
            return .object([
                ("total", .integer(state.log.total)), ("requests", .array(state.log.records.map(\.json))),
            ])
        case ("DELETE", "requests"): state.log = RequestLog(capacity: state.log.capacity)
        case ("GET", "users"): return users(state)
        case ("POST", "revoke"): return .object([("revoked", .integer(try revoke(request, state: &state)))])
        case ("POST", "reset"): state.reset()
        default: throw .noControl
        }
        return nil
    }

    private static func faults(_ state: SandboxState) -> JSONOutput {
        .object([
            ("stray_writes", .integer(state.strayWrites)),
            (
                "faults",
                .array(
                    state.faults.entries.map { entry in
                        .object([
                            ("id", .integer(entry.id)), ("match", entry.fault.match.json),
                            ("fault", .raw(entry.fault.description)), ("remaining", .integer(entry.remaining)),
                            ("struck", .integer(entry.struck)),
                        ])
                    })
            ),
        ])
    }

    private static func users(_ state: SandboxState) -> JSONOutput {
        let world = state.simulator.world
        return .array(
            world.usernames.map { name in
                .object([
                    ("id", .optional(world.accounts[name]?.id)), ("username", .string(name)),
                    ("kind", .optional(world.accounts[name]?.kind.rawValue)),
                    ("tokens", .integer(state.simulator.provider.grantCount(of: name))),
                ])
            })
    }

    /// Ends every token of a user, who stays.
    private static func revoke(_ request: SandboxRequest, state: inout SandboxState) throws(APIFailure) -> Int {
        let fields = try RequestFields(json: request.body)
        var reader = FieldReader(fields)
        let name = reader.text("user", required: true)
        try reader.finish()
        guard let name, state.simulator.world.accounts[name] != nil else {
            throw APIFailure(status: 404, message: "There is no such user in this sandbox")
        }
        return state.simulator.provider.revokeGrants(of: name)
    }
}

extension APIFailure {
    fileprivate static let noControl = APIFailure(
        status: 404,
        message: "Controls are GET, POST and DELETE /_sandbox/faults, GET and DELETE /_sandbox/requests, "
            + "GET /_sandbox/users, POST /_sandbox/revoke and POST /_sandbox/reset")
}

extension Fault.Match {
    fileprivate var json: JSONOutput {
        .object([
            ("method", .optional(method)), ("path_prefix", .optional(pathPrefix)), ("user", .optional(user)),
        ])
    }
}
