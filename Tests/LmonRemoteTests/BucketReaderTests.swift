import LmonRecord
import LmonRemote
import LmonS3
import LmonTestSupport
import Testing

@Suite struct BucketReaderTests {
    private static let minute: Int64 = 60_000

    @Test func whatIsThereComesInOrderAndThenWhatIsPut() {
        var book = Playbook()
        book.put(1...3, "A", formed: Playbook.start - 5000)
        book.put(1...2, "B", "payment", formed: Playbook.start - 6000)
        book.put(3...4, "B", "payment", formed: Playbook.start - 4000)
        // Before the hour that is looked back.
        book.put(1...9, "old", formed: Playbook.start - 61 * Self.minute, putAt: Playbook.start - 61 * Self.minute)
        book.begin()
        #expect(book.delivered.map(\.environment) == ["B", "B", "A", "A", "A", "B", "B"])
        book.put(4...6, "A")
        book.pass(1000)
        #expect(book.numbers["A"] == [1, 2, 3, 4, 5, 6])
        #expect(book.numbers["old"] == nil)
        book.pass(10 * Self.minute)
        #expect(book.numbers["old"] == nil)
        #expect(book.fetches.count == 4)
    }

    /// A list costs money: one that finds nothing is followed by a later one, and traffic makes them frequent again.
    @Test func listsAreAsFrequentAsTraffic() {
        var book = Playbook()
        book.put(1...1)
        book.begin()
        book.pass(5 * Self.minute - 1)
        let before = book.lists.count
        book.pass(10 * Self.minute)
        // Twelve a minute, the functions' list twice a minute, and two of the last two hours.
        #expect(book.lists.count - before == 10 * 12 + 10 * 2 + 2)
        #expect(book.status?.interval == 5000)
        #expect(book.status?.requestsPerHour ?? 0 > 720)
        book.put(2...2)
        book.pass(5000)
        #expect(book.delivered.count == 2)
        let busy = book.lists.count
        for number in 3...12 {
            book.put(number...number)
            book.pass(1000)
        }
        #expect(book.delivered.count == 12)
        #expect((6...14).contains(book.lists.count - busy))
    }

    /// Until the functions are known there is nothing to wake for.
    @Test func nothingIsTimedBeforeTheFirstAnswer() {
        var reader = BucketReader(.init(prefix: "p/", start: .beginning, follows: true))
        let actions = reader.handle(.began, now: Playbook.start)
        #expect(actions.count == 1)
        guard case .list? = actions.first else {
            Issue.record("\(actions)")
            return
        }
    }

    /// What cannot be fetched yet is not listed again and again, and nothing is missed for that.
    @Test func whoIsBehindDoesNotList() {
        var book = Playbook(queueLimit: 100)
        book.put(1...1)
        book.begin()
        // S3 gives no object for a while, and more come than may wait.
        book.fetchTrouble = { _ in .busy("SlowDown", retryAfter: nil) }
        for number in 2...200 { book.put(number...number, formed: Playbook.start + Int64(number)) }
        book.pass(10 * Self.minute)
        let before = book.lists.count
        // Only the functions.
        book.pass(10 * Self.minute)
        #expect(book.lists.suffix(book.lists.count - before).allSatisfy { $0.delimiter != nil })
        // Put late, long ago when it is looked for.
        book.put(1...3, "late", formed: Playbook.start - 90 * Self.minute)
        book.pass(120 * Self.minute)
        book.fetchTrouble = { _ in nil }
        book.pass(20 * Self.minute)
        #expect(book.numbers["E"] == Array(1...200))
        #expect(book.numbers["late"] == [1, 2, 3])
    }

    /// Nor does a list go on whose pages hold more than may wait, whatever it is for.
    @Test func whoFallsBehindWithinAListStops() {
        var book = Playbook(queueLimit: 100)
        book.pageSize = 20
        book.put(1...1)
        book.begin()
        book.fetchTrouble = { _ in .busy("SlowDown", retryAfter: nil) }
        // What came while the viewer's machine was asleep.
        for number in 2...1000 { book.put(number...number, formed: Playbook.start + Int64(number)) }
        let polls = book.lists.count
        book.pass(4 * Self.minute)
        #expect((5...8).contains(book.lists.dropFirst(polls).count { $0.delimiter == nil }))
        book.fetchTrouble = { _ in nil }
        book.pass(5 * Self.minute)
        #expect(book.numbers["E"] == Array(1...1000))
        // The last two hours, of which much was put late.
        for number in 1...1000 {
            book.put(number...number, "late", formed: Playbook.start - 90 * Self.minute + Int64(number))
        }
        book.fetchTrouble = { _ in .busy("SlowDown", retryAfter: nil) }
        let rechecks = book.lists.count
        book.pass(4 * Self.minute)
        book.pass(2 * Self.minute)
        let early = BatchKey.start(function: "orders", at: Playbook.start - 60 * Self.minute, prefix: "p/")
        #expect((5...7).contains(book.lists.dropFirst(rechecks).count { $0.after ?? early < early }))
        book.fetchTrouble = { _ in nil }
        book.pass(5 * Self.minute)
        #expect(book.numbers["late"] == Array(1...1000))
    }

