import LmonRecord
import LmonRemote
import LmonTestSupport
import Testing

/// What of a bucket is read, and what is said of one that holds nothing of it.
@Suite struct BucketScopeTests {
    private static let hour: Int64 = 3_600_000

    private static func isEmpty(_ book: Playbook) -> BucketReader.Status? {
        book.notices.lazy.compactMap { if case .empty(let status) = $0 { status } else { nil } }.first
    }

    // MARK: Nothing there

    /// Five lists a function: years, months, days, hours, and what lies in the last one.
    @Test func itIsSaidWhenTheLastOneWas() throws {
        var book = Playbook()
        let last = Playbook.start - 50 * Self.hour
        for ago in [50, 51, 9000] as [Int64] {
            book.put(1...1, "A\(ago)", formed: Playbook.start - ago * Self.hour, putAt: 0)
        }
        book.put(1...1, "B", "payment", formed: last - 1000, putAt: 0)
        book.begin()
        let status = try #require(Self.isEmpty(book))
        #expect(status.newest == last)
        #expect(status.isEmpty)
        #expect(book.lists.count == 1 + 2 + 2 * 5)
        #expect(book.fetches.isEmpty)
        // Two functions, listed every 1.5 s as yet, their list, and both last hours.
        #expect(status.requestsPerHour == 2 * 2400 + 120 + 2 * 12)
        book.put(2...2, "A50")
        book.pass(3000)
        #expect(book.status?.isEmpty == false)
    }

    @Test(arguments: [true, false]) func itIsSaidOnce(follows: Bool) {
        var book = Playbook(follows: follows)
        book.put(1...1, formed: Playbook.start - 50 * Self.hour, putAt: 0)
        book.begin()
        let said = book.notices.count {
            switch $0 {
            case .empty(let status), .status(let status): status.isEmpty
            default: false
            }
        }
        #expect(said == 1)
        #expect(book.hasEnded == !follows)
    }

    @Test func aBucketOfNothingIsListedForTheFirstFunction() throws {
        var book = Playbook()
        book.begin()
        let status = try #require(Self.isEmpty(book))
        #expect((status.newest, status.interval, status.requestsPerHour) == (nil, 5000, 720))
        #expect(book.lists.count == 1)
    }

    /// What cannot be found out is not said, and holds nothing up.
    @Test func aSearchThatFailsIsOver() throws {
        var book = Playbook(follows: false)
        book.put(1...1, formed: Playbook.start - 50 * Self.hour, putAt: 0)
        book.listTrouble = { $0.delimiter == "/" && $0.prefix.hasSuffix("/2026/") ? .unreachable("gone") : nil }
        book.begin()
        #expect(try #require(Self.isEmpty(book)).newest == nil)
        #expect(book.hasEnded && book.ending == nil)
    }

    @Test func whatIsThereIsNotSearched() {
        var book = Playbook()
        book.put(1...1)
        book.begin()
        #expect(Self.isEmpty(book) == nil)
        #expect(book.lists.count == 2)
    }

    // MARK: From a time on

    @Test func readingBeginsAtATime() {
        let time = Timestamp(microseconds: (Playbook.start - 2 * Self.hour) * 1000)
        var book = Playbook(start: .time(time), follows: false)
        for minute in [119, 121] as [Int64] {
            book.put(1...1, "E\(minute)", formed: Playbook.start - minute * 60_000, putAt: 0)
        }
        book.begin()
        #expect(book.hasEnded)
        #expect(book.numbers.keys.sorted() == ["E119"])
    }

    // MARK: Some functions

    @Test func othersAreNotListed() {
        var book = Playbook(functions: .matching { $0.hasPrefix("o") })
        for function in ["orders", "others", "payment"] { book.put(1...1, function, function) }
        book.begin()
        book.put(1...1, "onions", "onions")
        book.pass(40_000)
        #expect(book.numbers.keys.sorted() == ["onions", "orders", "others"])
        #expect(!book.lists.contains { $0.prefix.contains("payment") })
        #expect(book.status?.functions == 3)
    }

    /// Its folder alone: not even the list of functions.
    @Test(arguments: [0, 3 * Self.hour, -3 * Self.hour]) func oneIsReadByItsName(skew: Int64) {
        var book = Playbook(functions: .named("orders"))
        book.skew = skew
        book.put(1...1, "A", formed: Playbook.start + skew - 1000)
        book.put(1...1, "B", "payment")
        book.put(1...1, "old", formed: Playbook.start + skew - 2 * Self.hour, putAt: 0)
        book.begin()
        book.pass(6000)
        book.put(2...2, "A")
        book.pass(6000)
        #expect(book.numbers == ["A": [1, 2]])
        #expect(book.lists.allSatisfy { $0.prefix == "p/v1/orders/" })
        #expect(Self.isEmpty(book) == nil)
    }

    @Test func oneThatIsNotThereYetIsWaitedFor() throws {
        var book = Playbook(functions: .named("orders"))
        book.begin()
        #expect(try #require(Self.isEmpty(book)).newest == nil)
        book.pass(60_000)
        book.put(1...2)
        book.pass(6000)
        #expect(book.numbers == ["E": [1, 2]])
    }

    // MARK: How late it is

    @Test func lagIsThatOfWhatHappensMeanwhile() {
        var book = Playbook()
        book.put(1...1, formed: Playbook.start - 60_000)
        book.begin()
        book.pass(10_000)
        #expect(book.status?.lag == nil)
        book.put(2...2, formed: book.now - 1500)
        book.pass(10_000)
        // It was formed, and then came the next list.
        #expect((1500...6500).contains(book.status?.lag ?? 0))
        let lag = book.status?.lag
        // What comes late says nothing of the others.
        book.put(3...3, "F", formed: Playbook.start + 1000)
        book.pass(10_000)
        #expect(book.numbers["F"] == [3])
        #expect(book.status?.lag == lag)
    }
}
