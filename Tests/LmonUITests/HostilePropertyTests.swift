import LmonModel
import LmonRecord
import LmonScreen
import LmonTestSupport
import LmonUI
import Testing

/// Whatever a function writes wherever it can: columns stay straight, and nothing reaches the terminal that it might obey.
@Suite struct HostilePropertyTests {
    private func rig(seed: UInt64, columns: Int, rows: Int) throws -> UIRig {
        let session = HostileSession(seed: seed)
        var model = Model()
        model.apply(contentsOf: try session.lines.map { try Record(line: $0) })
        var configuration = UIConfiguration(source: "tcp://\u{1B}[1m\u{202E}host")
        configuration.views = ListView.allCases
        configuration.functions = model.currentTotals.functions
        var rig = UIRig(
            configuration,
            columns: columns,
            height: rows,
            rows: model.rows(in: 0..<model.rowCount),
            details: model.detailed.map { InvocationDetail($0) },
            totals: model.currentTotals
        )
        rig.change()
        return rig
    }

    @Test(arguments: 1...24)
    func columnsStayStraightAndNothingIsObeyed(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed) &* 77)
        let (columns, rows) = random.pick([(80, 24), (120, 40), (40, 10), (57, 17), (200, 50)])
        var rig = try self.rig(seed: UInt64(seed), columns: columns, rows: rows)
        let keys = KeyTable.bindings.flatMap(\.keys).filter { KeyTable.command(for: $0) != .quit }
        for turn in 0..<50 {
            let faults = ScreenFaults.of(rig.screen)
            #expect(faults == [], "seed \(seed), turn \(turn)")
            guard faults.isEmpty else { return }
            switch random.int(0..<12) {
            case 0: rig.send(.notice(HostileText.text(&random), isFailure: random.chance(50)))
            case 1: rig.send(.input(.paste(HostileText.text(&random))))
            case 2: rig.send(.trouble(function: HostileText.text(&random), reason: HostileText.text(&random)))
            case 3: rig.send(.coach(HostileText.text(&random)))
            case 4:
                let (source, reason) = (HostileText.text(&random), HostileText.text(&random))
                rig.send(
                    .connection(
                        .lost(
                            source: source,
                            since: Sample.time("10:42:11.000"),
                            retryAt: Sample.time("10:42:13.000"),
                            reason: reason
                        )
                    )
                )
            default: rig.send(.input(.key(random.pick(keys))))
            }
        }
    }

    /// A picture of it is well-formed too.
    @Test(arguments: 1...10)
    func picturesHoldNoControls(seed: UInt64) throws {
        let picture = SVGPicture(try self.rig(seed: seed, columns: 80, rows: 24).screen, title: "x").text
        #expect(picture.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
        #expect(picture.split(separator: "\n").allSatisfy { $0.hasPrefix("<") && $0.hasSuffix(">") })
    }

    /// A command that is copied may hold anything but what a terminal obeys when it is pasted.
    @Test(arguments: 1...20)
    func copiedCommandsAreOneLineOfHarmlessCharacters(seed: UInt64) throws {
        var rig = try self.rig(seed: seed, columns: 80, rows: 24)
        rig.type("2g")
        for _ in 0..<3 {
            rig.type("ycj")
            guard case .copy(let text)? = rig.effects.last else { continue }
            #expect(["curl ", "printf ", ": 'missing: "].contains { text.hasPrefix($0) })
            #expect(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }, "seed \(seed)")
        }
    }
}
