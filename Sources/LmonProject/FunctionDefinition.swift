/// All that is needed to run a function, and where each fact stands.
package struct FunctionDefinition: Hashable, Sendable {
    package var name: Sourced<String>
    /// As Lambda writes it: `src/app.handler`.
    package var handler: Sourced<String>
    /// As Lambda names it: `nodejs22.x`; `nodejs` where nobody asked for a version.
    package var runtime: Sourced<String>
    /// An absolute path that exists: Lambda's `/var/task`.
    package var codeFolder: Sourced<String>
    /// The absolute path of the file that `handler` names.
    package var handlerFile: String
    package var timeoutSeconds: Sourced<Int>
    package var memoryMB: Sourced<Int>
    /// What the template and the variables files say; lmon's own and Lambda's are added when it runs.
    package var environment: [String: Sourced<String>]
    /// `x86_64` or `arm64`.
    package var architecture: Sourced<String>?
    package var events: [FunctionEvent]
    /// Absolute paths of folders and zips that exist; the later ones win.
    package var layers: [Sourced<String>]

    package init(
        name: Sourced<String>,
        handler: Sourced<String>,
        runtime: Sourced<String>,
        codeFolder: Sourced<String>,
        handlerFile: String,
        timeoutSeconds: Sourced<Int> = Sourced(30),
        memoryMB: Sourced<Int> = Sourced(512),
        environment: [String: Sourced<String>] = [:],
        architecture: Sourced<String>? = nil,
        events: [FunctionEvent] = [],
        layers: [Sourced<String>] = []
    ) {
        self.name = name
        self.handler = handler
        self.runtime = runtime
        self.codeFolder = codeFolder
        self.handlerFile = handlerFile
        self.timeoutSeconds = timeoutSeconds
        self.memoryMB = memoryMB
        self.environment = environment
        self.architecture = architecture
        self.events = events
        self.layers = layers
    }
}

/// What calls a function, from a template's `Events`.
package struct FunctionEvent: Hashable, Sendable {
    package var name: String
    /// `HttpApi`, `Api`, `SQS`, `Schedule` …
    package var type: String
    /// The properties that are plain values: `Method`, `Path`, `Schedule` …
    package var properties: [String: String]
    package var place: SourcePlace?

    package init(name: String, type: String, properties: [String: String] = [:], place: SourcePlace? = nil) {
        self.name = name
        self.type = type
        self.properties = properties
        self.place = place
    }
}

/// What was found, and what the user should know of it before anything runs.
package struct Project: Hashable, Sendable {
    /// In the template's order; at least one.
    package var functions: [FunctionDefinition]
    package var warnings: [ProjectWarning]
    /// The template's path, if there is one.
    package var template: String?

    package init(functions: [FunctionDefinition], warnings: [ProjectWarning] = [], template: String? = nil) {
        self.functions = functions
        self.warnings = warnings
        self.template = template
    }
}

/// Something that does not stop the project from running, in one line.
package struct ProjectWarning: Hashable, Sendable, CustomStringConvertible {
    package var function: String?
    package var message: String
    package var place: SourcePlace?

    package init(function: String? = nil, _ message: String, _ place: SourcePlace? = nil) {
        self.function = function
        self.message = message
        self.place = place
    }

    package var description: String {
        [self.place?.description, self.function, self.message].compactMap(\.self).joined(separator: ": ")
    }
}
