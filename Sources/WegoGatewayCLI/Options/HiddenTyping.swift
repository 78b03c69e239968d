// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Dispatch

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A terminal that does not show what is typed, until `end` or until a signal ends the process.
struct HiddenTyping {
    private let restoration: Restoration
    private let watches: [Watch]

    private struct Watch {
        let number: Int32
        let previous: (@convention(c) (Int32) -> Void)?
        let source: any DispatchSourceSignal
    }

    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    init(terminal: Int32) {
        let restoration = Restoration(terminal: terminal)
        self.restoration = restoration
        // First the signals, so that none comes between: a shell must not be left without an echo.
        watches = Self.signals.map { number in
            let previous = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                restoration.restore()
                signal(number, SIG_DFL)
                kill(getpid(), number)
            }
            source.resume()
            return Watch(number: number, previous: previous, source: source)
        }
        restoration.hide()
    }

    func end() {
        restoration.restore()
        for watch in watches {
            watch.source.cancel()
            signal(watch.number, watch.previous)
        }
    }
}

extension HiddenTyping {
    /// The terminal as it was.
    struct Restoration: Sendable {
        private let terminal: Int32
        private let before: termios

        init(terminal: Int32) {
            self.terminal = terminal
            var before = termios()
            tcgetattr(terminal, &before)
            self.before = before
        }

        func hide() {
            var hidden = before
            hidden.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(terminal, TCSAFLUSH, &hidden)
        }

        func restore() {
            var before = before
            tcsetattr(terminal, TCSAFLUSH, &before)
        }
    }
}
