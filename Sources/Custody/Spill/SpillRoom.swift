// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Synchronization

/// Room for answers that the database does not take: places in one file that is fully written before it is needed, so that a
/// full disk cannot stop what must not be lost.
///
/// A place is held before a call goes out that may bring a token. Every change is on the disk when its call returns.
final class SpillRoom: Sendable {
    private enum Place {
        case free
        /// For the answer to a reservation.
        case held(String)
        case filled(SealedAnswer)
        /// On its way into the database.
        case moving(SealedAnswer)
        /// Neither empty nor readable: left for a person to look at.
        case damaged

        init(_ content: SpillRecord.Content) {
            self =
                switch content {
                case .empty: .free
                case .answer(let answer): .filled(answer)
                case .damaged: .damaged
                }
        }
    }

    private struct State {
        var file: SpillFile?
        var places: [Place] = []
        var isClosed = false

        var firstFree: Int? {
            places.firstIndex { if case .free = $0 { true } else { false } }
        }

        func held(for reservation: String) -> Int? {
            places.firstIndex { if case .held(reservation) = $0 { true } else { false } }
        }
    }

    private let directory: String
    private let placeCount: Int
    private let state = Mutex(State())

    /// How many bytes of an answer fit into a place.
    static let maximumAnswerLength = SpillFile.maximumRecordLength - 2_048

    /// Opens the file, if it is there or can be made. If not, that is tried again when room is needed.
    init(directory: String, places: Int) {
        self.directory = directory
        placeCount = places
        _ = try? state.withLock { (state) throws(CustodyError) in try open(&state) }
    }

    deinit { close() }

    /// Those in the file.
    var answers: [SealedAnswer] {
        state.withLock { state in
            state.places.compactMap { place in
                switch place {
                case .filled(let answer), .moving(let answer): answer
                case .free, .held, .damaged: nil
                }
            }
        }
    }

    func hold(for reservation: String) throws(CustodyError) {
        try state.withLock { (state) throws(CustodyError) in
            try open(&state)
            guard let free = state.firstFree else {
                throw .limitReached(
                    reason: "\(placeCount) home users are being created at once, or their answers wait in the "
                        + "quarantine, which is the limit. Try again when one of them is done.")
            }
            state.places[free] = .held(reservation)
        }
    }

    /// Nothing happens if no place is held, or if its answer has come.
    func letGo(of reservation: String) {
        state.withLock { state in
            if let held = state.held(for: reservation) { state.places[held] = .free }
        }
    }

    /// Writes the answer into the place that is held, or into any free one.
    func keep(_ answer: SealedAnswer, for reservation: String) throws(CustodyError) {
        try state.withLock { (state) throws(CustodyError) in
            let file = try open(&state)
            guard let place = state.held(for: reservation) ?? state.firstFree else {
                throw .limitReached(reason: "No room is left in \(directory) for the answer of the upstream.")
            }
            try file.write(SpillRecord.encode(answer), at: place)
            state.places[place] = .filled(answer)
        }
    }

    /// The next answer to move into the database; it is nobody else's until the move ends.
    func beginMove() -> (place: Int, answer: SealedAnswer)? {
        state.withLock { state in
            for (index, place) in state.places.enumerated() {
                guard case .filled(let answer) = place, !state.isClosed else { continue }
                state.places[index] = .moving(answer)
                return (index, answer)
            }
            return nil
        }
    }

    /// The answer is elsewhere: overwrites it.
    func endMove(of place: Int) throws(CustodyError) {
        try state.withLock { (state) throws(CustodyError) in
            try open(&state).clear(place)
            state.places[place] = .free
        }
    }

    func abandonMove(of place: Int) {
        state.withLock { state in
            if case .moving(let answer) = state.places[place] { state.places[place] = .filled(answer) }
        }
    }

    /// Nothing can be kept any more. Can be called again without harm.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.file = nil
        }
    }

    @discardableResult
    private func open(_ state: inout State) throws(CustodyError) -> SpillFile {
        if let file = state.file { return file }
        guard !state.isClosed else { throw .storage(detail: "it is closed") }
        let file = try SpillFile(directory: directory, places: placeCount)
        var places: [Place] = []
        for index in 0..<file.placeCount { places.append(Place(SpillRecord.decode(try file.read(index)))) }
        state.places = places
        state.file = file
        return file
    }
}
