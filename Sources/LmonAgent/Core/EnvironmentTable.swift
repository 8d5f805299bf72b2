/// A value for each environment. The one that was asked for last is found without a search, since what is said of one
/// environment comes mostly together.
struct EnvironmentTable<Value> {
    private var entries: [(environment: String, value: Value)] = []
    private var places: [String: Int] = [:]
    private var latest = 0

    /// In the order in which the environments were first asked for.
    var all: [(environment: String, value: Value)] { self.entries }

    /// Nil for an environment that has none.
    func value(of environment: String) -> Value? {
        self.places[environment].map { self.entries[$0].value }
    }

    /// The value of an environment, `initial` if it has none yet.
    subscript(environment: String, default initial: @autoclosure () -> Value) -> Value {
        mutating get { self.entries[self.place(of: environment, initial())].value }
        _modify {
            let place = self.place(of: environment, initial())
            yield &self.entries[place].value
        }
    }

    private mutating func place(of environment: String, _ initial: @autoclosure () -> Value) -> Int {
        if self.latest < self.entries.count, self.entries[self.latest].environment == environment { return self.latest }
        self.latest = self.places[environment] ?? self.entries.count
        if self.latest == self.entries.count {
            self.entries.append((environment, initial()))
            self.places[environment] = self.latest
        }
        return self.latest
    }
}
