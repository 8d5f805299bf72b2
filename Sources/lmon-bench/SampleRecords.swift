import LmonJSON
import LmonRecord

/// Records as a function with two calls an invocation makes them, with fixed times: the same on every machine.
enum SampleRecords {
    static let perInvocation = 12

    static func lines(invocations: Int) -> [[UInt8]] {
        self.records(invocations: invocations).map(\.line)
    }

    /// `function` names that of an invocation; nil for one of three.
    static func records(
        from first: Int = 0,
        invocations: Int,
        environments: Int = 4,
        function: (Int) -> String? = { _ in nil }
    ) -> [Record] {
        var sequences = (0..<environments).map { slot in
            (first + environments - 1 - slot) / environments * Self.perInvocation
        }
        var records: [Record] = []
        records.reserveCapacity(invocations * Self.perInvocation)
        let origin = Timestamp(microseconds: 1_795_428_000_000_000)
        for index in first..<first + invocations {
            let slot = index % environments
            let start = origin.adding(milliseconds: Double(index) * 20)
            let name = function(index) ?? ["orders", "payment", "thumbs"][index % 3]
            let environment = "01KAR0000000000000000000A\(slot)"
            for observation in Self.invocation(index, environment: environment, function: name, start: start) {
                sequences[slot] += 1
                records.append(Record(observation, sequence: sequences[slot], observed: observation.time))
            }
        }
        return records
    }

    private static func invocation(
        _ index: Int,
        environment: String,
        function: String,
        start: Timestamp
    ) -> [Observation] {
        let digits = String(index, radix: 16)
        let requestID = "9f3c0000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
        let failed = index % 50 == 49
        func at(_ milliseconds: Double, _ type: RecordType, _ payload: String) -> Observation {
            Observation(
                environment: environment,
                function: function,
                time: start.adding(milliseconds: milliseconds),
                type: type,
                requestID: requestID,
                payload: Array(payload.utf8)
            )
        }
        var observations = [
            at(0, .invocationEvent, #"{"body":{"text":"{\"order\":\#(index)}","size":14}}"#),
            at(0, .start, #"{"requestId":"\#(requestID)","version":"$LATEST"}"#),
            at(0.4, .function, #""2026-11-23T10:00:00.000Z\t\#(requestID)\tINFO\torder \#(index) received""#),
        ]
        for call in 0..<2 {
            let id = "4711-0-\(index * 2 + call)"
            let offset = 1 + Double(call) * 4
            observations += [
                at(offset, .httpRequest, Self.request(id: id, call: call, index: index)),
                at(offset + 2.5, .httpResponse, Self.response(id: id, status: failed ? 502 : 200)),
                at(offset + 3.1, .httpEnd, Self.end(id: id)),
            ]
        }
        observations += [
            at(10, .invocationResult, #"{"outcome":"success","body":{"text":"{\"ok\":true}","size":11}}"#),
            at(
                10.2,
                .runtimeDone,
                #"{"requestId":"\#(requestID)","status":"success","metrics":{"durationMs":10.2,"producedBytes":11},"spans":[{"name":"responseLatency","start":"2026-11-23T10:00:00.000Z","durationMs":9.8}]}"#
            ),
            at(
                10.3,
                .report,
                #"{"requestId":"\#(requestID)","status":"success","metrics":{"durationMs":10.2,"billedDurationMs":11,"memorySizeMB":256,"maxMemoryUsedMB":88}}"#
            ),
        ]
        return observations
    }

    private static func request(id: String, call: Int, index: Int) -> String {
        let path = call == 0 ? "users/\(index % 97)" : "items?order=\(index)"
        return
            #"{"callId":"\#(id)","method":"GET","url":"https://api.example.test/\#(path)","headers":[["accept","application/json"],["user-agent","node"]],"client":"node:undici","attempt":1}"#
    }

    private static func response(id: String, status: Int) -> String {
        #"{"callId":"\#(id)","status":\#(status),"version":"1.1","headers":[["content-type","application/json"],["content-length","512"]],"timings":{"firstByte":2.5},"connection":{"id":1,"reused":true,"remote":"127.0.0.1:443"}}"#
    }

    private static func end(id: String) -> String {
        let text = String(repeating: "x", count: 200)
        return
            #"{"callId":"\#(id)","outcome":"complete","bodies":{"response":{"text":"{\"name\":\"\#(text)\"}","size":211}},"sizes":{"request":0,"response":211},"timings":{"firstByte":2.5,"end":3.1}}"#
    }
}