    /// What a list of the last two hours was to find that came late itself, the next one looks for if that one fails.
    @Test func aDelayedListThatFailsIsMadeAgain() {
        var book = Playbook(queueLimit: 100)
        book.put(1...1)
        book.begin()
        book.fetchTrouble = { _ in .busy("SlowDown", retryAfter: nil) }
        for number in 2...200 { book.put(number...number, formed: Playbook.start + Int64(number)) }
        book.pass(Self.minute)
        book.put(1...3, "late", formed: Playbook.start - 90 * Self.minute)
        book.pass(120 * Self.minute)
        let early = BatchKey.start(function: "orders", at: Playbook.start - 60 * Self.minute, prefix: "p/")
        book.listTrouble = { $0.after ?? early < early ? .unreachable("reset") : nil }
        book.fetchTrouble = { _ in nil }
        let before = book.lists.count
        book.pass(2 * Self.minute)
        #expect(book.lists.dropFirst(before).contains { $0.after ?? early < early })
        book.listTrouble = { _ in nil }
        book.pass(20 * Self.minute)
        #expect(book.numbers["late"] == [1, 2, 3])
    }

    /// However many functions there are.
    @Test func requestsAreBounded() {
        var book = Playbook()
        for number in 0..<12 { book.put(1...1, "E\(number)", "f\(number)", formed: Playbook.start - 1000) }
        book.begin()
        book.pass(Self.minute)
        let before = book.lists.count
        book.pass(4 * Self.minute)
        let quiet = book.lists.count - before
        // Fewer than one a second, and the functions' own list.
        #expect(quiet < 240)
        for second in 0..<120 {
            for number in 0..<12 where second % 5 == 0 {
                book.put((second / 5 + 2)...(second / 5 + 2), "E\(number)", "f\(number)")
            }
            book.pass(1000)
        }
        // Two a second, the functions' own, and the last two hours of each.
        #expect(book.lists.count - before - quiet < 120 * 2 + 4 + 2 * 12)
        book.pass(30_000)
        #expect(book.delivered.count == 12 * 25)
    }

    @Test func aNewFunctionIsFound() {
        var book = Playbook()
        book.begin()
        #expect(book.notices.contains { if case .empty = $0 { true } else { false } })
        book.put(1...2, "A", "first")
        book.pass(6000)
        #expect(book.numbers["A"] == [1, 2])
        book.put(1...1, "B", "second")
        book.pass(31_000)
        #expect(book.numbers["B"] == [1])
        #expect(book.status?.functions == 2)
    }

    /// A batch that was formed before a freeze, and put an hour later, with the next one right behind it.
    @Test func aHoleIsLookedForWhereItWasFormed() {
        var book = Playbook()
        book.put(1...2, "A")
        book.put(1...2, "B")
        book.begin()
        let formed = book.now + 1000
        for number in 3...62 {
            book.pass(Self.minute)
            book.put(number...number, "B")
        }
        book.pass(2000)
        book.put(3...5, "A", formed: formed)
        book.put(6...7, "A")
        book.pass(4000)
        #expect(book.numbers["A"] == [1, 2, 6, 7, 3, 4, 5])
        #expect(book.status?.late == 1)
        book.pass(5000)
        #expect(book.status?.missing == [])
    }

    /// The same without anything behind it: the last two hours are listed anew.
    @Test func aLateBatchIsFoundWithinFiveMinutes() {
        var book = Playbook()
        book.put(1...2, "A")
        book.begin()
        let formed = book.now + 1000
        for number in 1...60 {
            book.pass(Self.minute)
            book.put(number...number, "B")
        }
        book.put(3...5, "A", formed: formed)
        book.pass(5 * Self.minute + 1000)
        #expect(book.numbers["A"] == [1, 2, 3, 4, 5])
        #expect(book.numbers["B"] == Array(1...60))
        #expect(Set(book.fetches).count == book.fetches.count)
    }

