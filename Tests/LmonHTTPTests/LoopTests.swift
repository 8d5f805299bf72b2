import LmonHTTP
import LmonTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

@Suite struct LoopTests {
    private actor Counter {
        nonisolated let loop: Loop
        private(set) var count = 0

        nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

        init(_ loop: Loop) { self.loop = loop }

        func add() { self.count += 1 }

        nonisolated func addFromTheLoop() { self.assumeIsolated { $0.count += 1 } }
    }

    @Test func anActorOnALoopIsEnteredFromItsCallbacks() async {
        let loop = Loop()
        let counter = Counter(loop)
        await counter.add()
        await loop.perform { counter.addFromTheLoop() }
        #expect(await counter.count == 2)
        await loop.shutdown()
    }

    @Test func timersFireInOrderUnlessTheyAreCancelled() async {
        let loop = Loop()
        let fired = Collector<Int>()
        await loop.perform {
            loop.schedule(after: .milliseconds(20)) { fired.add(2) }
            loop.schedule(after: .milliseconds(1)) { fired.add(1) }
            let cancelled = loop.schedule(after: .milliseconds(2)) { fired.add(9) }
            cancelled.cancel()
            cancelled.cancel()
            loop.execute { fired.add(0) }
            #expect(fired.elements.isEmpty)
        }
        #expect(await fired.wait(for: 3) == [0, 1, 2])
        await loop.shutdown()
    }

    @Test func aPipeIsReadToItsEndAndCanBeHeld() async throws {
        let loop = Loop()
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        let pieces = Collector<[UInt8]>()
        let ended = Collector<Void>()
        let reader = await loop.perform {
            PipeReader.open(descriptor: reading, on: loop, onBytes: { pieces.add($0) }, onEnd: { ended.add(()) })
        }
        _ = write(writing, "one", 3)
        #expect(await pieces.wait(for: 1) == [Array("one".utf8)])
        await loop.perform { reader.pause() }
        _ = write(writing, "two", 3)
        // Several turns of the loop, in which it would be read.
        for _ in 1...5 { await loop.perform {} }
        #expect(pieces.elements.count == 1)
        await loop.perform { reader.resume() }
        #expect(await pieces.wait(for: 2).last == Array("two".utf8))
        close(writing)
        _ = await ended.wait(for: 1)
        await loop.perform { reader.close() }
        await loop.shutdown()
        #expect(ended.elements.count == 1)
    }

    @Test func plainConnectionsCarryBytesBothWays() async throws {
        let loop = Loop()
        let listener = try await TCPListener.listen(host: "127.0.0.1", port: 0, on: loop) { connection in
            connection.onBytes { connection.write($0) }
        }
        let received = Collector<UInt8>()
        let closed = Collector<Void>()
        let connections = Collector<TCPConnection>()
        try await TCPClient.connect(host: "127.0.0.1", port: listener.port, on: loop) { connection in
            connection.onBytes { for byte in $0 { received.add(byte) } }
            connection.onClose { closed.add(()) }
            connection.write([1, 2])
            connection.write(SharedBytes([3]))
            connections.add(connection)
        }
        #expect(await received.wait(for: 3) == [1, 2, 3])
        await loop.perform {
            connections.elements[0].close()
            connections.elements[0].write([4])
        }
        _ = await closed.wait(for: 1)
        await listener.close()
        let refused = await #expect(throws: NetworkError.self) {
            try await TCPClient.connect(host: "127.0.0.1", port: listener.port, on: loop) { _ in }
        }
        #expect(refused?.code == .refused)
        await loop.shutdown()
    }
}
