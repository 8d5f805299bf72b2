import LmonModel
import LmonScreen
import LmonUI
import Testing

/// Whatever is pressed in whatever order on whatever size: a screen comes out, and questions come to an end.
@Suite struct RandomTests {
    @Test(arguments: 0..<12)
    func anyKeysAndSizes(seed: Int) {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        let keys =
            KeyTable.bindings.flatMap(\.keys).filter { KeyTable.command(for: $0) != .quit }
            + "uceilbx{\"日=~(".map(Key.character) + [.backspace, .delete, .home]
        var rig = seed % 2 == 0 ? UIRig.started() : Hostile.rig(columns: 80, rows: 24)
        for turn in 0..<600 {
            switch next(24) {
            case 0:
                let size = Screen.Size(columns: next(160), rows: next(60))
                rig.send(.input(.resize(size)))
            case 1:
                rig.rows.append(Sample.invocation("f\(turn)", "orders", at: "10:44:00.000", .inFlight))
                rig.change()
            case 2:
                if rig.rows.count > 3 { rig.rows.removeFirst(next(3)) }
                rig.change()
            case 3: rig.answers.toggle()
            case 4:
                let position = Screen.Position(column: next(160), row: next(60))
                rig.send(.input(.mouse(MouseEvent([.press(button: 1), .wheelUp, .wheelDown][next(3)], at: position))))
            case 5: rig.send(.input(.paste("\u{1B}[31m日\n")))
            default: rig.send(.input(.key(keys[next(keys.count)])))
            }
            let screen = rig.screen
            #expect(screen.size == rig.state.size)
            if let cursor = screen.cursor {
                #expect(cursor.column < screen.size.columns && cursor.row < screen.size.rows)
            }
        }
    }
}
