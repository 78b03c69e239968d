// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A prefix tree over path segments. Nodes lie in one array and name each other by index.
///
/// A literal child wins over the variable one and the walk never turns back, so a look-up costs one step per
/// segment. Literals are lower-case ASCII, to which no other text is canonically equivalent; comparing them as
/// `String` is therefore a comparison of bytes.
struct RouteTree: Sendable {
    struct Node: Sendable {
        var literals: [(segment: String, index: Int)] = []
        var variable: Int?
        var operations: [Route] = []
        /// The methods of `operations`, sorted; kept so that a refusal allocates nothing.
        var allowed: [String] = []
    }

    private var nodes = [Node()]

    func node(at segments: [String]) -> Node? {
        var index = 0
        for segment in segments {
            guard let next = child(of: index, named: segment) else { return nil }
            index = next
        }
        return nodes[index]
    }

    private func child(of index: Int, named segment: String) -> Int? {
        for literal in nodes[index].literals where literal.segment == segment { return literal.index }
        return segment.isEmpty ? nil : nodes[index].variable
    }

    mutating func insert(_ route: Route, at template: String) {
        var index = 0
        for segment in PathTemplate.segments(of: template) { index = descend(from: index, to: segment) }
        precondition(
            !nodes[index].allowed.contains(route.method), "\(route.method) \(template) is in the catalogue twice")
        nodes[index].operations.append(route)
        nodes[index].allowed = nodes[index].operations.map(\.method).sorted()
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
