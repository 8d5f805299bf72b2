import LmonJSON
import LmonRecord

/// What made an invocation fail, where its records tell.
extension Hint {
    /// Lambda's, for an answer in one piece.
    private static let responseLimit = 6_291_556

    static func causes(_ invocation: Invocation) -> [Hint] {
        var hints: [Hint] = []
        if let hint = self.missingVariable(invocation) { hints.append(hint) }
        hints.append(
            contentsOf: self.groups(invocation.calls.filter(\.hasNoHost), by: Self.host).compactMap { calls in
                calls.first.map { Hint(.hostNotFound(host: Self.host($0)), calls: calls.map(\.id)) }
            }
        )
        let denied = invocation.calls.filter(\.isDenied)
        hints.append(
            contentsOf: self.groups(denied, by: Self.host).compactMap { calls in
                guard let first = calls.first else { return nil }
                return Hint(
                    .accessDenied(host: Self.host(first), message: first.serviceMessage),
                    calls: calls.map(\.id)
                )
            }
        )
        hints.append(contentsOf: self.wrongContentTypes(invocation))
        hints.append(contentsOf: self.sizes(invocation))
        return hints
    }

    private static func host(_ call: Call) -> String {
        call.url.map { String($0.host) } ?? call.service ?? Format.unknown
    }

    // MARK: Answers

    private static func wrongContentTypes(_ invocation: Invocation) -> [Hint] {
        let parserFailed = invocation.isHandlerError && (invocation.errorMessage ?? "").contains("JSON")
        let wrong = invocation.calls.filter { $0.isAnswered && $0.isNotJSON(parserFailed: parserFailed) }
        return self.groups(wrong, by: self.host).compactMap { calls in
            guard let first = calls.first else { return nil }
            let type = first.contentType.isEmpty || first.contentType.contains("json") ? "a page" : first.contentType
            return Hint(.wrongContentType(host: self.host(first), type: type), calls: calls.map(\.id))
        }
    }

    private static func sizes(_ invocation: Invocation) -> [Hint] {
        var hints: [Hint] = []
        let names = [invocation.resultErrorType, invocation.runtimeErrorType, invocation.reportErrorType]
        let isRefused = names.contains { $0?.contains("ResponseSizeTooLarge") == true }
        let size = max(invocation.producedBytes ?? 0, invocation.result?.size ?? 0)
        if isRefused || size * 10 >= self.responseLimit * 9 {
            let bytes = isRefused ? max(size, self.responseLimit + 1) : size
            hints.append(Hint(.responseTooLarge(bytes: bytes, limit: self.responseLimit)))
        }
        for call in invocation.calls where call.status == 413 {
            hints.append(Hint(.requestTooLarge(host: self.host(call), bytes: call.requestSize), calls: [call.id]))
        }
        return hints
    }

    // MARK: Environment variables

    /// What JavaScript and Python say of a variable that is not there; only of an invocation that failed.
    private static func missingVariable(_ invocation: Invocation) -> Hint? {
        guard invocation.state.isFailed else { return nil }
        let message = invocation.errorMessage ?? ""
        if let name = self.variableName(in: message, type: invocation.errorType ?? "") {
            return Hint(.missingVariable(name: name))
        }
        let calls = invocation.calls.filter { $0.url.map { Self.isUndefined($0.text) } == true }
        let isNamed = message.contains("URL from undefined") || message.contains("ENOTFOUND undefined")
        guard isNamed || !calls.isEmpty else { return nil }
        return Hint(.missingVariable(name: nil), calls: calls.map(\.id))
    }

    private static func isUndefined(_ url: String) -> Bool {
        ["undefined", "null", "None"].contains { name in
            url == name || url.hasPrefix(name + "/") || url.hasPrefix("http://\(name)/")
                || url.hasPrefix("https://\(name)/")
        }
    }

    /// `'STOCK_URL'` of a `KeyError`, or the name beside the words `environment variable`.
    private static func variableName(in message: String, type: String) -> String? {
        guard type == "KeyError" || message.lowercased().contains("environment variable") else { return nil }
        let words = message.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }
        return words.first { word in
            word.utf8.count >= 3
                && word.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == 95 }
        }.map(String.init)
    }
}

extension Call {
    fileprivate var hasNoHost: Bool {
        self.error?.phase == "dns" || self.error?.code == "ENOTFOUND" || self.error?.code == "EAI_AGAIN"
    }

    /// AWS says it by name, whatever the status; 401 and 403 of others count only where AWS answers.
    fileprivate var isDenied: Bool {
        guard self.isRefused else { return false }
        let names = ["AccessDenied", "UnauthorizedOperation", "not authorized to perform"]
        let type = self.header("x-amzn-errortype") ?? ""
        if names.contains(where: { type.contains($0) || self.responseBody?.text?.contains($0) == true }) { return true }
        return self.status == 403 && (self.service != nil || self.url?.host.contains(".amazonaws.com") == true)
    }

    /// What the service says of it, in one line.
    fileprivate var serviceMessage: String {
        guard let text = self.responseBody?.text, let value = try? JSONValue(parsing: text) else { return "" }
        let message = value["message"]?.string ?? value["Message"]?.string ?? ""
        return message.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    }

    package func header(_ name: String) -> String? {
        self.responseHeaders?.first { $0.name.lowercased() == name }?.value
    }

    /// In lower case and without parameters; empty if it is not known.
    package var contentType: String {
        (self.header("content-type") ?? "").lowercased().split(separator: ";").first.map(String.init) ?? ""
    }

    fileprivate func isNotJSON(parserFailed: Bool) -> Bool {
        let isPage = self.responseBody?.text?.utf8.first { $0 > 0x20 } == UInt8(ascii: "<")
        if self.contentType.contains("json") { return isPage }
        guard self.contentType == "text/html" else { return false }
        let accepted = self.requestHeaders?.first { $0.name.lowercased() == "accept" }?.value.lowercased() ?? ""
        let wantsJSON = accepted.contains("json") && !accepted.contains("html") && !accepted.contains("*/*")
        return wantsJSON || (parserFailed && isPage)
    }
}
