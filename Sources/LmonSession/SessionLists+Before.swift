package import LmonModel
import LmonStore

extension SessionLists {
    /// The runs of a function before an invocation, newest first, whatever is shown: at most `count`, among the last
    /// `rows` rows.
    package mutating func runs(
        of function: String,
        before id: InvocationID,
        _ model: Model,
        count: Int,
        rows: Int
    ) -> [InvocationID] {
        var found: [InvocationID] = []
        var left = rows
        func take(_ row: ListRow?) {
            left -= 1
            guard case .invocation(let summary)? = row, summary.function == function else { return }
            found.append(summary.id)
        }
        var position = self.selection.archivedCount
        if !self.isWhole, let index = model.index(of: .invocation(id)) {
            for index in (model.archivedCount..<max(index, model.archivedCount)).reversed()
            where found.count < count && left > 0 { take(model.row(at: index)) }
        } else {
            position =
                self.reading { (reading) throws(StoreError) in try reading.position(of: .invocation(id)) }.flatMap(
                    \.self
                ) ?? 0
        }
        while position > 0, found.count < count, left > 0 {
            position -= 1
            take(self.archivedRow(at: position))
        }
        return found
    }
}
