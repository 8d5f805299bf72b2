package import LmonModel

/// Candidates that Tab goes through, each in the place of what was typed.
package struct FilterChoice: Hashable, Sendable {
    package let candidates: [FilterCompletion.Candidate]
    package internal(set) var chosen: Int
    /// As it was typed.
    let before: TextField
    let range: Range<Int>

    /// The line with what is chosen.
    var field: TextField {
        var field = self.before
        field.replace(self.range, with: self.candidates[self.chosen].text)
        return field
    }

    mutating func turn(forward: Bool) {
        self.chosen = (self.chosen + (forward ? 1 : self.candidates.count - 1)) % self.candidates.count
    }
}

extension FilterLine {
    /// Puts in the first candidate (the last one), or the next if one was put in before. A single one is final, so that
    /// what follows it can be completed next.
    mutating func complete(_ seen: FilterVocabulary, forward: Bool) {
        self.error = nil
        if self.choice != nil {
            self.choice?.turn(forward: forward)
        } else {
            let completion = FilterCompletion(self.field.text, cursor: self.field.cursor, seen: seen)
            let candidates = completion.candidates
            guard !candidates.isEmpty else { return }
            let first = forward ? 0 : candidates.count - 1
            self.choice = FilterChoice(
                candidates: candidates,
                chosen: first,
                before: self.field,
                range: completion.range
            )
        }
        if let choice { self.field = choice.field }
        if self.choice?.candidates.count == 1 { self.choice = nil }
    }
}

extension UIState {
    /// With the functions of now.
    var wordsForFilter: FilterVocabulary {
        var words = self.vocabulary
        words.functions = self.totals.functions
        return words
    }
}

extension FilterVocabulary {
    mutating func note(_ rows: [Row]) {
        for case .call(let row) in rows { self.note(row.call) }
    }
}
