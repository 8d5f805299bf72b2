// A function in Swift, as a runtime of its own (provided.al2023): asks for an event, calls the URL in it, answers.
// lmon sees what it posts to the ingest; without an lmon that answers, nothing changes. Try: lmon tui -- swift run
import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

let variables = ProcessInfo.processInfo.environment
let lambda = "http://\(variables["AWS_LAMBDA_RUNTIME_API"] ?? "127.0.0.1:9001")/2018-06-01/runtime/invocation"
let lmon = "http://\(variables["LMON_ADDRESS"] ?? "sandbox:4243")/v1/events"

func send(_ url: String, _ body: Any? = nil, seconds: Double = 1e6) async throws -> (Data, HTTPURLResponse?) {
    guard let url = URL(string: url) else { throw URLError(.badURL) }
    var request = URLRequest(url: url, timeoutInterval: seconds)
    if let body { (request.httpMethod, request.httpBody) = ("POST", try JSONSerialization.data(withJSONObject: body)) }
    let (data, response) = try await URLSession.shared.data(for: request)
    return (data, response as? HTTPURLResponse)
}

/// One event for lmon: what happened to a call, when, and in which invocation.
func tell(_ type: String, _ invocation: String, _ record: [String: Any]) async {
    let time = Date().ISO8601Format(.init(includingFractionalSeconds: true))
    _ = try? await send(lmon, ["type": type, "time": time, "invocation": invocation, "record": record], seconds: 0.2)
}

func get(_ url: String, _ invocation: String) async throws -> (Data, HTTPURLResponse?) {
    let id = "\(getpid())-0-\(UUID())"
    await tell("http.request", invocation, ["callId": id, "method": "GET", "url": url, "client": "swift"])
    do {
        let (data, response) = try await send(url, seconds: 3)
        await tell("http.response", invocation, ["callId": id, "status": response?.statusCode ?? 0])
        await tell("http.end", invocation, ["callId": id, "outcome": "complete", "sizes": ["response": data.count]])
        return (data, response)
    } catch {
        await tell("http.end", invocation, ["callId": id, "outcome": "error", "message": error.localizedDescription])
        throw error
    }
}

while true {
    let (event, head) = try await send("\(lambda)/next")
    let invocation = head?.value(forHTTPHeaderField: "Lambda-Runtime-Aws-Request-Id") ?? ""
    do {
        let url = (try JSONSerialization.jsonObject(with: event) as? [String: String])?["url"]
        let (data, response) = try await get(url ?? "http://checkip.amazonaws.com/", invocation)
        let answer: [String: Any] = ["status": response?.statusCode ?? 0, "text": String(decoding: data, as: UTF8.self)]
        _ = try await send("\(lambda)/\(invocation)/response", answer)
    } catch {
        let failure = ["errorType": "Weather.Failed", "errorMessage": error.localizedDescription]
        _ = try await send("\(lambda)/\(invocation)/error", failure)
    }
}
