// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser

/// The process: hardened first, then the command, then an exit code that means something.
@main
enum Program {
    static func main() async {
        ProcessHardening.apply()
        let status = await run(Array(CommandLine.arguments.dropFirst()))
        if let failure = Terminal.outputFailure {
            Terminal.complain(failure)
            Terminal.exit(status == .done ? failure.status : status)
        }
        Terminal.exit(status)
    }

    /// Runs the command the arguments name. Whatever goes wrong is told on standard error.
    static func run(_ arguments: [String]) async -> CommandStatus {
        do {
            var command = try await WegoGateway.asyncParseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return .done
        } catch let silent as SilentExit {
            return silent.status
        } catch {
            return report(error)
        }
    }

    private static func report(_ error: any Error) -> CommandStatus {
        if let failure = CommandFailure(error) {
            Terminal.complain(failure)
            return failure.status
        }
        // What is left is the parser's: help that was asked for, or arguments it does not understand.
        let message = WegoGateway.fullMessage(for: error)
        switch WegoGateway.exitCode(for: error) {
        case .success:
            Terminal.write(message + "\n", to: .output)
            return .done
        case .validationFailure:
            Terminal.write(message + "\n", to: .errors)
            return .usage
        default:
            Terminal.complain(CommandFailure(.unavailable, "\(error)"))
            return .unavailable
        }
    }
}
