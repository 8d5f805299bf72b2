import LmonModel
import LmonStore

/// Archived rows as they are looked at: they never change, so the last pages are remembered.
struct RowPages {
    private var pages: [Int: [Int: ListRow]] = [:]
    private static let size = 64
    private static let capacity = 64

    mutating func row(at position: Int, _ store: SessionStore) throws(StoreError) -> ListRow? {
        let page = position / Self.size
        if let row = self.pages[page]?[position] { return row }
        let range = page * Self.size..<(page + 1) * Self.size
        var rows = try store.committed.rows(in: range)
        if !rows.contains(where: { $0.position == position }) {
            store.flush()
            rows = try store.committed.rows(in: range)
        }
        if self.pages.count >= Self.capacity { self.pages.removeAll(keepingCapacity: true) }
        let known = Dictionary(rows.map { ($0.position, $0.row) }) { first, _ in first }
        self.pages[page] = known
        return known[position]
    }
}
