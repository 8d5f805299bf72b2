import LmonHTTP
import LmonJSON
import LmonStore

/// Why a request is not served: what it is answered.
struct Refusal: Error, Hashable, Sendable {
    let status: Int
    let message: String
    var headers: HTTPHeaders = [:]

    /// To be tried again after a moment.
    static func later(_ status: Int, _ message: String, seconds: Int = 1) -> Refusal {
        Refusal(status: status, message: message, headers: ["Retry-After": "\(seconds)"])
    }

    /// 507: the disk is full; 503: it is read-only, or fails.
    init(_ error: CollectorStoreError) {
        // Paths are this machine's business.
        let (status, message) =
            switch error.code {
            case .diskFull: (507, "the collector's disk is full")
            case .readOnly: (503, "the collector's disk is read-only")
            default: (503, "the collector's store fails")
            }
        self = .later(status, message, seconds: 5)
    }

    init(status: Int, message: String, headers: HTTPHeaders = [:]) {
        self.status = status
        self.message = message
        self.headers = headers
    }

    var body: [UInt8] { JSONWriter.object { $0.member("error", self.message) } + [UInt8(ascii: "\n")] }
}

extension Responder {
    func respond(json: [UInt8]) {
        self.respond(status: 200, headers: ["Content-Type": "application/json"], body: json + [UInt8(ascii: "\n")])
    }

    func respond(_ refusal: Refusal) {
        var headers = refusal.headers
        headers["Content-Type"] = "application/json"
        self.respond(status: refusal.status, headers: headers, body: refusal.body)
    }
}
