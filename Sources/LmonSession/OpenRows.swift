import LmonModel
import LmonStore

/// Rows that a sweep has not decided yet, by position and by the number of their request.
struct OpenRows: Sendable {
    /// One run of an invocation.
    struct Single: Sendable {
        let position: Int
        let environment: UInt32
    }

    struct Row: Sendable {
        let position: Int
        let request: Int64?
        /// Nil if it is no invocation's first run.
        let environment: UInt32?

        init(_ stored: StoredRow) {
            self.position = stored.position
            self.request = stored.request
            if case .invocation(let summary) = stored.row.row, summary.id.attempt == 1 {
                self.environment = OpenRows.hash(summary.id.environment)
            } else {
                self.environment = nil
            }
        }
    }

    enum Found {
        case none
        case single(Single)
        case several
    }

    private struct Place: Sendable {
        /// -1 for none, -2 for several.
        var position: Int32 = -1
        var environment: UInt32 = 0
    }

    private(set) var positions = PositionSet()
    /// By the number of a request: these are given from 1 on.
    private var places: [Place] = []

    var count: Int { self.positions.count }

    mutating func insert(_ row: Row) {
        self.positions.insert(row.position)
        guard let request = row.request.map(Int.init), request >= 0 else { return }
        if request >= self.places.count {
            self.places.append(contentsOf: repeatElement(Place(), count: request + 1 - self.places.count))
        }
        if self.places[request].position == -1, let environment = row.environment {
            self.places[request] = Place(position: Int32(row.position), environment: environment)
        } else {
            self.places[request].position = -2
        }
    }

    mutating func remove(_ position: Int) { self.positions.remove(position) }

    mutating func removeAll() { self.positions = PositionSet() }

    func rows(of request: Int64) -> Found {
        guard request >= 0, request < self.places.count else { return .none }
        let place = self.places[Int(request)]
        switch place.position {
        case -1: return .none
        case -2: return .several
        default:
            guard self.positions.contains(Int(place.position)) else { return .none }
            return .single(Single(position: Int(place.position), environment: place.environment))
        }
    }

    static func hash(_ environment: String) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for byte in environment.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return hash
    }
}
