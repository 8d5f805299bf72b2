import ArgumentParser
import Foundation
import LmonRecord

struct Scan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Records scanned a second, beside JSONDecoder.")

    @OptionGroup var output: OutputOptions

    func run() async throws {
        self.output.print(Self.measure())
    }

    static func measure() -> [Figure] {
        let lines = SampleRecords.lines(invocations: 2_000)
        let decoder = JSONDecoder()
        let datas = lines.prefix(5_000).map { Data($0) }
        var ratios: [Double] = []
        var rates: [Double] = []
        for _ in 0..<5 {
            let ours = Stopwatch.seconds {
                for line in lines { _ = try? Record(line: line) }
            }
            let theirs = Stopwatch.seconds {
                for data in datas { _ = try? decoder.decode(CodableEnvelope.self, from: data) }
            }
            rates.append(Double(lines.count) / ours)
            ratios.append((Double(lines.count) / ours) / (Double(datas.count) / theirs))
        }
        let size = lines.reduce(0) { $0 + $1.count } / lines.count
        let method = "\(lines.count) records of \(size) bytes on average, one thread, median of 5"
        return [
            Figure(name: "records scanned", value: Stopwatch.median(rates), unit: "/s", goal: nil, method: method),
            Figure(
                name: "records scanned, against JSONDecoder",
                value: Stopwatch.median(ratios),
                unit: "×",
                goal: "≥ 5 ×",
                method: "same lines, same run"
            ),
        ]
    }
}

/// The envelope as JSONDecoder would read it, payload left out: the comparison is in its favour.
private struct CodableEnvelope: Decodable {
    let v: Int
    let environment: String
    let sequence: Int
    let function: String
    let time: String
    let observed: String
    let type: String
    let requestId: String?
}
