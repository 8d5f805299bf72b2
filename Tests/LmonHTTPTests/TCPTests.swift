import LmonHTTP
import LmonTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#endif

@Suite(.exclusive, .timeLimit(.minutes(1)))
struct TCPTests {
    @Test func countsWhatIsPendingAndTellsWhenItIsTaken() async throws {
        let loop = Loop()
        let events = Events()
        let connections = OnLoop<[TCPConnection]>([])
        let listener = try await TCPListener.listen(host: "127.0.0.1", port: 0, on: loop) { connection in
            connections.value.append(connection)
            connection.onDrained { events.add("drained") }
            connection.onClose { events.add("closed") }
            connection.onBytes { events.add(String(decoding: $0, as: UTF8.self)) }
            events.add("accepted")
        }
        let client = try RawClient(port: listener.port, receiveBuffer: 64 * 1024)
        await events.wait(for: "accepted")
        let piece = SharedBytes([UInt8](repeating: 7, count: 1 << 20))
        let pending = await loop.perform {
            for _ in 0..<16 { connections.value[0].write(piece) }
            return connections.value[0].pendingBytes
        }
        #expect(pending > 0)
        #expect(pending <= 16 << 20)
        #expect(!events.all.contains("drained"))
        try client.receive(count: 16 << 20)
        #expect(client.received.count == 16 << 20)
        await events.wait(for: "drained")
        #expect(await loop.perform { connections.value[0].pendingBytes } == 0)
        client.send("hello")
        await events.wait(for: "hello")
        await loop.perform { connections.value[0].close() }
        await events.wait(for: "closed")
        _ = try client.receiveToEnd()
        #expect(await loop.perform { connections.value[0].isOpen } == false)
        #expect(events.all == ["accepted", "drained", "hello", "closed"])
        await listener.close()
        await loop.shutdown()
    }

    @Test func writesAgainAndAgainWhenDrained() async throws {
        let loop = Loop()
        let left = OnLoop(20_000)
        let listener = try await TCPListener.listen(host: "127.0.0.1", port: 0, on: loop) { connection in
            connection.onDrained { [unowned connection] in
                left.value -= 1
                if left.value > 0 { connection.write([1]) } else { connection.close() }
            }
            connection.write([1])
        }
        let client = try RawClient(port: listener.port)
        #expect(try client.receiveToEnd().utf8.count == 20_000)
        await listener.close()
        await loop.shutdown()
    }

    @Test func connectsAndIsToldOfTheEnd() async throws {
        let loop = Loop()
        let events = Events()
        let listener = try await TCPListener.listen(host: "127.0.0.1", port: 0, on: loop) { connection in
            connection.onBytes { bytes in
                connection.write(bytes + bytes)
                loop.schedule(after: .milliseconds(1)) { connection.close() }
            }
        }
        try await TCPClient.connect(host: "127.0.0.1", port: listener.port, on: loop) { connection in
            connection.onBytes { events.add(String(decoding: $0, as: UTF8.self)) }
            connection.onClose { events.add("closed") }
            connection.write(Array("ab".utf8))
        }
        await events.wait(for: "closed")
        #expect(events.all == ["abab", "closed"])
        await listener.close()
        let port = listener.port
        let error = await #expect(throws: NetworkError.self) {
            try await TCPClient.connect(host: "127.0.0.1", port: port, on: loop) { _ in }
        }
        #expect(error?.code == .refused)
        await loop.shutdown()
    }

    // MARK: Pipes

    @Test func readsAPipeToItsEnd() async throws {
        let loop = Loop()
        let events = Events()
        let read = OnLoop<[UInt8]>([])
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (input, output) = (ends[0], ends[1])
        let reader = await loop.perform {
            OnLoop(
                PipeReader.open(
                    descriptor: input,
                    on: loop,
                    onBytes: { read.value += $0 },
                    onEnd: { events.add("end") }
                )
            )
        }
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
            try #require(count > 0)
            sent += count
        }
        close(output)
        await events.wait(for: "end")
        #expect(await loop.perform { read.value } == bytes)
        await loop.perform { reader.value.close() }
        await loop.shutdown()
        #expect(events.all == ["end"])
    }

    @Test func endsOnceWhenItIsClosed() async throws {
        let loop = Loop()
        let events = Events()
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let input = ends[0]
        await loop.perform {
            let reader = PipeReader.open(descriptor: input, on: loop, onBytes: { _ in }, onEnd: { events.add("end") })
            reader.close()
            reader.close()
        }
        await events.wait(for: "end")
        close(ends[1])
        await loop.shutdown()
        #expect(events.all == ["end"])
    }

    @Test func endsAtOnceForWhatIsNoPipe() async throws {
        let loop = Loop()
        let events = Events()
        let descriptor = open("/etc/passwd", O_RDONLY)
        try #require(descriptor >= 0)
        let reader = await loop.perform {
            OnLoop(
                PipeReader.open(
                    descriptor: descriptor,
                    on: loop,
                    onBytes: { _ in events.add("bytes") },
                    onEnd: { events.add("end") }
                )
            )
        }
        await events.wait(for: "end")
        #expect(events.all == ["end"])
        await loop.perform { reader.value.close() }
        await loop.shutdown()
    }
}
