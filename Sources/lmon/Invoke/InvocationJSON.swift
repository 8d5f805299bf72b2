import LmonJSON
import LmonModel

extension InvocationJSON {
    /// What an invoke came to: with the whole of its result, which records may hold only a part of.
    static func bytes(_ result: InvokeResult, function: String, _ invocation: Invocation?) -> [UInt8] {
        JSONWriter.object { writer in
            writer.member("requestId", result.requestID)
            writer.member("function", function)
            writer.member("failed", result.isFailed)
            if let invocation { Self.writeCourse(of: invocation, to: &writer) }
            if (try? JSONValue(parsing: result.body)) != nil {
                writer.member("result", raw: result.body)
            } else if !result.body.isEmpty {
                writer.member("resultText", String(decoding: result.body, as: UTF8.self))
            }
        }
    }
}