    @Test func aHoleThatStaysIsSaid() {
        var book = Playbook()
        book.put(1...2)
        book.begin()
        book.pass(1000)
        book.put(5...6)
        book.pass(3000)
        #expect(book.status?.missing == [.init(function: "orders", environment: "E", count: 2)])
        book.pass(15 * Self.minute)
        #expect(book.notes == ["orders E: records 3–4 did not come"])
        #expect(book.status?.missing == [.init(function: "orders", environment: "E", count: 2)])
        book.put(3...4, formed: Playbook.start + 500)
        book.pass(6 * Self.minute)
        #expect(book.numbers["E"] == [1, 2, 5, 6, 3, 4])
        #expect(book.status?.missing == [])
    }

    /// A retry after an answer that was lost, and a batch whose halves were sent again.
    @Test func eachRecordComesOnce() {
        var book = Playbook()
        book.put(1...4)
        book.begin()
        book.put(1...2, formed: book.now + 1)
        book.put(3...6, formed: book.now + 2)
        book.pass(2000)
        #expect(book.numbers["E"] == [1, 2, 3, 4, 5, 6])
    }

    // MARK: Clocks

    /// An agent whose clock is ahead by a day must not hide what others put.
    @Test func aClockAheadHidesNothing() {
        var book = Playbook()
        book.put(1...1, "ahead", formed: Playbook.start + 24 * 60 * Self.minute)
        book.put(1...1, "right")
        book.begin()
        book.pass(3000)
        book.put(2...2, "right")
        book.pass(5000)
        #expect(book.numbers["right"] == [1, 2])
        #expect(book.numbers["ahead"] == [1])
        #expect(book.fetches.count == 3)
    }

    @Test(arguments: [-3 * 3_600_000, 3 * 3_600_000] as [Int64]) func thisMachinesClockMayBeOff(skew: Int64) {
        var book = Playbook()
        book.skew = skew
        book.put(1...2)
        book.begin()
        book.pass(1000)
        book.put(3...4)
        book.pass(5000)
        #expect(book.numbers["E"] == [1, 2, 3, 4])
        #expect(book.notes == ["this machine's clock is 3 h \(skew < 0 ? "ahead of" : "behind") S3's"])
    }

    // MARK: Troubles

    @Test func throttlingSlowsListsDownAndIsNeverFatal() {
        var book = Playbook()
        book.put(1...1)
        book.begin()
        let end = book.now + Self.minute
        book.put(2...2)
        let busy = BucketReader.Trouble.busy("S3 answered 503 SlowDown", retryAfter: nil)
        book.listTrouble = { _ in busy }
        book.fetchTrouble = { _ in busy }
        book.pass(Self.minute)
        #expect(book.now == end)
        let asked = book.lists.count
        // Not once a second.
        #expect(asked < 20)
        #expect(book.notices.contains { if case .troubled = $0 { true } else { false } })
        book.listTrouble = { _ in nil }
        book.pass(2 * Self.minute)
        #expect(book.numbers["E"] == [1])
        book.fetchTrouble = { _ in nil }
        book.pass(2 * Self.minute)
        #expect(book.numbers["E"] == [1, 2])
        #expect(book.notices.contains(.recovered))
        book.pass(20 * Self.minute)
        #expect(book.status?.interval == 5000)
    }

    @Test func whatCannotWorkFailsAtOnceAndLaterDoesNot() {
        var book = Playbook()
        book.listTrouble = { _ in .refused("S3 answered 403 AccessDenied") }
        book.begin()
        #expect(book.ending == "S3 answered 403 AccessDenied")
        var other = Playbook()
        other.put(1...1)
        other.begin()
        other.listTrouble = { _ in .refused("S3 answered 403 ExpiredToken") }
        other.pass(Self.minute)
        #expect(!other.hasEnded)
        other.listTrouble = { _ in nil }
        other.put(2...2)
        other.pass(2 * Self.minute)
        #expect(other.numbers["E"] == [1, 2])
    }

