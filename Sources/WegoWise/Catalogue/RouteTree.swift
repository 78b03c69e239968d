// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A prefix tree over path segments. Nodes lie in one array and name each other by index.
///
/// A literal child wins over the variable one and the walk never turns back, so a look-up costs one step per
/// segment. Literals are lower-case ASCII, to which no other text is canonically equivalent; comparing them as
/// `String` is therefore a comparison of bytes.
struct RouteTree: Sendable {
    private struct Node: Sendable {
        var literals: [(segment: String, index: Int)] = []
        var variable: Int?
        var operations: [Route] = []
        /// The methods of `operations`, sorted; kept so that a refusal allocates nothing.
        var allowed: [String] = []
    }

    private var nodes = [Node()]

    /// The place of a path in the tree; nil when no operation has it.
    func place(of segments: [String]) -> Int? {
        var index = 0
        for segment in segments {
            guard let next = child(of: index, named: segment) else { return nil }
            index = next
        }
        return nodes[index].operations.isEmpty ? nil : index
    }

    func operation(at place: Int, method: String) -> Route? {
        for index in nodes[place].operations.indices where nodes[place].operations[index].method == method {
            return nodes[place].operations[index]
        }
        return nil
    }

    func allowed(at place: Int) -> [String] { nodes[place].allowed }

    private func child(of index: Int, named segment: String) -> Int? {
        for position in nodes[index].literals.indices where nodes[index].literals[position].segment == segment {
            return nodes[index].literals[position].index
        }
        return segment.isEmpty ? nil : nodes[index].variable
    }

    /// Gives back the operation that has this method and path already; nil when there was none and `route` is in.
    mutating func insert(_ route: Route, at segments: [PathTemplate.Segment]) -> Route? {
        var index = 0
        for segment in segments { index = descend(from: index, to: segment) }
        if let other = operation(at: index, method: route.method) { return other }
        nodes[index].operations.append(route)
        nodes[index].allowed = nodes[index].operations.map(\.method).sorted()
        return nil
    }

    private mutating func descend(from index: Int, to segment: PathTemplate.Segment) -> Int {
        switch segment {
        case .literal(let text):
            if let known = nodes[index].literals.first(where: { $0.segment == text }) { return known.index }
            nodes.append(Node())
            nodes[index].literals.append((text, nodes.count - 1))
        case .variable:
            if let known = nodes[index].variable { return known }
            nodes.append(Node())
            nodes[index].variable = nodes.count - 1
        }
        return nodes.count - 1
    }
}
