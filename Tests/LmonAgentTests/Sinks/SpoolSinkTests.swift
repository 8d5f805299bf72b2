import LambdaWire
import LmonHTTP
import LmonRecord
import LmonTestSupport
import Testing

@testable import LmonAgent

/// What the sink sends when, with a network that answers when the test says so.
@Suite(.timeLimit(.minutes(1))) struct SpoolSinkTests {
    /// Used on the loop only.
    private final class Network: DeliveryTransport {
        private(set) var sent: [Int] = []
        private var answer: ((DeliveryAnswer) -> Void)?

        func send(_ batch: DeliveryBatch, timeout: Duration, completed: @escaping (DeliveryAnswer) -> Void) {
            self.sent.append(batch.records)
            self.answer = completed
        }

        func settle(_ verdict: DeliveryVerdict) {
            let answer = self.answer
            self.answer = nil
            answer?(DeliveryAnswer(verdict: verdict, status: nil, message: nil))
        }
    }

    private static func records(_ count: Int, _ type: RecordType = .function) -> [Record] {
        let observation = Observation(
            environment: "E",
            function: "orders",
            time: Timestamp(milliseconds: 1_795_428_000_000),
            type: type,
            payload: Array(#""line""#.utf8)
        )
        return Record.numbered(Array(repeating: observation, count: count), from: 1)
    }

    private func run(_ body: @escaping @Sendable (SpoolSink, Network) -> Void) async {
        let loop = Loop()
        await loop.perform {
            let network = Network()
            let delivery = HTTPDelivery(
                "spool",
                by: network,
                promptness: EpochTime.Span(milliseconds: 20),
                isPatient: false,
                loop: loop
            ) { _ in }
            body(SpoolSink(.object(prefix: ""), limit: 1 << 20, delivery: delivery), network)
        }
        await loop.shutdown()
    }

    /// Objects are paid for.
    @Test func whatBecomesDueMeanwhileMakesNothingElseDue() async {
        await self.run { sink, network in
            sink.accept(Self.records(3))
            sink.ship(isLast: false) {}
            sink.accept(Self.records(1))
            sink.ship(isLast: false) {}
            network.settle(.taken)
            #expect(network.sent == [3, 1])
            network.settle(.taken)
            sink.accept(Self.records(1, .freeze))
            sink.ship(isLast: false) {}
            sink.thawed()
            #expect(network.sent == [3, 1])
            sink.accept(Self.records(1))
            sink.ship(isLast: false) {}
            #expect(network.sent == [3, 1, 2])
        }
    }

    /// Something before the spool lets through no more than so much: all goes in smaller ones, without another time.
    @Test func whatIsRefusedGoesInHalvesAtOnce() async {
        await self.run { sink, network in
            sink.accept(Self.records(5))
            sink.ship(isLast: false) {}
            for _ in 0..<3 { network.settle(.refused) }
            #expect(network.sent == [5, 3, 2, 1])
            network.settle(.taken)
            network.settle(.refused)
            network.settle(.taken)
            network.settle(.taken)
            #expect(network.sent == [5, 3, 2, 1, 4, 2, 2])
            #expect(sink.pending == 0)
        }
    }
}