    @Test func brokenAndForeignObjectsAreShownAndPassedOver() {
        var book = Playbook()
        let broken = book.put(1...1, "A")
        let half = book.put(1...1, "B")
        let gone = book.put(1...1, "C")
        book.put(1...1, "D")
        book.putForeign("p/v1/README")
        book.putForeign("p/v1/orders/notes.txt")
        book.contents = {
            switch $0 {
            case broken: .unreadable("its compressed bytes are damaged")
            case half: .records(Playbook.records(1...1, "B", "orders", at: Playbook.start), brokenLines: 2)
            default: nil
            }
        }
        book.fetchTrouble = { $0 == gone ? .missing : nil }
        book.begin()
        book.pass(10_000)
        #expect(Set(book.numbers.keys) == ["B", "D"])
        #expect(book.status?.broken == 3)
        #expect(book.status?.foreign ?? 0 >= 2)
        #expect(book.notes.count == 4, "\(book.notes)")
    }

    /// A server that answers every page with the same continuation does not keep it busy for ever.
    @Test func aListThatGoesInCirclesIsLeft() {
        var reader = BucketReader(.init(prefix: "", start: .beginning, follows: true))
        guard case .list(let first)? = reader.handle(.began, now: 0).first else { return }
        var page = S3ListPage()
        page.continuation = "x"
        let next = reader.handle(.listed(first.id, page, serverTime: nil), now: 1)
        guard case .list(let second)? = next.first(where: { $0 != .say(.recovered) }) else {
            Issue.record("the list goes on")
            return
        }
        #expect(second.continuation == "x")
        let actions = reader.handle(.listed(second.id, page, serverTime: nil), now: 2)
        #expect(!actions.contains { if case .list = $0 { true } else { false } })
    }

    // MARK: History

    @Test(arguments: [1000, 7]) func historyIsReadInOrderToItsEnd(pageSize: Int) {
        var book = Playbook(lookback: nil, follows: false)
        book.pageSize = pageSize
        for step in 0..<300 {
            let function = ["orders", "payment", "thumbs"][step % 3]
            let number = step / 3 + 1
            book.put(number...number, "E\(step % 3)", function, formed: Playbook.start - Int64(300 - step) * 50_000)
        }
        book.begin()
        #expect(book.hasEnded && book.ending == nil)
        #expect(book.delivered.count == 300)
        let times = book.delivered.map(\.observed)
        #expect(times == times.sorted())
        #expect(Set(book.fetches).count == 300)
    }

    @Test func anEmptyBucketEndsAtOnce() {
        var book = Playbook(lookback: nil, follows: false)
        book.begin()
        #expect(book.hasEnded && book.delivered.isEmpty)
    }

    /// Whatever fails on the way, and however batches are ordered, late and repeated: each record once, none missing.
    @Test(arguments: 1...12) func chanceLosesNothing(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var book = Playbook()
        var failing = SeededGenerator(seed: seed &+ 1000)
        book.pageSize = 5
        book.put(1...1, "start", "f0")
        book.begin()
        book.listTrouble = { _ in failing.chance(20) ? .busy("SlowDown", retryAfter: nil) : nil }
        var lateGenerator = SeededGenerator(seed: seed &+ 2000)
        book.fetchTrouble = { _ in lateGenerator.chance(20) ? .unreachable("reset") : nil }
        func function(_ environment: String) -> String { "f\(environment.utf8.last ?? 0)" }
        var next = [String: Int]()
        var late: [(due: Int64, numbers: ClosedRange<Int>, environment: String, formed: Int64)] = []
        for _ in 0..<400 {
            let environment = "E\(random.int(0..<6))"
            let first = next[environment, default: 1]
            let numbers = first...(first + random.int(0..<5))
            next[environment] = numbers.upperBound + 1
            if random.chance(10) {
                late.append((book.now + Int64(random.int(1..<3_600_000)), numbers, environment, book.now))
            } else {
                book.put(numbers, environment, function(environment))
                if random.chance(10) {
                    book.put(
                        numbers.lowerBound...numbers.lowerBound,
                        environment,
                        function(environment),
                        formed: book.now + 1
                    )
                }
            }
            book.pass(Int64(random.int(0..<20_000)))
            for batch in late where batch.due <= book.now {
                book.put(batch.numbers, batch.environment, function(batch.environment), formed: batch.formed)
            }
            late.removeAll { $0.due <= book.now }
        }
        for batch in late {
            book.put(batch.numbers, batch.environment, function(batch.environment), formed: batch.formed)
        }
        book.listTrouble = { _ in nil }
        book.fetchTrouble = { _ in nil }
        book.pass(15 * Self.minute)
        for (environment, end) in next {
            #expect(book.numbers[environment]?.sorted() == Array(1..<end), "\(environment)")
        }
    }
}
