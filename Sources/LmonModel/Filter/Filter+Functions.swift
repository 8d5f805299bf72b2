extension Filter {
    /// Whether anything of a function of this name may match: false only if its name alone rules that out.
    package func mayMatch(function: String) -> Bool {
        let value = self.plan.value({ condition in
            condition.field?.key == .function ? condition.holds(function) : nil
        }) { _, _, _ in nil }
        return value != false
    }

    /// The one function whose records it may match, if it demands it by its exact name. A name in lower case is none:
    /// it stands for any case.
    package var onlyFunction: String? {
        self.expression.conjuncts.lazy.compactMap(\.function).first { name in
            TextPattern(name).ignoresCase ? !name.contains(where: \.isCased) : true
        }
    }

    /// `filter` with another choice of function, whatever else it asks; nil if it asks nothing.
    package static func choosing(function: String?, in filter: Filter?) -> Filter? {
        var parts = filter?.expression.conjuncts.filter { $0.function == nil } ?? []
        if let function, let own = FilterExpression(function: function) { parts.insert(own, at: 0) }
        guard let first = parts.first else { return nil }
        return Filter(parts.dropFirst().reduce(first) { .and($0, $1) })
    }

    /// The function that it demands, in whatever case; nil if it demands none.
    package var chosenFunction: String? { self.expression.conjuncts.lazy.compactMap(\.function).first }
}

extension FilterExpression {
    /// `function=NAME`.
    fileprivate init?(function name: String) {
        let text = "function=" + Self.written(name, behind: .equal)
        guard let filter = try? Filter(text) else { return nil }
        self = filter.expression
    }

    /// The name that it compares the function with.
    fileprivate var function: String? {
        guard case .comparison(let field, .equal, let value) = self, field.key == .function else { return nil }
        return value.text
    }
}
