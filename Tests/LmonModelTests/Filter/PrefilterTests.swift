import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct PrefilterTests {
    @Test(arguments: [
        ("status=404", #"{"callId":"1","status":404}"#, true),
        ("status=404", #"{"callId":"1","status" : 404}"#, true),
        ("status=404", #"{"callId":"1","status":405}"#, false),
        ("status>=500", #"{"status":503}"#, true),
        ("status>=500", #"{"status":499}"#, false),
        ("status>=500", #"{"status":"success"}"#, false),
        ("status=4xx and path~/charges", #"{"url":"https://api.test/v1/charges"}"#, true),
        ("status=4xx and path~/charges", #"{"url":"https://api.test/v1/refunds"}"#, false),
        ("host~stripe", #"{"url":"https://api.STRIPE.com"}"#, true),
        ("host~Stripe", #"{"url":"https://api.stripe.com"}"#, false),
        ("host~stripe", #"{"url":"https://api.\u0073tripe.com"}"#, true),
        ("charges or refunds", #"{"text":"all refunds"}"#, true),
        ("charges or refunds", #"{"text":"nothing of both"}"#, false),
        ("\"/v1/charges\"", #"{"text":"\/v1\/charges"}"#, true),
        ("WARN", #"{"level":"warning"}"#, true),
        ("WARN", #"{"level":"info"}"#, false),
        ("timeout", #"{"code":"ETIMEDOUT"}"#, true),
        (#"/order \d+ for (ada|bob) is paid/"#, #"{"text":"Order 4 for Ada IS PAID"}"#, true),
        (#"/order \d+ for (ada|bob) is paid/"#, #"{"text":"or 4 for ada is paid"}"#, false),
        (#"host~/^api\.test$/"#, #"{"url":"http://API.test/"}"#, true),
        (#"host~/^api\.test$/"#, #"{"url":"http://api-test/"}"#, false),
    ])
    func aLineIsAHit(filter: String, line: String, isHit: Bool) throws {
        let prefilter = try #require(try Filter(filter).prefilter)
        #expect(prefilter.isHit(Array(line.utf8)) == isHit)
    }

    @Test(arguments: [
        "cold", "not status>=500", "charges or cold", "duration>1s", "host!=api.test", "327", "\"after retry\"",
        "\"/\"",
        "\"\"", "type=http.request", "environment=a3", "日本", "error", "status=4000", "/a|bcd/",
        "/(?i)charges/", "/char *ges/x", "/c[[:alpha:]]arges/", #"/\x41charges/"#, "/late call/", "/d+/", "/sss/",
    ])
    func ofSomeFiltersNothingCanBeSaid(filter: String) throws {
        #expect(try Filter(filter).prefilter == nil)
    }

    @Test(arguments: [
        ("/colou?rful/", "colo"), ("/chargeb*d/", "charge"), ("/ab{2}charge/", "charge"), ("/a{charge/", "charge"),
        ("/[]x]charge(?:no|none at all)/", "charge"), ("/Kiss me/", "Kiss me"), (#"/v1\/charge/"#, "v1/charge"),
        ("/kiss me/", " me"),
    ])
    func whatARegularExpressionNeedsIsItsLongestText(filter: String, needle: String) throws {
        let prefilter = try #require(try Filter(filter).prefilter)
        #expect(prefilter.needles.first?.bytes == Array(needle.utf8))
    }

    @Test func theNeedleOfAnOddTextIsItsLongestPlainPart() throws {
        let prefilter = try #require(try Filter("'say \"grüße an alle\" \u{1B}[0m'").prefilter)
        #expect(prefilter.needles.first?.bytes == Array("e an alle".utf8))
    }

    /// Random sessions, random filters whose texts are in them: no match is lost.
    @Test(arguments: 1...60)
    func noMatchIsLost(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let records = try OddSession.records(&random)
        var model = Model()
        model.apply(contentsOf: records)
        let invocations = model.detailed.filter { !$0.id.isInitialization }
        var lines: [String: [[UInt8]]] = [:]
        for record in records { lines[record.requestID ?? "", default: []].append(record.line) }
        for _ in 0..<60 {
            let text = OddSession.filter(&random, records, depth: 2)
            guard let filter = try? Filter(text), let prefilter = filter.prefilter else { continue }
            for invocation in invocations {
                let isMatch =
                    filter.matches(invocation)
                    || invocation.calls.contains { filter.matches($0, function: "orders", in: invocation) }
                    || invocation.logs.contains {
                        filter.matches($0, id: invocation.id, function: "orders", in: invocation)
                    }
                guard isMatch else { continue }
                let own = lines[invocation.id.requestID ?? ""] ?? []
                #expect(own.contains { prefilter.isHit($0) }, "\(filter) lost \(invocation.id), seed \(seed)")
            }
        }
    }
}

/// Sessions whose JSON is spelt in every way that JSON allows.
private enum OddSession {
    static func records(_ random: inout SeededGenerator) throws -> [Record] {
        var observations = Observation.initialization
        for number in 0..<8 {
            let name = "req-\(number)-\(random.int(1000..<9999))"
            observations += self.invocation(name, at: Double(number) * 500, &random)
        }
        return try Record.numbered(observations).map { record in
            guard random.chance(40) else { return record }
            let payload = self.respelt(Array(record.payload), &random)
            return try Record(line: Array(record.line[..<record.payloadRange.lowerBound]) + payload + Array("}".utf8))
        }
    }

    private static let texts = [
        "hello", "Grüße aus Köln", "a/b c", "{\\\"id\\\":4}", "say \\\"hi there\\\"", "line one\\nline two", "日本語",
        "\\u001b[31mred\\u001b[0m", "ok after retry", "Fatal: no", "4711",
    ]

    private static func invocation(
        _ name: String,
        at time: Double,
        _ random: inout SeededGenerator
    ) -> [Observation] {
        var all: [Observation] = [.event(name, at: time), .start(name, at: time)]
        for number in 0..<random.int(0..<4) {
            let url = random.pick(["https://api.test/users/4?x=1", "http://pay.test:8080/v1/charges", "HTTPS://S3/"])
            let (method, status) = (random.pick(["GET", "POST"]), random.pick([200, 201, 404, 500, 502, 503]))
            let body = random.pick(self.texts)
            var call = Observation.call(
                "\(name)-\(number)",
                in: name,
                method,
                url,
                status: status,
                body: body,
                at: time
            )
            if random.chance(20) { call[2] = .failedEnd("\(name)-\(number)", in: name, at: time + 30) }
            all += call
        }
        for _ in 0..<random.int(0..<3) {
            let (text, level) = (random.pick(self.texts), random.pick(["WARNING", "critical", "info", "trace"]))
            let object = #"{"severity":"\#(level)","msg":"\#(text)","n":{"deep":[1]}}"#
            let line = random.chance(50) ? object : #""2026-11-23T10:42:01Z\t\#(name)\t\#(level)\t\#(text)""#
            all.append(.make(.function, name, at: time + 5, line))
        }
        all.append(random.chance(30) ? .handlerError(name, at: time + 183) : .result(name, at: time + 183))
        let status = random.pick(["success", "success", "timeout", "failure", "odd"])
        let cold = random.chance(30) ? Double(random.int(1..<99_999)) : nil
        return all + [.runtimeDone(name, status, at: time), .report(name, status, at: time, initDurationMs: cold)]
    }

    /// The same JSON with escapes and white space where there need be none.
    private static func respelt(_ json: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var (result, isString, isEscape): ([UInt8], Bool, Bool) = ([], false, false)
        var digitsLeft = 0
        for byte in json {
            let isPlain = isString && !isEscape && digitsLeft == 0 && byte != 0x5C && byte != 0x22
            digitsLeft = isEscape && byte == UInt8(ascii: "u") ? 4 : max(0, digitsLeft - 1)
            switch byte {
            case 0x2F where isPlain && random.chance(30): result += Array("\\/".utf8)
            case 0x21..<0x7F where isPlain && random.chance(3):
                let digits = String(byte, radix: 16, uppercase: random.chance(50))
                result += Array("\\u00\(digits)".utf8)
            default: result.append(byte)
            }
            if byte == 0x22, !isEscape { isString.toggle() }
            isEscape = isString && byte == 0x5C && !isEscape
            if !isString, [0x3A, 0x2C].contains(byte), random.chance(20) {
                result += Array(random.pick([" ", "\t"]).utf8)
            }
        }
        return result
    }

    private static let conditions = [
        "status>=500", "status=404", "status=5xx", "status!=200", "status<300", "method=POST", "host~pay",
        "path~charges",
        "timeout", "call.timeout", "level>=warn", "WARN", "FATAL", "critical", "outcome=timeout", "outcome=aborted",
        "code=ECONNREFUSED", "errorType~Type", "errorMessage~function", "message~hello", "body~id", "event~order",
        "function=orders", "environment~000a3", "requestId~req", "\"after re\"", "\"502 after\"", "\"cold \"", "ms",
        "99",
        "late", "late\\ call", "header.accept~json", "client~undici", "type~http", "type=odd", "retry", "refused",
        #"/req-\d-\d+/"#, "/Type(Error)?/", "/^GET|POST$/", #"host~/pay\.test/"#, "message~/hell?o/", "/after retry$/",
    ]

    static func filter(_ random: inout SeededGenerator, _ records: [Record], depth: Int) -> String {
        guard depth > 0, random.chance(60) else {
            return random.chance(50) ? random.pick(self.conditions) : self.word(&random, random.pick(records))
        }
        let left = self.filter(&random, records, depth: depth - 1)
        let right = self.filter(&random, records, depth: depth - 1)
        switch random.int(0..<4) {
        case 0: return "not (\(left))"
        case 1: return "(\(left)) or (\(right))"
        default: return "(\(left)) and (\(right))"
        }
    }

    /// A part of a record's text, in quotes.
    private static func word(_ random: inout SeededGenerator, _ record: Record) -> String {
        let text = Array(String(decoding: record.payload, as: UTF8.self).unicodeScalars)
        let start = random.int(0..<text.count)
        let end = min(text.count, start + random.int(1..<12))
        var word = "".unicodeScalars
        for scalar in text[start..<end] {
            if scalar == "\"" || scalar == "\\" { word.append("\\") }
            word.append(scalar)
        }
        let quoted = "\"\(String(word))\""
        return random.chance(30) ? quoted.lowercased() : quoted
    }
}
