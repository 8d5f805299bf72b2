import LmonModel
import LmonTestSupport
import LmonUI
import Testing

/// Whatever is long or many, the header says what runs, from where, and how much of it failed.
@Suite struct HeaderTests {
    private func rig(source: String, functions: [String], columns: Int, rows: Int) -> UIRig {
        var configuration = Sample.configuration
        configuration.source = source
        configuration.functions = functions
        var totals = Sample.totals
        totals.functions = functions
        totals.failed = 1_204
        totals.invocations = 1_204_112
        var rig = UIRig(configuration, columns: columns, height: rows, rows: [], details: [], totals: totals)
        rig.change()
        return rig
    }

    @Test(arguments: [(80, 24), (40, 10)])
    func aThousandFunctionsFromFarAway(columns: Int, rows: Int) throws {
        let functions = (0..<1_000).map { "orders-in-a-region-\($0)" }
        let source = "tcp://" + (0..<12).map { "part\($0)" }.joined(separator: ".") + ".example.test:4244"
        let rig = self.rig(source: source, functions: functions, columns: columns, rows: rows)
        try expectGolden(rig.screen, named: "header-long-\(columns)x\(rows)")
        let header = rig.text.split(separator: "\n").first ?? ""
        for part in ["lmon", "ord", "+999", "● tcp", "✗ 1204"] { #expect(header.contains(part), "\(header)") }
    }

    @Test(arguments: [(80, 24), (40, 10)])
    func aShortNameFromFarAway(columns: Int, rows: Int) throws {
        let source = "emulator /home/ada/projects/" + String(repeating: "deep/", count: 20) + "demo"
        let rig = self.rig(source: source, functions: ["pay"], columns: columns, rows: rows)
        try expectGolden(rig.screen, named: "header-source-\(columns)x\(rows)")
        let header = rig.text.split(separator: "\n").first ?? ""
        for part in ["lmon", "pay", "● emu", "✗ 1204"] { #expect(header.contains(part), "\(header)") }
    }
}
