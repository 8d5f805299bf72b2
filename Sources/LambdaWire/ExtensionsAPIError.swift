/// A refusal of the Extensions API; status, type and message are AWS's own.
package struct ExtensionsAPIError: Error, Hashable, Sendable {
    package let status: Int
    package let errorType: String
    package let errorMessage: String

    package init(_ errorType: String, _ errorMessage: String, status: Int = 403) {
        self.status = status
        self.errorType = "Extension.\(errorType)"
        self.errorMessage = errorMessage
    }

    private init(whole errorType: String, _ errorMessage: String, status: Int) {
        self.status = status
        self.errorType = errorType
        self.errorMessage = errorMessage
    }

    package static let emptyName = Self("InvalidExtensionName", "Empty extension name")
    package static let missingIdentifier = Self(
        "MissingExtensionIdentifier",
        "Missing Lambda-Extension-Identifier header"
    )
    package static let invalidIdentifier = Self("InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier")
    package static let missingErrorType = Self("MissingHeader", "Lambda-Extension-Function-Error-Type not found")
    package static let nameTaken = Self("InvalidExtensionState", "Extension with this name already registered")
    package static let registrationClosed = Self("RegistrationClosed", "Extension registration closed already")
    package static let tooMany = Self("TooManyExtensions", "Extension limit (10) reached")
    package static let unknownToErrors = Self("UnknownExtensionIdentifier", "Unknown Lambda-Extension-Identifier")
    package static let shutdownForInternal = Self(
        "InvalidEventType",
        "SHUTDOWN: ShutdownEventNotSupportedForInternalExtension"
    )

    package static func unknownToNext(_ identifier: String) -> Self {
        Self("UnknownExtensionIdentifier", "Unknown extension \(identifier)")
    }

    package static func invalidEvent(_ event: String) -> Self {
        Self("InvalidEventType", "\(event): ErrorInvalidEventType")
    }

    /// The body of a registration is no JSON, or has what is not taken any more.
    package static func invalidRequest(_ reason: String) -> Self {
        Self(whole: "InvalidRequestFormat", reason, status: 403)
    }

    package static func invalidTransition(from state: ExtensionState, to target: ExtensionState, of name: String)
        -> Self
    {
        Self(
            "InvalidExtensionState",
            "State transition from \(state.rawValue) to \(target.rawValue) failed for extension \(name). "
                + "Error: State transition is not allowed"
        )
    }

    /// JSON as Go's encoder writes it, with the line feed.
    package var body: [UInt8] {
        RuntimeAPIError(status: self.status, errorType: self.errorType, errorMessage: self.errorMessage).body
    }
}

/// An extension's states, by the names that appear in messages, log lines and telemetry.
package enum ExtensionState: String, Hashable, Sendable {
    case started = "Started"
    case registered = "Registered"
    case ready = "Ready"
    case running = "Running"
    case initError = "InitError"
    case exitError = "ExitError"
    case launchError = "LaunchError"
    case exited = "Exited"
    case shutdownFailed = "ShutdownFailed"
}

/// What an extension can ask to be told of.
package enum ExtensionEventType: String, Hashable, Sendable, CaseIterable, Comparable {
    case invoke = "INVOKE"
    case shutdown = "SHUTDOWN"

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
